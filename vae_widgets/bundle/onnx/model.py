"""The content of an ONNX file, checked against a list of what is allowed, and written again.

What is not read here does not reach ONNX Runtime: functions, training, graphs within graphs,
operators of plug-ins, weights in other files. Importing ``onnx`` would take too long, so files
are read by the field numbers of onnx.proto.
"""

import math
import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_widgets.bundle.onnx import protobuf

DTYPES = {
    1: np.float32,
    2: np.uint8,
    3: np.int8,
    6: np.int32,
    7: np.int64,
    9: np.bool_,
    10: np.float16,
    11: np.float64,
}
"""Types of tensors by their number in ONNX."""

MOST_NODES = 3_000
OPSETS = range(13, 19)
_IR_VERSIONS = range(4, 11)
MOST_DIMENSIONS = 8
_LONGEST_NAME = 1_000
_FLOAT = 1

_OPSET = {1: ("domain", "bytes"), 2: ("version", "int")}
_TENSOR = {
    1: ("dims", "ints"),
    2: ("data_type", "int"),
    4: ("float_data", "floats"),
    5: ("int32_data", "ints"),
    7: ("int64_data", "ints"),
    8: ("name", "bytes"),
    9: ("raw_data", "bytes"),
    12: ("doc_string", "skip"),
    13: ("external_data", ["skip"]),
    14: ("data_location", "int"),
}
_ATTRIBUTE = {
    1: ("name", "bytes"),
    2: ("f", "float"),
    3: ("i", "int"),
    4: ("s", "bytes"),
    5: ("t", _TENSOR),
    6: ("g", "skip"),
    7: ("floats", "floats"),
    8: ("ints", "ints"),
    9: ("strings", ["bytes"]),
    13: ("doc_string", "skip"),
    20: ("type", "int"),
}
_NODE = {
    1: ("input", ["bytes"]),
    2: ("output", ["bytes"]),
    3: ("name", "bytes"),
    4: ("op_type", "bytes"),
    5: ("attribute", [_ATTRIBUTE]),
    6: ("doc_string", "skip"),
    7: ("domain", "bytes"),
}
_DIMENSION = {1: ("dim_value", "int"), 2: ("dim_param", "bytes"), 3: ("denotation", "skip")}
_TYPE = {
    1: ("tensor_type", {1: ("elem_type", "int"), 2: ("shape", {1: ("dim", [_DIMENSION])})}),
    6: ("denotation", "skip"),
}
_VALUE = {1: ("name", "bytes"), 2: ("type", _TYPE), 3: ("doc_string", "skip")}
_GRAPH = {
    1: ("node", [_NODE]),
    2: ("name", "bytes"),
    5: ("initializer", [_TENSOR]),
    10: ("doc_string", "skip"),
    11: ("input", [_VALUE]),
    12: ("output", [_VALUE]),
}
MODEL = {
    1: ("ir_version", "int"),
    8: ("opset_import", [_OPSET]),
    2: ("producer_name", "skip"),
    3: ("producer_version", "skip"),
    4: ("domain", "skip"),
    5: ("model_version", "int"),
    6: ("doc_string", "skip"),
    7: ("graph", _GRAPH),
    25: ("functions", ["skip"]),
}
_KINDS = {1: "f", 2: "i", 3: "s", 4: "t", 6: "floats", 7: "ints", 8: "strings"}
"""Number of an attribute's type -> field that has its value."""


@dataclass(frozen=True)
class Node:
    """One operation; the name "" stands for an input or output that is left out."""

    op: str
    inputs: list[str]
    outputs: list[str]
    attributes: dict[str, Any]
    written: list[protobuf.Message]  # the attributes, as they are written


