"""Anomaly scores from reconstructions, and the terms of a negative ELBO."""

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

LIKELIHOODS = ("bernoulli", "gaussian")
_SMALLEST = 1e-7  # probabilities are clipped to it, as Keras does


def squared_error(x: ArrayLike, x_hat: ArrayLike) -> NDArray[np.float64]:
    """Return the sum of (x - x_hat)^2 over the elements of each sample, (n,)."""
    a, b = _vectors(x), _vectors(x_hat)
    error: NDArray[np.float64] = ((a - b) ** 2).sum(axis=1)
    return error


def negative_log_likelihood(likelihood: str, x: ArrayLike, x_hat: ArrayLike) -> NDArray[np.float64]:
    """Return -log p(x | z) of each sample in nats, (n,), with x_hat as the mean of p(x | z).

    "bernoulli" is the cross-entropy -sum x log x_hat + (1 - x) log(1 - x_hat), "gaussian" a normal
    distribution of variance 1.
    """
    if likelihood == "gaussian":
        a = _vectors(x)
        nats: NDArray[np.float64] = 0.5 * (
            squared_error(x, x_hat) + a.shape[1] * math.log(2 * math.pi)
        )
        return nats
    a, p = _vectors(x), _vectors(x_hat).clip(_SMALLEST, 1 - _SMALLEST)
    error: NDArray[np.float64] = -(a * np.log(p) + (1 - a) * np.log1p(-p)).sum(axis=1)
    return error


def kl_from_prior(z_mean: ArrayLike, z_log_var: ArrayLike) -> NDArray[np.float64]:
    """Return KL(q(z | x) || N(0, I)) of each sample in nats, (n,)."""
    mean, log_var = np.asarray(z_mean, np.float64), np.asarray(z_log_var, np.float64)
    kl: NDArray[np.float64] = 0.5 * (np.exp(log_var) + mean**2 - 1 - log_var).sum(axis=1)
    return kl


def _vectors(x: Any) -> NDArray[np.float64]:
    array = np.asarray(x, np.float64)
    return array.reshape(len(array), -1)
