"""The likelihoods that come with the package: one small class a distribution."""

import math
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import ops
from numpy.typing import NDArray

from vae_widgets.core import checks
from vae_widgets.models.losses.likelihood import Likelihood, mean_over_dimensions

_LOG_2_PI = math.log(2 * math.pi)


@keras.saving.register_keras_serializable(package="vae_widgets")
class Bernoulli(Likelihood):
    """Independent Bernoulli variables; x in [0, 1], such as black-and-white or grey pixels.

    -log p(x | z) = -sum_i x_i log p_i + (1 - x_i) log(1 - p_i); Kingma & Welling (2014), appendix
    C.1. For grey values it is a cross-entropy, not a normalised density.

    Parameters
    ----------
    from_logits
        Whether the decoder returns logits or probabilities. Logits are numerically safer.

    Examples
    --------
    >>> x, logits = np.ones((1, 3), "float32"), np.zeros((1, 3), "float32")
    >>> nats = vw.Bernoulli().negative_log_likelihood(x, logits)
    >>> round(float(nats[0]), 4)
    2.0794
    """

    bounds = (0.0, 1.0)

    def __init__(self, from_logits: bool = True) -> None:
        super().__init__("bernoulli")
        self.from_logits = bool(from_logits)

    def elementwise_negative_log_likelihood(self, x: Any, decoder_output: Any) -> Any:
        """Return the cross-entropy of each dimension, in nats."""
        if self.from_logits:
            return _cross_entropy_with_logits(x, decoder_output)
        return ops.binary_crossentropy(x, decoder_output)

    def mean(self, decoder_output: Any) -> Any:
        """Return probabilities in [0, 1]."""
        return ops.sigmoid(decoder_output) if self.from_logits else decoder_output

    def check_decoder_output(self, decoder_output: Any) -> None:
        """Raise ``ValueError`` for probabilities given as logits, and the other way round."""
        low, high = float(np.min(decoder_output)), float(np.max(decoder_output))
        inside = low >= 0 and high <= 1
        # Zeros are the logits of a decoder whose last layer starts at zero.
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

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that rebuild this likelihood."""
        return {"from_logits": self.from_logits}


@keras.saving.register_keras_serializable(package="vae_widgets")
class Gaussian(Likelihood):
    """Independent normal variables, with the mean from the decoder.

    -log p(x | z) = sum_i (x_i - mean_i)^2 / (2 s^2) + log s + log(2 pi) / 2.

    The deviation s decides how much detail the codes keep. "learned" is the sigma-VAE of Rybkin,
    Daniilidis & Levine, "Simple and Effective VAE Training with Calibrated Decoders" (2021).

    Parameters
    ----------
    deviation
        A number
            The fixed deviation s, above 0. With 1, the default, scale the data to about this first.
        "learned"
            One s for all dimensions, a weight of the model: at first 1, always above exp(-6) =
            0.0025.
        "predicted"
            The decoder returns (mean, log_var), each (n, *sample_shape); log_var is clipped to
            [-12, 12].

    Examples
    --------
    >>> x = mean = np.zeros((1, 2), "float32")
    >>> nats = vw.Gaussian(deviation=1.0).negative_log_likelihood(x, mean)
    >>> round(float(nats[0]), 4)
    1.8379
    """

    is_density = True
    _LOWEST_LOG_DEVIATION = -6.0

    def __init__(self, deviation: float | str = 1.0) -> None:
        super().__init__("gaussian")
        if isinstance(deviation, str):
            deviation = checks.one_of("deviation", deviation, ("learned", "predicted"))
        else:
            deviation = checks.number_between("deviation", deviation, 0, open_low=True)
        self._deviation = deviation
        self.n_outputs = 2 if deviation == "predicted" else 1
        if deviation == "learned":
            # What `_log_deviation` maps to 0; next to 0 itself.
            start = self._LOWEST_LOG_DEVIATION + math.log(math.expm1(-self._LOWEST_LOG_DEVIATION))
            self._raw_log_deviation = self.add_weight(
                name="log_deviation", shape=(), initializer=keras.initializers.Constant(start)
            )

    @property
    def deviation(self) -> float | None:
        """The current deviation, fixed or learned; None if the decoder predicts it."""
        if self._deviation == "predicted":
            return None
        return math.exp(float(self._log_deviation()))

    def _log_deviation(self) -> Any:
        if self._deviation == "learned":
            low = self._LOWEST_LOG_DEVIATION
            return low + ops.softplus(self._raw_log_deviation - low)
        return math.log(float(self._deviation))

    def elementwise_negative_log_likelihood(self, x: Any, decoder_output: Any) -> Any:
        """Return the negative log-density of each dimension, in nats."""
        if self._deviation == "predicted":
            mean, log_var = decoder_output
            log_deviation = 0.5 * ops.clip(log_var, -12.0, 12.0)
        else:
            mean, log_deviation = decoder_output, self._log_deviation()
        error = (x - mean) * ops.exp(-log_deviation)
        return 0.5 * error * error + log_deviation + 0.5 * _LOG_2_PI

    def mean(self, decoder_output: Any) -> Any:
        """Return the mean that the decoder gives."""
        return decoder_output[0] if self._deviation == "predicted" else decoder_output

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that rebuild this likelihood."""
        return {"deviation": self._deviation}


