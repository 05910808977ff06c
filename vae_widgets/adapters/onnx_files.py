"""ONNX files of other libraries, in the form that the strict reader and the page take."""

from collections.abc import Sequence
from typing import Any

import numpy as np

_OPSETS = range(13, 19)
_NEWEST_IR = 10
_OLDEST_IR = 4
_END = 2**30  # beyond all sides of tensors

Step = tuple[str, Sequence[int]]
"""An operator and its axes or sides."""


def plain_content(content: bytes, where: str) -> bytes:
    """Return an ONNX file without what only describes it: see `plain_model`."""
    model: bytes = plain_model(content, where).SerializeToString()
    return model


def plain_model(content: bytes, where: str) -> Any:
    """Return an ``onnx.ModelProto`` without what only describes the graph.

    Notes, names of files of source code and shapes of intermediate tensors are dropped. Inputs that
    are weights as well become weights alone. Ends of slices are at most 2^30. Older and newer
    operators are converted to version 18. Raises ``ValueError`` for what is not an ONNX file, or
    cannot be converted.
    """
    import onnx

    try:
        model = onnx.load_model_from_string(content)
    except Exception as error:  # of protobuf, in a dozen kinds
        raise ValueError(f"{where} is not an ONNX file: {error}.") from error
    if any(tensor.data_location for tensor in model.graph.initializer):
        raise ValueError(
            f"{where} keeps weights in another file; expected one file. Save it as one by "
            "onnx.save(onnx.load(path), 'one_file.onnx')."
        )
    versions = {each.domain or "ai.onnx": each.version for each in model.opset_import}
    if versions.get("ai.onnx") not in _OPSETS:
        try:
            model = onnx.version_converter.convert_version(model, _OPSETS[-1])
        except Exception as error:
            raise ValueError(
                f"{where} has operators of version {versions.get('ai.onnx')}, which cannot be "
                f"converted to version {_OPSETS[-1]} ({' '.join(str(error).split()):.200}). Export "
                f"it again with opset_version={_OPSETS[-1]}."
            ) from error
    model.ir_version = min(max(model.ir_version, _OLDEST_IR), _NEWEST_IR)
    del model.metadata_props[:]
    graph = model.graph
    del graph.value_info[:], graph.metadata_props[:], graph.quantization_annotation[:]
    for part in (*graph.node, *graph.input, *graph.output, *graph.initializer):
        del part.metadata_props[:]
    weights = {tensor.name for tensor in graph.initializer}
    inputs = [value for value in graph.input if value.name not in weights]
    del graph.input[:]
    graph.input.extend(inputs)
    _shorten_slices(graph)
    return model


def _shorten_slices(graph: Any) -> None:
    """Replace the largest integer, which exporters use for the end of an axis, by 2^30.

    The strict reader follows no larger numbers, because libraries differ in them.
    """
    from onnx import numpy_helper

    constants = {tensor.name: tensor for tensor in graph.initializer}
    for node in graph.node:
        if node.op_type == "Constant" and node.attribute[0].name == "value":
            constants[node.output[0]] = node.attribute[0].t
    for node in graph.node:
        for i in (1, 2) if node.op_type == "Slice" else ():
            if node.input[i] not in constants:
                continue
            ends = numpy_helper.to_array(constants[node.input[i]])
            clipped = ends.clip(-_END, _END)
            if (clipped != ends).any():
                name = f"{node.output[0]}/clipped{i}"
                graph.initializer.append(numpy_helper.from_array(clipped, name))
                node.input[i] = name


_PREFIX = "model/"


