"""What is inferred about tensors is what ONNX Runtime gives."""

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import helper

from tests.bundle.conftest import KINDS
from tests.bundle.mutations import parts_of
from tests.bundle.onnx.bombs import graph_of, node
from vae_widgets.bundle.onnx.model import OnnxModel
from vae_widgets.bundle.onnx.shapes import infer


def check(content, n):
    """Compare every tensor of a graph for n rows: its shape, its type, its numbers if known."""
    model = OnnxModel.from_bytes(content)
    shapes = {name: (n, *shape[1:]) for name, shape in model.inputs.items()}
    known = infer(model, shapes, len(content))
    everything = onnx.load_from_string(model.to_bytes())
    names = [name for each in model.nodes for name in each.outputs if name]
    del everything.graph.output[:]
    everything.graph.output.extend(onnx.ValueInfoProto(name=name) for name in names)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(everything.SerializeToString(), options)
    rng = np.random.default_rng(0)
    inputs = {name: rng.random(shape, np.float32) for name, shape in shapes.items()}
    for name, found in zip(names, session.run(names, inputs), strict=True):
        tensor = known[name]
        assert (tensor.shape, tensor.dtype) == (found.shape, found.dtype), name
        if tensor.value is not None:
            np.testing.assert_array_equal(tensor.value, found)


@pytest.mark.parametrize("kind", ["conv odd colour", "voices categorical", "own halves predicted"])
def test_the_graphs_of_a_bundle(kind, tmp_path):
    KINDS[kind][0]().save(tmp_path / "x.vae")
    parts = parts_of((tmp_path / "x.vae").read_bytes())
    for name in ("encoder.onnx", "decoder.onnx", "score.onnx"):
        for n in (1, 8):
            check(parts[name], n)


def constants(*arrays):
    return {f"c{i}": np.asarray(array) for i, array in enumerate(arrays)}


def ones(*shape):
    return np.ones(shape, np.float32)


# Rows of "z" are of 4 x 6 x 6. Operator, constants after "z", attributes.
CASES = [
    ("Conv", [ones(8, 2, 3, 3)], {"group": 2, "strides": [2, 1], "pads": [1, 0, 2, 1]}),
    ("Conv", [ones(5, 4, 3, 2)], {"dilations": [2, 3], "auto_pad": "VALID"}),
    ("Conv", [ones(5, 4, 3, 3)], {"strides": [4, 2], "auto_pad": "SAME_UPPER"}),
    ("ConvTranspose", [ones(4, 3, 3, 3)], {"group": 2, "strides": [2, 3], "pads": [1, 0, 1, 1]}),
    ("ConvTranspose", [ones(4, 3, 3, 3)], {"strides": [2, 2], "output_padding": [1, 1]}),
    ("ConvTranspose", [ones(4, 3, 3, 3)], {"strides": [2, 2], "auto_pad": "SAME_LOWER"}),
    ("ConvTranspose", [ones(4, 3, 3, 3)], {"strides": [2, 2], "output_shape": [12, 13]}),
    ("MaxPool", [], {"kernel_shape": [3, 2], "strides": [2, 2], "ceil_mode": 1}),
    ("AveragePool", [], {"kernel_shape": [2, 2], "pads": [1, 0, 0, 1]}),
    ("GlobalAveragePool", [], {}),
    ("MatMul", [ones(6, 3)], {}),
    ("MatMul", [ones(6)], {}),
    ("MatMul", [ones(4, 6, 2)], {}),
    ("Flatten", [], {"axis": 2}),
    ("Flatten", [], {"axis": -1}),
    ("Transpose", [], {"perm": [0, 2, 3, 1]}),
    ("Transpose", [], {}),
    ("Reshape", [[0, -1, 3]], {}),
    ("Slice", [[5, 1], [-100, 2**62], [2, -3], [-2, 2]], {}),
    ("Gather", [[[0, -1, 2]]], {"axis": 2}),
    ("Gather", [1], {"axis": -1}),
    ("GatherND", [[[0, 1], [0, 2]]], {}),
    ("Split", [], {"axis": 3, "num_outputs": 3}),
    ("Split", [[1, 5]], {"axis": 2}),
    ("Pad", [[0, 1, 0, 2, 0, 0, 3, -1]], {}),
    ("Pad", [[1, 2], np.float32(0), [-1]], {}),
    ("Expand", [[3, 1, 1, 1, 1]], {}),
    ("Tile", [[1, 2, 1, 3]], {}),
    ("Resize", [ones(0), np.float32([1, 1, 1.7, 2])], {"mode": "linear"}),
    ("Resize", [ones(0), ones(0), [8, 4, 5, 9]], {}),
    ("TopK", [[2]], {"axis": 1}),
    ("DepthToSpace", [], {"blocksize": 2}),
    ("SpaceToDepth", [], {"blocksize": 3}),
    ("ReduceSum", [[1, -1]], {"keepdims": 0}),
    ("ReduceMean", [], {}),
    ("ReduceMax", [], {"noop_with_empty_axes": 1}),
    ("ArgMax", [], {"axis": 1, "keepdims": 0}),
    ("Unsqueeze", [[0, -1, 2]], {}),
    ("Squeeze", [], {}),
    ("Shape", [], {"start": 1, "end": -1}),
    ("Size", [], {}),
    ("Cast", [], {"to": 10}),
    ("Where", [], {}),
    ("Greater", [np.float32(1)], {}),
]


