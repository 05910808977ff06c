"""The range of values that tiles are drawn on, taken from the data."""

import copy
from collections.abc import Iterator
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_widgets.core import checks
from vae_widgets.core.ticks import MINUS

# Integers that stay below this use so little of their range that they are masks, class indices or
# counts: an eighth of 256.
_FEW_LEVELS = 32
_WHITES = (255, 1023, 4095, 16_383, 65_535)  # 8, 10, 12, 14 and 16 bits, as of cameras
# Resized and decoded images leave [0, 1] by rounding.
_ROUNDING = 1e-3
_BLOCK = 4_000_000  # numbers looked at together, so that a file mapped to memory is not copied


class RangedRenderer:
    """Base of the renderers that draw values from `vmin` to `vmax`; None takes the data's."""

    def __init__(self, vmin: float | None, vmax: float | None) -> None:
        self.vmin = None if vmin is None else checks.finite_number("vmin", vmin)
        self.vmax = None if vmax is None else checks.finite_number("vmax", vmax)
        if self.vmin is not None and self.vmax is not None and self.vmax <= self.vmin:
            raise ValueError(f"vmax must be above vmin={vmin:g}; received {vmax:g}.")

    def for_data(self, data: ArrayLike) -> Self:
        """Return this renderer with `vmin` and `vmax` of samples `data`, where they are None."""
        if self.vmin is not None and self.vmax is not None:
            return self
        fixed = copy.copy(self)
        fixed.vmin, fixed.vmax = self._range(data)
        return fixed

    def _range(self, data: ArrayLike) -> tuple[float, float]:
        raise NotImplementedError


def pixel_range(data: ArrayLike) -> tuple[float, float]:
    """Return the values that are drawn as black and as white where the user gives none.

    - Booleans: 0 and 1.
    - uint8: 0 and 255.
    - uint16: 0 and 2^k - 1 with k = 8, 10, 12, 14 or 16, the first that no value exceeds.
    - uint8 and uint16 below 32 (masks, class indices): 0 and the highest value.
    - Other integers: the lowest value (0 if none is negative) and the highest.
    - Floats in [0, 1]: 0 and 1. Other floats: the lowest and the highest finite value.
    """
    array = np.asarray(data)
    kind = array.dtype.kind
    if kind == "b":
        return 0.0, 1.0
    low, high = data_range(array)
    if kind == "u" and array.dtype.itemsize <= 2:
        if high < _FEW_LEVELS:
            return 0.0, max(1.0, high)
        return 0.0, float(full_scale(high))
    if kind in "iu":
        return min(0.0, low), max(high, min(0.0, low) + 1)
    if low >= -_ROUNDING and high <= 1 + _ROUNDING:
        return 0.0, 1.0
    return _wide(low, high)


def full_scale(highest: float) -> int:
    """Return the value of white in pictures whose highest value is this one, up to 65,535.

    It is 2^k - 1 with k = 8, 10, 12, 14 or 16, the bits that cameras and scanners have: the first
    that is not exceeded.
    """
    return next(white for white in _WHITES if highest <= white)


def data_range(data: ArrayLike) -> tuple[float, float]:
    """Return the lowest and the highest finite value; 0 and 1 if there is none."""
    lows, highs = [], []
    for block in _blocks(np.asarray(data)):
        low, high = block.min(), block.max()
        if not (np.isfinite(low) and np.isfinite(high)):
            finite = block[np.isfinite(block)]
            if not finite.size:
                continue
            low, high = finite.min(), finite.max()
        lows.append(float(low))
        highs.append(float(high))
    return (min(lows), max(highs)) if lows else (0.0, 1.0)


def _wide(low: float, high: float) -> tuple[float, float]:
    """Return a range that is not empty: one value alone is drawn in the middle of it."""
    return (low, high) if high > low else (low - 0.5, low + 0.5)


def signal_range(data: ArrayLike) -> tuple[float, float]:
    """Return the lowest and the highest finite value, apart from each other."""
    return _wide(*data_range(data))


def _blocks(array: NDArray[Any]) -> Iterator[NDArray[Any]]:
    rows = np.atleast_1d(array)
    step = max(1, _BLOCK // max(1, rows[:1].size))
    for first in range(0, len(rows), step):
        if rows[first : first + step].size:
            yield rows[first : first + step]


def range_note(low: float, high: float, names: tuple[str, str]) -> str:
    """Say what the ends of a range stand for, such as "black -2.1, white 3.4"."""
    return f"{names[0]} {_short(low)}, {names[1]} {_short(high)}"


def _short(value: float) -> str:
    text = f"{value:,.0f}" if float(value).is_integer() and abs(value) < 1e7 else f"{value:.3g}"
    return text.replace("-", MINUS)
