"""The functions of a model for the rows of arrays and streams, in bounded memory."""

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Self

import keras
import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_widgets.core import checks
from vae_widgets.core.dask_rows import is_dask_array, map_lazily
from vae_widgets.core.fixed_blocks import ROWS_AT_ONCE, map_in_flight
from vae_widgets.models.data.rules import DataRules
from vae_widgets.models.inference.compiled import FEW_ROWS, CompiledFunction
from vae_widgets.models.inference.importance_sampling import ImportanceSampler
from vae_widgets.models.inference.sample_stream import Rows, as_stream, stream_blocks
from vae_widgets.models.losses.divergence import refuse_nan
from vae_widgets.models.losses.latent_model import LatentModel
from vae_widgets.models.serialization.model_file import model_from_bytes, model_to_bytes


class RowFunctions:
    """What a `LatentModel` computes, compiled, and ways to pass rows through it.

    The compiled functions take arrays of samples (n, *sample_shape), and one-hot labels of a
    conditional model. They return tuples of arrays (n, ...).
    """

    def __init__(
        self, model: keras.Model, networks: LatentModel, rules: DataRules, latent_dim: int
    ) -> None:
        self.model = model
        self.networks = networks
        self.rules = rules
        self.latent_dim = latent_dim
        shape = rules.sample_shape
        labels = () if rules.n_labels is None else ((rules.n_labels,),)
        code = (latent_dim,)
        self.encode = CompiledFunction(networks.code, shape, *labels)
        self.decode = CompiledFunction(networks.mean, code, *labels, block_sizes=FEW_ROWS)
        self.draw_tokens = CompiledFunction(
            networks.drawn_tokens, code, (*shape, networks.likelihood.n_classes or 0), *labels
        )
        self.elbo_terms = CompiledFunction(networks.elbo_terms, code, shape, *labels)
        self.kl = CompiledFunction(networks.kl_per_dimension, shape, *labels)
        self.errors = CompiledFunction(networks.reconstruction_error, shape, *labels)
        self.elements = CompiledFunction(networks.elementwise_loss, shape, *labels)
        self.importance_sampler = ImportanceSampler(
            networks.reconstruction_loss,
            latent_dim,
            math.prod(networks.likelihood.output_shape_for(shape)),
            *(shape, *labels),
        )

    @classmethod
    def of(cls, model: Any) -> Self:
        """Return the functions of a model that was read from a file."""
        networks = model.export_spec().networks
        rules = DataRules(model.sample_shape, model.likelihood, model.objective, model.n_labels)
        return cls(model, networks, rules, model.latent_dim)

    def map(self, function: Callable[..., Any], x: Any, y: Any) -> tuple[NDArray[Any], ...]:
        """Return the arrays (n, ...) that a function gives for the rows of an array or a stream.

        It is called as ``function(first_row, x, *labels)`` with up to `ROWS_AT_ONCE` rows.
        """
        results = list(self.map_blocks(function, x, y))
        if len(results) == 1:
            return tuple(results[0])
        return tuple(np.concatenate(parts) for parts in zip(*results, strict=True))

    def map_finite(self, method: str, function: Callable[..., Any], x: Any, y: Any) -> NDArray[Any]:
        """Return the first of these arrays, or raise if it has NaN; `method` is for the message."""
        values = self.map(function, x, y)[0]
        refuse_nan(self.model, method, values)
        return values

    def map_blocks(self, function: Callable[..., Any], x: Any, y: Any) -> Iterator[Any]:
        """Yield what the function of `map` returns for each block of rows."""
        blocks = self.blocks(x, y)
        numbered = ((i * ROWS_AT_ONCE, block) for i, block in enumerate(blocks))
        if isinstance(blocks, list) and len(blocks) == 1:  # a gesture need not wait for a thread
            return (function(first_row, *rows) for first_row, rows in numbered)
        return map_in_flight(lambda block: function(block[0], *block[1]), numbered)

    def blocks(self, x: Any, y: Any) -> list[Rows] | Iterator[Rows]:
        """Return the rows of an array or a stream, checked, in blocks."""
        stream = as_stream(x)
        if stream is not None:
            return stream_blocks(self.rules, stream, y)
        rows = self.rules.rows(x, y)
        starts = range(0, len(rows[0]), ROWS_AT_ONCE)
        return [tuple(part[i : i + ROWS_AT_ONCE] for part in rows) for i in starts]

    def lazily(self, method: str, x: Any, y: Any, **options: Any) -> Any:
        """Return a Dask array of what a method of the model gives for the rows of another one."""
        return map_lazily(x, y, self.model, self.to_bytes(), _model_on_worker, method, options)

    def to_bytes(self) -> bytes:
        """Return the model as it travels to a worker."""
        return model_to_bytes(self.model)

    def need_prior(self, method: str) -> None:
        """Raise ``RuntimeError`` for a plain autoencoder."""
        if not self.networks.variational:
            raise RuntimeError(
                f"{method} needs a prior and a posterior; this model was built with "
                "variational=False, and a plain autoencoder has no KL and cannot be sampled. Build "
                "it with variational=True, or score with anomaly_score(kind='reconstruction')."
            )


