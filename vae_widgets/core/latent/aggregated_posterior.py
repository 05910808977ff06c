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


def mass_on_grid(
    mean: ArrayLike, covariance: ArrayLike, bounds: Sequence[float], columns: int, rows: int
) -> NDArray[np.float32]:
    """Return the probability of each cell of a grid, for a mixture of equal Gaussians.

    It is the density in the middle of the cell times its area: float32 (rows, columns), the first
    row is that of largest y. `mean` is (n, 2), `covariance` (n, 2, 2), `bounds` x_min, x_max,
    y_min, y_max. Every Gaussian is widened by half a cell. Of more than `MOST_SAMPLES`
    (`MOST_CORRELATED` with correlations) an even choice is used.
    """
    means, covariances = np.asarray(mean, np.float64), np.asarray(covariance, np.float64)
    correlated = bool(covariances[:, 0, 1].any())
    chosen = evenly_chosen(len(means), MOST_CORRELATED if correlated else MOST_SAMPLES)
    x_min, x_max, y_min, y_max = bounds
    # In cells, from the upper left corner: no square of a code overflows in single precision.
    cell = np.array([(x_max - x_min) / columns, (y_min - y_max) / rows])
    at = ((means[chosen] - [x_min, y_max]) / cell).astype(np.float32)
    spread = (covariances[chosen] / np.outer(cell, cell)).astype(np.float32)
    x, y = (np.arange(n, dtype=np.float32) + np.float32(0.5) for n in (columns, rows))
    xx, yy = spread[:, 0, 0] + np.float32(0.25), spread[:, 1, 1] + np.float32(0.25)
    xy = spread[:, 0, 1]
    determinant = xx * yy - xy**2
    # Density of one: scale * exp(-(a dx^2 + 2 b dx dy + c dy^2) / 2).
    scale = 1 / (2 * np.pi * np.sqrt(determinant))
    a, b, c = (part[:, np.newaxis] / determinant[:, np.newaxis] for part in (yy, -xy, xx))
    total = np.zeros((rows, columns))
    block = max(1, BLOCK // (rows * columns if correlated else rows + columns))
    for start in range(0, len(at), block):
        part = slice(start, start + block)
        dx, dy = x - at[part, :1], y - at[part, 1:]
        if correlated:
            exponent = (a[part] * dx**2)[:, np.newaxis] + (c[part] * dy**2)[:, :, np.newaxis]
            exponent += 2 * (b[part] * dy)[:, :, np.newaxis] * dx[:, np.newaxis]
            total += np.tensordot(scale[part], np.exp(-exponent / 2), axes=1)
        else:  # Without correlations all samples fit into one matrix product.
            across = scale[part, np.newaxis] * np.exp(-a[part] * dx**2 / 2)
            total += np.exp(-c[part] * dy**2 / 2).T @ across
    return (total / len(at)).astype(np.float32)


def evenly_chosen(n: int, most: int) -> NDArray[np.int_]:
    """Return all rows below `n`, or `most` of them at equal distances."""
    return np.unique(np.linspace(0, n - 1, min(n, most)).astype(int))


def levels_of_mass(mass: ArrayLike, probabilities: Sequence[float]) -> list[float | None]:
    """Return the mass of a cell above which lies each of these probabilities; None if less does.

    Highest density regions: R. Hyndman, "Computing and graphing highest density regions", The
    American Statistician 50, 1996.
    """
    descending = np.sort(np.asarray(mass, np.float64).ravel())[::-1]
    at = np.searchsorted(np.cumsum(descending), probabilities)
    return [float(descending[i]) if i < len(descending) else None for i in at]
