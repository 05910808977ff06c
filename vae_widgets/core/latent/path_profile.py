"""How likely the points of a path through latent space are, and how fast its samples change."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

# Standard deviations around the mean that hold 95 % of a normal distribution.
_MIDDLE_95 = 1.959964


def log_prior(z: ArrayLike) -> NDArray[np.float64]:
    """Return the log density of latent vectors (n, latent_dim) under N(0, I), in nats: (n,)."""
    z = np.asarray(z, np.float64)
    density: NDArray[np.float64] = -0.5 * ((z**2).sum(axis=1) + z.shape[1] * np.log(2 * np.pi))
    return density


def usual_log_prior(latent_dim: int) -> tuple[float, float]:
    """Return the log densities, in nats, between which 95 % of the draws from N(0, I) lie.

    Their squared length is chi-squared distributed with `latent_dim` degrees of freedom; quantiles
    by E. Wilson & M. Hilferty, "The distribution of chi-square", PNAS 17, 1931.
    """
    spread = 2 / (9 * latent_dim)
    cube_roots = 1 - spread + np.array([_MIDDLE_95, -_MIDDLE_95]) * np.sqrt(spread)
    lengths = np.sqrt(latent_dim * np.maximum(cube_roots, 0) ** 3)
    low, high = log_prior(np.eye(1, latent_dim) * lengths[:, np.newaxis]).tolist()
    return low, high


def step_size(frames: ArrayLike) -> NDArray[np.float64]:
    """Return the root mean square differences (n - 1,) between samples (n, *sample_shape)."""
    frames = np.asarray(frames)
    change = np.diff(frames.reshape(len(frames), -1), axis=0)
    size: NDArray[np.float64] = np.sqrt(np.mean(change**2, axis=1, dtype=np.float64))
    return size


def changed_share(frames: ArrayLike) -> NDArray[np.float64]:
    """Return the shares (n - 1,), from 0 to 1, of tokens in which neighbouring samples differ.

    Numbers of tokens have no distances: 3 is no nearer to 4 than to 40.
    """
    frames = np.asarray(frames)
    differs = (frames[1:] != frames[:-1]).reshape(len(frames) - 1, -1)
    share: NDArray[np.float64] = differs.mean(axis=1)
    return share
