"""Each operator in the page gives what ONNX Runtime gives, alone and as PyTorch exports use it."""

import json
import pathlib
import subprocess
import sys

import numpy as np
import onnxruntime
import pytest
from onnx import TensorProto, helper

from tests.bundle.onnx.bombs import node
from tests.bundle.onnx.test_operators import CASES
from tests.support.in_page_runtime import write_bundle
from tests.support.onnx_decoders import as_from_torch, decoder_of

NODE = pathlib.Path(sys.executable).with_name("node")
SCRIPT = pathlib.Path(__file__).with_name("parity.ts")
ROWS, SIDES = 3, (4, 6, 6)
# They come from other axes than that of the rows, are in `IN_GRAPHS`, or stay in the kernel.
LEFT_OUT = {*("Cast", "Expand", "Shape", "Size", "Squeeze", "Where")} | {
    *("DepthToSpace", "GatherND", "SpaceToDepth", "TopK")
}

rng = np.random.default_rng(0)


def draw(*shape):
    return rng.standard_normal(shape, np.float32)


# Operator, constants after "z", attributes; rows of "z" are of 4 x 6 x 6.
MORE = [
    ("AveragePool", [], {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1], "count_include_pad": 1}),
    ("AveragePool", [], {"kernel_shape": [3, 2], "strides": [2, 2], "auto_pad": "SAME_UPPER"}),
    ("MaxPool", [], {"kernel_shape": [2, 2], "dilations": [2, 3], "pads": [1, 0, 0, 1]}),
    ("BatchNormalization", [draw(4), draw(4), draw(4), draw(4) ** 2], {"epsilon": 0.01}),
    ("LayerNormalization", [draw(6), draw(6)], {}),
    ("LayerNormalization", [draw(6, 6)], {"axis": 2}),
    ("Resize", [np.float32([]), np.float32([1, 1, 2, 3])], {"mode": "nearest"}),
    ("Resize", [np.float32([]), np.float32([1, 1, 1.5, 0.7])], {"mode": "linear"}),
    ("Softmax", [], {"axis": 1}),
    ("LogSoftmax", [], {}),
    ("ArgMin", [], {"axis": -1}),
    ("Conv", [draw(4, 1, 3, 3), draw(4)], {"group": 4, "pads": [1, 1, 1, 1]}),
    ("Conv", [draw(3, 4, 1, 1)], {"strides": [2, 2]}),
    ("ConvTranspose", [draw(4, 3, 5, 4), draw(3)], {"strides": [3, 2], "dilations": [1, 2]}),
    ("Split", [], {"axis": 2, "num_outputs": 3}),
    ("MatMul", [draw(4, 6, 5)], {}),
    ("PRelu", [draw(4, 1, 1)], {}),
    ("Clip", [np.float32(-0.5)], {}),
    ("Clip", [np.float32([]), np.float32(0.5)], {}),
    ("Mod", [np.float32(0.7)], {"fmod": 1}),
    ("Max", [draw(6), draw(4, 1, 1)], {}),
    ("Pow", [np.float32(2)], {}),
    ("OneHot", [7, np.float32([0.5, 2])], {"axis": 1}),
    ("Slice", [[-1, 4], [-100, 0], [3, 2], [-2, -1]], {}),
    ("Pad", [[0, 0, -1, 2, 0, 1, 3, -1], np.float32(0.5)], {}),
    *((f"Reduce{name}", [[1, 3]], {"keepdims": 0}) for name in ("Max", "Min", "L1", "L2", "Prod")),
    *((name, [], {}) for name in ("Selu", "Softsign", "HardSigmoid", "HardSwish", "Erf", "Sign")),
    *((name, [draw(6)], {}) for name in ("Less", "LessOrEqual", "GreaterOrEqual", "Equal")),
]


def spread(*shape):
    return np.linspace(-2, 2, np.prod(shape), dtype=np.float32).reshape(shape)


