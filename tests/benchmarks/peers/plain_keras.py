"""The VAE of the Keras documentation, trained by plain `keras.Model.fit`."""

import math
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops
from numpy.typing import NDArray

from tests.benchmarks.peers.epoch_times import EpochTimes, first_epoch
from tests.benchmarks.peers.samples import FILTERS, SHAPES, samples


class Sampling(layers.Layer):
    """Draws z from N(z_mean, exp(z_log_var))."""

    def call(self, inputs: Any) -> Any:
        z_mean, z_log_var = inputs
        return z_mean + ops.exp(0.5 * z_log_var) * keras.random.normal(ops.shape(z_mean))


def dense() -> tuple[keras.Model, keras.Model]:
    """Return encoder and decoder of 784-256-2-256-784."""
    x = keras.Input((784,))
    h = layers.Dense(256, activation="relu")(x)
    z_mean, z_log_var = layers.Dense(2)(h), layers.Dense(2)(h)
    encoder = keras.Model(x, [z_mean, z_log_var, Sampling()([z_mean, z_log_var])])
    z = keras.Input((2,))
    h = layers.Dense(256, activation="relu")(z)
    return encoder, keras.Model(z, layers.Dense(784, activation="sigmoid")(h))


def conv(network: str) -> tuple[keras.Model, keras.Model]:
    """Return convolutional halves with the layers that `VAE.build` chooses for these images."""
    same = {"padding": "same", "activation": "relu"}
    h = x = keras.Input(SHAPES[network])
    for filters in FILTERS[network]:
        h = layers.Conv2D(filters, 3, 2, **same)(h)
    small = h.shape[1:]
    h = layers.Dense(64, activation="relu")(layers.Flatten()(h))
    z_mean, z_log_var = layers.Dense(2)(h), layers.Dense(2)(h)
    encoder = keras.Model(x, [z_mean, z_log_var, Sampling()([z_mean, z_log_var])])
    z = keras.Input((2,))
    h = layers.Dense(64, activation="relu")(z)
    h = layers.Reshape(small)(layers.Dense(math.prod(small), activation="relu")(h))
    for filters in reversed(FILTERS[network]):
        h = layers.Conv2DTranspose(filters, 3, 2, **same)(h)
    h = layers.Conv2DTranspose(x.shape[-1], 3, padding="same", activation="sigmoid")(h)
    return encoder, keras.Model(z, h)


class PlainVAE(keras.Model):
    """Trains two halves on cross-entropy and KL, batch by batch."""

    def __init__(self, encoder: keras.Model, decoder: keras.Model) -> None:
        super().__init__()
        self.encoder, self.decoder = encoder, decoder
        self.loss_trackers = [
            keras.metrics.Mean(name) for name in ("loss", "reconstruction_loss", "kl_loss")
        ]

    @property
    def metrics(self) -> list[Any]:
        return self.loss_trackers

    def train_step(self, data: Any) -> dict[str, Any]:
        with tf.GradientTape() as tape:
            z_mean, z_log_var, z = self.encoder(data)
            crossentropy = ops.binary_crossentropy(data, self.decoder(z))
            pixels = tuple(range(1, len(data.shape)))
            reconstruction_loss = ops.mean(ops.sum(crossentropy, axis=pixels))
            kl = -0.5 * (1 + z_log_var - ops.square(z_mean) - ops.exp(z_log_var))
            kl_loss = ops.mean(ops.sum(kl, axis=1))
            loss = reconstruction_loss + kl_loss
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights, strict=True))
        for tracker, value in zip(
            self.loss_trackers, (loss, reconstruction_loss, kl_loss), strict=True
        ):
            tracker.update_state(value)
        return {tracker.name: tracker.result() for tracker in self.loss_trackers}


class Peer:
    def __init__(self, x: NDArray[np.float32], network: str) -> None:
        self._x = samples(x, network)
        self._network = network
        self._model = self._make()

    def _make(self) -> PlainVAE:
        model = PlainVAE(*(dense() if self._network == "dense" else conv(self._network)))
        model.compile(optimizer=keras.optimizers.Adam(1e-3))
        return model

    def epoch(self) -> float:
        times = EpochTimes()
        self._model.fit(self._x, batch_size=128, callbacks=[times], verbose=0)
        return times.seconds[-1]

    def first_epoch(self) -> float:
        return first_epoch(self._make(), self._x)

    def encode(self) -> None:
        self._model.encoder.predict(self._x, batch_size=1024, verbose=0)

    def decode(self, n: int) -> None:
        self._model.decoder.predict(np.zeros((n, 2), np.float32), verbose=0)