@dataclass(frozen=True)
class OnnxModel:
    """A checked ONNX file.

    `nodes` are in an order in which they can be run; `constants` are arrays by name; `inputs` and
    `outputs` are shapes by name, all float32, with None for sides that the file leaves open.
    """

    ir_version: int
    opset: int
    nodes: list[Node]
    constants: dict[str, NDArray[Any]]
    inputs: dict[str, tuple[int | None, ...]]
    outputs: dict[str, tuple[int | None, ...]]

    @classmethod
    def from_bytes(cls, content: bytes) -> "OnnxModel":
        """Read an ONNX file; ``ValueError`` if it is damaged, ambiguous, or not allowed."""
        model = protobuf.read_message(content, MODEL)
        _need("graph" in model, "has no graph")
        _need("functions" not in model, "has functions of its own")
        graph = model["graph"]
        ir_version, opset = model.get("ir_version", 0), _opset(model.get("opset_import", []))
        _need(ir_version in _IR_VERSIONS, f"has the ir_version {ir_version}")
        inputs, outputs = _values(graph.get("input", [])), _values(graph.get("output", []))
        constants: dict[str, NDArray[Any]] = {}
        known = set(inputs)

        def define(name: str) -> None:
            _need(name not in known, f"defines {name!r:.100} twice")
            known.add(name)

        for tensor in graph.get("initializer", []):
            name = _text(tensor, "name")
            define(name)
            constants[name] = _array(tensor)
        messages = graph.get("node", [])
        _need(len(messages) <= MOST_NODES, f"has {len(messages)} nodes, more than {MOST_NODES}")
        nodes = []
        for message in messages:
            node = _node(message)
            for name in node.inputs:
                _need(not name or name in known, f"uses {name!r:.100} before it is defined")
            for name in filter(None, node.outputs):
                define(name)
            if node.op == "Constant":
                constants[node.outputs[0]] = _constant(node)
            else:
                nodes.append(node)
        _need(known.issuperset(outputs), f"lacks an output of {list(outputs)}")
        return cls(ir_version, opset, nodes, constants, inputs, outputs)

    def to_bytes(self) -> bytes:
        """Return an ONNX file with the same nodes and constants, and nothing else."""
        graph = {
            "node": [
                {
                    "input": [name.encode() for name in node.inputs],
                    "output": [name.encode() for name in node.outputs],
                    "op_type": node.op.encode(),
                    "attribute": node.written,
                }
                for node in self.nodes
            ],
            "name": b"graph",
            "initializer": [_tensor(array, name) for name, array in self.constants.items()],
            "input": [_value(name, shape) for name, shape in self.inputs.items()],
            "output": [_value(name, shape) for name, shape in self.outputs.items()],
        }
        opset = {"domain": b"", "version": self.opset}
        model = {"ir_version": self.ir_version, "opset_import": [opset], "graph": graph}
        return protobuf.write_message(model, MODEL)


def _need(good: bool, problem: str) -> None:
    if not good:
        raise ValueError(f"it {problem}")


def _text(message: protobuf.Message, field: str) -> str:
    return _name(message.get(field, b""))


def _name(content: bytes) -> str:
    _need(len(content) <= _LONGEST_NAME, f"has a name of {len(content)} bytes")
    name = content.decode()
    _need(name.isprintable() or not name, f"has the name {name!r:.100}")
    return name


def _opset(messages: list[protobuf.Message]) -> int:
    versions: dict[str, int] = {}
    for message in messages:
        domain = _text(message, "domain")
        _need(domain not in versions, f"has the domain {domain!r} twice")
        versions[domain] = message.get("version", 0)
    # The converter lists "ai.onnx.ml" too, and uses none of its operators.
    others = [name for name in versions if name not in ("", "ai.onnx.ml")]
    _need(not others, f"needs operators of {others[:3]}; expected only those of ONNX itself")
    _need(
        versions.get("") in OPSETS,
        f"has operators of version {versions.get('')}; expected {OPSETS[0]} to {OPSETS[-1]}",
    )
    return versions[""]


def _values(messages: list[protobuf.Message]) -> dict[str, tuple[int | None, ...]]:
    shapes: dict[str, tuple[int | None, ...]] = {}
    for message in messages:
        name = _text(message, "name")
        tensor = message.get("type", {}).get("tensor_type", {})
        _need(name not in shapes, f"has {name!r:.100} twice")
        _need(tensor.get("elem_type") == _FLOAT, f"has {name!r:.100}, which is not float32")
        _need("shape" in tensor, f"has {name!r:.100} without a shape")
        shapes[name] = tuple(side.get("dim_value") for side in tensor["shape"].get("dim", []))
    return shapes


