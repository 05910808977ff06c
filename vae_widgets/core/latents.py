"""How much each latent dimension says about the samples."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def kl_per_dimension(z_mean: ArrayLike, z_log_var: ArrayLike) -> NDArray[np.float64]:
    """Return KL(q(z_i | x) || N(0, 1)) of each dimension in nats, averaged over samples.

    Kingma & Welling, "Auto-encoding variational Bayes" (arXiv:1312.6114), appendix B.

    Parameters
    ----------
    z_mean, z_log_var
        Mean and log-variance of q(z | x), each (n, latent_dim).

    Returns
    -------
    (latent_dim,)
    """
    mean, log_var = np.asarray(z_mean, np.float64), np.asarray(z_log_var, np.float64)
    kl: NDArray[np.float64] = 0.5 * (mean**2 + np.exp(log_var) - log_var - 1).mean(axis=0)
    return kl


def active_units(z_mean: ArrayLike, threshold: float = 0.01) -> NDArray[np.bool_]:
    """Say of each dimension whether its mean varies over the samples: (latent_dim,).

    Its variance is above 0.01: Burda, Grosse & Salakhutdinov, "Importance weighted autoencoders"
    (arXiv:1509.00519), section 2.3.
    """
    return np.asarray(z_mean, np.float64).var(axis=0) > threshold
