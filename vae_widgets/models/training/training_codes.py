"""Statistics of the codes of the training samples, refused if they are out of date."""

import itertools
import warnings
from collections.abc import Iterable, Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike, NDArray

from vae_widgets.core.dask_rows import is_dask_array
from vae_widgets.models.data.fit_data import is_array
from vae_widgets.models.data.row_source import RowSource
from vae_widgets.models.inference.code_statistics import CodeReservoir, CodeStatistics
from vae_widgets.models.inference.row_functions import RowFunctions
from vae_widgets.models.inference.sample_stream import Rows, stream_blocks
from vae_widgets.models.losses.divergence import has_nan_weights, refuse_nan
from vae_widgets.models.training.weights_watch import weights_checksum

MOST_CODES = 10_000
"""Training samples whose codes make the statistics."""
_SEED = 0
_NO_WEIGHTS = -1


class TrainingCodes:
    """Statistics of the codes of the training samples of a model."""

    def __init__(self, functions: RowFunctions) -> None:
        self._functions = functions
        self._encoder = functions.networks.encoder
        self._code_statistics: CodeStatistics | None = None
        self._encoder_checksum: int | None = None  # of the encoder that they are of; None for any

    @property
    def code_statistics(self) -> CodeStatistics:
        """Mean and covariance of the codes under the present weights; see `VAE.code_statistics`."""
        if has_nan_weights(self._encoder):
            refuse_nan(self._functions.model, "anomaly_score", np.array([np.nan]))
        remedy = (
            "Pass the training samples to vae.update_code_statistics(x), or choose another kind of "
            "score."
        )
        if self._code_statistics is None:
            raise RuntimeError(
                "the codes of the training samples are not known, from which "
                "anomaly_score(kind='mahalanobis') measures distances: this model was not trained "
                f"by fit, or on a stream that can be read only once. {remedy}"
            )
        if self._encoder_checksum not in (None, weights_checksum(self._encoder)):
            raise RuntimeError(
                "the codes of the training samples, from which anomaly_score(kind='mahalanobis') "
                "measures distances, are those of other weights of the encoder: it has changed "
                "since, by set_weights, load_weights, a training loop of your own, or a fit on a "
                f"stream that can be read only once. {remedy}"
            )
        return self._code_statistics

    def update_code_statistics(
        self, x: ArrayLike | Iterable[Any], *, y: ArrayLike | None = None
    ) -> CodeStatistics:
        """Store the statistics of the codes of samples, for ``anomaly_score(kind="mahalanobis")``.

        `fit` does this at its end. It is needed after a fit on a generator, a training loop of your
        own, and `set_weights`.

        Parameters
        ----------
        x
            The training samples (n, *sample_shape), or a stream of them as for `anomaly_score`. At
            most 10,000 are used, taken at random.
        y
            For a conditional VAE: labels (n,), or one label for all. Streams hold batches (x, y).

        Returns
        -------
        CodeStatistics
            Mean and covariance of the mixture of q(z | x).

        Raises
        ------
        ValueError
            If the codes are not finite, because training has diverged.
        """
        reservoir = CodeReservoir(MOST_CODES, self._functions.latent_dim, _SEED)
        if is_dask_array(x):
            codes = self._functions.lazily("encode", x, y).compute()
            kept, slots = reservoir.choose(len(codes))
            reservoir.put(slots, codes[kept, 0], codes[kept, 1])
        else:
            self._add_blocks(reservoir, self._functions.blocks(x, y))
        if not self._keep(*reservoir.codes):
            raise ValueError(
                "the codes of x are not finite: training has diverged. Train again with a lower "
                "learning rate."
            )
        return self.code_statistics

    def _add_blocks(self, reservoir: CodeReservoir, blocks: Iterable[Rows]) -> None:
        for block in blocks:
            kept, slots = reservoir.choose(len(block[0]))
            if kept.size:
                reservoir.put(slots, *self._functions.encode(*(part[kept] for part in block)))

    def _keep(self, z_mean: NDArray[Any], z_log_var: NDArray[Any]) -> bool:
        """Take statistics from codes, and return whether they are finite."""
        if not self._functions.networks.variational:
            z_log_var = np.full_like(z_mean, -np.inf)
        statistics = CodeStatistics.of(z_mean, z_log_var)
        if not np.isfinite(statistics.covariance).all():
            return False
        self._code_statistics = statistics
        self._encoder_checksum = weights_checksum(self._encoder)
        return True

    def note(self, x: Any, labels: Any = None, batches: int | None = None) -> None:
        """Store the statistics of the training data; of a stream, one epoch (`batches`)."""
        if is_array(x):
            n = len(x)
            rows = np.arange(n)
            if n > MOST_CODES:
                rows = np.sort(np.random.default_rng(_SEED).choice(n, MOST_CODES, replace=False))
            conditions: Rows = ()
            if self._functions.rules.n_labels is not None:
                conditions = self._functions.rules.conditions(labels[rows], len(rows))
            source = x if isinstance(x, RowSource) else RowSource(np.asarray(x))
            step = source.rows_at_once
            codes = []
            for start in range(0, len(rows), step):
                part = slice(start, start + step)
                given = (source.take(rows[part]), *(each[part] for each in conditions))
                codes.append(self._functions.encode(*given))
            self._keep(*map(np.concatenate, zip(*codes, strict=True)))
            return
        again = _read_again(x, batches)
        if again is None:
            return
        reservoir = CodeReservoir(MOST_CODES, self._functions.latent_dim, _SEED)
        try:
            self._add_blocks(reservoir, stream_blocks(self._functions.rules, again, None))
        except Exception as error:  # the training succeeded and must not fail for this
            warnings.warn(
                "the training samples could not be read again, to note where their codes lie for "
                f"anomaly_score(kind='mahalanobis'): {error} Pass them to "
                "vae.update_code_statistics(x), if you need that score.",
                stacklevel=2,
            )
            return
        self._keep(*reservoir.codes)

    def save(self, store: Any) -> None:
        """Put the statistics into the weights file of a model."""
        statistics, checksum = self._code_statistics, self._encoder_checksum
        if statistics is None:
            statistics, checksum = CodeStatistics.prior(self._functions.latent_dim), _NO_WEIGHTS
        elif checksum is None:
            checksum = weights_checksum(self._encoder)
        store["code_mean"] = statistics.mean
        store["code_covariance"] = statistics.covariance
        store["code_encoder"] = np.array([checksum], np.int64)

    def load(self, store: Any) -> None:
        """Read what `save` wrote."""
        mean, covariance = (np.asarray(store[name]) for name in ("code_mean", "code_covariance"))
        try:
            checksum: int | None = int(np.asarray(store["code_encoder"])[0])
        except KeyError:  # a file of an earlier version, which stored the prior if there were none
            has_none = not mean.any() and np.array_equal(covariance, np.eye(len(mean)))
            checksum = _NO_WEIGHTS if has_none else None
        is_there = checksum != _NO_WEIGHTS
        self._code_statistics = CodeStatistics(mean, covariance) if is_there else None
        self._encoder_checksum = checksum if is_there else None


def _read_again(x: Any, batches: int | None) -> Any:
    """Return what reads `batches` of a stream (None: all) once more; None if nothing can."""
    if isinstance(x, tf.data.Dataset):
        return x if batches is None else x.take(batches)
    if isinstance(x, keras.utils.PyDataset):
        n = batches if x.num_batches is None else x.num_batches
        return None if n is None else _batches_of(x, n)
    if not isinstance(x, Iterable) or iter(x) is x:  # a generator can be read only once
        return None
    return itertools.islice(iter(x), batches)


def _batches_of(dataset: keras.utils.PyDataset, n: int) -> Iterator[Any]:
    return (dataset[i] for i in range(n))
