"""A categorical likelihood in which each token depends on the last few tokens before it."""

from typing import Any

import keras
import tensorflow as tf
from keras import ops

from vae_widgets.core import checks
from vae_widgets.models.losses.likelihood import Likelihood, mean_over_dimensions
from vae_widgets.models.losses.likelihoods import Categorical

MOST_STEPS = 200
"""Longest sequence: decoding is one graph of about 12 operations a step, and files have limits."""


@keras.saving.register_keras_serializable(package="vae_widgets")
class AutoregressiveCategorical(Likelihood):
    """Tokens of a sequence, each given z and the last `context` tokens before it.

    p(x | z) = prod_t p(x_t | f_t(z), x_(t - context), ..., x_(t - 1)), where the decoder gives the
    features f (n, steps, features). A causal convolution over the embedded tokens is added to them,
    and two dense layers make the logits:

        logits_t = W2 relu(W1 relu(f_t + sum_k K_k e(x_(t - k))) + b1) + b2

    with k from 1 to `context`, and zeros before the first token. A decoder that sees a few tokens
    only, and not the whole past, still needs z; Chen et al., "Variational Lossy Autoencoder"
    (2017), section 2.

    The likelihood of given tokens is exact: the convolution reads them from x, for all steps at
    once (teacher forcing). Decoding has no x. It takes the most likely token at each step, and
    gives it to the next ones (greedy decoding); so do `VAE.decode`, `VAE.sample` and bundles.
    `VAE.sample` with a temperature draws each token, and gives what it drew to the next ones.

    x holds whole numbers from 0 to n_classes - 1, (n, steps) with at most 200 steps. Give padding a
    token of its own.

    Parameters
    ----------
    n_classes
        Number of tokens, at least 2.
    context
        Number of tokens before each one that it depends on.
    features
        Width of the decoder's output, (n, steps, features).
    hidden_units
        Width of the dense layer before the logits.
    embedding_dim
        Width of the vector for each token.
    seed
        Seed of the initial weights.

    Examples
    --------
    >>> vae = vw.VAE.build(
    ...     (20,), architecture="sequence", likelihood=vw.AutoregressiveCategorical(5, context=8)
    ... )
    >>> vae.sample(3, seed=0).shape
    (3, 20)
    """

    n_classes: int

    def __init__(
        self,
        n_classes: int,
        context: int = 8,
        features: int = 128,
        hidden_units: int = 128,
        embedding_dim: int = 16,
        seed: int = 0,
    ) -> None:
        super().__init__("autoregressive_categorical")
        self.n_classes = checks.positive_int("n_classes", n_classes, minimum=2)
        self.context = checks.positive_int("context", context)
        self.features = checks.positive_int("features", features)
        self.hidden_units = checks.positive_int("hidden_units", hidden_units)
        self.embedding_dim = checks.positive_int("embedding_dim", embedding_dim)
        self.seed = checks.positive_int("seed", seed, minimum=0)
        spread = keras.initializers.RandomUniform(-1, 1, seed=self.seed)
        self.embeddings = self._weight("embeddings", (n_classes, embedding_dim), spread)
        self.context_kernel = self._weight(
            "context_kernel", (context, embedding_dim, features), self._glorot(1)
        )
        self.hidden_kernel = self._weight(
            "hidden_kernel", (features, hidden_units), self._glorot(2)
        )
        self.hidden_bias = self._weight("hidden_bias", (hidden_units,), "zeros")
        self.output_kernel = self._weight(
            "output_kernel", (hidden_units, n_classes), self._glorot(3)
        )
        self.output_bias = self._weight("output_bias", (n_classes,), "zeros")

    def _weight(self, name: str, shape: tuple[int, ...], initializer: Any) -> Any:
        return self.add_weight(name=name, shape=shape, initializer=initializer)

    def _glorot(self, number: int) -> keras.initializers.Initializer:
        return keras.initializers.GlorotUniform(seed=self.seed + number)

    def logits(self, x: Any, decoder_output: Any) -> Any:
        """Return the logits (n, steps, n_classes) of each token given z and the tokens before it.

        Parameters
        ----------
        x
            Tokens (n, steps).
        decoder_output
            Features (n, steps, features).
        """
        vectors = ops.take(self.embeddings, ops.cast(x, "int32"), axis=0)
        before = ops.pad(vectors[:, :-1], ((0, 0), (self.context, 0), (0, 0)))
        return self._head(decoder_output + ops.conv(before, self.context_kernel))

    def _head(self, h: Any) -> Any:
        h = ops.relu(ops.matmul(ops.relu(h), self.hidden_kernel) + self.hidden_bias)
        return ops.matmul(h, self.output_kernel) + self.output_bias

    def elementwise_negative_log_likelihood(self, x: Any, decoder_output: Any) -> Any:
        """Return -log p of each token given z and the tokens before it, (n, steps), in nats."""
        logits = self.logits(x, decoder_output)
        return ops.sparse_categorical_crossentropy(ops.cast(x, "int32"), logits, from_logits=True)

    def mean(self, decoder_output: Any) -> Any:
        """Return the tokens (n, steps) of greedy decoding, as whole float32 numbers."""
        return self._decoded(decoder_output)

    def tokens(self, decoder_output: Any, noise: Any) -> Any:
        """Return the tokens whose logits plus `noise` are highest, as whole float32 numbers.

        Each is given to the next ones, as in `mean`.
        """
        return self._decoded(decoder_output, noise)

    def _decoded(self, decoder_output: Any, noise: Any = None) -> Any:
        kernel = ops.reshape(self.context_kernel, (-1, self.features))
        tokens: list[Any] = []
        vectors: list[Any] = []  # of the last `context` tokens
        for step in range(decoder_output.shape[1]):
            h = decoder_output[:, step]
            if vectors:
                before = ops.concatenate(vectors, axis=-1)
                h = h + ops.matmul(before, kernel[-before.shape[-1] :])
            logits = self._head(h)
            if noise is not None:
                logits = logits + noise[:, step]
            # Keras's own argmax looks at single bits, which ONNX cannot.
            token = tf.argmax(logits, axis=-1)
            tokens.append(token)
            vectors = [*vectors, ops.take(self.embeddings, token, axis=0)][-self.context :]
        return ops.cast(ops.stack(tokens, axis=1), "float32")

    def error(self, x: Any, decoder_output: Any) -> Any:
        """Return the share of tokens that greedy decoding gets wrong: (n,)."""
        return mean_over_dimensions(ops.cast(x != self.mean(decoder_output), "float32"))

    def check_samples(self, name: str, x: Any) -> None:
        """Raise ``ValueError`` for anything but whole numbers from 0 to n_classes - 1."""
        checks.tokens(name, x, self.n_classes, "the categorical likelihood")

    def output_shape_for(self, sample_shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return the shape of the features of one sample, or raise ``ValueError``."""
        if len(sample_shape) != 1 or sample_shape[0] > MOST_STEPS:
            raise ValueError(
                f"sample_shape is {sample_shape}; a likelihood with context={self.context} takes "
                f"sequences of at most {MOST_STEPS} tokens, sample_shape (steps,). Shorten them, "
                "or use likelihood='categorical' without context."
            )
        return (*sample_shape, self.features)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that rebuild this likelihood."""
        return {
            "n_classes": self.n_classes,
            "context": self.context,
            "features": self.features,
            "hidden_units": self.hidden_units,
            "embedding_dim": self.embedding_dim,
            "seed": self.seed,
        }


def with_context(
    likelihood: Likelihood, context: int, architecture: str, seed: int
) -> AutoregressiveCategorical:
    """Return the likelihood of `VAE.build` with `context`, or raise ``ValueError``."""
    if type(likelihood) is not Categorical or architecture != "sequence":
        raise ValueError(
            f"context={context!r} is for architecture='sequence' with likelihood='categorical'; "
            f"received {architecture!r} and {likelihood!r}. Leave context out, or pass these."
        )
    return AutoregressiveCategorical(likelihood.n_classes, context, seed=seed)
