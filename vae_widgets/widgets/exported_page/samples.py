"""Samples as a page carries them: in the fewest bytes that lose nothing."""

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vae_widgets.rendering.atlas import is_opaque_grey

_DIVISORS = (1, 255, 16)
"""Grey values are often bytes, bytes over 255, or, in scikit-learn's digits, counts over 16."""


def compact_samples(x: NDArray[Any]) -> dict[str, Any]:
    """Return samples (n, *sample_shape) as ``values`` over a ``divisor``, to be read as float32.

    Values are uint8 where dividing them gives every float32 again; otherwise float32, over 1.
    """
    x = np.asarray(x, np.float32)
    for divisor in _DIVISORS:
        with np.errstate(invalid="ignore"):
            values = np.rint(x * np.float32(divisor)).clip(0, 255).astype(np.uint8)
        if np.array_equal(values.astype(np.float32) / np.float32(divisor), x):
            return {"values": values, "divisor": divisor}
    return {"values": x, "divisor": 1}


def smallest_png(png: bytes) -> bytes:
    """Return a PNG with the same pixels in fewer bytes: without colours or opacity if it has none.

    The tiles of a live widget are packed for speed.
    """
    if not png:
        return png
    picture = Image.open(io.BytesIO(png)).convert("RGBA")
    pixels = np.asarray(picture)
    if is_opaque_grey(pixels):
        picture = picture.convert("L")
    elif (pixels[..., 3] == 255).all():
        picture = picture.convert("RGB")
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", optimize=True)
    return min(png, buffer.getvalue(), key=len)
