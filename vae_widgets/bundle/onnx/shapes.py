"""How large the tensors of a graph are, and how much work it is.

Both are known, and bounded, before ONNX Runtime allocates anything.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from vae_widgets.bundle.onnx.call import Call, TensorFacts
from vae_widgets.bundle.onnx.model import DTYPES, MOST_DIMENSIONS, OnnxModel
from vae_widgets.bundle.onnx.operators import (
    INNER,
    RULES,
    keeps,
    reduced,
    shape_part,
    slices,
)

MOST_BYTES = 2**27
"""Of one tensor."""
MOST_BYTES_IN_ALL = 2**30
"""Of all tensors that one block of rows needs."""
MOST_WORK = 2**36
"""Multiplications and additions for one row: a second, or ten on a slow computer."""
MOST_CONSTANT_BYTES = 2**25
"""Of what ONNX Runtime may compute while it loads the graph, beside twice the weights."""
MOST_CONSTANT_WORK = 2**29

_SLOWNESS = 16
_LARGEST_NUMBER = 2**31  # from here on ONNX Runtime and NumPy may differ
_LARGEST_VALUE = 64  # numbers in a shape or in other small tensors whose values are followed

_CONSTANT = {"Shape", "Size"}  # ONNX Runtime may know them before it knows the inputs
_BOOLEAN = "And Equal Greater GreaterOrEqual IsInf IsNaN Less LessOrEqual Not Or Xor"
_INTEGER = {"ArgMax", "ArgMin", "Shape", "Size"}
_TYPED_BY = {"Where": 1, "OneHot": 2}  # input that has the type of the result

_VALUES: dict[str, Callable[..., Any]] = {
    "Abs": lambda call, x: np.abs(x),
    "Add": lambda call, a, b: a + b,
    "Concat": lambda call, *parts: np.concatenate(parts, call.axis(0)),
    "ConstantOfShape": lambda call, _: call.attribute("value", np.float32(0)),
    "Div": lambda call, a, b: a / b if a.dtype.kind == "f" else np.sign(a) * (abs(a) // b),
    "Equal": lambda call, a, b: a == b,
    "Expand": lambda call, x, _: x,
    "Gather": lambda call, x, indices: np.take(x, indices, call.axis(0)),
    "Greater": lambda call, a, b: a > b,
    "Less": lambda call, a, b: a < b,
    "Max": lambda call, *parts: np.max(np.broadcast_arrays(*parts), axis=0),
    "Min": lambda call, *parts: np.min(np.broadcast_arrays(*parts), axis=0),
    "Mod": lambda call, a, b: np.fmod(a, b) if call.attribute("fmod", 0) else a % b,
    "Mul": lambda call, a, b: a * b,
    "Neg": lambda call, x: -x,
    "Not": lambda call, x: ~x,
    "Range": lambda call, start, _, delta: start + delta * np.arange(*RULES["Range"](call)[0]),
    "ReduceMax": lambda call, x, *_: np.max(x, tuple(reduced(call)), keepdims=keeps(call)),
    "ReduceMin": lambda call, x, *_: np.min(x, tuple(reduced(call)), keepdims=keeps(call)),
    "ReduceProd": lambda call, x, *_: np.prod(x, tuple(reduced(call)), keepdims=keeps(call)),
    "ReduceSum": lambda call, x, *_: np.sum(x, tuple(reduced(call)), keepdims=keeps(call)),
    "Slice": lambda call, x, *_: x[slices(call)],
    "Split": lambda call, x, *_: np.split(
        x, np.cumsum([shape[call.axis(0)] for shape in RULES["Split"](call)])[:-1], call.axis(0)
    ),
    "Sub": lambda call, a, b: a - b,
    "Tile": lambda call, x, repeats: np.tile(x, repeats),
    "Where": lambda call, condition, a, b: np.where(condition, a, b),
    **dict.fromkeys(["Cast", "Identity"], lambda call, x: x),
    **dict.fromkeys(
        ["Flatten", "Reshape", "Squeeze", "Unsqueeze"],
        lambda call, x, *_: x.reshape(RULES[call.node.op](call)[0]),
    ),
}
"""Operators from which shapes are computed, on small tensors whose values are known."""


def infer(
    model: OnnxModel,
    inputs: dict[str, tuple[int, ...]],
    n_bytes: int = 0,
    most_work: int = MOST_WORK,
) -> dict[str, TensorFacts]:
    """Return what is known about all tensors of a graph for `inputs`, shapes by name.

    Raises ``ValueError`` if a shape depends on data, or if the graph needs too much memory or work
    for a file of `n_bytes`.
    """
    float32 = np.dtype(np.float32)
    known = {name: TensorFacts(shape, float32) for name, shape in inputs.items()}
    for name, array in model.constants.items():
        value = array if array.size <= _LARGEST_VALUE else None
        known[name] = TensorFacts(array.shape, array.dtype, True, value)
    sizes = _Sizes(n_bytes, most_work)
    for name, shape in inputs.items():
        sizes.add(name, known[name], math.prod(shape))
    for i, node in enumerate(model.nodes):
        if node.op not in RULES:
            raise ValueError(f"it uses the operator {node.op!r:.100}, which is not allowed")
        try:
            results, work = _run(Call(node, [known[x] if x else None for x in node.inputs]))
        except Exception as error:
            raise ValueError(f"its node {i}, {node.op}: {error}") from None
        for name, result in zip(node.outputs, results, strict=False):
            sizes.add(f"node {i}, {node.op}", result, work)
            known[name] = result
    return known


class _Sizes:
    def __init__(self, n_bytes: int, most_work: int) -> None:
        self._most = {
            False: (MOST_BYTES_IN_ALL, most_work),
            True: (MOST_CONSTANT_BYTES + 2 * n_bytes, MOST_CONSTANT_WORK),
        }
        self._bytes, self._work = {False: 0, True: 0}, {False: 0, True: 0}

    def add(self, where: str, tensor: TensorFacts, work: int) -> None:
        size = math.prod(tensor.shape) * tensor.dtype.itemsize
        if size > MOST_BYTES:
            raise ValueError(
                f"its {where} needs {size:.3g} bytes for one tensor; expected {MOST_BYTES} at most"
            )
        kind = tensor.is_constant
        self._bytes[kind] += size
        self._work[kind] += work
        for found, most, unit in zip(
            (self._bytes[kind], self._work[kind]),
            self._most[kind],
            ("bytes", "operations"),
            strict=True,
        ):
            if found > most:
                raise ValueError(f"its nodes need {found:.3g} {unit}; expected {most} at most")


def _run(call: Call) -> tuple[list[TensorFacts], int]:
    node, op = call.node, call.node.op
    shapes = [tuple(int(side) for side in shape) for shape in RULES[op](call)]
    # Zero numbers stay zero in any size, and so would hide what ONNX Runtime makes of them.
    good = [
        len(shape) <= MOST_DIMENSIONS
        and min(shape, default=1) >= (len(shape) > 1 and op != "Split")
        for shape in shapes
    ]
    if not all(good):
        raise ValueError(f"its results have the shapes {shapes}")
    if len(node.outputs) > len(shapes):
        raise ValueError(f"it has {len(node.outputs)} outputs; at most {len(shapes)} are allowed")
    dtype = _dtype(call)
    if op in ("Div", "Mod") and dtype.kind in "iu" and (call.value(1) <= 0).any():
        raise ValueError("it divides whole numbers by numbers that are not positive")
    is_constant = op in _CONSTANT or all(tensor.is_constant for tensor in call.given)
    results = [TensorFacts(shape, dtype, is_constant) for shape in shapes]
    if op in ("TopK", "MaxPool"):
        results[1] = results[1]._replace(dtype=np.dtype(np.int64))
    values = _values(call, sum(map(math.prod, shapes)))
    for i, value in enumerate(values):
        array = np.broadcast_to(np.asarray(value).astype(dtype), shapes[i])
        results[i] = results[i]._replace(value=array)
    largest = max(map(math.prod, (*call.shapes, *shapes)))
    work = largest * len(node.inputs)
    if op in INNER:  # ONNX Runtime has quick code for float32 only
        work = largest * INNER[op](call) * (1 if dtype == np.float32 else _SLOWNESS)
    return results, work


def _dtype(call: Call) -> np.dtype[Any]:
    op = call.node.op
    if op in _BOOLEAN.split():
        return np.dtype(bool)
    if op in _INTEGER:
        return np.dtype(np.int64)
    if op == "Cast":
        return np.dtype(DTYPES[call.attribute("to", 0)])
    if op == "ConstantOfShape":
        return np.dtype(getattr(call.attribute("value"), "dtype", np.float32))
    return call.tensor(_TYPED_BY.get(op, 0)).dtype


def _values(call: Call, size: int) -> list[Any]:
    op, inputs = call.node.op, [tensor.value for tensor in call.given]
    if size > _LARGEST_VALUE:
        return []
    if op in ("Shape", "Size"):
        return [shape_part(call) if op == "Shape" else math.prod(call.shape())]
    if op not in _VALUES or any(value is None for value in inputs):
        return []
    with np.errstate(all="ignore"):
        values = _VALUES[op](call, *inputs)
    values = values if op == "Split" else [values]
    return values if all(map(_is_safe, (*inputs, *values))) else []


def _is_safe(value: Any) -> bool:
    """Whether ONNX Runtime computes with these numbers as NumPy does."""
    array = np.asarray(value)
    if array.dtype == np.float16:  # ONNX Runtime may use float32 for it
        return False
    return bool((np.abs(array.astype(np.float64)) < _LARGEST_NUMBER).all())
