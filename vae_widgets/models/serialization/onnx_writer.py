"""ONNX written layer by layer, for the layers that `VAE.build` uses.

This takes a few hundredths of a second. Models with other layers are converted by `onnx_export`,
which takes seconds.
"""

import functools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import layers
from onnx import TensorProto, helper, numpy_helper

_OPSET = 18  # the newest that tf2onnx writes
_IR_VERSION = 8


class UnknownLayerError(LookupError):
    """A layer, or a use of one, that is not in the table of this module."""


@dataclass(frozen=True)
class Tensor:
    """A float32 tensor (n, *shape) of a graph."""

    name: str
    shape: tuple[int, ...]


class GraphWriter:
    """An ONNX graph that grows by one operation at a time."""

    def __init__(self, inputs: Mapping[str, tuple[int, ...]]) -> None:
        self.inputs = [Tensor(name, shape) for name, shape in inputs.items()]
        self._nodes: list[Any] = []
        self._constants: list[Any] = []
        self._channels_first: dict[str, Tensor] = {}

    def add(
        self, op: str, *inputs: Any, shape: Sequence[int] | None = None, **options: Any
    ) -> Tensor:
        """Return the result (n, *shape) of an operator; by default it has the first input's shape.

        Inputs are tensors, numbers and arrays; floats become float32, whole numbers int64.
        """
        names = [(x if isinstance(x, Tensor) else self.constant(x)).name for x in inputs]
        result = Tensor(f"t{len(self._nodes)}", inputs[0].shape if shape is None else tuple(shape))
        self._nodes.append(helper.make_node(op, names, [result.name], **options))
        return result

    def constant(self, value: Any) -> Tensor:
        """Return a constant of this shape, which several operations may use."""
        array = np.asarray(value)
        kind = np.int64 if array.dtype.kind == "i" else np.float32
        name = f"c{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(array, kind), name))
        return Tensor(name, array.shape)

    def channels_first(self, x: Tensor) -> Tensor:
        """Return x (n, height, width, channels) as (n, channels, height, width).

        A sequence (n, width, channels) gets the height 1: ONNX Runtime is quicker with images.
        """
        if x.name not in self._channels_first:
            h = self.add("Unsqueeze", x, [1], shape=(1, *x.shape)) if len(x.shape) == 2 else x
            height, width, channels = h.shape
            first = self.add("Transpose", h, shape=(channels, height, width), perm=[0, 3, 1, 2])
            self._channels_first[x.name] = first
        return self._channels_first[x.name]

    def channels_last(self, x: Tensor, rank: int) -> Tensor:
        """Return x (n, channels, height, width) as the shape of `rank` that it came from."""
        channels, height, width = x.shape
        last = self.add("Transpose", x, shape=(height, width, channels), perm=[0, 2, 3, 1])
        if rank == 2:
            last = self.add("Squeeze", last, [1], shape=(width, channels))
        self._channels_first[last.name] = x
        return last

    def call(self, model: keras.Model, *inputs: Tensor) -> Any:
        """Return what a Keras model makes of `inputs`, in the structure of its outputs."""
        if not type(model).__module__.startswith("keras."):
            raise UnknownLayerError(type(model).__name__)
        known = {id(tensor): ours for tensor, ours in zip(model.inputs, inputs, strict=True)}
        try:
            for layer in getattr(model, "operations", model.layers):
                kind = type(layer)
                if kind is layers.InputLayer:
                    continue
                rule = _RULES[kind if issubclass(kind, layers.Layer) else kind.__name__]
                outputs = keras.tree.flatten(layer.output)
                _need(getattr(layer, "data_format", "channels_last") == "channels_last", layer)
                _need(getattr(layer, "quantization_mode", None) is None, layer)
                _need(all(None not in output.shape[1:] for output in outputs), layer)
                given = [known[id(tensor)] for tensor in keras.tree.flatten(layer.input)]
                results = keras.tree.flatten(rule(self, layer, *given))
                known |= {id(tensor): ours for tensor, ours in zip(outputs, results, strict=True)}
            output = model.outputs[0] if isinstance(model, keras.Sequential) else model.output
            return keras.tree.map_structure(lambda tensor: known[id(tensor)], output)
        except (KeyError, AttributeError) as error:  # also a layer that is called twice
            raise UnknownLayerError(str(error)) from error

    def to_bytes(self, outputs: Mapping[str, Tensor]) -> bytes:
        """Return the file with these results by name, without operations that they do not need."""
        last = [helper.make_node("Identity", [x.name], [name]) for name, x in outputs.items()]
        needed: set[str] = set(outputs)
        nodes = []
        for node in reversed([*self._nodes, *last]):
            if needed.intersection(node.output):
                needed.update(node.input)
                nodes.append(node)
        inputs = [_value(x.name, x) for x in self.inputs]
        results = [_value(name, x) for name, x in outputs.items()]
        constants = [constant for constant in self._constants if constant.name in needed]
        graph = helper.make_graph(nodes[::-1], "graph", inputs, results, constants)
        opset = helper.make_opsetid("", _OPSET)
        model = helper.make_model(graph, opset_imports=[opset], ir_version=_IR_VERSION)
        content: bytes = model.SerializeToString()
        return content


def _value(name: str, x: Tensor) -> Any:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", *x.shape])


def _need(good: bool, layer: Any) -> None:
    if not good:
        raise UnknownLayerError(layer.name)


def _activate(graph: GraphWriter, x: Tensor, function: Callable[..., Any]) -> Tensor:
    if function is keras.activations.linear:
        return x
    if function is keras.activations.silu:
        return graph.add("Mul", x, graph.add("Sigmoid", x))
    if function is keras.activations.gelu:
        erf = graph.add("Erf", graph.add("Mul", x, math.sqrt(0.5)))
        return graph.add("Mul", graph.add("Mul", x, 0.5), graph.add("Add", erf, 1.0))
    return graph.add(_ACTIVATIONS[function], x)


