"""How much information each latent dimension has about the samples."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


def kl_per_dimension(z_mean: ArrayLike, z_log_var: ArrayLike) -> NDArray[np.float64]:
    """Return KL(q(z_i | x) || N(0, 1)) in nats, averaged over samples: (latent_dim,).

    Takes z_mean and z_log_var (n, latent_dim). Kingma & Welling, "Auto-encoding variational Bayes"
    (arXiv:1312.6114), appendix B.
    """
    mean, log_var = np.asarray(z_mean, np.float64), np.asarray(z_log_var, np.float64)
    kl: NDArray[np.float64] = 0.5 * (mean**2 + np.exp(log_var) - log_var - 1).mean(axis=0)
    return kl


def active_units(z_mean: ArrayLike, threshold: float = 0.01) -> NDArray[np.bool_]:
    """Return whether the mean of each dimension varies over the samples: (latent_dim,).

    Its variance exceeds the threshold: Burda, Grosse & Salakhutdinov, "Importance weighted
    autoencoders" (arXiv:1509.00519), section 2.3.
    """
    active: NDArray[np.bool_] = np.asarray(z_mean, np.float64).var(axis=0) > threshold
    return active


def moments(blocks: Iterable[NDArray[Any]]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return mean and variance (k,) over the rows of all blocks (rows, k), in bounded memory.

    Chan, Golub & LeVeque, "Updating formulae and a pairwise algorithm for computing sample
    variances" (1982), equation 2.1. The variance has the divisor n.

    """
    n = 0
    mean = squares = np.zeros(())
    for block in blocks:
        rows, mean_of_block = len(block), block.mean(axis=0, dtype=np.float64)
        away = mean_of_block - mean
        squares = squares + ((block - mean_of_block) ** 2).sum(axis=0)
        squares = squares + away**2 * (n * rows / (n + rows))
        n += rows
        mean = mean + away * (rows / n)
    return mean, squares / n


def attribute_vector(
    z_mean: ArrayLike, positive: ArrayLike, negative: ArrayLike
) -> NDArray[np.float32]:
    """Return the mean code (latent_dim,) of one group of samples minus that of another, float32.

    A. Larsen et al., "Autoencoding beyond pixels using a learned similarity metric",
    arXiv:1512.09300, section 4.2. `positive` and `negative` are rows of z_mean (n, latent_dim), or
    masks (n,).
    """
    z_mean = np.asarray(z_mean)
    n = len(z_mean)
    means = []
    for name, given in (("positive", positive), ("negative", negative)):
        rows = np.asarray(given)
        if not rows.size or (rows.dtype == bool and not rows.any()):
            raise ValueError(f"{name} has no samples; expected at least one row of x.")
        if rows.dtype.kind not in "biu" or rows.ndim != 1:
            raise TypeError(f"{name} must be rows of x or a mask (n,); received {rows!r:.80}.")
        if rows.dtype == bool and len(rows) != n:
            raise ValueError(f"{name} is a mask of {len(rows)} samples; expected {n}.")
        if rows.dtype != bool and not 0 <= rows.min() <= rows.max() < n:
            raise ValueError(
                f"{name} spans rows {rows.min()} to {rows.max()}; expected 0 to {n - 1}."
            )
        means.append(z_mean[rows].mean(axis=0, dtype=np.float64))
    vector: NDArray[np.float32] = (means[0] - means[1]).astype(np.float32)
    return vector