class Rewired:
    """A graph whose input and outputs get other names, and steps before and after it.

    A step is ("Reshape", shape of one row) or ("Transpose", axes).

    Parameters
    ----------
    model
        An ``onnx.ModelProto``.
    where
        What messages call it.

    Attributes
    ----------
    input_shape
        Shape of one row of the input as the file has it, None for open sides.
    outputs
        Names of the outputs in the file.
    """

    def __init__(self, model: Any, where: str) -> None:
        from onnx import compose

        names = [value.name for value in model.graph.input]
        if len(names) != 1:
            raise ValueError(f"{where} has the inputs {names}; expected one. Export it with one.")
        sides = model.graph.input[0].type.tensor_type.shape.dim[1:]
        self.input_shape = tuple(side.dim_value or None for side in sides)
        self.outputs = [value.name for value in model.graph.output]
        # Its own names must not clash with the new ones.
        self._model = compose.add_prefix(model, _PREFIX)
        self._input = _PREFIX + names[0]
        self._graph = self._model.graph

    def give(self, name: str, shape: Sequence[int], steps: Sequence[Step] = ()) -> None:
        """Make `name` the input, with rows of a shape, and pass it on through some steps."""
        nodes = [*self._chain(name, self._input, steps), *self._graph.node]
        del self._graph.node[:], self._graph.input[:]
        self._graph.node.extend(nodes)
        self._graph.input.append(_value(name, shape))

    def take(
        self, sources: dict[str, str | None], shape: Sequence[int], steps: Sequence[Step] = ()
    ) -> None:
        """Make these the outputs, by their new names, with rows of a shape, after some steps.

        A source of None gives zeros. Other outputs are left out.
        """
        for name, source in sources.items():
            if source is not None:
                self._graph.node.extend(self._chain(_PREFIX + source, name, steps))
            else:
                zero = self._constant(f"{name}/zero", np.float32(0))
                self._graph.node.append(_node("Mul", [next(iter(sources)), zero], name))
        del self._graph.output[:]
        self._graph.output.extend(_value(name, shape) for name in sources)

    def tensor(self, output: str) -> str:
        """Return the present name of an output of the file."""
        return _PREFIX + output

    def content(self) -> bytes:
        """Return the file."""
        file: bytes = self._model.SerializeToString()
        return file

    def _chain(self, source: str, target: str, steps: Sequence[Step]) -> list[Any]:
        """Return the nodes that lead from one tensor to another."""
        nodes, at = [], source
        for i, (kind, sides) in enumerate(steps):
            to = f"{target}/step{i}"
            if kind == "Reshape":
                shape = self._constant(f"{to}/shape", np.array([-1, *sides], np.int64))
                nodes.append(_node(kind, [at, shape], to))
            else:
                nodes.append(_node(kind, [at], to, perm=list(sides)))
            at = to
        return [*nodes, _node("Identity", [at], target)]

    def _constant(self, name: str, value: Any) -> str:
        from onnx import numpy_helper

        self._graph.initializer.append(numpy_helper.from_array(np.asarray(value), name))
        return name


def affine_graph(
    source: str, target: str, shapes: Sequence[Sequence[int]], matrix: Any, offset: Any
) -> bytes:
    """Return ``target = source @ matrix + offset``, for flattened rows, as an ONNX file.

    `shapes` are those of one row of the source and of the target.
    """
    from onnx import helper, numpy_helper

    constants: dict[str, Any] = {
        "matrix": np.asarray(matrix, np.float32),
        "offset": np.asarray(offset, np.float32),
        "flat": np.array([-1, len(matrix)], np.int64),
        "shape": np.array([-1, *shapes[1]], np.int64),
    }
    nodes = [
        _node("Reshape", [source, "flat"], "rows"),
        _node("MatMul", ["rows", "matrix"], "product"),
        _node("Add", ["product", "offset"], "sum"),
        _node("Reshape", ["sum", "shape"], target),
    ]
    values = [_value(name, shape) for name, shape in zip((source, target), shapes, strict=True)]
    weights = [numpy_helper.from_array(array, name) for name, array in constants.items()]
    graph = helper.make_graph(nodes, "affine", values[:1], values[1:], weights)
    opset = [helper.make_opsetid("", _OPSETS[-1])]
    made: bytes = helper.make_model(
        graph, opset_imports=opset, ir_version=_NEWEST_IR
    ).SerializeToString()
    return made


def _node(kind: str, inputs: Sequence[str], output: str, **attributes: Any) -> Any:
    from onnx import helper

    return helper.make_node(kind, inputs, [output], **attributes)


def _value(name: str, shape: Sequence[int]) -> Any:
    from onnx import TensorProto, helper

    return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", *shape])
