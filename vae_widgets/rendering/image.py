"""Images: grey, colour, or a flattened square."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_widgets.core import checks


class ImageRenderer:
    """Show samples as images.

    Parameters
    ----------
    vmin, vmax
        Values drawn as black and as white (or as no and full intensity of a colour channel);
        values beyond are clipped.
    shape
        Height and width of flattened samples; None if samples are (h, w) or (h, w, channels).
    invert
        Draw ink on paper: `vmax` as black.
    """

    @checks.suggest_keywords
    def __init__(
        self,
        vmin: float = 0.0,
        vmax: float = 1.0,
        shape: tuple[int, int] | None = None,
        invert: bool = False,
    ) -> None:
        self.vmin = checks.finite_number("vmin", vmin)
        self.vmax = checks.finite_number("vmax", vmax)
        if self.vmax <= self.vmin:
            raise ValueError(f"vmax must be above vmin={vmin:g}; received {vmax:g}.")
        if shape is not None:
            if not isinstance(shape, tuple | list) or len(shape) != 2:
                raise TypeError(f"shape must be (height, width) or None; received {shape!r:.100}.")
            shape = (
                checks.positive_int("shape[0]", shape[0]),
                checks.positive_int("shape[1]", shape[1]),
            )
        self.shape = shape
        self.invert = bool(invert)

    def __call__(self, batch: ArrayLike) -> NDArray[np.uint8]:
        """Map images (n, h, w[, 1 | 3 | 4]) to RGBA tiles (n, h, w, 4)."""
        images = np.asarray(batch, dtype=np.float32)
        if self.shape is not None:
            images = images.reshape(len(images), *self.shape)
        if images.ndim == 3:
            images = images[..., np.newaxis]
        if images.ndim != 4 or images.shape[-1] not in (1, 3, 4):
            raise ValueError(
                f"batch has shape {np.shape(batch)}; expected images (n, h, w), (n, h, w, 1), "
                "(n, h, w, 3) or (n, h, w, 4). For flattened images pass shape=(h, w)."
            )
        # NaN would become an arbitrary integer: draw it as the lowest value.
        scaled = np.nan_to_num((images - self.vmin) * (255 / (self.vmax - self.vmin)))
        levels = np.rint(scaled.clip(0, 255)).astype(np.uint8)
        tiles = np.full((*levels.shape[:3], 4), 255, np.uint8)
        tiles[..., : max(3, levels.shape[-1])] = levels
        if self.invert:
            tiles[..., :3] = 255 - tiles[..., :3]
        return tiles

    def detail(self, sample: ArrayLike) -> None:
        """Return None: the tile says it all."""
        return None
