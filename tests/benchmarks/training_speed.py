"""Time an epoch of the tutorial's VAE: `VAE.fit` against plain `keras.Model.fit`.

    python tests/benchmarks/training_speed.py [--rounds 5] [--full]

The network is 784-256-2-256-784 with Adam and batches of 128, on 60,000 digits: those of
$VAE_WIDGETS_DATA/mnist.npz, else random images of the same size (equally fast, but no use for the
losses that --full prints). Epochs of both alternate in one process; the table has their medians.
"""

import argparse
import os
import statistics
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from keras import layers, ops

from vae_widgets import VAE, Sampling

BATCH_SIZE = 128


def digits() -> tuple[np.ndarray, np.ndarray, str]:
    """Return 60,000 training and 10,000 test images (n, 784) in [0, 1], and what they are."""
    path = Path(os.environ.get("VAE_WIDGETS_DATA", "")) / "mnist.npz"
    if path.is_file():
        with np.load(path) as data:
            train, test = (data[name].reshape(-1, 784) / 255 for name in ("x_train", "x_test"))
        return train.astype(np.float32), test.astype(np.float32), "digits"
    rng = np.random.default_rng(0)
    return (
        rng.random((60_000, 784), dtype=np.float32),
        rng.random((10_000, 784), dtype=np.float32),
        "random images",
    )


class PlainVAE(keras.Model):
    """The VAE of the Keras documentation, with the tutorial's dense layers."""

    def __init__(self) -> None:
        super().__init__()
        x = keras.Input((784,))
        h = layers.Dense(256, activation="relu")(x)
        z_mean, z_log_var = layers.Dense(2)(h), layers.Dense(2)(h)
        self.encoder = keras.Model(x, [z_mean, z_log_var, Sampling()([z_mean, z_log_var])])
        z = keras.Input((2,))
        h = layers.Dense(256, activation="relu")(z)
        self.decoder = keras.Model(z, layers.Dense(784, activation="sigmoid")(h))
        self.loss_trackers = [
            keras.metrics.Mean(name) for name in ("loss", "reconstruction_loss", "kl_loss")
        ]

    @property
    def metrics(self) -> list[Any]:
        return self.loss_trackers

    def train_step(self, data: Any) -> dict[str, Any]:
        import tensorflow as tf

        with tf.GradientTape() as tape:
            z_mean, z_log_var, z = self.encoder(data)
            crossentropy = ops.binary_crossentropy(data, self.decoder(z))
            reconstruction_loss = ops.mean(ops.sum(crossentropy, axis=1))
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


class EpochTimes(keras.callbacks.Callback):
    """Notes the seconds of each epoch."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: list[float] = []

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self._started = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        self.seconds.append(time.perf_counter() - self._started)


def epoch_seconds(x: np.ndarray, rounds: int) -> dict[str, list[float]]:
    """Return the seconds of epochs of both, taken in turns; the first, with compilation, apart."""
    plain = PlainVAE()
    plain.compile(optimizer=keras.optimizers.Adam(1e-3))
    models = {"VAE.fit": VAE.build((784,)), "plain keras.Model.fit": plain}
    times = {name: EpochTimes() for name in models}
    for _ in range(rounds + 1):
        for name, model in models.items():
            model.fit(x, epochs=1, batch_size=BATCH_SIZE, callbacks=[times[name]], verbose=0)
    return {name: timer.seconds for name, timer in times.items()}


def print_speed(x: np.ndarray, rounds: int) -> None:
    """Print the table of medians and ratios."""
    seconds = epoch_seconds(x, rounds)
    medians = {name: statistics.median(times[1:]) for name, times in seconds.items()}
    plain = medians["plain keras.Model.fit"]
    print("| | epoch, median s | fastest s | first s (compiles) | ratio to plain |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for name, (first, *others) in seconds.items():
        print(
            f"| {name} | {medians[name]:.2f} | {min(others):.2f} | {first:.2f} "
            f"| {medians[name] / plain:.2f} |"
        )


def print_losses(x: np.ndarray, x_test: np.ndarray, seeds: int) -> None:
    """Print test losses after 30 epochs, for several seeds."""
    print("\n| seed | negative ELBO, test, nats | reconstruction | KL | seconds |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for seed in range(seeds):
        vae = VAE.build((784,), seed=seed)
        started = time.perf_counter()
        vae.fit(x, epochs=30, batch_size=BATCH_SIZE, verbose=0)
        seconds = time.perf_counter() - started
        logs = vae.evaluate(x_test, verbose=0, return_dict=True)
        print(
            f"| {seed} | {logs['loss']:.1f} | {logs['reconstruction_loss']:.1f} "
            f"| {logs['kl_loss']:.2f} | {seconds:.0f} |"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, help="timed epochs of each")
    parser.add_argument("--full", action="store_true", help="also train 30 epochs and test")
    parser.add_argument("--seeds", type=int, default=1, help="seeds for --full")
    options = parser.parse_args()
    x_train, x_test, what = digits()
    print(f"60,000 {what}, {os.cpu_count()} cores, Keras {keras.__version__}\n")
    print_speed(x_train, options.rounds)
    if options.full:
        print_losses(x_train, x_test, options.seeds)
