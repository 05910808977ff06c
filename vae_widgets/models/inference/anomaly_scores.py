"""Anomaly scores of samples, and of each of their elements."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_widgets.core import checks
from vae_widgets.core.dask_rows import is_dask_array
from vae_widgets.models.inference.code_statistics import CodeStatistics
from vae_widgets.models.inference.row_functions import RowFunctions
from vae_widgets.models.losses.likelihood import Likelihood

SCORE_KINDS = ("elbo", "reconstruction", "kl", "iwae", "mahalanobis")
ATTRIBUTION_KINDS = ("reconstruction", "kl")
IWAE_DRAWS = 100
_SEED = 0  # of the draws of "iwae", so that scores are repeatable

ScoreFunction = Callable[..., NDArray[np.float32]]
"""Maps samples (n, *sample_shape), and one-hot labels of a conditional model, to (n,)."""


class AnomalyScorer:
    """Scores the samples of a `VAE`. Nothing here changes the model.

    `code_statistics` gives the moments of the training codes, or raises if they are not known.
    """

    def __init__(
        self, functions: RowFunctions, code_statistics: Callable[[], CodeStatistics]
    ) -> None:
        self._functions = functions
        self._code_statistics = code_statistics

    def reconstruction_error(
        self, x: ArrayLike | Iterable[Any], *, y: ArrayLike | None = None
    ) -> NDArray[np.float32]:
        """Return the mean squared error of each sample's reconstruction from z_mean.

        Parameters
        ----------
        x
            Samples (n, *sample_shape), or a stream of them as for `anomaly_score`.
        y
            For a conditional VAE: labels (n,), or one label for all.

        Returns
        -------
        (n,) in squared units of x; for tokens the share of wrong ones.
        """
        if is_dask_array(x):
            lazy: NDArray[np.float32] = self._functions.lazily("reconstruction_error", x, y)
            return lazy
        errors = self._functions.errors
        return self._functions.map_finite("reconstruction_error", lambda _, *r: errors(*r), x, y)

    def anomaly_score(
        self,
        x: ArrayLike | Iterable[Any],
        kind: str | None = None,
        *,
        y: ArrayLike | None = None,
        n_samples: int | None = None,
    ) -> NDArray[np.float32]:
        """Score how anomalous each sample is; higher is more anomalous.

        A score depends on its own sample only: z_mean is decoded, and "iwae" has fixed draws.

        Parameters
        ----------
        x
            Samples (n, *sample_shape). Data larger than memory is read in parts: a
            ``numpy.memmap``, a ``h5py.Dataset``, a ``tf.data.Dataset``, or an iterable of batches,
            each an array (rows, *sample_shape) or a tuple that begins with it. A Dask array is
            scored lazily.
        kind
            None
                "elbo", or, for a plain autoencoder, "reconstruction".
            "elbo"
                The negative ELBO at z_mean, in nats.
            "reconstruction"
                -log p(x | z_mean), in nats.
            "kl"
                KL(q(z | x) || N(0, I)), in nats.
            "iwae"
                -log p(x), in nats, estimated as in `log_likelihood`; slow.
            "mahalanobis"
                Distance of z_mean from the codes of up to 10,000 training samples, in deviations.
                Call `update_code_statistics` after a fit on a generator or after `set_weights`.
        y
            For a conditional VAE: labels (n,), or one label for all. Streams hold batches (x, y).
        n_samples
            For "iwae": draws for each sample, 100 if None.

        Returns
        -------
        (n,); lazy for a Dask array.

        Raises
        ------
        TypeError, ValueError
            If an argument or a batch is bad; or if a score is NaN, because the weights are or
            float32 overflows.
        RuntimeError
            For "mahalanobis", if the codes of the training samples are not known for these weights.

        """
        if is_dask_array(x):
            options = {"kind": kind, "n_samples": n_samples}
            lazy: NDArray[np.float32] = self._functions.lazily("anomaly_score", x, y, **options)
            return lazy
        score = self._score_function(kind, n_samples)
        return self._functions.map_finite("anomaly_score", lambda _, *r: (score(*r),), x, y)

    def attribution(
        self,
        x: ArrayLike | Iterable[Any],
        kind: str = "reconstruction",
        *,
        y: ArrayLike | None = None,
    ) -> NDArray[np.float32]:
        """Return what each element adds to the anomaly score of its sample.

        Parameters
        ----------
        x
            Samples (n, *sample_shape), or a stream of them as for `anomaly_score`.
        kind
            "reconstruction"
                For each pixel, feature or token: its part of -log p(x | z_mean).
            "kl"
                For each latent dimension: its part of KL(q(z | x) || N(0, I)).
        y
            For a conditional VAE: labels (n,), or one label for all.

        Returns
        -------
        (n, *sample_shape), or (n, latent_dim) for "kl", in nats. The sum over all but the first
        axis is ``anomaly_score(x, kind)``.

        Raises
        ------
        TypeError
            If your own likelihood has no ``elementwise_negative_log_likelihood``.
        """
        kind = checks.one_of("kind", kind, ATTRIBUTION_KINDS)
        if kind == "kl":
            self._functions.need_prior("attribution(kind='kl')")
        name = Likelihood.elementwise_negative_log_likelihood.__name__
        given = type(self._functions.networks.likelihood)
        if kind == "reconstruction" and getattr(given, name) is getattr(Likelihood, name):
            raise TypeError(
                f"attribution needs {name}, which {given.__name__} does not define; "
                " expected a likelihood whose elements are independent. Define it, and the "
                "sum over elements follows."
            )
        if is_dask_array(x):
            lazy: NDArray[np.float32] = self._functions.lazily("attribution", x, y, kind=kind)
            return lazy
        elements = self._functions.kl if kind == "kl" else self._functions.elements
        return self._functions.map_finite("attribution", lambda _, *r: elements(*r), x, y)

    def _score_function(self, kind: str | None, n_samples: int | None) -> ScoreFunction:
        functions = self._functions
        if kind is None:
            kind = "elbo" if functions.networks.variational else "reconstruction"
        kind = checks.one_of("kind", kind, SCORE_KINDS)
        if kind in ("elbo", "kl", "iwae"):
            functions.need_prior(f"anomaly_score(kind={kind!r})")
        if kind != "iwae" and n_samples is not None:
            raise ValueError(
                f"n_samples={n_samples!r} is for kind='iwae'; kind is {kind!r}. Leave n_samples "
                "out: the other kinds draw nothing."
            )
        draws = checks.positive_int("n_samples", IWAE_DRAWS if n_samples is None else n_samples)

        if kind == "mahalanobis":
            statistics = self._code_statistics()

        def score(*rows: NDArray[np.float32]) -> NDArray[np.float32]:
            if kind == "mahalanobis":
                return statistics.mahalanobis(functions.encode(*rows)[0]).astype(np.float32)
            if kind == "kl":
                kl: NDArray[np.float32] = functions.kl(*rows)[0].sum(axis=1)
                return kl
            if kind == "iwae":
                z_mean, z_log_var = functions.encode(*rows)
                log_p = functions.importance_sampler.log_likelihood(
                    z_mean, z_log_var, rows, draws, lambda _: np.random.default_rng(_SEED)
                )
                return -log_p.astype(np.float32)
            at_mean = np.zeros((len(rows[0]), functions.latent_dim), np.float32)
            reconstruction, kl_of_sample = functions.elbo_terms(at_mean, *rows)
            elbo: NDArray[np.float32] = reconstruction + kl_of_sample
            return elbo if kind == "elbo" else reconstruction

        return score
