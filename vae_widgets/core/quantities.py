"""Quantities by which samples are coloured; some may be missing."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_widgets.core import checks


def numbers_or_unknown(name: str, value: Any, n: int) -> NDArray[np.float32]:
    """Return one number for each of `n` samples as float32 (n,), NaN where it is not known.

    None, NaN, NaT, pandas' NA and masked values are not known; anything but numbers and booleans,
    and infinite numbers, are refused.
    """
    value, hidden = checks.unmasked(value)
    given = checks.any_array(name, value)
    if given.shape != (n,):
        raise ValueError(
            f"{name} has shape {given.shape}; expected ({n},), one number for each sample."
        )
    if given.dtype.kind in "mM":
        raise TypeError(
            f"{name} must be numbers; received dates or durations. Count them in a unit, such as "
            f"({name} - np.datetime64('2024-01-01')) / np.timedelta64(1, 'D')."
        )
    if given.dtype.kind in "biuf":
        numbers = given.astype(np.float64)
    else:
        numbers = np.array([_number(name, row, one) for row, one in enumerate(given.tolist())])
    if hidden is not None:
        numbers[hidden] = np.nan
    with np.errstate(over="ignore"):
        small = numbers.astype(np.float32)
    infinite = int(np.count_nonzero(np.isinf(small)))
    if infinite:
        raise ValueError(
            f"{name} has {infinite} infinite value{'s' * (infinite != 1)} of {n}, or beyond "
            "float32; expected finite numbers, or NaN where they are not known."
        )
    return small


def _number(name: str, row: int, value: Any) -> float:
    if checks.is_missing(value):
        return np.nan
    try:
        if isinstance(value, str | bytes):
            raise TypeError
        return float(value)
    except (TypeError, ValueError, OverflowError):
        raise TypeError(
            f"{name} has {value!r:.80} in row {row}; expected numbers, or NaN where they are not "
            "known. To colour by classes, make the scatter with them as labels."
        ) from None
