"""How far codes are from the prior: the KL, its three terms, and the MMD."""

import math
from typing import Any

from keras import ops


def kl_divergence(z_mean: Any, z_log_var: Any) -> Any:
    """Return KL(N(z_mean, exp(z_log_var)) || N(0, 1)) for each dimension, (n, latent_dim), nats.

    Kingma & Welling (2014), appendix B; for tensors.

    Examples
    --------
    >>> z_mean, z_log_var = np.ones((1, 2), "float32"), np.zeros((1, 2), "float32")
    >>> np.asarray(vw.kl_divergence(z_mean, z_log_var))
    array([[0.5, 0.5]], dtype=float32)
    """
    return 0.5 * (ops.square(z_mean) + ops.exp(z_log_var) - z_log_var - 1.0)


def mmd_to_prior(z: Any, weights: Any, bandwidth: float | None = None) -> Any:
    """Return an unbiased estimate of MMD^2 between codes and the prior N(0, I): a scalar tensor.

    With the kernel k(z, z') = exp(-|z - z'|^2 / (2 h^2)) it is

        mean over pairs i != j of k(z_i, z_j) - 2 mean over i of E k(z_i, z') + E k(z', z''),

    with z', z'' from the prior; Gretton et al., "A Kernel Two-Sample Test" (2012), equation 3. The
    expectations are in closed form: E k(z_i, z') = (h^2 / (h^2 + 1))^(d/2) exp(-|z_i|^2 / (2 (h^2 +
    1))) and E k(z', z'') = (h^2 / (h^2 + 2))^(d/2).

    Parameters
    ----------
    z, weights
        Codes (b, latent_dim), and (b,), at least 0; with fewer than two above 0 the result is 0.
    bandwidth
        h; None for sqrt(latent_dim).
    """
    latent_dim = z.shape[-1]
    h2 = float(latent_dim) if bandwidth is None else bandwidth**2
    squares = ops.sum(ops.square(z), axis=-1)
    distances = squares[:, None] + squares[None, :] - 2 * ops.matmul(z, ops.transpose(z))
    kernel = ops.exp(-0.5 / h2 * ops.maximum(distances, 0.0))
    pairs = weights[:, None] * weights[None, :] * (1.0 - ops.eye(ops.shape(z)[0], dtype="float32"))
    n_pairs, total = ops.sum(pairs), ops.sum(weights)
    among_codes = ops.sum(pairs * kernel) / ops.maximum(n_pairs, 1e-12)
    to_prior = (h2 / (h2 + 1)) ** (latent_dim / 2) * ops.exp(-0.5 / (h2 + 1) * squares)
    across = ops.sum(weights * to_prior) / ops.maximum(total, 1e-12)
    among_prior = (h2 / (h2 + 2)) ** (latent_dim / 2)
    return ops.where(n_pairs > 0, among_codes - 2 * across + among_prior, 0.0)


def stratified_weights(weights: Any, n: Any) -> Any:
    """Return the weight of q(z | x_j) in the estimate of q(z) at a draw from q(z | x_i), (b, b).

    A sample's own q has weight 1 / n, and the others share the rest; Chen et al. (2018), appendix
    C.2. Rows sum to one. `n` is the size of the data set, at least that of the batch.
    """
    total = ops.sum(weights)
    own = 1.0 / ops.maximum(ops.maximum(n, total), 1.0)
    identity = ops.eye(ops.shape(weights)[0], dtype="float32")
    others = weights[None, :] * (1.0 - identity)
    shared = ops.sum(others, axis=1, keepdims=True)
    others = others * (1.0 - own) / ops.maximum(shared, 1e-12)
    return identity * ops.where(shared > 0, own, 1.0) + others


def split_kl(z: Any, log_q: Any, z_mean: Any, z_log_var: Any, mixture: Any) -> tuple[Any, Any, Any]:
    """Split log q(z | x) - log p(z) at draws z into the three terms of `BetaTC`, each (b,).

    `z` is (b, latent_dim) and `log_q` (b,); the components of the mixture q(z) have z_mean and
    z_log_var (m, latent_dim) and, for each row of z, the weights `mixture` (b, m).
    """
    log_q_mixed = log_normal(z[:, None], z_mean[None], z_log_var[None])  # (b, m, latent_dim)
    log_mixture = ops.log(mixture)
    log_qz = ops.logsumexp(log_mixture + ops.sum(log_q_mixed, axis=-1), axis=1)
    log_qz_dims = ops.sum(ops.logsumexp(log_mixture[..., None] + log_q_mixed, axis=1), axis=-1)
    log_pz = ops.sum(log_normal(z, 0.0, 0.0), axis=-1)
    return log_q - log_qz, log_qz - log_qz_dims, log_qz_dims - log_pz


def log_normal(z: Any, mean: Any, log_var: Any) -> Any:
    """Return log N(z; mean, exp(log_var)) of each dimension."""
    error = ops.square(z - mean) * ops.exp(-ops.convert_to_tensor(log_var))
    return -0.5 * (error + log_var + math.log(2 * math.pi))
