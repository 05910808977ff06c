"""Export a film as an animated GIF, or as a PNG of its frames in rows."""

import os
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vae_widgets.core.atomic_file import atomic_file


def write_gif(
    path: str | os.PathLike[str], tiles: NDArray[np.uint8], size: int, frame_seconds: float
) -> None:
    """Write RGBA tiles (n, height, width, 4) as a GIF that plays over and over.

    Tiles are enlarged with sharp edges, by a whole number, to at most `size` pixels.
    """
    pictures = [_opaque(tile) for tile in _enlarged(tiles, size)]
    with atomic_file(path) as file:
        pictures[0].save(
            file,
            "GIF",
            save_all=True,
            append_images=pictures[1:],
            duration=10 * max(2, int(100 * frame_seconds + 0.5)),
            loop=0,
        )


def write_png(
    path: str | os.PathLike[str], rows: Sequence[NDArray[np.uint8]], size: int, gap: int
) -> None:
    """Write rows of RGBA tiles, each (n, height, width, 4), as one PNG on white.

    Tiles are enlarged as in `write_gif`, with `gap` pixels between two.
    """
    cells = np.stack([_enlarged(row, size) for row in rows])
    cells = np.pad(cells, [(0, 0), (0, 0), (0, gap), (0, gap), (0, 0)])
    m, n, height, width, _ = cells.shape
    sheet = cells.swapaxes(1, 2).reshape(m * height, n * width, 4)
    with atomic_file(path) as file:
        _opaque(sheet[: m * height - gap, : n * width - gap]).save(file, "PNG", optimize=True)


def _enlarged(tiles: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    zoom = max(1, size // max(tiles.shape[1:3]))
    return tiles.repeat(zoom, 1).repeat(zoom, 2)


def _opaque(tile: NDArray[np.uint8]) -> Image.Image:
    alpha = tile[..., 3:] / 255
    colours = np.rint(tile[..., :3] * alpha + 255 * (1 - alpha)).astype(np.uint8)
    grey = (colours == colours[..., :1]).all()
    return Image.fromarray(np.ascontiguousarray(colours[..., 0] if grey else colours))