def _value(name: str, shape: tuple[int | None, ...]) -> protobuf.Message:
    sides = [{"dim_param": b"n"} if side is None else {"dim_value": side} for side in shape]
    tensor = {"elem_type": _FLOAT, "shape": {"dim": sides}}
    return {"name": name.encode(), "type": {"tensor_type": tensor}}


def _array(message: protobuf.Message) -> NDArray[Any]:
    name, dims, number = (
        _text(message, "name"),
        message.get("dims", []),
        message.get("data_type", 0),
    )
    elsewhere = "external_data" in message or message.get("data_location", 0)
    _need(not elsewhere, "keeps weights in another file")
    _need(number in DTYPES, f"has {name!r:.100} of the type {number}, which is not allowed")
    dtype = np.dtype(DTYPES[number])
    _need(
        len(dims) <= MOST_DIMENSIONS and all(side >= 0 for side in dims),
        f"has {name!r:.100} of the shape {dims!r:.100}",
    )
    (field, *more) = [key for key in message if key.endswith("_data")] or ["raw_data"]
    data = message.get(field, b"")
    kept = {"float_data": (np.float32,), "int64_data": (np.int64,), "int32_data": (np.int32, bool)}
    _need(
        not more and dtype in kept.get(field, (dtype,)), f"has {name!r:.100} with data in {field!r}"
    )
    if field in ("int64_data", "int32_data"):
        array = np.array(data, np.int64).astype(dtype)
        _need(array.tolist() == data, f"has {name!r:.100} with numbers that are no {dtype}")
    else:
        content = data if field == "raw_data" else b"".join(data)
        _need(
            len(content) == math.prod(dims) * dtype.itemsize,
            f"has {name!r:.100} with {len(content)} bytes for the shape {dims}",
        )
        array = np.frombuffer(content, dtype.newbyteorder("<"))
        _need(
            dtype.kind != "b" or content.count(0) + content.count(1) == len(content), "has a bool 2"
        )
    _need(dtype.kind != "f" or not np.isnan(array).any(), f"has {name!r:.100} with NaN")
    return array.reshape(dims)


def _tensor(array: NDArray[Any], name: str = "") -> protobuf.Message:
    number = next(number for number, dtype in DTYPES.items() if array.dtype == dtype)
    content = array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes()
    return {
        "dims": list(array.shape),
        "data_type": number,
        "name": name.encode(),
        "raw_data": content,
    }


def _node(message: protobuf.Message) -> Node:
    op, domain = _text(message, "op_type"), _text(message, "domain")
    _need(not domain, f"needs operators of {domain!r:.100}; expected only those of ONNX itself")
    attributes: dict[str, Any] = {}
    written = []
    for each in message.get("attribute", []):
        name, number = _text(each, "name"), each.get("type")
        _need(name not in attributes, f"has a {op} with {name!r:.100} twice")
        field = _KINDS.get(number, "")
        others = each.keys() - {"name", "type", "doc_string", field}
        _need(
            bool(field) and not others, f"uses {op!r:.100} with {name!r:.100}, which is not allowed"
        )
        value = each.get(field, [])
        _need(
            field in each or field in ("floats", "ints", "strings"),
            f"has a {op} without a {name!r:.100}",
        )
        kept = {"name": name.encode(), "type": number, field: value}
        if field == "f":
            (value,) = struct.unpack("<f", value)
        elif field == "floats":
            value = np.frombuffer(b"".join(value), "<f4").tolist()
        elif field == "t":
            value = _array(value)
            kept["t"] = _tensor(value)
        elif field == "s":
            value = _name(value)
        attributes[name] = value
        written.append(kept)
    inputs, outputs = ([_name(x) for x in message.get(key, [])] for key in ("input", "output"))
    _need(any(outputs), f"has a {op} without outputs")
    return Node(op, inputs, outputs, attributes, written)


def _constant(node: Node) -> NDArray[Any]:
    ((kind, value),) = node.attributes.items() if len(node.attributes) == 1 else [("", None)]
    dtypes: dict[str, Any] = dict.fromkeys(["value_float", "value_floats"], np.float32)
    dtypes |= dict.fromkeys(["value_int", "value_ints"], np.int64)
    _need(not node.inputs and len(node.outputs) == 1, "has a Constant with inputs")
    _need(kind in dtypes or kind == "value", "has a Constant without a tensor")
    return np.asarray(value, dtypes.get(kind))