class Coder:
    """Encodes and decodes for a `VAE`."""

    def __init__(self, functions: RowFunctions) -> None:
        self._functions = functions

    def encode(
        self, x: ArrayLike | Iterable[Any], y: ArrayLike | None = None
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Map samples to their codes.

        Parameters
        ----------
        x
            Samples (n, *sample_shape), or a stream of them as for `anomaly_score`.
        y
            For a conditional VAE: labels (n,), or one label for all. Streams hold batches (x, y).

        Returns
        -------
        z_mean, z_log_var
            Mean and log-variance of q(z | x), each (n, latent_dim); lazy for a Dask array.
        """
        if is_dask_array(x):
            codes = self._functions.lazily("encode", x, y)
            return codes[:, 0], codes[:, 1]
        function = self._functions.encode
        z_mean, z_log_var = self._functions.map(lambda _, *rows: function(*rows), x, y)
        return z_mean, z_log_var

    def decode(self, z: ArrayLike, y: ArrayLike | None = None) -> NDArray[np.float32]:
        """Map codes (n, latent_dim) to samples (n, *sample_shape) in data space.

        The samples are the means of p(x | z), or the most likely tokens of a categorical
        likelihood. A conditional VAE needs `y`, as in `encode`.
        """
        functions = self._functions
        z = checks.samples("z", z, (functions.latent_dim,))
        return functions.decode(z, *functions.rules.conditions(y, len(z)))[0]

    def sample(
        self,
        n: int,
        seed: int | None = None,
        *,
        y: ArrayLike | None = None,
        temperature: float = 0.0,
    ) -> NDArray[np.float32]:
        """Decode `n` draws from the prior N(0, I) to samples (n, *sample_shape).

        Parameters
        ----------
        n
            Number of samples.
        seed
            Seed of all draws; None for a new one.
        y
            For a conditional VAE: labels (n,), or one label for all.
        temperature
            For tokens, at least 0: each is drawn from softmax(logits / temperature), given those
            drawn before it. 1 draws from p(x | z) itself; 0 takes the most likely tokens, as
            `decode` does.

        Raises
        ------
        RuntimeError
            For a plain autoencoder.
        ValueError
            If a temperature above 0 is given for a likelihood that has no tokens.

        Examples
        --------
        >>> vae = vw.VAE.build((20,), likelihood="categorical", n_classes=5)
        >>> vae.sample(3, seed=0, temperature=1).shape
        (3, 20)
        """
        functions = self._functions
        functions.need_prior("sample")
        n = checks.positive_int("n", n)
        temperature = checks.number_between("temperature", temperature, 0)
        rng = np.random.default_rng(seed)
        z = rng.standard_normal((n, functions.latent_dim), dtype=np.float32)
        if not temperature:
            return self.decode(z, y)
        likelihood = functions.networks.likelihood
        if likelihood.n_classes is None:
            raise ValueError(
                f"temperature={temperature:g} is for likelihoods of tokens, such as 'categorical'; "
                f"this model has {likelihood!r}. Leave temperature out: samples are then the means "
                "of p(x | z)."
            )
        conditions = functions.rules.conditions(y, n)
        shape = (*functions.rules.sample_shape, likelihood.n_classes)
        drawn = []
        for first in range(0, n, ROWS_AT_ONCE):
            rows = [part[first : first + ROWS_AT_ONCE] for part in (z, *conditions)]
            # The argmax of logits plus Gumbel noise is a draw from their softmax (Maddison et al.,
            # "A* Sampling", 2014).
            noise = rng.gumbel(scale=temperature, size=(len(rows[0]), *shape))
            drawn.append(functions.draw_tokens(rows[0], noise.astype(np.float32), *rows[1:])[0])
        return np.concatenate(drawn)


def _model_on_worker(content: bytes) -> Any:
    return model_from_bytes(content, "the model sent to a Dask worker")


def functions_on_worker(content: bytes) -> RowFunctions:
    """Return the functions of a model that was sent to a worker."""
    return RowFunctions.of(_model_on_worker(content))


def drawn_seed(seed: Any) -> int:
    """Return a seed as a whole number; a new one for None."""
    if isinstance(seed, int | np.integer) and not isinstance(seed, bool) and seed >= 0:
        return int(seed)
    return int(np.random.default_rng(seed).integers(2**63))


def noise_of_rows(seed: int, first_row: int, n: int, width: int) -> NDArray[np.float32]:
    """Return standard normal noise (n, width) that depends on the seed and the row numbers only."""
    first, last = first_row // ROWS_AT_ONCE, (first_row + n - 1) // ROWS_AT_ONCE
    shape = (ROWS_AT_ONCE, width)
    blocks = [
        np.random.default_rng([seed, block]).standard_normal(shape, dtype=np.float32)
        for block in range(first, last + 1)
    ]
    start = first_row - first * ROWS_AT_ONCE
    return np.concatenate(blocks)[start : start + n]
