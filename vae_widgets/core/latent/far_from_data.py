"""Find latent vectors that are far from all codes; their decoded samples are guesses."""

from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

# The spread of the codes is estimated from this many of them.
CODES_ASKED = 500
QUANTILE = 0.99
# More codes are thinned to this many, because a search of a million takes seconds.
CODES_KEPT = 50_000
# Distances at once: 32 MB in double precision.
BLOCK = 4_000_000


class FarFromData:
    """Detect latent vectors that are far from all codes z_mean (n, latent_dim).

    A vector is far if its nearest code is farther away than 99 of 100 codes are from theirs. With
    `z_log_var`, dimensions are measured in posterior standard deviations. 50,000 codes are used at
    most. `scale` (latent_dim,) is the unit of distances.
    """

    def __init__(self, z_mean: ArrayLike, z_log_var: ArrayLike | None = None) -> None:
        codes = np.asarray(z_mean)
        if len(codes) > CODES_KEPT:
            codes = codes[np.linspace(0, len(codes) - 1, CODES_KEPT).astype(int)]
        codes = codes.astype(np.float64)
        self.scale = np.ones(codes.shape[1])
        if z_log_var is not None:
            self.scale = np.sqrt(np.exp(np.asarray(z_log_var, np.float64)).mean(axis=0))
        self._codes = codes / self.scale
        self._squares = (self._codes**2).sum(axis=1)

    @cached_property
    def limit(self) -> float:
        """Distance beyond which a vector is far; infinite where there is only one code."""
        n = len(self._codes)
        if n < 2:
            return np.inf
        rows = np.unique(np.linspace(0, n - 1, CODES_ASKED).astype(int))
        return float(np.quantile(self._nearest(self._codes[rows], rows), QUANTILE))

    def distance(self, z: ArrayLike) -> NDArray[np.float64]:
        """Return the distance (m,) from latent vectors (m, latent_dim) to their nearest code."""
        return self._nearest(np.asarray(z, np.float64) / self.scale)

    def __call__(self, z: ArrayLike) -> NDArray[np.bool_]:
        """Return whether each latent vector (m, latent_dim) is far from all codes: (m,)."""
        far: NDArray[np.bool_] = self.distance(z) > self.limit
        return far

    def _nearest(
        self, points: NDArray[np.float64], leave_out: NDArray[np.int_] | None = None
    ) -> NDArray[np.float64]:
        """Return distances to the nearest code, that of row ``leave_out[i]`` not counted."""
        nearest = np.empty(len(points))
        block = max(1, BLOCK // len(self._codes))
        for start in range(0, len(points), block):
            part = points[start : start + block]
            # |a - b|^2 as one matrix product; rounding may leave it a little below 0.
            squared = (part**2).sum(axis=1)[:, None] - 2 * part @ self._codes.T + self._squares
            if leave_out is not None:
                squared[np.arange(len(part)), leave_out[start : start + block]] = np.inf
            best = squared.argmin(axis=1)
            # Compute the smallest distance again: the product loses digits for close points.
            nearest[start : start + block] = np.linalg.norm(part - self._codes[best], axis=1)
        return nearest
