"""The allowed operators, and the shapes of their results (https://onnx.ai/onnx/operators).

Each ends, and its shapes follow from those of its inputs and from constants. Loop, Scan and If
are not among them.
"""

import math
from collections.abc import Callable, Sequence

import numpy as np

from vae_widgets.bundle.onnx.call import Call, positive_axis

Shape = Sequence[int]


def _same(call: Call) -> list[Shape]:
    return [call.shape()]


def _broadcast(call: Call) -> list[Shape]:
    shape = call.shape()
    for other in call.shapes[1:]:
        shape = np.broadcast_shapes(shape, other)
    return [shape]


def _matmul(call: Call) -> list[Shape]:
    a, b = call.shape(0), call.shape(1)
    left, right = (1, *a) if len(a) == 1 else a, (*b, 1) if len(b) == 1 else b
    if left[-1] != right[-2]:
        raise ValueError(f"it multiplies {a} by {b}")
    batch = np.broadcast_shapes(left[:-2], right[:-2])
    return [(*batch, *left[-2:-1][: len(a) - 1], *right[-1:][: len(b) - 1])]


def _gemm(call: Call) -> list[Shape]:
    (m, k), (k2, n) = call.shape(0), call.shape(1)
    if call.attribute("transA", 0):
        m, k = k, m
    if call.attribute("transB", 0):
        k2, n = n, k2
    if k != k2:
        raise ValueError(f"it multiplies {call.shape(0)} by {call.shape(1)}")
    return [(m, n)]


def _window(call: Call, kernel: Shape, sides: Shape) -> list[tuple[int, int, int, int, int]]:
    """Return side, kernel, stride, dilation and padding for each spatial dimension."""
    ones, rank = [1] * len(sides), len(sides)
    strides, dilations = call.attribute("strides", ones), call.attribute("dilations", ones)
    pads = call.attribute("pads", [0] * (2 * rank))
    padding = [a + b for a, b in zip(pads[:rank], pads[rank:], strict=True)]
    if min([*kernel, *strides, *dilations], default=1) < 1 or min(pads, default=0) < 0:
        raise ValueError("it has a window of negative sides")
    return list(zip(sides, kernel, strides, dilations, padding, strict=True))


