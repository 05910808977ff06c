"""Small ONNX files that need much memory or time: ``python -m tests.bundle.onnx.bombs``.

Each is loaded and run in a process of its own, which may allocate 300 MB and compute for 20 s.
The command prints what each of them cost.
"""

import itertools
import json
import os
import resource
import sys
import time

import numpy as np
import onnx
from onnx import TensorProto, helper

from vae_widgets.bundle import BundleError
from vae_widgets.bundle.onnx.graph import OnnxGraph

MOST_MEMORY = 300 * 2**20
MOST_SECONDS = 20

node = helper.make_node


def graph_of(nodes, constants=None, sides=(2,)):
    """Return a graph from "z" to "x_mean", each with rows of `sides`."""
    values = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", *sides])
        for name in ("z", "x_mean")
    ]
    arrays = [onnx.numpy_helper.from_array(np.array(a), n) for n, a in (constants or {}).items()]
    graph = helper.make_graph(nodes, "bomb", values[:1], values[1:], arrays)
    opsets = [helper.make_opsetid("", 18)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8).SerializeToString()


def summed(nodes, constants=None):
    """Return a graph that adds the sum of the tensor "big" to its input."""
    nodes = [
        *nodes,
        node("ReduceSum", ["big"], ["sum"], keepdims=0),
        node("Cast", ["sum"], ["number"], to=TensorProto.FLOAT),
        node("Add", ["z", "number"], ["x_mean"]),
    ]
    return graph_of(nodes, constants)


def constant_of_shape():
    return summed([node("ConstantOfShape", ["n"], ["big"])], {"n": [2**28]})


def chained_products():
    side = np.ones(2_000, np.float32)
    nodes = [node("Mul", ["a", "b"], ["p0"])]
    nodes += [node("MatMul", [f"p{i}", f"p{i}"], [f"p{i + 1}"]) for i in range(40)]
    nodes += [node("Identity", ["p40"], ["big"])]
    return summed(nodes, {"a": side[:, None], "b": side[None]})


def outer_products():
    """A product of two axes, then of three and of four."""
    side = np.ones(250, np.float32)
    names = ["a", "b", "c", "d"]
    shapes = [[-1 if i == j else 1 for j in range(4)] for i in range(4)]
    nodes = [node("Mul", ["a", "b"], ["ab"]), node("Mul", ["c", "d"], ["cd"])]
    nodes += [node("Mul", ["ab", "cd"], ["big"])]
    pairs = zip(names, shapes, strict=True)
    return summed(nodes, {name: side.reshape(shape) for name, shape in pairs})


def doubling():
    nodes = [node("Concat", [f"d{i}", f"d{i}"], [f"d{i + 1}"], axis=0) for i in range(40)]
    return summed([node("Identity", ["z"], ["d0"]), *nodes, node("Identity", ["d40"], ["big"])])


def many_large_tensors():
    """None is too large alone, and all are alive at once."""
    nodes = [node("Expand", ["z", "shape"], [f"e{i}"]) for i in range(100)]
    nodes += [node("Max", [f"e{i}" for i in range(100)], ["big"])]
    return summed(nodes, {"shape": [2**23, 1, 2]})


def endless_products():
    """Hours of work with little memory."""
    nodes = [node("Expand", ["z", "shape"], ["w"]), node("Reshape", ["w", "side"], ["p0"])]
    nodes += [node("MatMul", [f"p{i}", f"p{i}"], [f"p{i + 1}"]) for i in range(1_000)]
    nodes += [node("Identity", ["p1000"], ["big"])]
    return summed(nodes, {"shape": [500_000, 1, 2], "side": [1_000, -1]})


def products_of_constants():
    """Work that would be done while it loads."""
    side = np.ones(1_000, np.float32)
    nodes = [node("Mul", ["a", "b"], ["p0"])]
    nodes += [node("MatMul", ["p0", "p0"], [f"p{i + 1}"]) for i in range(1_000)]
    nodes += [node("Sum", [f"p{i}" for i in range(1_001)], ["big"])]
    return summed(nodes, {"a": side[:, None], "b": side[None]})


def shape_of(nodes, **constants):
    """Return the maker of a constant whose shape is "s", which ONNX Runtime may read otherwise."""

    def make():
        more = [node("Max", ["r", "one"], ["m"]), node("ConstantOfShape", ["m"], ["big"])]
        return summed([*nodes, *more], {**constants, "one": [1]})

    return make


