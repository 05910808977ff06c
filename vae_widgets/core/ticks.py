"""Round numbers for axes and bins, and counts as text."""

import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

MINUS = "\N{MINUS SIGN}"
_MOST_DECIMALS = 20  # which tell two different floats of at least 1e-3 apart


def round_up(width: float) -> float:
    """Return the next number of the form 1, 2, 2.5 or 5 times a power of ten."""
    scale = 10.0 ** math.floor(math.log10(width))
    return next((m * scale for m in (1, 2, 2.5, 5) if m * scale >= width), 10 * scale)


def counted(n: int, noun: str) -> str:
    """Return "1 sample" or "2,000 samples"."""
    return f"{n:,} {noun}{'s' * (n != 1)}"


def alike(values: ArrayLike, room: int = 7, apart: Sequence[float] = ()) -> list[str]:
    """Return numbers as texts, all with as many decimals.

    They are those that give the largest number four digits, fewer where a text would take more than
    `room` characters, and as many more as tell the different ones of `apart` from each other.
    """
    numbers = np.asarray(values, np.float64).tolist()
    largest = max(map(abs, numbers), default=0.0)
    with_exponent = bool(largest) and not 1e-3 <= largest < 1e6

    def texts(of: Iterable[float], decimals: int) -> list[str]:
        if with_exponent:
            short = (f"{number:.{decimals}e}" for number in of)
            made = (text.replace("e-0", "e-").replace("e+0", "e") for text in short)
        else:
            made = (f"{number:z.{decimals}f}" for number in of)
        return [text.replace("-", MINUS) for text in made]

    decimals = 1
    if not with_exponent:
        decimals = max(0, 3 - math.floor(math.log10(largest))) if largest else 0
        while decimals and max(map(len, texts(numbers, decimals))) > room:
            decimals -= 1
    different = set(apart)
    while len(set(texts(different, decimals))) < len(different) and decimals < _MOST_DECIMALS:
        decimals += 1
    return texts(numbers, decimals)


def round_ticks(low: float, high: float, intervals: int = 5) -> NDArray[np.float64]:
    """Return round numbers at equal steps, from low to high, with a limited number of steps."""
    step = round_up((high - low) / intervals)
    return np.arange(math.ceil(low / step), math.floor(high / step) + 1, dtype=np.float64) * step
