"""An ONNX file has one reading, or none: tricks that hide a part from one of two parsers."""

import numpy as np
import onnx
import pytest
from onnx import helper

from tests.bundle.onnx.bombs import graph_of, node
from tests.bundle.onnx.fuzz import outcome, varint
from vae_widgets.bundle import BundleError
from vae_widgets.bundle.onnx import protobuf
from vae_widgets.bundle.onnx.graph import OnnxGraph
from vae_widgets.bundle.onnx.model import OnnxModel


def refuse(content, expected):
    with pytest.raises(ValueError, match=expected):
        OnnxModel.from_bytes(content)


def field(tag, content):
    return tag + varint(len(content)) + content


def model_of(graph):
    return varint(0x08) + b"\x08" + field(b"\x3a", graph) + field(b"\x42", b"\x10\x12")


def long_tag(tag):
    """Return a tag that a parser of 32 bits takes for `tag`."""
    return varint(tag + (1 << 32))


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        (b"\x6a", "it keeps weights in another file"),
        (bytes.fromhex("ea80808010"), "it has the unknown field 536870925"),
        (varint(0x6A, extra=1), "the number before byte .* has too many bytes"),
    ],
)
def test_weights_in_other_files_under_any_tag(tag, expected):
    tensor = field(tag, b"\x0a\x00")
    refuse(model_of(field(b"\x2a", b"\x10\x01" + tensor)), expected)


def test_a_hidden_domain_and_a_hidden_initializer():
    plain = graph_of([node("Neg", ["z"], ["x_mean"])])
    graph = onnx.load_from_string(plain).graph.SerializeToString()
    OnnxModel.from_bytes(model_of(graph))
    hidden_node = field(b"\x0a", field(long_tag(0x3A), b"evil") + field(b"\x22", b"Neg"))
    refuse(model_of(graph + hidden_node), "it has the unknown field 536870919")
    tensor = helper.make_tensor("w", 1, [1], [0.0]).SerializeToString()
    refuse(model_of(graph + field(long_tag(0x2A), tensor)), "it has the unknown field 536870917")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"\x88\x00\x08", "has too many bytes"),  # a tag in two bytes
        (b"\x08\x88\x00", "has too many bytes"),  # a value in two bytes
        (b"\x08" + b"\xff" * 9 + b"\x02", "has too many bytes"),  # more than 64 bits
        (b"\x08\x08\x08\x08", "'ir_version' twice"),
        (b"\x3a\x00\x3a\x00", "'graph' twice"),
        (b"\x0a\x01\x08", "'ir_version' has the wire type 2"),
        (b"\x38\x00", "'graph' has the wire type 0"),
        (b"\x3b\x3c", "'graph' has the wire type 3"),  # a group
        (b"\x3a" + varint(-1), "'graph' runs beyond"),
        (b"\x3a" + varint(2**31), "'graph' runs beyond"),
        (b"\x7a\x00", "unknown field 15"),
        (b"\x08", "ends within a number"),
    ],
)
def test_damaged_and_double_messages(content, expected):
    refuse(content, f".*{expected}")


def test_numbers_are_written_as_they_were_read():
    schema = {1: ("one", "int"), 2: ("many", "ints"), 3: ("real", "floats"), 4: ("text", ["bytes"])}
    message = {"one": -1, "many": [0, 127, 128, -(2**63), 2**63 - 1]}
    message |= {"real": [np.float32(0.1).tobytes()], "text": [b"", b"x" * 300]}
    assert protobuf.read_message(protobuf.write_message(message, schema), schema) == message


def test_odd_files():
    outcomes = {outcome(seed, ask_runtime=seed % 20 == 0) for seed in range(150)}
    assert {"odd, and the same", "refused by us alone", "refused by both"} <= outcomes


def test_more_ways_to_break_a_graph():
    neg = [node("Neg", ["z"], ["x_mean"])]
    for nodes, constants, expected in [
        ([node("Neg", ["later"], ["x_mean"]), *neg], {}, "it uses 'later' before it is defined"),
        ([*neg, *neg], {}, "it defines 'x_mean' twice"),
        (neg, {"z": np.float32(1)}, "it defines 'z' twice"),
        ([node("Neg", ["z"], ["x_mean"], domain="x.y")], {}, "it needs operators of 'x.y'"),
        ([node("Neg", ["z"], ["\x1b[0m"]), *neg], {}, "it has the name"),
    ]:
        refuse(graph_of(nodes, constants), expected)
    model = onnx.load_from_string(graph_of(neg, {"w": np.ones(3, np.float32)}))
    model.graph.initializer[0].dims[0] = 2**40
    refuse(model.SerializeToString(), "it has 'w' with 12 bytes for the shape")


def test_whole_numbers_are_divided_by_positive_constants_only():
    """The lowest number divided by -1 ends the process, in ONNX Runtime 1.32 too."""
    for op, divisor in (("Div", -1), ("Div", 0), ("Mod", 0), ("Div", None)):
        nodes = [
            node("Cast", ["z"], ["i"], to=7),
            node(op, ["i", "i" if divisor is None else "d"], ["j"]),
            node("Cast", ["j"], ["x_mean"], to=1),
        ]
        content = graph_of(nodes, {} if divisor is None else {"d": divisor})
        with pytest.raises(BundleError, match=r"divides whole numbers|depends on data"):
            OnnxGraph(content, {"z": (2,)}, {"x_mean": (2,)}, "m")


def test_onnx_runtime_gets_only_what_was_read():
    model = onnx.load_from_string(graph_of([node("Neg", ["z"], ["x_mean"], doc_string="text")]))
    model.producer_name = model.graph.doc_string = model.domain = "text"
    ours = OnnxModel.from_bytes(model.SerializeToString()).to_bytes()
    assert b"text" not in ours
    assert onnx.load_from_string(ours).graph.node[0].op_type == "Neg"
