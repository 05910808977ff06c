"""Write ONNX files in odd ways and compare readings: ``python -m tests.bundle.onnx.fuzz 100000``.

Each file is a small graph whose fields are written in odd encodings and orders, repeated, or joined
by others. What we accept must be what the package ``onnx`` reads in it, and our own file must say
the same again. ONNX Runtime must take our file wherever it takes the original.
"""

import argparse
import collections
import random
import time

import numpy as np
import onnx
import onnxruntime
from google.protobuf.message import DecodeError
from onnx import TensorProto, helper, numpy_helper

from vae_widgets.bundle.onnx.model import OnnxModel

ODD_TAGS = [0x72, 0x7A, 0x6A, 0xA2, 0xCA, 0x0B, 0x0C, 0x13, 0x05, 0x01, 0x00]


def small_model(rng):
    """Return a valid graph with initializers, attributes of each kind, and a constant."""
    weights = np.arange(6, dtype=np.float32).reshape(2, 3)
    nodes = [
        helper.make_node("MatMul", ["z", "w"], ["h"], name="first"),
        helper.make_node("LeakyRelu", ["h"], ["r"], alpha=rng.choice([0.0, 0.25, -1.0])),
        helper.make_node("Transpose", ["r"], ["t"], perm=[1, 0]),
        helper.make_node("Transpose", ["t"], ["u"], perm=[1, 0]),
        helper.make_node("Constant", [], ["c"], value=numpy_helper.from_array(weights[0])),
        helper.make_node("Add", ["u", "c"], ["v"]),
        helper.make_node("Cast", ["half"], ["wide"], to=TensorProto.FLOAT),
        helper.make_node("Slice", ["v", "zero", "three", "one"], ["x"]),
    ]
    constants = [
        numpy_helper.from_array(weights, "w"),
        numpy_helper.from_array(np.array([0]), "zero"),
        helper.make_tensor("three", TensorProto.INT64, [1], [rng.choice([3, 2**62])]),
        numpy_helper.from_array(np.array([1]), "one"),
        helper.make_tensor("unused", TensorProto.FLOAT, [2], [1.5, -0.0]),
        numpy_helper.from_array(np.array([0.1, -0.0, 6e-8, -65504], np.float16), "half"),
        helper.make_tensor("whole", TensorProto.INT32, [2], [7, -7]),
    ]
    values = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", side])
        for name, side in (("z", 2), ("x", 3))
    ]
    graph = helper.make_graph(nodes, "g", values[:1], values[1:], constants, doc_string="text")
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid("ai.onnx.ml", 2)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8, producer_name="p")


def varint(value, extra=0):
    """Return a number in as many bytes as it needs, and `extra` ones."""
    value %= 2**64
    content = []
    while value >= 0x80:
        content.append(value & 0x7F | 0x80)
        value >>= 7
    content.append(value)
    for _ in range(min(extra, 12 - len(content))):
        content[-1] |= 0x80
        content.append(0)
    return bytes(content)


class Writer:
    """Writes a message of ``onnx``, and now and then a field in an odd way."""

    def __init__(self, rng, rate):
        self._rng, self._rate = rng, rate
        self.oddities = set()

    def _odd(self, name):
        if self._rng.random() < self._rate:
            self.oddities.add(name)
            return True
        return False

    def _number(self, value, what):
        return varint(value, self._rng.randint(1, 9) if self._odd(f"long {what}") else 0)

    def _tag(self, number, wire_type):
        if self._odd("tag above 32 bits"):
            return varint((number << 3 | wire_type) + (self._rng.randrange(1, 2**29) << 32))
        if self._odd("other wire type"):
            wire_type = self._rng.randrange(8)
        return self._number(number << 3 | wire_type, "tag")

    def _length(self, content):
        length = len(content)
        if self._odd("wrong length"):
            length = self._rng.choice([length + 1, length - 1, 2**31, 2**32 + length, -1, 0])
        return self._number(length, "length")

    def _scalar(self, field, value):
        if field.type == field.TYPE_FLOAT:
            return np.float32(value).tobytes()
        if self._odd("other number"):
            value = self._rng.choice([value + 2**32, value - 2**32, -value, 2**63, value ^ 1])
        return self._number(value, "number")

    def _field(self, field, value):
        if field.type == field.TYPE_MESSAGE:
            content = self.message(value)
        elif field.type == field.TYPE_STRING:
            content = value.encode()
        elif field.type == field.TYPE_BYTES:
            content = value
        else:
            is_float = field.type == field.TYPE_FLOAT
            return self._tag(field.number, 5 if is_float else 0) + self._scalar(field, value)
        return self._tag(field.number, 2) + self._length(content) + content

    def message(self, message):
        """Return a message, with its fields in some order."""
        parts = []
        for field, value in message.ListFields():
            # Older versions of the package protobuf have no `is_repeated`, newer ones no `label`.
            new = hasattr(field, "is_repeated")
            many = field.is_repeated if new else field.label == field.LABEL_REPEATED
            values = list(value) if many else [value]
            numbers = field.type in (field.TYPE_INT64, field.TYPE_INT32, field.TYPE_FLOAT)
            packed = field.GetOptions().packed != self._odd("packed or not")
            if many and numbers and packed:
                content = b"".join(self._scalar(field, each) for each in values)
                parts.append([self._tag(field.number, 2) + self._length(content) + content])
                continue
            parts.append([self._field(field, each) for each in values])
            if not many and self._odd("repeated field"):
                parts.append([self._field(field, value)])
            if not many and field.type == field.TYPE_MESSAGE and self._odd("split message"):
                parts.append([self._tag(field.number, 2) + b"\x00"])
            if many and self._odd("element twice"):
                parts[-1].append(self._rng.choice(parts[-1]))
            if many and self._odd("element left out"):
                parts[-1].pop()
        if self._odd("unknown field"):
            tag = self._rng.choice([*ODD_TAGS, self._rng.randrange(2**14)])
            value = self._rng.choice([b"", b"\x00", b"\x02\x0a\x00", b"\x01", bytes(8)])
            parts.append([self._number(tag, "tag") + value])
        if self._odd("other order"):
            self._rng.shuffle(parts)
        return b"".join(part for group in parts for part in group)


