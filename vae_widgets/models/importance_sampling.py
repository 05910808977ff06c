"""The log-likelihood of samples by importance sampling, with the encoder as proposal.

Burda, Grosse & Salakhutdinov, "Importance Weighted Autoencoders" (2016), equation 8:

    log p(x) ~ log (1/K) sum_k w_k,   w_k = p(x | z_k) p(z_k) / q(z_k | x),   z_k ~ q(z | x).

The estimate is a lower bound of log p(x) on average, which rises with K; K = 1 is the ELBO.
"""

import functools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from vae_widgets.models.layers import reparameterize

MOST_DRAWS_AT_ONCE = 2048
"""Draws in a block; more are no faster, for their intermediate results leave the cache."""

_NUMBERS_AT_ONCE = 2**21  # in the decoder's output for a block: 8 MiB


class ImportanceSampler:
    """Estimates log p(x) in blocks of samples x draws, in memory that depends on neither number.

    Parameters
    ----------
    negative_log_likelihood
        Maps tensors z (rows, latent_dim) and data, each (rows, ...), to -log p(x | z): (rows,).
    latent_dim
        Number of latent dimensions.
    output_size
        Numbers that the decoder gives for one row; the larger, the smaller the blocks.
    shapes
        Shape of one row of each kind of data: samples, and labels of a conditional model.
    """

    def __init__(
        self,
        negative_log_likelihood: Callable[..., Any],
        latent_dim: int,
        output_size: int,
        *shapes: tuple[int, ...],
    ) -> None:
        self._negative_log_likelihood = negative_log_likelihood
        self.rows_at_once = max(1, min(MOST_DRAWS_AT_ONCE, _NUMBERS_AT_ONCE // output_size))
        signature = [
            tf.TensorSpec((None, None, latent_dim), tf.float32),
            *[tf.TensorSpec((None, latent_dim), tf.float32)] * 2,
            *(tf.TensorSpec((None, *shape), tf.float32) for shape in shapes),
        ]
        # A plain graph, for any shape: XLA gains a fifth here, but compiles anew for each number of
        # samples and of draws, and is slow with convolutions.
        self._function = tf.function(self._log_weights, input_signature=signature)

    @functools.cached_property
    def _graph(self) -> Callable[..., tf.Tensor]:
        return self._function.get_concrete_function()

    def _log_weights(self, epsilon: Any, z_mean: Any, z_log_var: Any, *data: Any) -> Any:
        """Return log w (draws, n); all have n rows but the noise.

        That is (draws, n, latent_dim), or (draws, 1, latent_dim) for all rows.
        """
        draws = tf.shape(epsilon)[0]
        z = reparameterize(z_mean, z_log_var, epsilon)
        reconstruction = self._negative_log_likelihood(
            tf.reshape(z, (-1, z.shape[-1])),
            *(tf.tile(part, [draws, *[1] * (len(part.shape) - 1)]) for part in data),
        )
        # log p(z) - log q(z | x), in which log(2 pi) cancels.
        prior_to_posterior = 0.5 * tf.reduce_sum(epsilon**2 - z**2 + z_log_var, axis=-1)
        return prior_to_posterior - tf.reshape(reconstruction, (draws, -1))

    def log_likelihood(
        self,
        z_mean: NDArray[np.float32],
        z_log_var: NDArray[np.float32],
        data: tuple[NDArray[np.float32], ...],
        n_samples: int,
        rng: np.random.Generator,
        *,
        same_noise: bool = False,
    ) -> NDArray[np.float64]:
        """Return the estimate of log p(x) for n rows of data, from `n_samples` draws each: (n,).

        Parameters
        ----------
        z_mean, z_log_var
            The proposal q(z | x), each (n, latent_dim); encoded once, whatever `n_samples`.
        data
            Arrays of n rows.
        n_samples
            Draws for each row, K.
        rng
            Draws the noise.
        same_noise
            Give all rows the same noise, so that the estimate for a row does not depend on the
            others.
        """
        samples_at_once, draws_at_once = self.block(n_samples)
        shared = None
        if same_noise:
            shared = rng.standard_normal((n_samples, 1, z_mean.shape[1]), dtype=np.float32)
        results = []
        for rows in _slices(len(z_mean), samples_at_once):
            arrays = (z_mean[rows], z_log_var[rows], *(part[rows] for part in data))
            tensors = [tf.constant(array) for array in arrays]
            total = np.full(len(arrays[0]), -np.inf)  # log of the sum of the weights so far
            for draws in _slices(n_samples, draws_at_once):
                if shared is not None:
                    epsilon = shared[draws]
                else:
                    shape = (draws.stop - draws.start, *arrays[0].shape)
                    epsilon = rng.standard_normal(shape, dtype=np.float32)
                log_w = self._graph(tf.constant(epsilon), *tensors).numpy().astype(np.float64)
                total = np.logaddexp(total, np.logaddexp.reduce(log_w, axis=0))
            results.append(total - np.log(n_samples))
        return np.concatenate(results)

    def block(self, n_samples: int) -> tuple[int, int]:
        """Return how many samples, and how many draws of each, are in a block."""
        blocks = -(-n_samples // self.rows_at_once)
        draws = -(-n_samples // blocks)  # of equal size, the last one a little smaller
        return max(1, self.rows_at_once // draws), draws


def _slices(n: int, step: int) -> Iterator[slice]:
    return (slice(start, min(start + step, n)) for start in range(0, n, step))
