"""Images: grey or colour, flattened or not."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_widgets.core import checks
from vae_widgets.core.image_shapes import MOVE_CHANNELS, has_channels_first
from vae_widgets.rendering.value_range import RangedRenderer, pixel_range, range_note


class ImageRenderer(RangedRenderer):
    """Show samples as images.

    Parameters
    ----------
    vmin, vmax
        Values drawn as black and as white (or as no and full intensity of a colour channel); values
        beyond are clipped. None takes them from the samples of the widget, or from each batch: the
        range of uint8, the bits that uint16 uses, [0, 1] for floats within it, and otherwise the
        lowest and the highest value.
    shape
        Shape of one image where samples are flattened: (h, w) or (h, w, channels). None if samples
        are images already.
    invert
        Draw ink on paper: `vmax` as black.
    channels_first
        Whether samples are (channels, h, w), as in PyTorch.

    Examples
    --------
    >>> import numpy as np
    >>> flat = np.zeros((5, 784))
    >>> ImageRenderer(shape=(28, 28))(flat).shape
    (5, 28, 28, 4)
    """

    @checks.suggest_keywords
    def __init__(
        self,
        vmin: float | None = None,
        vmax: float | None = None,
        shape: tuple[int, ...] | None = None,
        invert: bool = False,
        channels_first: bool = False,
    ) -> None:
        super().__init__(vmin, vmax)
        self.shape = None if shape is None else _checked_shape(shape)
        self.invert = bool(invert)
        self.channels_first = bool(channels_first)

    @property
    def note(self) -> str:
        """What black and white stand for; empty for 0 to 1 and 0 to 255, or if not yet known."""
        if self.vmin is None or self.vmax is None or (self.vmin, self.vmax) in {(0, 1), (0, 255)}:
            return ""
        return range_note(
            self.vmin, self.vmax, ("white", "black") if self.invert else ("black", "white")
        )

    def __call__(self, batch: ArrayLike) -> NDArray[np.uint8]:
        """Map images (n, h, w[, 1 | 3 | 4]) to RGBA tiles (n, h, w, 4)."""
        return self._tiles(batch, *self._range(batch))

    def difference(self, x: ArrayLike, x_hat: ArrayLike) -> NDArray[np.uint8]:
        """Return tiles (n, h, w, 4) of |x - x_hat|, from 0 to the width of the range."""
        x, x_hat = np.asarray(x, np.float32), np.asarray(x_hat, np.float32)
        low, high = self._range(np.stack([x, x_hat]))
        tiles = self._tiles(np.abs(x - x_hat), 0.0, high - low)
        tiles[..., 3] = 255  # the difference of two opaque pictures is not a transparent one
        return tiles

    def detail(self, sample: ArrayLike) -> None:
        """Return None: the tile shows all of the sample."""
        return None

    def _range(self, data: ArrayLike) -> tuple[float, float]:
        if self.vmin is not None and self.vmax is not None:
            return self.vmin, self.vmax
        low, high = pixel_range(data)
        if self.vmin is not None:
            return self.vmin, high if high > self.vmin else self.vmin + 1
        if self.vmax is not None:
            return low if low < self.vmax else self.vmax - 1, self.vmax
        return low, high

    def _tiles(self, batch: ArrayLike, low: float, high: float) -> NDArray[np.uint8]:
        images = self._images(np.asarray(batch, np.float32))
        scaled = (images - low) * (255 / (high - low))
        # NaN would become an arbitrary integer: `fmax` draws it as the lowest value.
        np.fmin(np.fmax(scaled, 0, out=scaled), 255, out=scaled)
        levels = np.rint(scaled, out=scaled).astype(np.uint8)
        tiles = np.full((*levels.shape[:3], 4), 255, np.uint8)
        tiles[..., : max(3, levels.shape[-1])] = levels
        if self.invert:
            tiles[..., :3] = 255 - tiles[..., :3]
        return tiles

    def _images(self, images: NDArray[np.float32]) -> NDArray[np.float32]:
        received = images.shape
        if self.shape is not None:
            size = math.prod(self.shape)
            if math.prod(received[1:]) != size:
                raise ValueError(
                    f"batch has shape {received}; shape={self.shape} needs samples of {size} "
                    "numbers. Pass the shape of one image, (h, w) or (h, w, channels)."
                )
            images = images.reshape(len(images), *self.shape)
        if images.ndim == 3:
            images = images[..., np.newaxis]
        elif self.channels_first and images.ndim == 4:
            images = np.moveaxis(images, 1, -1)
        elif has_channels_first(images.shape[1:]):
            raise ValueError(
                f"batch has shape {received}, images with the channels first; expected them last. "
                f"Pass channels_first=True, or {MOVE_CHANNELS.format('x')}."
            )
        if images.ndim != 4 or images.shape[-1] not in (1, 3, 4):
            raise ValueError(
                f"batch has shape {received}; expected images (n, h, w), (n, h, w, 1), "
                f"(n, h, w, 3) or (n, h, w, 4). {_flat_hint(received)}"
            )
        return images


def _checked_shape(shape: tuple[int, ...]) -> tuple[int, ...]:
    if not isinstance(shape, tuple | list) or len(shape) not in (2, 3):
        raise TypeError(
            "shape must be (height, width), (height, width, channels) or None; received "
            f"{shape!r:.100}."
        )
    return tuple(checks.positive_int(f"shape[{i}]", side) for i, side in enumerate(shape))


def _flat_hint(shape: tuple[int, ...]) -> str:
    side = math.isqrt(shape[1]) if len(shape) == 2 else 0
    example = f"({side}, {side})" if side and side**2 == shape[1] else "(h, w)"
    return f"For flattened images pass vw.ImageRenderer(shape={example})."
