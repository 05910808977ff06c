"""A codec around a model of another library."""

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_widgets.adapters.options import check_probabilities
from vae_widgets.codec import OnnxModel
from vae_widgets.core import checks
from vae_widgets.core.scores.reconstruction import (
    kl_from_prior,
    negative_log_likelihood,
    squared_error,
)
from vae_widgets.core.weights_watch import WeightsWatch
from vae_widgets.rendering import Renderer, check_renderer

_ROWS_AT_ONCE = 256  # of images of 64 x 64 pixels, convolutions need some 100 MB for these

Code = tuple[NDArray[Any], NDArray[Any] | None]
"""z_mean and z_log_var, each (n, latent_dim); None where the model has no variances."""


class Network(Protocol):
    """A model of another library, which takes and returns numpy arrays."""

    @property
    def name(self) -> str:
        """What the page calls it."""

    @property
    def latent_dim(self) -> int:
        """Number of latent dimensions."""

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """Shape of one sample."""

    @property
    def has_variances(self) -> bool:
        """Whether the encoder gives variances."""

    def encode(self, x: NDArray[np.float32]) -> Code:
        """Map samples (n, *sample_shape) to codes."""

    def decode(self, z: NDArray[np.float32]) -> NDArray[Any]:
        """Map codes (n, latent_dim) to samples (n, *sample_shape)."""

    def to_onnx(self, convert: bool) -> OnnxModel:
        """Return the model as ONNX, or raise ``ValueError``."""

    def weights_version(self) -> int:
        """Return a number that changes with the weights."""


class AdaptedCodec:
    """A model of another library as a codec, which all widgets take.

    `from_torch`, `from_pythae`, `from_sklearn` and `from_onnx` make it.

    Attributes
    ----------
    latent_dim : int
        Number of latent dimensions.
    sample_shape : tuple of int
        Shape of one sample.
    renderer
        The renderer that was given; widgets take it. None if none was given.

    Examples
    --------
    >>> from sklearn.decomposition import PCA
    >>> x = np.random.default_rng(0).normal(size=(50, 6))
    >>> codec = vw.from_sklearn(PCA(2).fit(x))
    >>> codec
    <AdaptedCodec PCA: 2 latent dimensions, samples of 6>
    >>> codec.anomaly_score(x).shape, codec.score_name
    ((50,), 'squared reconstruction error')
    """

    def __init__(
        self,
        network: Network,
        likelihood: str | None = None,
        bounds: tuple[float, float] | None = None,
        renderer: Renderer | str | None = None,
    ) -> None:
        self._network = network
        self._likelihood = likelihood
        self._bounds = bounds
        self._watch = WeightsWatch()
        self.latent_dim = network.latent_dim
        self.sample_shape = network.sample_shape
        self.renderer: Renderer | None = None
        if renderer is not None:
            self.renderer = check_renderer(renderer, self.sample_shape)
        if likelihood == "bernoulli":
            check_probabilities(network.decode(np.zeros((1, self.latent_dim), np.float32)))

    @property
    def name(self) -> str:
        """What the status line of a page calls the model."""
        return self._network.name

    @property
    def score_name(self) -> str:
        """What `anomaly_score` gives, with its unit."""
        if self._likelihood is None:
            return "squared reconstruction error"
        if self._network.has_variances:
            return "negative ELBO (nats)"
        return "negative log-likelihood (nats)"

    def encode(
        self, x: ArrayLike
    ) -> NDArray[np.float32] | tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Map samples (n, *sample_shape) to (z_mean, z_log_var), each (n, latent_dim), float32.

        A model without variances gives z_mean alone.
        """
        z_mean, z_log_var = _in_parts(self._encode, self._samples(x))
        return z_mean if z_log_var is None else (z_mean, z_log_var)

    def decode(self, z: ArrayLike) -> NDArray[np.float32]:
        """Map codes (n, latent_dim) to samples (n, *sample_shape), float32."""
        codes = checks.samples("z", z, (self.latent_dim,))
        (x,) = _in_parts(lambda part: (self._decode(part),), codes)
        decoded: NDArray[np.float32] = x
        return decoded

    def anomaly_score(self, x: ArrayLike) -> NDArray[np.float32]:
        """Score samples (n, *sample_shape), as `score_name` says: (n,), higher = more anomalous.

        Without a likelihood it is the sum over the elements of (x - x_hat)^2, with x_hat decoded
        from z_mean. With a likelihood it is the negative ELBO at z_mean, -log p(x | z_mean) +
        KL(q(z | x) || N(0, I)), or for a model without variances its first term.
        """
        (scores,) = _in_parts(lambda part: (self._score(part),), self._samples(x))
        made: NDArray[np.float32] = scores.astype(np.float32)
        return made

    def to_onnx(self, *, convert: bool = True) -> OnnxModel:
        """Return the model as ONNX, with which a page decodes; ``ValueError`` if that cannot be.

        With ``convert=False`` large models are refused, so that it takes less than a second.
        """
        return self._network.to_onnx(convert)

    def weights_version(self) -> int:
        """Return a number that changes with the weights."""
        return self._network.weights_version()

    def on_weights_changed(self, callback: Callable[[], None]) -> None:
        """Call a function at each `tell_weights_changed`; it is not kept alive."""
        self._watch.add(callback)

    def tell_weights_changed(self) -> None:
        """Tell the widgets that the weights have changed, such as after an epoch of training."""
        self._watch.tell()

    def _samples(self, x: ArrayLike) -> NDArray[np.float32]:
        why = f"the {self._likelihood} likelihood" if self._likelihood else "the model"
        samples: NDArray[np.float32] = checks.samples("x", x, self.sample_shape, self._bounds, why)
        return samples

    def _encode(self, x: NDArray[np.float32]) -> Code:
        hint = "Check the encoder; where training has diverged, lower the learning rate."
        shape = (self.latent_dim,)
        z_mean, z_log_var = (
            None if part is None else checks.samples(name, part, shape, if_not_finite=hint)
            for name, part in zip(("z_mean", "z_log_var"), self._network.encode(x), strict=True)
        )
        assert z_mean is not None
        return z_mean, z_log_var

    def _decode(self, z: NDArray[np.float32]) -> NDArray[np.float32]:
        hint = "Choose z nearer to the data, or check the decoder."
        decoded: NDArray[np.float32] = checks.samples(
            "decoded samples", self._network.decode(z), self.sample_shape, if_not_finite=hint
        )
        return decoded

    def _score(self, x: NDArray[np.float32]) -> NDArray[np.float64]:
        z_mean, z_log_var = self._encode(x)
        x_hat = self._decode(z_mean)
        if self._likelihood is None:
            return squared_error(x, x_hat)
        score = negative_log_likelihood(self._likelihood, x, x_hat)
        return score if z_log_var is None else score + kl_from_prior(z_mean, z_log_var)

    def __repr__(self) -> str:
        shape = "x".join(map(str, self.sample_shape))
        return (
            f"<AdaptedCodec {self.name}: {self.latent_dim} latent dimensions, samples of {shape}>"
        )


def _in_parts(
    function: Callable[[NDArray[np.float32]], Any], rows: NDArray[np.float32]
) -> list[Any]:
    """Return the results of a function for some rows at a time, joined; None stays None."""
    starts = range(0, len(rows), _ROWS_AT_ONCE)
    parts = [function(rows[start : start + _ROWS_AT_ONCE]) for start in starts]
    return [
        None if pieces[0] is None else np.concatenate(pieces) for pieces in zip(*parts, strict=True)
    ]
