"""Samples that the pictures of a bundle show."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from vae_widgets.bundle.codec import BundleCodec


def samples(codec: "BundleCodec") -> NDArray[np.float32]:
    """Return the samples that the pictures of a bundle show, in 256 levels of grey.

    A lesson has its data in this way with its model, in one file that opens in a second.

    Parameters
    ----------
    codec
        From `load_pretrained` or `load`, with pictures by an `ImageRenderer` with a range, in grey.

    Returns
    -------
    ndarray
        (n, *sample_shape); as far from the samples that were saved as half a level of grey.

    Raises
    ------
    TypeError
        If it is no such codec.
    ValueError
        If it has no such pictures.

    Examples
    --------
    >>> x = vw.course.samples(vw.load_pretrained("digits-2d"))
    >>> x.shape
    (360, 8, 8, 1)
    """
    if not all(hasattr(codec, name) for name in ("renderer", "tiles", "sample_shape")):
        raise TypeError(
            f"codec is {codec!r:.80} ({type(codec).__name__}); expected what vw.load or "
            'vw.load_pretrained("digits-2d") returns.'
        )
    renderer, tiles = codec.renderer, codec.tiles
    low, high = (getattr(renderer, name, None) for name in ("vmin", "vmax"))
    shape = tuple(codec.sample_shape)
    if (
        tiles is None
        or low is None
        or high is None
        or tiles.shape[1:] != (*shape[:2], 4)
        or shape[2:] != (1,)
    ):
        raise ValueError(
            f"codec is {codec!r}, whose samples cannot be read from its pictures; expected grey "
            'images with vmin and vmax, as in vw.load_pretrained("digits-2d").'
        )
    levels = tiles[..., :1].astype(np.float32)
    if getattr(renderer, "invert", False):
        levels = 255 - levels
    return np.asarray(low + levels * ((high - low) / 255), np.float32)
