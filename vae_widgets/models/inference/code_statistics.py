"""The moments of the aggregated posterior of the training data."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class CodeStatistics:
    """Mean and covariance of q(z) = mean over samples of q(z | x).

    Attributes
    ----------
    mean
        (latent_dim,)
    covariance
        (latent_dim, latent_dim): the covariance of z_mean plus the mean posterior variance.
    """

    mean: NDArray[np.float64]
    covariance: NDArray[np.float64]

    @classmethod
    def prior(cls, latent_dim: int) -> "CodeStatistics":
        """Return the moments of the prior N(0, I)."""
        return cls(np.zeros(latent_dim), np.eye(latent_dim))

    @classmethod
    def of(cls, z_mean: NDArray[Any], z_log_var: NDArray[Any]) -> "CodeStatistics":
        """Return the moments of the mixture of N(z_mean, exp(z_log_var)), each (n, latent_dim)."""
        mean = z_mean.mean(axis=0, dtype=np.float64)
        centred = z_mean - mean
        covariance = centred.T @ centred / len(z_mean)
        return cls(mean, covariance + np.diag(np.exp(z_log_var, dtype=np.float64).mean(axis=0)))

    def mahalanobis(self, z: NDArray[Any]) -> NDArray[np.float64]:
        """Return sqrt((z - mean)' covariance^-1 (z - mean)) for z (n, latent_dim): (n,).

        The last digit of a row does not depend on the other rows either.
        """
        whitening = np.linalg.inv(np.linalg.cholesky(self.covariance))
        centred = z - self.mean
        # Sums of columns, not a matrix product, whose rounding depends on the number of rows.
        whitened = np.zeros(z.shape)
        for column, weights in zip(centred.T, whitening.T, strict=True):
            whitened += np.multiply.outer(column, weights)
        squares: NDArray[np.float64] = np.zeros(len(z))
        for column in whitened.T:
            squares += column**2
        return np.sqrt(squares)


class CodeReservoir:
    """A random sample of up to `size` codes of a stream, each row with the same chance.

    Vitter, "Random sampling with a reservoir" (1985), algorithm R.
    """

    def __init__(self, size: int, latent_dim: int, seed: int) -> None:
        self._codes = np.empty((2, size, latent_dim), np.float32)
        self._rng = np.random.default_rng(seed)
        self._seen = 0

    def choose(self, n: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Choose from the next n rows: those to keep (m,), and their slots (m,) for `put`."""
        size = self._codes.shape[1]
        places = self._seen + np.arange(n)
        slots = np.where(places < size, places, self._rng.integers(0, places + 1))
        rows = np.flatnonzero(slots < size)
        self._seen += n
        return rows, slots[rows]

    def put(self, slots: NDArray[np.int64], z_mean: NDArray[Any], z_log_var: NDArray[Any]) -> None:
        """Keep codes, each (m, latent_dim), in slots (m,), the later one of two for the same."""
        self._codes[0, slots], self._codes[1, slots] = z_mean, z_log_var

    @property
    def codes(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """z_mean and z_log_var of the rows that are kept, each (m, latent_dim)."""
        z_mean, z_log_var = self._codes[:, : self._seen]
        return z_mean, z_log_var
