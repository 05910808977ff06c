"""The base of all likelihoods: how a decoder's output becomes a probability of the data.

A likelihood is a Keras layer, so that what it learns, such as a deviation, is a weight of the
model.
"""

from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from vae_widgets.models.losses.configured import call_of


class Likelihood(keras.layers.Layer):
    """The distribution p(x | z) whose parameters the decoder gives.

    Register a subclass with ``keras.saving.register_keras_serializable`` and pass it to
    ``VAE(likelihood=...)``; docs/how_to/extending.md has an example.

    Attributes
    ----------
    bounds
        Lowest and highest value of samples; None for any.
    n_classes
        Number of tokens, else None.
    n_outputs
        Number of tensors that the decoder returns.
    is_density
        Whether p is a density, whose nats depend on the unit of x.

    Examples
    --------
    >>> class Laplace(vw.Likelihood):
    ...     def elementwise_negative_log_likelihood(self, x, decoder_output):
    ...         return abs(x - decoder_output) + np.log(2)
    ...
    ...     def mean(self, decoder_output):
    ...         return decoder_output
    >>> x, mean = np.ones((1, 2), "float32"), np.zeros((1, 2), "float32")
    >>> round(float(Laplace("laplace").negative_log_likelihood(x, mean)[0]), 4)
    3.3863
    """

    bounds: tuple[float, float] | None = None
    n_classes: int | None = None
    n_outputs: int = 1
    is_density: bool = False

    def __init__(self, name: str) -> None:
        super().__init__(name=name, dtype="float32")
        self.built = True
        self._is_claimed = False

    def claim(self) -> "Likelihood":
        """Return this likelihood for one model; a copy for each further one if it has weights.

        Raises
        ------
        ValueError
            If it belongs to another model and cannot be copied.
        """
        if self._is_claimed and self.weights:
            copy = self._new()
            copy.set_weights(self.get_weights())
            return copy.claim()
        self._is_claimed = True
        return self

    def renew(self) -> "Likelihood":
        """Return itself if no model uses it, or a copy with newly initialised weights."""
        return self._new() if self._is_claimed and self.weights else self

    def _new(self) -> "Likelihood":
        try:
            copy: Likelihood = type(self).from_config(self.get_config())
        except Exception as error:
            raise ValueError(
                f"likelihood {self!r} has weights and belongs to another model already, and it "
                f"cannot be copied ({error}). Make an object for each model, or define get_config "
                "so that it returns the arguments of __init__."
            ) from error
        return copy

    def negative_log_likelihood(self, x: Any, decoder_output: Any) -> Any:
        """Return -log p(x | z) of samples x (n, *sample_shape), summed over dims: (n,), nats."""
        values = self.elementwise_negative_log_likelihood(x, decoder_output)
        return ops.sum(values, axis=tuple(range(1, len(values.shape))))

    def elementwise_negative_log_likelihood(self, x: Any, decoder_output: Any) -> Any:
        """Return what each element of x adds to -log p(x | z): (n, *sample_shape), nats.

        A likelihood of dependent elements defines `negative_log_likelihood` alone.
        """
        raise NotImplementedError

    def mean(self, decoder_output: Any) -> Any:
        """Return the mean of p(x | z) (n, *sample_shape) in data space, or the likeliest tokens."""
        raise NotImplementedError

    def tokens(self, decoder_output: Any, noise: Any) -> Any:
        """Return the tokens whose logits plus `noise` are highest, as whole float32 numbers.

        They are draws from p(x | z) if the noise (n, *sample_shape, n_classes) is Gumbel noise. A
        likelihood with `n_classes` needs it for `VAE.sample` with a temperature.
        """
        raise NotImplementedError(
            f"{self!r} defines no tokens(decoder_output, noise), which draws tokens. Define it, or "
            "sample without a temperature."
        )

    def error(self, x: Any, decoder_output: Any) -> Any:
        """Return the squared error of the mean, averaged over dimensions: (n,)."""
        return mean_over_dimensions(ops.square(x - self.mean(decoder_output)))

    def check_samples(self, name: str, x: NDArray[np.float32]) -> None:
        """Raise ``ValueError`` if samples within `bounds` are invalid for another reason."""

    def check_decoder_output(self, decoder_output: Any) -> None:
        """Raise ``ValueError`` if an output cannot be what this likelihood expects."""

    def output_shape_for(self, sample_shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return the shape that each output of the decoder has for one sample."""
        return sample_shape

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that rebuild this likelihood."""
        return {}

    def __repr__(self) -> str:
        return call_of(self, self.get_config())


def mean_over_dimensions(values: Any) -> Any:
    """Return the mean over all axes but the first, (n,)."""
    return ops.mean(values, axis=tuple(range(1, len(values.shape))))
