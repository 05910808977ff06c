"""Figures of merit of a VAE, in nats."""

import math
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np
from keras import ops
from numpy.typing import ArrayLike, NDArray

from vae_widgets.core import checks
from vae_widgets.core.dask_rows import compute_together, is_dask_array, map_lazily
from vae_widgets.core.latent.statistics import moments
from vae_widgets.models.inference.row_functions import (
    Coder,
    RowFunctions,
    drawn_seed,
    functions_on_worker,
    noise_of_rows,
)
from vae_widgets.models.losses.divergence import refuse_nan
from vae_widgets.models.losses.kl_terms import log_normal, split_kl

_PAIRS_AT_ONCE = 2**22  # numbers in a block of pairwise comparisons: 16 MiB


class KLDecomposition(NamedTuple):
    """The three terms of the KL, in nats, means over samples; see `VAE.kl_decomposition`."""

    mutual_information: float
    total_correlation: float
    dimension_wise_kl: float


class Evaluator:
    """The figures of merit of a `VAE`. Nothing here changes the model."""

    def __init__(self, functions: RowFunctions) -> None:
        self._functions = functions

    def elbo(
        self, x: ArrayLike | Iterable[Any], seed: int | None = None, *, y: ArrayLike | None = None
    ) -> NDArray[np.float32]:
        """Estimate the evidence lower bound of each sample with one draw of z.

        log p(x | z) - KL(q(z | x) || N(0, I)) with z ~ q(z | x); `beta` does not enter.

        Parameters
        ----------
        x
            Samples (n, *sample_shape), or a stream of them as for `anomaly_score`.
        seed
            Seed of the draws; None for new ones.
        y
            For a conditional VAE: labels (n,), or one label for all.

        Returns
        -------
        (n,) in nats; lazy for a Dask array. With a seed an array and a stream of its rows agree.
        """
        self._functions.need_prior("elbo")
        seed = drawn_seed(seed)
        if is_dask_array(x):
            lazy: NDArray[np.float32] = self._lazily("elbo_of_rows", x, y, seed=seed)
            return lazy
        return self.elbo_of_rows(x, seed, y=y)

    def elbo_of_rows(
        self, x: Any, seed: int, first_row: int = 0, *, y: Any = None
    ) -> NDArray[np.float32]:
        """Return `elbo` of rows of a larger array, the first of which has the number `first_row`.

        Their draws follow from the seed and their numbers.
        """
        functions = self._functions

        def elbo(row: int, *rows: NDArray[np.float32]) -> tuple[NDArray[np.float32]]:
            epsilon = noise_of_rows(seed, first_row + row, len(rows[0]), functions.latent_dim)
            reconstruction, kl = functions.elbo_terms(epsilon, *rows)
            return (-(reconstruction + kl),)

        values: NDArray[np.float32] = functions.map_finite("elbo", elbo, x, y)
        return values

    def log_likelihood(
        self,
        x: ArrayLike | Iterable[Any],
        n_samples: int = 100,
        seed: int | None = None,
        *,
        y: ArrayLike | None = None,
    ) -> NDArray[np.float64]:
        """Estimate log p(x) of each sample by importance sampling, with the encoder as proposal.

        log (1/K) sum_k p(x | z_k) p(z_k) / q(z_k | x) with z_k ~ q(z | x); Burda, Grosse &
        Salakhutdinov, "Importance Weighted Autoencoders" (2016), equation 8.

        Parameters
        ----------
        x
            Samples (n, *sample_shape), or a stream of them as for `anomaly_score`.
        n_samples
            Draws for each sample, K.
        seed
            Seed of the draws; None for new ones.
        y
            For a conditional VAE: labels (n,), or one label for all.

        Returns
        -------
        (n,) in nats; lazy for a Dask array; log p(x | y) for a conditional VAE.
        """
        self._functions.need_prior("log_likelihood")
        n_samples = checks.positive_int("n_samples", n_samples)
        options: dict[str, Any] = {"n_samples": n_samples, "seed": drawn_seed(seed)}
        if is_dask_array(x):
            lazy: NDArray[np.float64] = self._lazily("log_likelihood_of_rows", x, y, **options)
            return lazy
        return self.log_likelihood_of_rows(x, y=y, **options)

    def log_likelihood_of_rows(
        self, x: Any, n_samples: int, seed: int, first_row: int = 0, *, y: Any = None
    ) -> NDArray[np.float64]:
        """Return `log_likelihood` of rows of a larger array; see `elbo_of_rows`."""
        functions = self._functions

        def log_p(row: int, *rows: NDArray[np.float32]) -> tuple[NDArray[np.float64]]:
            z_mean, z_log_var = functions.encode(*rows)

            def rng_of_row(i: int) -> np.random.Generator:
                return np.random.default_rng([seed, first_row + row + i])

            estimate = functions.importance_sampler.log_likelihood(
                z_mean, z_log_var, rows, n_samples, rng_of_row
            )
            return (estimate,)

        values: NDArray[np.float64] = functions.map_finite("log_likelihood", log_p, x, y)
        return values

    def bits_per_dimension(
        self,
        x: ArrayLike | Iterable[Any],
        n_samples: int = 100,
        seed: int | None = None,
        *,
        levels: int | None = None,
        y: ArrayLike | None = None,
    ) -> NDArray[np.float64]:
        """Return -log2 p(x) divided by the number of dimensions of a sample.

        Grey values under the Bernoulli likelihood have no normalised density: compare them only
        with each other. A Gaussian density depends on the unit of x: for pixels / 255 pass
        ``levels=256``, which adds log2(levels) and gives the bits of the integers (Theis, van den
        Oord & Bethge, "A note on the evaluation of generative models", 2016, section 3.1).

        Parameters
        ----------
        x, n_samples, seed, y
            As for `log_likelihood`.
        levels
            Integers in a unit of x, for densities only.

        Returns
        -------
        (n,) in bits per dimension; lower is better.
        """
        if levels is not None:
            levels = checks.positive_int("levels", levels)
            likelihood = self._functions.networks.likelihood
            if not likelihood.is_density:
                raise ValueError(
                    f"levels={levels} is for densities, such as the gaussian likelihood; the "
                    f"{likelihood.name} one gives probabilities. Leave levels out."
                )
        nats = -self.log_likelihood(x, n_samples, seed, y=y)
        dimensions = math.prod(self._functions.rules.sample_shape)
        return nats / dimensions / math.log(2) + math.log2(levels or 1)

    def kl_per_dimension(
        self, x: ArrayLike | Iterable[Any], *, y: ArrayLike | None = None
    ) -> NDArray[np.float64]:
        """Return KL(q(z_i | x) || N(0, 1)) of each latent dimension, averaged over x.

        Parameters
        ----------
        x
            Samples (n, *sample_shape), or a stream of them as for `anomaly_score`.
        y
            For a conditional VAE: labels (n,), or one label for all.

        Returns
        -------
        (latent_dim,) in nats, near 0 where a dimension has collapsed. A Dask array is computed.
        """
        self._functions.need_prior("kl_per_dimension")
        return self._moments_of_rows("kl_per_dimension", self._functions.kl, x, y)[0]

    def active_units(
        self, x: ArrayLike | Iterable[Any], threshold: float = 0.01, *, y: ArrayLike | None = None
    ) -> int:
        """Count the latent dimensions whose z_mean varies over x.

        Burda, Grosse & Salakhutdinov, "Importance Weighted Autoencoders" (2016), section 2.3.

        Parameters
        ----------
        x
            Samples (n, *sample_shape), at least two, or a stream of them as for `anomaly_score`.
        threshold
            The variance to exceed.
        y
            For a conditional VAE: labels (n,), or one label for all.
        """
        threshold = checks.number_between("threshold", threshold, 0)
        variance = self._moments_of_rows("active_units", self._functions.encode, x, y)[1]
        return int((variance > threshold).sum())

    def _moments_of_rows(
        self, method: str, function: Callable[..., Any], x: Any, y: Any
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        if is_dask_array(x):
            if function is self._functions.encode:
                rows = self._functions.lazily("encode", x, y)[:, 0].astype(np.float64)
            else:
                rows = self._functions.lazily("attribution", x, y, kind="kl").astype(np.float64)
            mean, variance = np.asarray(np.stack([rows.mean(axis=0), rows.var(axis=0)]))
            return mean, variance

        def first_result(row: int, *rows: NDArray[np.float32]) -> NDArray[np.float32]:
            values: NDArray[np.float32] = function(*rows)[0]
            refuse_nan(self._functions.model, method, values, row)
            return values

        return moments(self._functions.map_blocks(first_result, x, y))

    def kl_decomposition(
        self, x: ArrayLike | Iterable[Any], seed: int | None = None, *, y: ArrayLike | None = None
    ) -> KLDecomposition:
        """Split the mean KL over x into the three terms that `BetaTC` weighs.

        With q(z) the mean over x of q(z | x), these are estimates from one draw of z per sample of

        mutual_information
            I(z; n) = E log q(z | x) / q(z).
        total_correlation
            E log q(z) / prod_j q(z_j).
        dimension_wise_kl
            sum_j KL(q(z_j) || p(z_j)).

        Chen et al., "Isolating Sources of Disentanglement in VAEs" (2018), equation 2. Time grows
        with the square of n: about 1 s for 5,000 samples.

        Parameters
        ----------
        x
            Samples (n, *sample_shape), or a stream of them as for `anomaly_score`.
        seed
            Seed of the draws; None for new ones.
        y
            For a conditional VAE: labels (n,), or one label for all.

        Returns
        -------
        KLDecomposition
            A named tuple of three floats, in nats.
        """
        self._functions.need_prior("kl_decomposition")
        z_mean, z_log_var = Coder(self._functions).encode(x, y)
        if is_dask_array(x):
            z_mean, z_log_var = compute_together(z_mean, z_log_var)
        refuse_nan(self._functions.model, "kl_decomposition", z_mean + z_log_var)
        n = len(z_mean)
        epsilon = np.random.default_rng(seed).standard_normal(z_mean.shape, dtype=np.float32)
        z = z_mean + np.exp(z_log_var / 2) * epsilon
        log_q = ops.convert_to_numpy(log_normal(z, z_mean, z_log_var)).sum(axis=1)
        rows = max(1, _PAIRS_AT_ONCE // z.size)
        sums = np.zeros(3)
        for start in range(0, n, rows):
            part = slice(start, start + rows)
            mixture = np.full((len(z[part]), n), 1 / n, np.float32)
            terms = split_kl(z[part], log_q[part], z_mean, z_log_var, mixture)
            sums += [float(ops.convert_to_numpy(term).sum(dtype=np.float64)) for term in terms]
        return KLDecomposition(*(sums / n).tolist())

    def _lazily(self, method: str, x: Any, y: Any, **options: Any) -> Any:
        content = self._functions.to_bytes()
        return map_lazily(x, y, self, content, _evaluator_on_worker, method, options, numbered=True)


def _evaluator_on_worker(content: bytes) -> Evaluator:
    return Evaluator(functions_on_worker(content))
