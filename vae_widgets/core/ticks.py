"""Round numbers for axes and bins."""

import math

import numpy as np
from numpy.typing import NDArray


def round_up(width: float) -> float:
    """Return the next number of the form 1, 2, 2.5 or 5 times a power of ten."""
    scale = 10.0 ** math.floor(math.log10(width))
    return next((m * scale for m in (1, 2, 2.5, 5) if m * scale >= width), 10 * scale)


def round_ticks(low: float, high: float, intervals: int = 5) -> NDArray[np.float64]:
    """Return round numbers at equal steps, from low to high, with at most so many steps."""
    step = round_up((high - low) / intervals)
    return np.arange(math.ceil(low / step), math.floor(high / step) + 1, dtype=np.float64) * step