def array(tensor):
    assert not tensor.external_data
    assert not tensor.data_location
    found = numpy_helper.to_array(tensor)
    return found.dtype.str, found.shape, found.tobytes()


def attribute(message):
    value = helper.get_attribute_value(message)
    return array(value) if isinstance(value, TensorProto) else (message.type, value)


def meaning(model):
    """Return all that counts of a model as ``onnx`` reads it."""
    fields = {field.name for field, _ in model.graph.ListFields()}
    assert fields <= {"node", "name", "initializer", "doc_string", "input", "output"}
    assert not {field.name for field, _ in model.ListFields()} & {"functions", "training_info"}
    constants = {each.name: array(each) for each in model.graph.initializer}
    assert len(constants) == len(model.graph.initializer)
    nodes = []
    for node in model.graph.node:
        assert not node.domain
        attributes = {each.name: attribute(each) for each in node.attribute}
        assert len(attributes) == len(node.attribute)
        if node.op_type == "Constant":
            (constants[node.output[0]],) = attributes.values()
        else:
            nodes.append((node.op_type, list(node.input), list(node.output), attributes))
    values = []
    for value in (*model.graph.input, *model.graph.output):
        tensor = value.type.tensor_type
        sides = [side.dim_value for side in tensor.shape.dim[1:]]
        values.append((value.name, tensor.elem_type, sides))
    versions = [each.version for each in model.opset_import if not each.domain]
    return model.ir_version, versions, nodes, constants, values


def runs(content):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    try:
        onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception:
        return False
    return True


def outcome(seed, ask_runtime):
    """Return in a word how a file is read; raise ``AssertionError`` if two readings differ."""
    rng = random.Random(seed)
    writer = Writer(rng, rng.choice([0.0003, 0.001, 0.003]))
    content = writer.message(small_model(rng))
    try:
        ours = OnnxModel.from_bytes(content)
    except ValueError:
        ours = None
    try:
        theirs = onnx.load_from_string(content)
    except DecodeError:
        theirs = None
    if ours is None:
        return "refused by both" if theirs is None else "refused by us alone"
    assert theirs is not None, "we accept what onnx refuses"
    written = ours.to_bytes()
    again = onnx.load_from_string(written)
    assert meaning(theirs) == meaning(again), "onnx reads something else"
    assert OnnxModel.from_bytes(written).to_bytes() == written
    if ask_runtime:
        assert runs(written) >= runs(content), "ONNX Runtime takes the original alone"
    return "odd, and the same" if writer.oddities else "plain, and the same"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("--start", type=int, default=0)
    options = parser.parse_args()
    began, outcomes = time.perf_counter(), collections.Counter()
    for seed in range(options.start, options.start + options.count):
        try:
            outcomes[outcome(seed, seed % 50 == 0)] += 1
        except Exception as error:
            outcomes[f"DIFFERENT: {error!s:.60}"] += 1
            print(seed, repr(error)[:200], flush=True)
    for result, count in outcomes.most_common():
        print(f"{count:7} {result}")
    print(f"{options.count} graphs in {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
