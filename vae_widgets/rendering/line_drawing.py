"""Smooth lines on tiles."""

import numpy as np
from numpy.typing import NDArray

# Those of Petroff's colours that have a contrast of 3 to 1 or nearly so on white and on black.
LINE_COLOURS = [
    (63, 144, 218),
    (231, 99, 0),
    (113, 117, 129),
    (189, 31, 1),
    (169, 107, 89),
    (131, 45, 182),
]

_RADIUS = 0.75  # half of the width of a line, in pixels
_FINE = 6  # columns in which the line is measured, for each pixel: an odd number for its width
_BLOCK = 64  # tiles drawn together, which bounds the memory


def draw_line(
    tiles: NDArray[np.uint8], y: NDArray[np.float32], colour: tuple[int, int, int]
) -> None:
    """Draw a line from left to right over each tile, in place.

    The alpha of a pixel is the share of it that the line covers, a disc of 1.5 pixels drawn along
    the points.

    Parameters
    ----------
    tiles
        RGBA tiles (n, height, width, 4).
    y
        Heights of points at equal distances (n, m), in pixels from the top.
    colour
        Red, green and blue, 0 to 255.
    """
    for start in range(0, len(tiles), _BLOCK):
        block = tiles[start : start + _BLOCK]
        top, bottom = _extent(y[start : start + _BLOCK], block.shape[2])
        _blend(block, _below(top, block.shape[1]) - _below(bottom, block.shape[1]), colour)


def _below(edge: NDArray[np.float32], height: int) -> NDArray[np.float32]:
    """Return the share of each pixel below an edge (n, width * _FINE): (n, height, width)."""
    n, width = len(edge), edge.shape[1] // _FINE
    edge = edge.clip(0, height)
    row = edge.astype(np.int64)
    part = (edge - row).ravel()
    # The share grows by 1 - part in the row of the edge, and by part in the next one.
    column = np.arange(edge.size) // _FINE
    at = (column // width * (height + 2) + row.ravel()) * width + column % width
    size = n * (height + 2) * width
    growth = np.bincount(at, 1 - part, size) + np.bincount(at + width, part, size)
    share = growth.reshape(n, height + 2, width).cumsum(axis=1)[:, :height] / _FINE
    return share.astype(np.float32)


def _extent(y: NDArray[np.float32], width: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return where the drawn line begins and ends in each fine column, (n, width * _FINE)."""
    m = y.shape[1]
    edges = np.arange(width * _FINE + 1) / _FINE
    points = np.linspace(_RADIUS, width - _RADIUS, m) if m > 1 else np.array([width / 2])
    # The line at the edges of the columns and at its points: between two of these it is straight.
    at = np.union1d(edges, points)
    before = np.clip(np.searchsorted(points, at, side="right") - 1, 0, max(0, m - 2))
    after = np.minimum(before + 1, m - 1)
    step = points[after] - points[before]
    part = np.clip((at - points[before]) / np.where(step, step, 1), 0, 1).astype(np.float32)
    line = y[:, before] * (1 - part) + y[:, after] * part
    first = np.searchsorted(at, edges)
    right = line[:, first[1:]]
    top = np.minimum(np.minimum.reduceat(line, first[:-1], axis=1), right)
    bottom = np.maximum(np.maximum.reduceat(line, first[:-1], axis=1), right)
    # A disc that moves along the line reaches as far as it is high, from every column nearby.
    reach = int(_RADIUS * _FINE)
    padded = [np.pad(of, ((0, 0), (reach, reach)), mode="edge") for of in (top, bottom)]
    shifts = np.arange(2 * reach + 1)
    heights = np.sqrt(_RADIUS**2 - ((shifts - reach) / _FINE) ** 2).astype(np.float32)
    columns = width * _FINE
    moved = [[of[:, k : k + columns] for k in shifts] for of in padded]
    top = np.min([of - h for of, h in zip(moved[0], heights, strict=True)], axis=0)
    bottom = np.max([of + h for of, h in zip(moved[1], heights, strict=True)], axis=0)
    return top, bottom


def _blend(
    tiles: NDArray[np.uint8], alpha: NDArray[np.float32], colour: tuple[int, int, int]
) -> None:
    """Draw a colour over tiles, "source over destination" of Porter and Duff (1984)."""
    if not tiles[..., 3].any():  # nothing to blend with, which is quicker
        tiles[..., :3] = colour
        tiles[..., 3] = np.rint(255 * alpha)
        return
    touched = alpha > 1 / 512  # the others would stay as they are
    alpha = alpha[touched, np.newaxis]
    pixels = tiles[touched]
    below = pixels[:, 3:] / np.float32(255) * (1 - alpha)
    total = alpha + below
    mixed = alpha * np.array(colour, np.float32) + below * pixels[:, :3]
    tiles[touched] = np.rint(np.hstack([mixed / total, 255 * total]))
