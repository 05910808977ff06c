"""Layers that share an activation and draw their initial weights from one seed."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
from keras import layers


class LayerFactory:
    """Makes the layers of an architecture.

    Without `variational`, z_log_var is a constant zero. `n_labels` is the width of one-hot labels.
    """

    def __init__(
        self, activation: str, seed: int, variational: bool = True, n_labels: int | None = None
    ) -> None:
        self._n_labels = n_labels
        self._activation = activation
        self._variational = variational
        self._seeds = np.random.default_rng(seed)

    def _seed(self) -> int:
        return int(self._seeds.integers(2**31))

    def labels(self) -> Any:
        """Return an input for one-hot labels (n, n_labels), or None without labels."""
        return None if self._n_labels is None else keras.Input((self._n_labels,), name="y")

    @staticmethod
    def join(h: Any, y: Any) -> Any:
        """Return h (n, features) concatenated with the labels, if any."""
        return h if y is None else layers.Concatenate()([h, y])

    @staticmethod
    def model(x: Any, y: Any, outputs: Any, name: str) -> keras.Model:
        """Return the model from x, and from labels if there are any, to outputs."""
        return keras.Model(x if y is None else [x, y], outputs, name=name)

    def activate(self, h: Any) -> Any:
        """Return the activation of h, of any shape."""
        return layers.Activation(self._activation)(h)

    def dense(self, h: Any, units: int, **options: Any) -> Any:
        """Return a dense layer's output for h (n, features)."""
        defaults = {
            "activation": self._activation,
            "kernel_initializer": keras.initializers.GlorotUniform(seed=self._seed()),
        }
        return layers.Dense(units, **{**defaults, **options})(h)

    def encoder_stack(self, h: Any, y: Any, units: Sequence[int]) -> Any:
        """Return what dense layers of `units` make of h (n, features) and labels y."""
        h = self.join(h, y)
        for count in units:
            h = self.dense(h, count)
        return h

    def decoder_stack(self, z: Any, y: Any, units: Sequence[int]) -> Any:
        """Return what dense layers of `units` make of z (n, latent_dim) and labels y.

        The biases of the first start as wide as its weights (uniform, He et al. 2015), so that the
        kinks of its ReLUs lie all over the prior, and not all at the origin.
        """
        h = self.join(z, y)
        if not units:
            return h
        limit = math.sqrt(6 / z.shape[-1])
        kernel, bias = (
            keras.initializers.RandomUniform(-limit, limit, seed=self._seed()) for _ in range(2)
        )
        h = self.dense(h, units[0], kernel_initializer=kernel, bias_initializer=bias)
        for count in units[1:]:
            h = self.dense(h, count)
        return h

    def embedding(self, tokens: Any, n_classes: int, width: int) -> Any:
        """Return a vector (..., width) for each of the tokens (...)."""
        initializer = keras.initializers.RandomUniform(-1, 1, seed=self._seed())
        return layers.Embedding(n_classes, width, embeddings_initializer=initializer)(tokens)

    def conv(
        self, kind: Callable[..., Any], h: Any, filters: int, size: int = 3, **options: Any
    ) -> Any:
        """Return the output of a convolution of a given kind for h (n, ..., channels)."""
        return kind(
            filters,
            size,
            padding="same",
            kernel_initializer=keras.initializers.GlorotUniform(seed=self._seed()),
            **{"activation": self._activation, **options},
        )(h)

    def code(self, h: Any, latent_dim: int) -> list[Any]:
        """Return z_mean and z_log_var, each (n, latent_dim), from one dense layer: it is faster."""
        if not self._variational:
            z_mean = self.dense(h, latent_dim, activation=None, name="z_mean")
            return [z_mean, layers.Rescaling(0.0, name="z_log_var")(z_mean)]
        code = self.dense(h, 2 * latent_dim, activation=None, name="code")
        parts = keras.ops.split(code, 2, axis=-1)
        return [
            layers.Identity(name=name)(part)
            for name, part in zip(("z_mean", "z_log_var"), parts, strict=True)
        ]