def of_many_inputs(op):
    """Return the maker of a node that reads one large constant 60,000 times."""
    filled = node("ConstantOfShape", ["n"], ["e"])
    return lambda: summed([filled, node(op, ["e"] * 60_000, ["big"])], {"n": [2**22]})


def loop():
    body = helper.make_graph(
        [node("Identity", ["going"], ["go"]), node("Identity", ["x"], ["y"])],
        "body",
        [
            helper.make_tensor_value_info("i", TensorProto.INT64, []),
            helper.make_tensor_value_info("going", TensorProto.BOOL, []),
            helper.make_tensor_value_info("x", TensorProto.FLOAT, None),
        ],
        [
            helper.make_tensor_value_info("go", TensorProto.BOOL, []),
            helper.make_tensor_value_info("y", TensorProto.FLOAT, None),
        ],
    )
    turns = {"turns": 2**62, "yes": True}
    return graph_of([node("Loop", ["turns", "yes", "z"], ["x_mean"], body=body)], turns)


def one_node(*inputs, constants=None, **options):
    def make():
        return summed([node(*inputs, ["big"], **options)], constants)

    return make


def of_data(op, *more, constants=None):
    """Return the maker of a graph whose shapes are numbers of its input."""

    def make():
        nodes = [
            node("Cast", ["z"], ["whole"], to=TensorProto.INT64),
            node("Reshape", ["whole", "flat"], ["list"]),
            node(op, [name if name != "?" else "list" for name in more], ["big"]),
        ]
        return summed(nodes, {"flat": [-1], **(constants or {})})

    return make


def varint(value):
    content = bytearray()
    while value >= 0x80:
        content.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*content, value])