@keras.saving.register_keras_serializable(package="vae_widgets")
class Categorical(Likelihood):
    """Independent categorical variables: tokens of a sequence, or of the voices of a grid.

    x holds whole numbers from 0 to n_classes - 1, (n, *sample_shape) of any numeric type. The
    decoder returns logits (n, *sample_shape, n_classes). -log p(x | z) = -sum_i log
    softmax(logits_i)[x_i]. Give padding a token of its own.

    Parameters
    ----------
    n_classes
        Number of tokens, at least 2.

    Examples
    --------
    >>> tokens, logits = np.zeros((1, 3), "int32"), np.zeros((1, 3, 4), "float32")
    >>> nats = vw.Categorical(n_classes=4).negative_log_likelihood(tokens, logits)
    >>> round(float(nats[0]), 4)
    4.1589
    """

    n_classes: int

    def __init__(self, n_classes: int) -> None:
        super().__init__("categorical")
        self.n_classes = checks.positive_int("n_classes", n_classes, minimum=2)

    def elementwise_negative_log_likelihood(self, x: Any, decoder_output: Any) -> Any:
        """Return the cross-entropy of each step and voice, in nats."""
        tokens = ops.cast(x, "int32")
        return ops.sparse_categorical_crossentropy(tokens, decoder_output, from_logits=True)

    def mean(self, decoder_output: Any) -> Any:
        """Return the most likely tokens (n, *sample_shape), as whole float32 numbers."""
        # Keras's own argmax looks at single bits, which ONNX cannot.
        return ops.cast(tf.argmax(decoder_output, axis=-1), "float32")

    def tokens(self, decoder_output: Any, noise: Any) -> Any:
        """Return the tokens whose logits plus `noise` are highest, as whole float32 numbers."""
        return self.mean(decoder_output + noise)

    def error(self, x: Any, decoder_output: Any) -> Any:
        """Return the share of steps and voices whose most likely token is wrong: (n,)."""
        return mean_over_dimensions(ops.cast(x != self.mean(decoder_output), "float32"))

    def check_samples(self, name: str, x: NDArray[np.float32]) -> None:
        """Raise ``ValueError`` for anything but whole numbers from 0 to n_classes - 1."""
        checks.tokens(name, x, self.n_classes, "the categorical likelihood")

    def output_shape_for(self, sample_shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return the shape of the logits of one sample."""
        return (*sample_shape, self.n_classes)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that rebuild this likelihood."""
        return {"n_classes": self.n_classes}


LIKELIHOODS: dict[str, type[Likelihood]] = {
    "bernoulli": Bernoulli,
    "gaussian": Gaussian,
    "categorical": Categorical,
}


def make_likelihood(
    likelihood: str | Likelihood, from_logits: bool = True, n_classes: int | None = None
) -> Likelihood:
    """Return the likelihood called by a name, or the object itself.

    Raises
    ------
    TypeError, ValueError
        If it is unknown, or `from_logits` or `n_classes` does not fit it.
    """
    if isinstance(likelihood, type) and issubclass(likelihood, Likelihood):
        raise TypeError(
            f"likelihood is the class {likelihood.__name__}; expected an object or a name. "
            f"Call it: {likelihood.__name__}(...)."
        )
    if isinstance(likelihood, str):
        checks.one_of("likelihood", likelihood, LIKELIHOODS)
    elif not isinstance(likelihood, Likelihood):
        raise TypeError(
            f"likelihood must be a name ({', '.join(LIKELIHOODS)}) or an object such as "
            f"Gaussian(deviation='learned'); received {likelihood!r}."
        )
    if not from_logits and likelihood != "bernoulli":
        raise ValueError(
            "from_logits=False is for the bernoulli likelihood by name; likelihood is "
            f"{likelihood!r}. Leave from_logits out, or pass "
            "likelihood=Bernoulli(from_logits=False)."
        )
    if n_classes is not None and likelihood != "categorical":
        raise ValueError(
            f"n_classes={n_classes!r} is for likelihood='categorical'; likelihood is "
            f"{likelihood!r}. Leave n_classes out."
        )
    if isinstance(likelihood, Likelihood):
        return likelihood
    if likelihood == "bernoulli":
        return Bernoulli(from_logits)
    if likelihood == "gaussian":
        return Gaussian()
    if n_classes is None:
        raise ValueError(
            "likelihood='categorical' needs n_classes, the number of tokens; received None. "
            "Pass n_classes=int(x.max()) + 1 to VAE.build, or likelihood=Categorical(n_classes)."
        )
    return Categorical(n_classes)


def _cross_entropy_with_logits(x: Any, logits: Any) -> Any:
    """Return softplus(logits) - x * logits for each dimension, exact to 1e-7.

    It is faster than ``tf.nn.sigmoid_cross_entropy_with_logits``: loss and gradient share one
    exponential.
    """
    return _softplus(logits) - x * logits


@tf.custom_gradient
def _softplus(logits: Any) -> Any:
    decay = tf.exp(-tf.abs(logits))
    return (
        tf.maximum(logits, 0.0) + tf.math.log(1.0 + decay),
        lambda upstream: upstream * _sigmoid(logits, decay),
    )


@tf.custom_gradient
def _sigmoid(logits: Any, decay: Any) -> Any:
    """Return sigmoid(logits), given ``decay`` = exp(-|logits|), with a correct gradient at 0."""

    def gradient(upstream: Any) -> tuple[Any, None]:
        # 1 - p as sigmoid(-logits), which does not cancel where p is almost 1.
        return upstream * _sigmoid(logits, decay) * _sigmoid(-logits, decay), None

    return tf.where(logits > 0, 1.0, decay) / (1.0 + decay), gradient
