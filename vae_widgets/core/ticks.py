"""Round numbers for axes and bins, and counts as text."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

MINUS = "\N{MINUS SIGN}"


def round_up(width: float) -> float:
    """Return the next number of the form 1, 2, 2.5 or 5 times a power of ten."""
    scale = 10.0 ** math.floor(math.log10(width))
    return next((m * scale for m in (1, 2, 2.5, 5) if m * scale >= width), 10 * scale)


def counted(n: int, noun: str) -> str:
    """Return "1 sample" or "2,000 samples"."""
    return f"{n:,} {noun}{'s' * (n != 1)}"


def alike(values: ArrayLike, room: int = 7) -> list[str]:
    """Return numbers as texts, all with as many decimals.

    They are those that give the largest number four digits, fewer where a text would take more than
    `room` characters.
    """
    numbers = np.asarray(values, np.float64).tolist()
    largest = max(map(abs, numbers), default=0.0)
    if largest and not 1e-3 <= largest < 1e6:
        short = (f"{number:.1e}".replace("e-0", "e-").replace("e+0", "e") for number in numbers)
        return [text.replace("-", MINUS) for text in short]
    decimals = max(0, 3 - math.floor(math.log10(largest))) if largest else 0
    while True:
        texts = [f"{number:z.{decimals}f}".replace("-", MINUS) for number in numbers]
        if not decimals or max(map(len, texts)) <= room:
            return texts
        decimals -= 1


def round_ticks(low: float, high: float, intervals: int = 5) -> NDArray[np.float64]:
    """Return round numbers at equal steps, from low to high, with a limited number of steps."""
    step = round_up((high - low) / intervals)
    return np.arange(math.ceil(low / step), math.floor(high / step) + 1, dtype=np.float64) * step
