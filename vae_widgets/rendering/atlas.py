"""Pack many tiles into one picture, in which they are sent to the page."""

import io
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

# Browsers refuse canvases and textures beyond this many pixels a side.
MAX_SIDE = 8192


def tile_atlas(tiles: NDArray[np.uint8], drawings: Sequence[str] = ()) -> dict[str, Any]:
    """Pack uint8 RGBA tiles (n, height, width, 4) into one PNG, row by row.

    Returns ``png`` (bytes), ``count``, ``columns``, ``tile_width`` and ``tile_height`` in pixels.
    With `drawings`, the SVG of each tile or an empty text, also ``drawings``: each SVG once, as
    JSON, and which one each tile has. The page draws it where a tile is enlarged.
    Raises ``ValueError`` if a side would have more than `MAX_SIDE` pixels.
    """
    n, height, width, _ = tiles.shape
    columns = max(1, min(n, int(np.ceil(np.sqrt(n * height / width))))) if n else 1
    rows = -(-n // columns)
    if columns * width > MAX_SIDE or rows * height > MAX_SIDE:
        raise ValueError(
            f"{n} tiles of {width}x{height} pixels need a picture of "
            f"{columns * width}x{rows * height}; the limit is {MAX_SIDE} a side. Show fewer."
        )
    buffer = _PngFile()
    if n:
        if is_opaque_grey(tiles):
            tiles = tiles[..., :1]  # a quarter of the bytes to compress
        channels = tiles.shape[-1]
        sheet = np.zeros((rows * columns, height, width, channels), np.uint8)
        sheet[:n] = tiles
        sheet = sheet.reshape(rows, columns, height, width, channels).swapaxes(1, 2)
        sheet = np.ascontiguousarray(sheet).reshape(rows * height, columns * width, channels)
        # Level 1 is four times faster than the default and a few percent larger.
        Image.fromarray(sheet.squeeze(2) if channels == 1 else sheet).save(buffer, compress_level=1)
    atlas = {
        "png": buffer.getvalue(),
        "count": n,
        "columns": columns,
        "tile_width": width,
        "tile_height": height,
    }
    if any(drawings):
        place = {svg: i for i, svg in enumerate(dict.fromkeys(drawings))}
        texts = json.dumps([*place]).encode()
        atlas["drawings"] = {"svg": texts, "of": [place[svg] for svg in drawings]}
    return atlas


class _PngFile(io.BytesIO):
    """A file with a name: given the format in another way, Pillow loads all its formats first."""

    name = "tiles.png"


def is_opaque_grey(tiles: NDArray[np.uint8]) -> bool:
    """Return whether RGBA pixels (..., 4) have neither colour nor transparency."""
    red = tiles[..., 0]
    alpha = tiles[..., 3]
    return bool(
        (alpha == 255).all() and (tiles[..., 1] == red).all() and (tiles[..., 2] == red).all()
    )


def atlas_tiles(atlas: dict[str, Any]) -> NDArray[np.uint8]:
    """Return the RGBA tiles (n, height, width, 4) that `tile_atlas` packed."""
    n, columns = atlas["count"], atlas["columns"]
    shape = atlas["tile_height"], atlas["tile_width"]
    if not n:
        return np.zeros((0, *shape, 4), np.uint8)
    sheet = np.asarray(Image.open(io.BytesIO(atlas["png"])).convert("RGBA"))
    grid = sheet.reshape(-1, shape[0], columns, shape[1], 4).swapaxes(1, 2)
    return grid.reshape(-1, *shape, 4)[:n]
