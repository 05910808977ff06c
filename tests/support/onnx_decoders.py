"""Decoders that are written node by node, as other libraries export them."""

import numpy as np
import onnx
from onnx import TensorProto, helper

node = helper.make_node


def decoder_of(nodes, constants, latent_dim, sides=None):
    arrays = [onnx.numpy_helper.from_array(np.array(a), name) for name, a in constants.items()]
    values = [helper.make_tensor_value_info("z", TensorProto.FLOAT, ["n", latent_dim])]
    result = [helper.make_tensor_value_info("x_mean", TensorProto.FLOAT, sides)]
    graph = helper.make_graph(nodes, "decoder", values, result, arrays)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    return model


def as_from_torch():
    """Return a decoder as ``torch.onnx`` writes one: channels first, shapes made of shapes."""
    rng = np.random.default_rng(0)  # the same weights in whatever order the tests run

    def draw(*shape):
        return rng.standard_normal(shape, np.float32) / 2

    weights = {
        "fc.weight": draw(32, 5),
        "fc.bias": draw(32),
        "scale": draw(8),
        "move": draw(8),
        "mean": draw(8),
        "variance": draw(8) ** 2,
        "up.weight": draw(8, 6, 3, 3),
        "up.bias": draw(6),
        "deep.weight": draw(6, 1, 3, 3),
        "last.weight": draw(2, 6, 1, 1),
        "last.bias": draw(2),
        "zero": 0,
        "first": [0],
        "eight": [8],
        "two": [2],
        "scales": np.float32([1, 1, 2, 2]),
        "empty": np.float32([]),
    }
    nodes = [
        node("Gemm", ["z", "fc.weight", "fc.bias"], ["a"], alpha=1.0, beta=1.0, transB=1),
        node("Shape", ["a"], ["shape"]),
        node("Gather", ["shape", "zero"], ["n"], axis=0),
        node("Unsqueeze", ["n", "first"], ["rows"]),
        node("Concat", ["rows", "eight", "two", "two"], ["sides"], axis=0),
        node("Reshape", ["a", "sides"], ["b"]),
        node("BatchNormalization", ["b", "scale", "move", "mean", "variance"], ["c"]),
        node("LeakyRelu", ["c"], ["d"], alpha=0.2),
        node("ConvTranspose", ["d", "up.weight", "up.bias"], ["e"], strides=[2, 2],
             pads=[1, 1, 1, 1], output_padding=[1, 1], kernel_shape=[3, 3]),
        node("Sigmoid", ["e"], ["f"]),
        node("Mul", ["e", "f"], ["g"]),
        node("Resize", ["g", "empty", "scales"], ["h"], mode="linear",
             coordinate_transformation_mode="pytorch_half_pixel"),
        node("Conv", ["h", "deep.weight"], ["i"], group=6, pads=[2, 2, 2, 2], dilations=[2, 2]),
        node("Add", ["i", "h"], ["j"]),
        node("Relu", ["j"], ["k"]),
        node("Conv", ["k", "last.weight", "last.bias"], ["l"], kernel_shape=[1, 1]),
        node("Tanh", ["l"], ["x_mean"]),
    ]  # fmt: skip
    return decoder_of(nodes, weights, 5, ["n", 2, 8, 8])