_ACTIVATIONS: dict[Any, str] = {
    keras.activations.elu: "Elu",
    keras.activations.exponential: "Exp",
    keras.activations.relu: "Relu",
    keras.activations.selu: "Selu",
    keras.activations.sigmoid: "Sigmoid",
    keras.activations.softplus: "Softplus",
    keras.activations.softsign: "Softsign",
    keras.activations.tanh: "Tanh",
}


def _dense(graph: GraphWriter, layer: Any, x: Tensor) -> Tensor:
    h = graph.add("MatMul", x, layer.kernel, shape=layer.output.shape[1:])
    h = graph.add("Add", h, layer.bias) if layer.use_bias else h
    return _activate(graph, h, layer.activation)


def _add(graph: GraphWriter, layer: Any, *parts: Tensor) -> Tensor:
    _need(len({part.shape for part in parts}) == 1, layer)
    return functools.reduce(functools.partial(graph.add, "Add"), parts)


def _conv(graph: GraphWriter, layer: Any, x: Tensor) -> Tensor:
    """Convolve, or convolve transposed, with the padding "same" of TensorFlow."""
    transposed = "Transpose" in type(layer).__name__
    _need(layer.padding == "same" and getattr(layer, "groups", 1) == 1, layer)
    _need(getattr(layer, "output_padding", None) is None, layer)
    flat = len(x.shape) == 2
    pads, more = [0] * flat, [0] * flat
    for side, size, stride, dilation in zip(
        x.shape, layer.kernel_size, layer.strides, layer.dilation_rate, strict=False
    ):
        large, small = (side * stride, side) if transposed else (side, -(-side // stride))
        pad = (small - 1) * stride + (size - 1) * dilation + 1 - large
        pads.append(max(0, pad))
        more.append(max(0, -pad))
    kernel = np.moveaxis(np.asarray(layer.kernel), (-1, -2), (0, 1))
    h = graph.add(
        "ConvTranspose" if transposed else "Conv",
        graph.channels_first(x),
        kernel[:, :, None] if flat else kernel,
        *([layer.bias] if layer.use_bias else []),
        shape=(layer.filters, *[1] * flat, *layer.output.shape[1:-1]),
        pads=[pad // 2 for pad in pads] + [pad - pad // 2 for pad in pads],
        strides=[*[1] * flat, *layer.strides],
        dilations=[*[1] * flat, *layer.dilation_rate],
        **({"output_padding": more} if transposed else {}),
    )
    return graph.channels_last(_activate(graph, h, layer.activation), len(x.shape))


def _reshape(graph: GraphWriter, layer: Any, x: Tensor) -> Tensor:
    shape = layer.output.shape[1:]
    return graph.add("Reshape", x, [-1, *shape], shape=shape)


def _crop(graph: GraphWriter, layer: Any, x: Tensor) -> Tensor:
    (top, bottom), (left, right) = layer.cropping
    height, width, channels = x.shape
    h = graph.add(
        "Slice",
        graph.channels_first(x),
        [top, left],
        [height - bottom, width - right],
        [2, 3],
        shape=(channels, height - top - bottom, width - left - right),
    )
    return graph.channels_last(h, 3)


def _split(graph: GraphWriter, layer: Any, x: Tensor) -> list[Tensor]:
    """Split the last axis into equal parts."""
    shapes = [part.shape[1:] for part in layer.output]
    width = shapes[0][-1]
    _need(layer.axis in (-1, len(x.shape)), layer)
    _need({shape[-1] for shape in shapes} == {width}, layer)
    return [
        graph.add("Slice", x, [i * width], [(i + 1) * width], [-1], shape=shape)
        for i, shape in enumerate(shapes)
    ]


def to_int64(graph: GraphWriter, x: Tensor) -> Tensor:
    """Return float32 numbers as whole ones."""
    return graph.add("Cast", x, to=TensorProto.INT64)


def _cast(graph: GraphWriter, layer: Any, x: Tensor) -> Tensor:
    _need(layer.dtype in ("int32", "int64"), layer)
    return to_int64(graph, x)


def _one_hot(graph: GraphWriter, layer: Any, x: Tensor) -> Tensor:
    _need(layer.axis == -1 and layer.output.dtype == "float32", layer)
    shape = layer.output.shape[1:]
    return graph.add("OneHot", x, layer.num_classes, [0.0, 1.0], shape=shape, axis=-1)


_RULES: dict[Any, Callable[..., Any]] = {
    layers.Activation: lambda graph, layer, x: _activate(graph, x, layer.activation),
    layers.Add: _add,
    layers.Concatenate: lambda graph, layer, *parts: graph.add(
        "Concat", *parts, shape=layer.output.shape[1:], axis=layer.axis
    ),
    layers.Conv1D: _conv,
    layers.Conv1DTranspose: _conv,
    layers.Conv2D: _conv,
    layers.Conv2DTranspose: _conv,
    layers.Cropping2D: _crop,
    layers.Dense: _dense,
    layers.Embedding: lambda graph, layer, x: graph.add(
        "Gather", layer.embeddings, to_int64(graph, x), shape=layer.output.shape[1:]
    ),
    layers.Flatten: _reshape,
    layers.Identity: lambda graph, layer, x: x,
    layers.Rescaling: lambda graph, layer, x: graph.add(
        "Add", graph.add("Mul", x, layer.scale), layer.offset
    ),
    layers.Reshape: _reshape,
    "Cast": _cast,
    "OneHot": _one_hot,
    "Split": _split,
}
"""Layers by class, and operations of ``keras.ops`` by the name of theirs."""
