"""Lines that a pen would draw for an image of a digit."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, depth_first_order

ZOOM = 4
"""Lines are found in an image enlarged by this factor."""
STEP = 3
"""Pixels of that image between two points of a line."""


def strokes(image: NDArray[np.float32]) -> list[NDArray[np.float64]]:
    """Return the lines of an image (height, width) in [0, 1], each as points (m, 2) of x and y.

    Places are in pixels of the image: (0, 0) is its left top corner.
    """
    large = ndimage.zoom(image, ZOOM, order=1, grid_mode=True, mode="grid-constant") > 0.4
    pixels = np.argwhere(thinned(large))
    apart = np.abs(pixels[:, np.newaxis] - pixels).max(axis=2)
    beside = np.argwhere(apart == 1).T
    graph = coo_array((np.ones(beside.shape[1]), beside), shape=apart.shape).tocsr()
    n_parts, part = connected_components(graph)
    neighbours = graph.sum(axis=1)
    lines: list[list[int]] = []
    for number in range(n_parts):
        members = np.flatnonzero(part == number)
        start = members[np.argmin(neighbours[members])]  # an end of a line, if there is one
        order, came_from = depth_first_order(graph, start, directed=False)
        for node in order.tolist():
            before = int(came_from[node])
            if before < 0:
                lines.append([node])
            elif lines[-1][-1] == before:
                lines[-1].append(node)
            else:  # a branch
                lines.append([before, node])
    points = (pixels[:, ::-1] + 0.5) / ZOOM
    return [points[[*line[:-1:STEP], line[-1]]] for line in lines]


def thinned(ink: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Take pixels off an image (height, width) until lines are one pixel wide.

    The algorithm is that of Zhang and Suen, "A fast parallel algorithm for thinning digital
    patterns" (1984).
    """
    ink = np.pad(ink, 1)
    while True:
        before = ink.sum()
        for is_second in (False, True):
            around = [np.roll(ink, shift, (0, 1)) for shift in _CLOCKWISE]
            north, east, south, west = around[::2]
            count = np.sum(around, axis=0)
            begins = np.sum(
                [~a & b for a, b in zip(around, around[1:] + around[:1], strict=True)], 0
            )
            inner = (
                (north & east & west) | (north & south & west)
                if is_second
                else (north & east & south) | (east & south & west)
            )
            ink = ink & ~((count >= 2) & (count <= 6) & (begins == 1) & ~inner)
        if ink.sum() == before:
            return ink[1:-1, 1:-1]


_CLOCKWISE = ((1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1))
"""Shifts that bring the neighbours of a pixel to its place, from the one to the north on."""
