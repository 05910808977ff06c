"""What a renderer is, and which one suits a sample of a given shape."""

from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_widgets.rendering.image import ImageRenderer
from vae_widgets.rendering.signal import SignalRenderer
from vae_widgets.rendering.sound import Sound


@runtime_checkable
class Renderer(Protocol):
    """Turns samples into tiles."""

    def __call__(self, batch: ArrayLike) -> NDArray[np.uint8]:
        """Map samples (n, *sample_shape) to RGBA tiles (n, height, width, 4), uint8."""

    def detail(self, sample: ArrayLike) -> str | Sound | None:
        """Describe one sample at length, as HTML or SVG, or play it as a `Sound`.

        None where the tile says it all.
        """


def renderer_for(sample_shape: tuple[int, ...]) -> Renderer:
    """Choose a renderer by the shape of one sample.

    Parameters
    ----------
    sample_shape
        (h, w), (h, w, 1), (h, w, 3) or (h, w, 4) with h and w of 8 or more are images with values
        in [0, 1]; a vector whose length is a square of at least 64 is taken for a flattened square
        image, as in many tutorials; anything else is drawn as a signal.
    """
    shape = tuple(sample_shape)
    pixels = len(shape) == 2 or (len(shape) == 3 and shape[-1] in (1, 3, 4))
    if pixels and min(shape[:2]) >= 8:
        return ImageRenderer()
    side = int(np.sqrt(np.prod(shape)))
    if len(shape) == 1 and side >= 8 and side * side == shape[0]:
        return ImageRenderer(shape=(side, side))
    return SignalRenderer()


def check_renderer(renderer: Any, sample_shape: tuple[int, ...]) -> Renderer:
    """Return `renderer`, or the one for `sample_shape` where it is None.

    Raises
    ------
    TypeError
        If `renderer` cannot be called.
    """
    if renderer is None:
        return renderer_for(sample_shape)
    if not callable(renderer):
        raise TypeError(
            f"renderer must be callable on a batch (n, *sample_shape); received "
            f"{type(renderer).__name__}. Use vae_widgets.ImageRenderer() or a function."
        )
    return renderer


def render(renderer: Renderer, batch: ArrayLike) -> NDArray[np.uint8]:
    """Call `renderer` and check what comes back: a user's own renderer may be wrong.

    Returns
    -------
    ndarray
        uint8 RGBA tiles (n, height, width, 4).
    """
    batch = np.asarray(batch)
    tiles = np.asarray(renderer(batch))
    if tiles.dtype != np.uint8 or tiles.ndim != 4 or tiles.shape[-1] != 4:
        raise TypeError(
            f"renderer returned {tiles.dtype} of shape {tiles.shape}; expected uint8 RGBA tiles of "
            "shape (n, height, width, 4)."
        )
    if len(tiles) != len(batch):
        raise ValueError(f"renderer returned {len(tiles)} tiles for {len(batch)} samples.")
    return tiles
