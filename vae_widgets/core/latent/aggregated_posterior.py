"""The aggregated posterior q(z): the density of codes, the mean over samples of q(z | x).

A. Makhzani et al., "Adversarial autoencoders", arXiv:1511.05644, section 2. Draws from the prior
where q(z) is small decode to what the model has hardly seen.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

# Larger data sets are thinned to this many samples at equal distances. A correlated Gaussian is
# not a product of two factors and costs a thousand times as much.
MOST_SAMPLES = 100_000
MOST_CORRELATED = 2_000
# Numbers at once: 16 MB in single precision.
BLOCK = 4_000_000


def density_on_grid(
    mean: ArrayLike, covariance: ArrayLike, bounds: Sequence[float], columns: int, rows: int
) -> NDArray[np.float32]:
    """Return the density of a mixture of equal Gaussians on a grid: float32 (rows, columns).

    `mean` is (n, 2), `covariance` (n, 2, 2), `bounds` x_min, x_max, y_min, y_max; the first row is
    that of largest y. Every Gaussian is widened by half a cell. Of more than `MOST_SAMPLES`
    (`MOST_CORRELATED` with correlations) an even choice is used.
    """
    mean, covariance = np.asarray(mean, np.float32), np.asarray(covariance, np.float32)
    correlated = bool(covariance[:, 0, 1].any())
    chosen = evenly_chosen(len(mean), MOST_CORRELATED if correlated else MOST_SAMPLES)
    mean, covariance = mean[chosen], covariance[chosen]
    x_min, x_max, y_min, y_max = bounds
    width, height = (x_max - x_min) / columns, (y_max - y_min) / rows
    x = (x_min + width * (np.arange(columns) + 0.5)).astype(np.float32)
    y = (y_max - height * (np.arange(rows) + 0.5)).astype(np.float32)
    xx, yy = covariance[:, 0, 0] + (width / 2) ** 2, covariance[:, 1, 1] + (height / 2) ** 2
    xy = covariance[:, 0, 1]
    determinant = xx * yy - xy**2
    # Density of one: scale * exp(-(a dx^2 + 2 b dx dy + c dy^2) / 2).
    scale = 1 / (2 * np.pi * np.sqrt(determinant))
    a, b, c = (part[:, np.newaxis] / determinant[:, np.newaxis] for part in (yy, -xy, xx))
    total = np.zeros((rows, columns))
    block = max(1, BLOCK // (rows * columns if correlated else rows + columns))
    for start in range(0, len(mean), block):
        part = slice(start, start + block)
        dx, dy = x - mean[part, :1], y - mean[part, 1:]
        if correlated:
            exponent = (a[part] * dx**2)[:, np.newaxis] + (c[part] * dy**2)[:, :, np.newaxis]
            exponent += 2 * (b[part] * dy)[:, :, np.newaxis] * dx[:, np.newaxis]
            total += np.tensordot(scale[part], np.exp(-exponent / 2), axes=1)
        else:  # Without correlations all samples fit into one matrix product.
            across = scale[part, np.newaxis] * np.exp(-a[part] * dx**2 / 2)
            total += np.exp(-c[part] * dy**2 / 2).T @ across
    return (total / len(mean)).astype(np.float32)


def evenly_chosen(n: int, most: int) -> NDArray[np.int_]:
    """Return all rows below `n`, or `most` of them at equal distances."""
    return np.unique(np.linspace(0, n - 1, min(n, most)).astype(int))


def levels_of_mass(
    density: ArrayLike, cell_area: float, probabilities: Sequence[float]
) -> list[float | None]:
    """Return the density above which lies each of these probabilities; None where there is less.

    Highest density regions: R. Hyndman, "Computing and graphing highest density regions", The
    American Statistician 50, 1996.
    """
    sorted_density = np.sort(np.asarray(density, np.float64).ravel())[::-1]
    mass = np.cumsum(sorted_density) * cell_area
    at = np.searchsorted(mass, probabilities)
    return [float(sorted_density[i]) if i < len(mass) else None for i in at]
