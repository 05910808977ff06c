"""One number: finite, within bounds, or whole."""

import operator
from typing import Any

import numpy as np

from vae_widgets.core.tensors import as_float

MAX_TILE_SIDE = 2048
"""Pixels of a side of a tile; a larger one would fill a gigabyte in a few samples."""


def finite_number(name: str, value: Any) -> float:
    """Return `value` as a float; raise unless it is one finite number, not text or a boolean."""
    try:
        if isinstance(value, str | bytes | bool | np.bool_):
            raise TypeError
        number = as_float(value)
    except (TypeError, ValueError):
        raise TypeError(f"{name} must be a number; received {value!r}.") from None
    except OverflowError:
        raise ValueError(
            f"{name} must be a finite number; received one too large for a float."
        ) from None
    if not np.isfinite(number):
        raise ValueError(f"{name} must be a finite number; received {number}.")
    return number


def number_between(
    name: str, value: Any, low: float = -np.inf, high: float = np.inf, *, open_low: bool = False
) -> float:
    """Return `value` as a float in [low, high] (or (low, high] with `open_low`)."""
    number = finite_number(name, value)
    if number < low or number > high or (open_low and number == low):
        bounds = f"{'(' if open_low or np.isinf(low) else '['}{low:g}, {high:g}]"
        raise ValueError(f"{name} must lie in {bounds}; received {number:g}.")
    return number


def open_share(name: str, value: Any) -> float:
    """Return `value` as a float between 0 and 1, neither of them included."""
    number = finite_number(name, value)
    if not 0 < number < 1:
        raise ValueError(f"{name} must lie between 0 and 1 (0.05 is 5 %); received {number:g}.")
    return number


def positive_int(name: str, value: Any, minimum: int = 1) -> int:
    """Return `value` as an int of at least `minimum`; booleans and fractions are refused."""
    number = whole_number(name, value)
    if number < minimum:
        raise ValueError(f"{name} must be at least {minimum}; received {number}.")
    return number


def whole_number(name: str, value: Any) -> int:
    """Return `value` as an int; integers of numpy or PyTorch are converted, booleans refused."""
    try:
        if isinstance(value, bool | np.bool_):
            raise TypeError
        return operator.index(value)
    except (TypeError, RuntimeError):
        raise TypeError(f"{name} must be a whole number; received {value!r:.200}.") from None


def int_up_to(name: str, value: Any, highest: int, why: str, minimum: int = 1) -> int:
    """Return `value` as an int from `minimum` to `highest`, which is `why`."""
    number = positive_int(name, value, minimum)
    if number > highest:
        raise ValueError(f"{name} must be at most {highest}, {why}; received {number}.")
    return number


def tile_side(name: str, value: Any, minimum: int = 8, pixels: int = 1) -> int:
    """Return `value`, times `pixels` a side of a tile, as an int of at least `minimum`."""
    return int_up_to(name, value, MAX_TILE_SIDE // pixels, "the largest tile", minimum)