def flood(content, *tags, size=5 * 2**20):
    """Return the maker of a file that is one small field, many times, in the fields `tags`."""

    def make():
        message = content * (size // len(content))
        for tag in tags:
            message = bytes([tag]) + varint(len(message)) + message
        return message

    return make


GRAPH, NODE, ATTRIBUTE, INITIALIZER = 0x3A, 0x0A, 0x2A, 0x2A


def many_nodes(n):
    """Return the maker of a chain of as many nodes."""

    def make():
        names = ["z", *(f"{i:x}" for i in range(n - 1)), "x_mean"]
        pairs = itertools.pairwise(names)
        return graph_of([node("Neg", [a], [b]) for a, b in pairs])

    return make


BOMBS = {
    "a constant of 2**28 numbers": constant_of_shape,
    "a chain of products of constants": chained_products,
    "an outer product of constants": outer_products,
    "a tensor that doubles 40 times": doubling,
    "100 large tensors": many_large_tensors,
    "1,000 products of large matrices": endless_products,
    "1,000 products of constants": products_of_constants,
    "a loop of 2**62 turns": loop,
    "Expand": one_node("Expand", ["z", "n"], constants={"n": [2**30, 1, 2]}),
    "Tile": one_node("Tile", ["z", "n"], constants={"n": [2**30, 1]}),
    "Tile past 64 bits": one_node("Tile", ["z", "n"], constants={"n": [2**62, 2**62]}),
    "Range": one_node("Range", ["a", "b", "c"], constants={"a": 0, "b": 2**40, "c": 1}),
    "Range of tiny steps": one_node(
        "Range",
        ["a", "b", "c"],
        constants={"a": np.float32(0), "b": np.float32(1), "c": np.float32(1e-38)},
    ),
    "Range past 32 bits": one_node(
        "Range",
        ["a", "b", "c"],
        constants={"a": np.int32(2**31 - 2**28), "b": np.int32(-(2**31)), "c": np.int32(1)},
    ),
    "the least number divided": shape_of(
        [node("Div", ["a", "b"], ["q"]), node("Mul", ["q", "k"], ["r"])],
        a=[-(2**63)],
        b=[2**60],
        k=[-(2**25)],
    ),
    "half precision that overflows": shape_of(
        [
            node("Mul", ["a", "b"], ["p"]),
            node("Cast", ["p"], ["q"], to=TensorProto.INT64),
            node("Mul", ["q", "k"], ["r"]),
        ],
        a=np.float16([60_000]),
        b=np.float16([4]),
        k=[2**10],
    ),
    "a Slice that begins before its first row": lambda: summed(
        [node("Slice", ["e", "a", "b", "i", "d"], ["q"]), node("Tile", ["q", "n"], ["big"])],
        {"e": np.ones((4, 64), np.float32), "a": [-9], "b": [-(2**40)], "i": [0], "d": [-1]}
        | {"n": [2**22, 1]},
    ),
    "a sum of 60,000 tensors": of_many_inputs("Sum"),
    "a maximum of 60,000 tensors": of_many_inputs("Max"),
    "Pad": one_node("Pad", ["z", "n"], constants={"n": [0, 0, 2**40, 0]}),
    "OneHot": one_node(
        "OneHot", ["i", "n", "v"], constants={"i": [0], "n": 2**40, "v": np.float32([0, 1])}
    ),
    "Resize": one_node("Resize", ["z", "", "scales"], constants={"scales": np.float32([1e6, 1e6])}),
    "ConvTranspose": one_node(
        "ConvTranspose",
        ["i", "w"],
        constants={"i": np.ones((1, 1, 9), np.float32), "w": np.ones((1, 1, 9), np.float32)},
        strides=[2**40],
    ),
    "Conv with padding": one_node(
        "Conv",
        ["i", "w"],
        constants={"i": np.ones((1, 1, 9), np.float32), "w": np.ones((1, 1, 9), np.float32)},
        pads=[2**40, 0],
    ),
    "shape of a constant from data": of_data("ConstantOfShape", "?"),
    "shape of Expand from data": of_data("Expand", "one", "?", constants={"one": [1]}),
    "shape of Tile from data": of_data("Tile", "one", "?", constants={"one": [[1]]}),
    "numbers that are not zero": of_data("NonZero", "?"),
    "different numbers": of_data("Unique", "?"),
    "empty nodes": flood(bytes([NODE, 0]), GRAPH),
    "empty initializers": flood(bytes([INITIALIZER, 0]), GRAPH),
    "empty attributes": flood(bytes([ATTRIBUTE, 0]), NODE, GRAPH),
    "empty inputs": flood(bytes([0x5A, 0]), GRAPH),
    "empty operator sets": flood(bytes([0x42, 0])),
    "dimensions": flood(bytes([0x08, 1]), INITIALIZER, GRAPH),
    "packed dimensions": flood(bytes([1]), 0x0A, INITIALIZER, GRAPH),
    "packed numbers": flood(bytes([1]), 0x3A, INITIALIZER, GRAPH),
    "floats one by one": flood(bytes([0x25, 0, 0, 0, 0]), INITIALIZER, GRAPH),
    "names": flood(bytes([0x0A, 1, 0x61]), NODE, GRAPH),
    "graphs in graphs": flood(bytes([NODE, 4, ATTRIBUTE, 2, 0x32, 0]), GRAPH),
    "20,000 nodes": many_nodes(20_000),
}


def outcome(content):
    """Return how loading and running a graph ends, its seconds and its memory in MB."""
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
    try:
        graph = OnnxGraph(content, {"z": (2,)}, {"x_mean": (2,)}, "bomb.onnx")
        loaded = time.perf_counter() - began
        graph(z=np.ones((3, 2), np.float32))
        result = "runs"
    except BundleError as error:
        loaded = time.perf_counter() - began
        result = f"BundleError: {error}"
    except BaseException as error:
        loaded = time.perf_counter() - began
        result = f"{type(error).__name__}: {error}"
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return result, loaded, (after - before) / 2**10


def in_child(content):
    """Return the `outcome` in a process with limits."""
    inner, outer = os.pipe()
    child = os.fork()
    if not child:
        with open("/proc/self/statm") as file:
            used = int(file.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + MOST_MEMORY,) * 2)
        resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS,) * 2)
        os.write(outer, json.dumps(outcome(content)).encode()[:60_000])
        os._exit(0)
    os.close(outer)
    with open(inner, "rb") as file:
        answer = file.read()
    _, status = os.waitpid(child, 0)
    return tuple(json.loads(answer)) if answer else (f"ended by signal {status}", 0.0, 0.0)


def main():
    for name, make in BOMBS.items():
        content = make()
        result, seconds, megabytes = in_child(content)
        print(f"{name:36} {len(content):8} {seconds:6.2f} s {megabytes:6.1f} MB  {result:.120}")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
