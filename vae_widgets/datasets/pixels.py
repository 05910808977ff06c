"""Pixels of one byte as numbers from 0 to 1."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

LARGEST_PIXEL = 255


def divide_pixels(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return pixels from 0 to 255 as float32 from 0 to 1."""
    x = pixels.astype(np.float32)
    x /= LARGEST_PIXEL  # in place: another copy of many pictures would take a lot of memory
    return x


class DividePixels:
    """The preprocessing of pictures: pixels of one byte are divided by 255.

    Values of other types are taken for pixels that were divided before.
    """

    name = "divide_pixels"

    def __call__(self, x: NDArray[Any]) -> NDArray[np.float32]:
        """Return rows (n, n_features) in float32."""
        return divide_pixels(x) if x.dtype == np.uint8 else x.astype(np.float32)

    def check(self, n_features: int) -> None:
        """Take rows of any length."""

    def to_json(self) -> dict[str, Any]:
        """Return its name."""
        return {"name": self.name}
