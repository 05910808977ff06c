"""The plane of the two shown coordinates; the others have fixed values."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


def columns_of(table: NDArray[Any]) -> NDArray[Any]:
    """Return a table (n, k) as rows (k, n) next to each other in memory.

    numpy reduces these ten times faster than the columns of a tall, narrow table.
    """
    return np.ascontiguousarray(table.T)


def padded_bounds(positions: ArrayLike, padding: float = 0.05) -> tuple[float, float, float, float]:
    """Return x_min, x_max, y_min, y_max around positions (n, 2), wider by a fraction `padding`.

    Where all positions agree, the bounds are one unit to either side.
    """
    columns = columns_of(np.asarray(positions))
    low, high = columns.min(axis=1).astype(np.float64), columns.max(axis=1).astype(np.float64)
    margin = np.where(high > low, padding * (high - low), 1.0)
    (x_min, y_min), (x_max, y_max) = (low - margin).tolist(), (high + margin).tolist()
    return x_min, x_max, y_min, y_max


def grid_points(bounds: Sequence[float], columns: int, rows: int) -> NDArray[np.float64]:
    """Return the centres (rows * columns, 2) of the cells of a grid, the largest y first."""
    x_min, x_max, y_min, y_max = bounds
    x = x_min + (np.arange(columns) + 0.5) * ((x_max - x_min) / columns)
    y = y_max - (np.arange(rows) + 0.5) * ((y_max - y_min) / rows)
    return np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)


def on_plane(points: ArrayLike, dims: Sequence[int], slice_at: ArrayLike) -> NDArray[np.float32]:
    """Return all coordinates (m, n_coordinates) of points (m, 2) on the plane of `dims`.

    `slice_at` (n_coordinates,) has the values of the other coordinates.
    """
    points = np.asarray(points, np.float32)
    coordinates = np.repeat(np.asarray(slice_at, np.float32)[np.newaxis], len(points), axis=0)
    coordinates[:, list(dims)] = points[:, : len(dims)]
    return coordinates
