"""The log-likelihood of samples by importance sampling, with the encoder as proposal.

Burda, Grosse & Salakhutdinov, "Importance Weighted Autoencoders" (2016), equation 8:

    log p(x) ~ log (1/K) sum_k w_k,   w_k = p(x | z_k) p(z_k) / q(z_k | x),   z_k ~ q(z | x).
"""

import functools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from vae_widgets.core.fixed_blocks import Arrays, map_in_flight
from vae_widgets.models.inference.compiled import as_operation
from vae_widgets.models.losses.sampling import reparameterize

MOST_DRAWS_AT_ONCE = 2048
"""Draws in a block; more are no faster, because intermediate results no longer fit the cache."""

_NUMBERS_AT_ONCE = 2**21  # in the decoder's output for a block: 8 MiB


class ImportanceSampler:
    """Estimates log p(x) in blocks of draws for one sample, in bounded memory.

    `negative_log_likelihood` maps z (rows, latent_dim) and data, each (rows, ...) of `shapes`, to
    -log p(x | z): (rows,). The decoder gives `output_size` numbers for one row.
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
            tf.TensorSpec((None, latent_dim), tf.float32),
            *[tf.TensorSpec((1, latent_dim), tf.float32)] * 2,
            *(tf.TensorSpec((1, *shape), tf.float32) for shape in shapes),
        ]
        # A plain graph, for any number of draws: XLA gains a fifth here, but compiles for each
        # number, and is slow with convolutions.
        self._function = tf.function(self._log_weights, input_signature=signature, autograph=False)

    @functools.cached_property
    def _run(self) -> Callable[[Arrays], Arrays]:
        return as_operation(self._function.get_concrete_function())

    def _log_weights(self, epsilon: Any, z_mean: Any, z_log_var: Any, *data: Any) -> Any:
        """Return log w (draws,) for noise (draws, latent_dim); the others are one row each."""
        draws = tf.shape(epsilon)[0]
        z = reparameterize(z_mean, z_log_var, epsilon)
        reconstruction = self._negative_log_likelihood(
            z, *(tf.repeat(part, draws, axis=0) for part in data)
        )
        # log p(z) - log q(z | x), in which log(2 pi) cancels.
        return 0.5 * tf.reduce_sum(epsilon**2 - z**2 + z_log_var, axis=-1) - reconstruction

    def log_likelihood(
        self,
        z_mean: NDArray[np.float32],
        z_log_var: NDArray[np.float32],
        data: tuple[NDArray[np.float32], ...],
        n_samples: int,
        rng_of_row: Callable[[int], np.random.Generator],
    ) -> NDArray[np.float64]:
        """Return the estimate of log p(x) for n rows of data, from `n_samples` draws each: (n,).

        The proposal `z_mean`, `z_log_var` is (n, latent_dim); ``rng_of_row(i)`` draws the noise of
        row i.
        """
        latent_dim = z_mean.shape[1]

        def blocks() -> Iterator[tuple[int, tuple[NDArray[np.float32], ...]]]:
            for row in range(len(z_mean)):
                arrays = [part[row : row + 1] for part in (z_mean, z_log_var, *data)]
                rng = rng_of_row(row)
                for start, stop in self.blocks(n_samples):
                    epsilon = rng.standard_normal((stop - start, latent_dim), dtype=np.float32)
                    yield row, (epsilon, *arrays)

        def log_sum(block: tuple[int, tuple[NDArray[np.float32], ...]]) -> tuple[int, np.float64]:
            log_w = self._run(block[1])[0].astype(np.float64)
            with np.errstate(invalid="ignore"):  # NaN stays NaN, which the caller refuses
                return block[0], np.logaddexp.reduce(log_w)

        total = np.full(len(z_mean), -np.inf)  # log of the sum of the weights so far
        for row, of_block in map_in_flight(log_sum, blocks()):
            with np.errstate(invalid="ignore"):
                total[row] = np.logaddexp(total[row], of_block)
        log_mean: NDArray[np.float64] = total - np.log(n_samples)
        return log_mean

    def blocks(self, n_samples: int) -> Iterator[tuple[int, int]]:
        """Return where the draws of each block start and stop; blocks have about the same size."""
        n_blocks = -(-n_samples // self.rows_at_once)
        size = -(-n_samples // n_blocks)  # the last block may be a little smaller
        return ((i, min(i + size, n_samples)) for i in range(0, n_samples, size))
