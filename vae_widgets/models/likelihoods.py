"""How a decoder's output becomes a probability of the data: one small class a distribution.

A likelihood knows three things: the negative log-likelihood of samples, the mean of the
distribution in data space, and which values it allows. Register a new one in `LIKELIHOODS`.
"""

import math
from typing import Any, Protocol

import numpy as np
import tensorflow as tf
from keras import ops

from vae_widgets.core import checks


class Likelihood(Protocol):
    """The distribution p(x | z) whose parameters the decoder gives."""

    name: str
    bounds: tuple[float, float] | None

    def negative_log_likelihood(self, x: Any, decoder_output: Any) -> Any:
        """Return -log p(x | z) of samples x (n, *sample_shape), summed over dims: (n,), nats."""

    def mean(self, decoder_output: Any) -> Any:
        """Return the mean of p(x | z), in data space."""

    def check_decoder_output(self, decoder_output: np.ndarray) -> None:
        """Raise ``ValueError`` if an output cannot be what this likelihood expects."""


class Bernoulli:
    """Independent Bernoulli variables; x in [0, 1], such as black-and-white or grey pixels.

    -log p(x | z) = -sum_i x_i log p_i + (1 - x_i) log(1 - p_i); Kingma & Welling (2014), appendix
    C.1. For grey values between 0 and 1 this is the customary cross-entropy, not a normalised
    density.

    Parameters
    ----------
    from_logits
        Whether the decoder returns logits (its last layer has no activation) or probabilities
        (it ends in a sigmoid). Logits are numerically safer.
    """

    name = "bernoulli"
    bounds: tuple[float, float] | None = (0.0, 1.0)

    def __init__(self, from_logits: bool = True) -> None:
        self.from_logits = bool(from_logits)

    def negative_log_likelihood(self, x: Any, decoder_output: Any) -> Any:
        """Return the cross-entropy summed over dimensions, (n,), in nats."""
        if self.from_logits:
            cross_entropy = _cross_entropy_with_logits(x, decoder_output)
        else:
            cross_entropy = ops.binary_crossentropy(x, decoder_output)
        return _sum_over_dimensions(cross_entropy)

    def mean(self, decoder_output: Any) -> Any:
        """Return probabilities in [0, 1]."""
        return ops.sigmoid(decoder_output) if self.from_logits else decoder_output

    def check_decoder_output(self, decoder_output: np.ndarray) -> None:
        """Raise ``ValueError`` for probabilities given as logits, and the other way round."""
        low, high = float(decoder_output.min()), float(decoder_output.max())
        inside = low >= 0 and high <= 1
        # All zeros is a decoder whose last layer starts at zero: logits as good as any.
        if self.from_logits and inside and high > 0:
            raise ValueError(
                f"decoder returns values in [{low:.3g}, {high:.3g}] for random codes, as if it "
                "ended in a sigmoid; with from_logits=True logits were expected. A second sigmoid "
                "would train silently to a bad model. Remove the decoder's last activation (best), "
                "or pass from_logits=False."
            )
        if not self.from_logits and not inside:
            raise ValueError(
                f"decoder returns values in [{low:.3g}, {high:.3g}] for random codes; with "
                "from_logits=False probabilities in [0, 1] were expected. End the decoder in a "
                "sigmoid, or pass from_logits=True (the default) if these are logits."
            )


class Gaussian:
    """Independent normal variables with mean from the decoder and unit deviation.

    -log p(x | z) = sum_i (x_i - mean_i)^2 / 2 + D log(2 pi) / 2, constant included, so that values
    are comparable with other models in nats. Scale the data to a deviation near one first.
    """

    name = "gaussian"
    bounds: tuple[float, float] | None = None

    def negative_log_likelihood(self, x: Any, decoder_output: Any) -> Any:
        """Return the negative log-density summed over dimensions, (n,), in nats."""
        error = x - decoder_output
        return _sum_over_dimensions(0.5 * error * error + 0.5 * math.log(2 * math.pi))

    def mean(self, decoder_output: Any) -> Any:
        """Return the decoder's output, which is the mean."""
        return decoder_output

    def check_decoder_output(self, decoder_output: np.ndarray) -> None:
        """Accept any finite output."""


LIKELIHOODS: dict[str, type] = {Bernoulli.name: Bernoulli, Gaussian.name: Gaussian}


def make_likelihood(name: str, from_logits: bool = True) -> Likelihood:
    """Return the likelihood called `name`.

    Raises
    ------
    ValueError
        If `name` is unknown, or `from_logits` is False for a likelihood without logits.
    """
    name = checks.one_of("likelihood", name, LIKELIHOODS)
    if LIKELIHOODS[name] is Bernoulli:
        return Bernoulli(from_logits)
    if not from_logits:
        raise ValueError(
            f"from_logits=False is for the bernoulli likelihood; likelihood is {name!r}. "
            "Leave from_logits out."
        )
    likelihood: Likelihood = LIKELIHOODS[name]()
    return likelihood


def kl_divergence(z_mean: Any, z_log_var: Any) -> Any:
    """Return KL(N(z_mean, exp(z_log_var)) || N(0, 1)) for each dimension, (n, latent_dim), nats.

    Kingma & Welling (2014), appendix B. Works on tensors; `VAE.kl_per_dimension` averages it.
    """
    return 0.5 * (ops.square(z_mean) + ops.exp(z_log_var) - z_log_var - 1.0)


def _cross_entropy_with_logits(x: Any, logits: Any) -> Any:
    """Return softplus(logits) - x * logits for each dimension.

    As ``tf.nn.sigmoid_cross_entropy_with_logits``, exact to 1e-7 a dimension, but the tutorial's
    epoch takes 0.97 of the time: loss and gradient share one exponential, and the accurate log1p,
    twice as slow as a logarithm, is not needed in a sum of hundreds of dimensions.
    """

    @tf.custom_gradient
    def softplus(logits: Any) -> Any:
        decay = tf.exp(-tf.abs(logits))

        def gradient(upstream: Any) -> Any:
            return upstream * tf.where(logits > 0, 1.0, decay) / (1.0 + decay)

        return tf.maximum(logits, 0.0) + tf.math.log(1.0 + decay), gradient

    return softplus(logits) - x * logits


def _sum_over_dimensions(values: Any) -> Any:
    return ops.sum(values, axis=tuple(range(1, len(values.shape))))


__all__ = ["LIKELIHOODS", "Bernoulli", "Gaussian", "Likelihood", "kl_divergence", "make_likelihood"]