# What one operator alone does not show: nodes from "z4", of 4 x 6 x 6, to "out", and constants.
MEAN = node("ReduceMean", ["z4", "axes"], ["mean"])  # 1 x 6 x 1 numbers
MASK = node("Greater", ["z4", "zero"], ["mask"])
IN_GRAPHS = {
    "Expand": (
        [MEAN, node("Expand", ["mean", "sides"], ["out"])],
        {"axes": [1, 3], "sides": [1, 4, 1, 5]},
    ),
    "Expand to fewer axes": (
        [MEAN, node("Expand", ["mean", "sides"], ["out"])],
        {"axes": [1, 3], "sides": [1, 5]},
    ),
    "Expand to more axes": (
        [
            node("Expand", ["row", "sides"], ["many"]),
            node("Add", ["z4", "many"], ["out"]),
        ],
        {"row": spread(4, 1, 6), "sides": [1, 1, 6, 1]},
    ),
    "Squeeze without axes": (
        [node("Squeeze", ["row"], ["squeezed"]), node("Mul", ["z4", "squeezed"], ["out"])],
        {"row": spread(1, 6, 1)},
    ),
    "Squeeze without axes in a shape": (
        [
            node("Shape", ["z4"], ["shape"]),
            node("Slice", ["shape", "one", "two"], ["channels"]),
            node("Squeeze", ["channels"], ["number"]),
            node("Unsqueeze", ["number", "front"], ["side"]),
            node("Concat", ["open", "side", "rest"], ["sides"], axis=0),
            node("Reshape", ["z4", "sides"], ["out"]),
        ],
        {"one": [1], "two": [2], "front": [0], "open": [-1], "rest": [36]},
    ),
    "Squeeze": (
        [MEAN, node("Squeeze", ["mean", "gone"], ["out"])],
        {"axes": [1, 3], "gone": [-1, 1]},
    ),
    "Where": (
        [MASK, node("Where", ["mask", "z4", "other"], ["out"])],
        {"zero": np.float32(0), "other": spread(4, 1, 6)},
    ),
    "Where with a number": (
        [MASK, node("Where", ["mask", "number", "z4"], ["out"])],
        {"zero": spread(6), "number": np.float32(-2)},
    ),
    "Where of a mean": (
        [MEAN, MASK, node("Where", ["mask", "mean", "z4"], ["out"])],
        {"axes": [1, 3], "zero": np.float32(0.3)},
    ),
}


def in_graph(nodes, constants):
    """Return a decoder from codes of 144 numbers with some nodes."""
    first = node("Reshape", ["z", "start"], ["z4"])
    last = node("Identity", ["out"], ["x_mean"])
    return decoder_of([first, *nodes, last], {"start": [-1, *SIDES], **constants}, 144)


def alone(op, arrays, attributes):
    """Return a decoder from codes of 144 numbers to what one operator makes of them."""
    attribute_inputs = op.startswith("Reduce") and op != "ReduceSum"  # before opset 18
    given = {} if attribute_inputs and not arrays else {f"c{i}": a for i, a in enumerate(arrays)}
    first = "z4"
    nodes = [node("Reshape", ["z", "sides"], ["z4"])]
    if op == "OneHot":
        nodes += [node("Abs", ["z4"], ["abs"]), node("Cast", ["abs"], ["whole"], to=7)]
        first = "whole"
    n = 3 if op == "Split" and "num_outputs" in attributes else 2 if op == "Split" else 1
    outputs = [f"out{i}" for i in range(n)]
    names = [first, *(name if np.size(array) else "" for name, array in given.items())]
    nodes.append(node(op, names, outputs, **attributes))
    nodes.append(node("Cast", [outputs[-1]], ["x_mean"], to=TensorProto.FLOAT))
    return decoder_of(nodes, {"sides": [-1, *SIDES], **given}, 144)


@pytest.fixture(scope="module")
def differences(tmp_path_factory):
    """Return the differences from ONNX Runtime by name."""
    folder = tmp_path_factory.mktemp("operators")
    models = {"as from torch": as_from_torch()}
    for i, (op, arrays, attributes) in enumerate([*CASES, *MORE]):
        if op not in LEFT_OUT:
            models[f"{i} {op} {attributes}"] = alone(op, arrays, attributes)
    models |= {name: in_graph(*parts) for name, parts in IN_GRAPHS.items()}
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = 1, 4
    for name, model in models.items():
        session = onnxruntime.InferenceSession(model.SerializeToString(), options)
        z = rng.standard_normal((ROWS, session.get_inputs()[0].shape[1]), np.float32)
        (x_mean,) = session.run(None, {"z": z})
        if x_mean.shape[0] != ROWS:
            continue
        sides = ["n", *x_mean.shape[1:]]
        del model.graph.output[:]
        model.graph.output.append(helper.make_tensor_value_info("x_mean", 1, sides))
        case = folder / name.replace("/", "")
        case.mkdir()
        (case / "decoder.onnx").write_bytes(model.SerializeToString())
        z.tofile(case / "z.f32")
        x_mean.tofile(case / "x_mean.f32")
    bundle = write_bundle(tmp_path_factory.mktemp("bundle"))
    command = [NODE, SCRIPT, folder, bundle]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert len(found) > 2 * 65  # in WebAssembly and in plain TypeScript
    return found


def test_operators(differences):
    problems = {name: each for name, each in differences.items() if "problem" in each}
    assert not problems, list(problems.items())
    far = {name: each for name, each in differences.items() if max(each.values()) > 1e-5}
    assert not far, list(far.items())