def _slide(call: Call, kernel: Shape) -> list[int]:
    auto, up = call.attribute("auto_pad", "NOTSET"), call.attribute("ceil_mode", 0)
    sides = []
    for side, size, stride, dilation, padding in _window(call, kernel, call.shape()[2:]):
        if auto.startswith("SAME"):
            sides.append(-(-side // stride))
            continue
        free = side + padding - (size - 1) * dilation - 1
        sides.append((-(-free // stride) if up else free // stride) + 1)
    return sides


def _conv(call: Call) -> list[Shape]:
    return [(call.shape()[0], call.shape(1)[0], *_slide(call, call.shape(1)[2:]))]


def _conv_transpose(call: Call) -> list[Shape]:
    n, _, *sides = call.shape()
    _, channels, *kernel = call.shape(1)
    out = call.attribute("output_shape")
    if out is None:
        more = call.attribute("output_padding", [0] * len(sides))
        same = call.attribute("auto_pad", "NOTSET").startswith("SAME")
        out = [
            side * stride
            if same
            else (side - 1) * stride + extra + (size - 1) * dilation + 1 - padding
            for (side, size, stride, dilation, padding), extra in zip(
                _window(call, kernel, sides), more, strict=True
            )
        ]
    return [(n, channels * call.attribute("group", 1), *out[-len(sides) :])]


def _pool(call: Call) -> list[Shape]:
    return [(*call.shape()[:2], *_slide(call, call.attribute("kernel_shape", ())))] * 2


def _global_pool(call: Call) -> list[Shape]:
    shape = call.shape()
    return [(*shape[:2], *[1] * (len(shape) - 2))]


def _reduce(call: Call) -> list[Shape]:
    return _without(call, reduced(call))


def reduced(call: Call) -> set[int]:
    """Return the axes that a reduction takes together."""
    rank, axes = len(call.shape()), call.numbers(1, "axes")
    if not axes and call.attribute("noop_with_empty_axes", 0):
        return set()
    return {positive_axis(axis, rank) for axis in axes or range(rank)}


def _arg(call: Call) -> list[Shape]:
    return _without(call, {call.axis(0)})


def _without(call: Call, axes: set[int]) -> list[Shape]:
    sides = enumerate(call.shape())
    return [[1 if i in axes else side for i, side in sides if keeps(call) or i not in axes]]


def keeps(call: Call) -> bool:
    """Whether a reduction keeps its axes, with one number each."""
    return bool(call.attribute("keepdims", 1))


def _reshape(call: Call) -> list[Shape]:
    shape, sides = call.shape(), call.numbers(1, "shape")
    if not call.attribute("allowzero", 0):
        sides = [side or shape[i] for i, side in enumerate(sides)]
    if sides.count(-1) == 1:
        rest = -math.prod(sides)
        sides[sides.index(-1)] = math.prod(shape) // rest if rest else 0
    if math.prod(sides) != math.prod(shape):
        raise ValueError(f"it makes {shape} into {sides}")
    return [sides]


def _flatten(call: Call) -> list[Shape]:
    shape, axis = call.shape(), call.attribute("axis", 1)
    axis = axis + len(shape) if axis < 0 else axis
    return [(math.prod(shape[:axis]), math.prod(shape[axis:]))]


def _transpose(call: Call) -> list[Shape]:
    shape = call.shape()
    perm = call.attribute("perm", range(len(shape))[::-1])
    if sorted(perm) != list(range(len(shape))):
        raise ValueError(f"it permutes {len(shape)} axes by {perm}")
    return [[shape[i] for i in perm]]


def _squeeze(call: Call) -> list[Shape]:
    shape, axes = call.shape(), call.numbers(1, "axes")
    given = {positive_axis(axis, len(shape)) for axis in axes or []}
    gone = given if axes is not None else {i for i, side in enumerate(shape) if side == 1}
    if any(shape[i] != 1 for i in gone):
        raise ValueError(f"it takes the axes {axes} from {shape}")
    return [[side for i, side in enumerate(shape) if i not in gone]]


def _unsqueeze(call: Call) -> list[Shape]:
    axes = call.numbers(1, "axes", ())
    rank = len(call.shape()) + len(axes)
    new, rest = {positive_axis(axis, rank) for axis in axes}, iter(call.shape())
    return [[1 if i in new else next(rest) for i in range(rank)]]


def _slice(call: Call) -> list[Shape]:
    sides = zip(call.shape(), slices(call), strict=True)
    return [[len(range(*part.indices(side))) for side, part in sides]]


def slices(call: Call) -> tuple[slice, ...]:
    """Return the part of each axis that a Slice takes."""
    parts = [slice(None)] * len(call.shape())
    starts, ends = call.numbers(1, "starts"), call.numbers(2, "ends")
    axes, steps = call.numbers(3, "", range(len(starts))), call.numbers(4, "", [1] * len(starts))
    for axis, *ends_and_step in zip(axes, starts, ends, steps, strict=True):
        start, _, step = ends_and_step
        if step < 0 and start < -call.shape()[axis]:
            raise ValueError(f"it begins a Slice at {start}")
        parts[axis] = slice(*ends_and_step)
    return tuple(parts)


def _gather(call: Call) -> list[Shape]:
    axis = call.axis(0)
    return [(*call.shape()[:axis], *call.shape(1), *call.shape()[axis + 1 :])]


def _gather_nd(call: Call) -> list[Shape]:
    batch, indices = call.attribute("batch_dims", 0), call.shape(1)
    if not 0 <= batch < len(indices):
        raise ValueError(f"it has {batch} batch_dims")
    return [(*indices[:-1], *call.shape()[batch + indices[-1] :])]


def _concat(call: Call) -> list[Shape]:
    axis = call.axis(0)
    rests = {(*shape[:axis], *shape[axis + 1 :]) for shape in call.shapes}
    if len(rests) != 1:
        raise ValueError(f"it joins {call.shapes[:3]}")
    side = sum(shape[axis] for shape in call.shapes)
    return [(*call.shape()[:axis], side, *call.shape()[axis + 1 :])]


def _split(call: Call) -> list[Shape]:
    axis, n = call.axis(0), len(call.node.outputs)
    side = call.shape()[axis]
    part = -(-side // n)
    sizes = call.numbers(1, "split", [min(part, side - i * part) for i in range(n)])
    if len(sizes) != n or sum(sizes) != side or min(sizes) < 0:
        raise ValueError(f"it splits {side} into {sizes}")
    return [(*call.shape()[:axis], size, *call.shape()[axis + 1 :]) for size in sizes]


def _pad(call: Call) -> list[Shape]:
    shape, pads = list(call.shape()), call.numbers(1, "pads")
    axes = call.numbers(3, "", range(len(shape)))
    for i, axis in enumerate(axes):
        shape[axis] += pads[i] + pads[i + len(axes)]
    return [shape]


def _expand(call: Call) -> list[Shape]:
    return [np.broadcast_shapes(call.shape(), tuple(call.numbers(1, "")))]


def _tile(call: Call) -> list[Shape]:
    return [[a * b for a, b in zip(call.shape(), call.numbers(1, ""), strict=True)]]


def _resize(call: Call) -> list[Shape]:
    if call.attribute("axes") or call.attribute("keep_aspect_ratio_policy", "stretch") != "stretch":
        raise ValueError("it has axes or a policy, which are not allowed")
    if call.has(3):
        return [call.numbers(3, "")]
    scales = zip(call.shape(), call.value(2).reshape(-1), strict=True)
    return [[math.floor(np.float32(side) * scale) for side, scale in scales]]


def _range(call: Call) -> list[Shape]:
    start, limit, delta = (call.value(i).item() for i in range(3))
    if max(abs(start), abs(limit)) >= 2**30:
        raise ValueError(f"it has a Range from {start} to {limit}")
    return [(max(0, math.ceil((limit - start) / delta)),)]


def _one_hot(call: Call) -> list[Shape]:
    shape = list(call.shape())
    shape.insert(call.axis(-1, len(shape) + 1), int(call.value(1).item()))
    return [shape]


def _top_k(call: Call) -> list[Shape]:
    shape = list(call.shape())
    shape[call.axis(-1)] = int(call.value(1).item())
    return [shape] * 2


def _depth_to_space(call: Call) -> list[Shape]:
    (n, channels, height, width), block = call.shape(), call.attribute("blocksize", 0)
    return [(n, channels // block**2, height * block, width * block)]


def _space_to_depth(call: Call) -> list[Shape]:
    (n, channels, height, width), block = call.shape(), call.attribute("blocksize", 0)
    return [(n, channels * block**2, height // block, width // block)]


def _recurrent(call: Call) -> list[Shape]:
    if call.attribute("layout", 0):
        raise ValueError("it has a layout, which is not allowed")
    (steps, batch, _), directions = call.shape(), call.shape(1)[0]
    last = (directions, batch, call.shape(2)[-1])
    return [(steps, directions, *last[1:]), last, last]


def shape_part(call: Call) -> tuple[int, ...]:
    """Return the numbers that a Shape gives."""
    return call.shape()[call.attribute("start", 0) : call.attribute("end")]


_LIKE_FIRST = """
Abs Acos Acosh Asin Asinh Atan Atanh BatchNormalization Cast Ceil Celu Clip Cos Cosh CumSum Elu Erf
Exp Floor HardSigmoid HardSwish Hardmax Identity InstanceNormalization IsInf IsNaN
LayerNormalization LeakyRelu Log LogSoftmax LpNormalization Mish Neg Not Reciprocal Relu
ReverseSequence Round ScatterElements ScatterND Selu Sigmoid Sign Sin Sinh Softmax Softplus Softsign
Sqrt Tan Tanh ThresholdedRelu Trilu
"""
_BROADCAST = """
Add And Div Equal Greater GreaterOrEqual Less LessOrEqual Max Mean Min Mod Mul Or PRelu Pow Sub Sum
Where Xor
"""
_REDUCE = "L1 L2 LogSum LogSumExp Max Mean Min Prod Sum SumSquare"

RULES: dict[str, Callable[[Call], list[Shape]]] = {
    **dict.fromkeys(_LIKE_FIRST.split(), _same),
    **dict.fromkeys(_BROADCAST.split(), _broadcast),
    **dict.fromkeys([f"Reduce{name}" for name in _REDUCE.split()], _reduce),
    **dict.fromkeys(["MaxPool", "AveragePool", "LpPool"], _pool),
    **dict.fromkeys(["GlobalMaxPool", "GlobalAveragePool", "GlobalLpPool"], _global_pool),
    **dict.fromkeys(["ArgMax", "ArgMin"], _arg),
    **dict.fromkeys(["LSTM", "GRU", "RNN"], _recurrent),
    "GatherElements": lambda call: [call.shape(1)],
    "Shape": lambda call: [(len(shape_part(call)),)],
    "Size": lambda call: [()],
    "ConstantOfShape": lambda call: [call.numbers(0, "")],
    "MatMul": _matmul,
    "Gemm": _gemm,
    "Conv": _conv,
    "ConvTranspose": _conv_transpose,
    "Reshape": _reshape,
    "Flatten": _flatten,
    "Transpose": _transpose,
    "Squeeze": _squeeze,
    "Unsqueeze": _unsqueeze,
    "Slice": _slice,
    "Gather": _gather,
    "GatherND": _gather_nd,
    "Concat": _concat,
    "Split": _split,
    "Pad": _pad,
    "Expand": _expand,
    "Tile": _tile,
    "Resize": _resize,
    "Range": _range,
    "OneHot": _one_hot,
    "TopK": _top_k,
    "DepthToSpace": _depth_to_space,
    "SpaceToDepth": _space_to_depth,
}
"""Allowed operators: name -> shapes of the results."""

INNER: dict[str, Callable[[Call], int]] = {
    "MatMul": lambda call: call.shape()[-1],
    "Gemm": lambda call: max(call.shape()),
    "Conv": lambda call: math.prod(call.shape(1)[1:]),
    "ConvTranspose": lambda call: math.prod(call.shape(1)[1:]),
    **dict.fromkeys(
        ["MaxPool", "AveragePool", "LpPool"],
        lambda call: math.prod(call.attribute("kernel_shape", ())),
    ),
    **dict.fromkeys(["LSTM", "GRU", "RNN"], lambda call: sum(call.shape(1)) + sum(call.shape(2))),
}
"""How often, at most, an operator uses each number of its largest input or output."""