@pytest.mark.parametrize("case", range(len(CASES)))
def test_an_operator(case):
    op, arrays, attributes = CASES[case]
    given = constants(*arrays)
    inputs = ["z", *given]
    nodes = [node("Greater", ["z", "z"], ["mask"]), node("Identity", ["z"], ["x_mean"])]
    if op == "Where":
        inputs = ["mask", "z", "z"]
    n_outputs = {"TopK": 2, "Split": attributes.get("num_outputs", 2), "MaxPool": 2}.get(op, 1)
    outputs = [f"out{i}" for i in range(n_outputs)]
    nodes.append(node(op, inputs, outputs, **attributes))
    # Empty arrays stand for inputs that are left out.
    nodes[-1].input[:] = [x if x not in given or given[x].size else "" for x in inputs]
    check(graph_of(nodes, given, (4, 6, 6)), 8)


@pytest.mark.parametrize("op", ["LSTM", "GRU", "RNN"])
@pytest.mark.parametrize("direction", ["reverse", "bidirectional"])
def test_recurrent_operators(op, direction):
    gates, d = {"LSTM": 4, "GRU": 3, "RNN": 1}[op], 1 + (direction == "bidirectional")
    given = constants(ones(d, gates * 5, 6), ones(d, gates * 5, 5))
    outputs = ["y", "h", *(["c"] if op == "LSTM" else [])]
    recurrent = node(op, ["z", *given], outputs, hidden_size=5, direction=direction)
    nodes = [recurrent, node("Identity", ["z"], ["x_mean"])]
    check(graph_of(nodes, given, (4, 6)), 8)


def test_shapes_are_computed():
    """The sides of a Reshape come from small whole numbers, by many operators."""
    given = constants([0], [2], [1], 2, np.int64(7))
    nodes = [
        node("Shape", ["z"], ["shape"]),
        node("Cast", ["shape"], ["small"], to=6),
        node("Cast", ["small"], ["sides"], to=7),
        node("Slice", ["sides", "c0", "c1", "c0"], ["first"]),
        node("ReduceProd", ["first"], ["product"], keepdims=1),
        node("Div", ["product", "c1"], ["half"]),
        node("Neg", ["half"], ["minus"]),
        node("Div", ["minus", "c4"], ["rounded"]),
        node("Mod", ["minus", "c4"], ["rest"]),
        node("Split", ["sides"], ["s0", "s1", "s2"], num_outputs=3),
        node("Max", ["s0", "s1", "c0"], ["largest"]),
        node("Equal", ["s0", "s1"], ["same"]),
        node("Where", ["same", "s0", "c2"], ["one"]),
        node("Gather", ["sides", "c3"], ["last"]),
        node("Range", ["last", "product", "c3"], ["range"]),
        node("ConstantOfShape", ["s1"], ["zeros"], value=helper.make_tensor("v", 7, [1], [3])),
        node("Concat", ["half", "one", "c1", "s2"], ["target"], axis=0),
        node("Tile", ["c1", "c2"], ["tiled"]),
        node("Expand", ["c2", "c1"], ["expanded"]),
        node("Reshape", ["z", "target"], ["reshaped"]),
        node("Identity", ["z"], ["x_mean"]),
    ]
    given["c3"], given["c4"] = np.int64(2), np.int64([7])
    nodes[14].input[1] = "seven"
    given["seven"] = np.int64(7)
    check(graph_of(nodes, given, (4, 6)), 8)
