"""Small tiles of samples, made in bounded memory."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from vae_widgets.rendering.renderer import Renderer, render

LONGEST_SIDE = 256


def thumbnails(renderer: Renderer, batch: ArrayLike) -> NDArray[np.uint8]:
    """Draw samples as tiles of at most `LONGEST_SIDE` pixels a side.

    Tiles that are larger are drawn one at a time, and each pixel of the result is the mean of a
    square of theirs. Other tiles are drawn in one batch, because a renderer may scale by the
    samples that it gets.

    Parameters
    ----------
    renderer
        Draws the samples.
    batch
        Samples (n, *sample_shape), at least one.

    Returns
    -------
    uint8 RGBA (n, height, width, 4).

    Raises
    ------
    TypeError, ValueError
        If the renderer returns something else than one tile for each sample.
    """
    batch = np.asarray(batch)
    first = render(renderer, batch[:1])
    factor = -(-max(first.shape[1:3]) // LONGEST_SIDE)
    if factor == 1:
        return render(renderer, batch)
    small = [_reduced(first[0], factor)]
    del first
    small += [_reduced(render(renderer, batch[i : i + 1])[0], factor) for i in range(1, len(batch))]
    return np.stack(small)


def _reduced(tile: NDArray[np.uint8], factor: int) -> NDArray[np.uint8]:
    return np.asarray(Image.fromarray(tile).reduce(factor))
