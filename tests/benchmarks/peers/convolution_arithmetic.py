"""The floor under an epoch of a convolutional network: its arithmetic at the rate of a product."""

import math
import time
from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from numpy.typing import NDArray

from tests.benchmarks.peers.plain_keras import conv

SIDE, REPEATS = 1024, 16


def operations(layer: layers.Layer) -> int:
    """Return the multiplications and additions that a layer needs for one sample.

    A convolution has a product of its kernel with the window of each position. A transposed one
    goes the other way, and has as many for each position of its input.
    """
    image = layer.input if isinstance(layer, layers.Conv2DTranspose) else layer.output
    return 2 * math.prod(image.shape[1:-1]) * math.prod(layer.kernel.shape)


def weighted_layers(*models: keras.Model) -> list[layers.Layer]:
    """Return the dense and convolutional layers of models."""
    return [layer for model in models for layer in model.layers if hasattr(layer, "kernel")]


def rate(clock: Callable[[], float] = time.perf_counter) -> float:
    """Return the operations a second of the quickest of some large products of matrices."""
    a = tf.random.normal((SIDE, SIDE))
    seconds = []
    for _ in range(REPEATS):
        started = clock()
        tf.matmul(a, a).numpy()
        seconds.append(clock() - started)
    return 2 * SIDE**3 / min(seconds)


class Peer:
    """A training step has three products a layer, but for the first: no gradient of the input."""

    def __init__(self, x: NDArray[np.float32], network: str) -> None:
        first, *others = (operations(layer) for layer in weighted_layers(*conv(network)))
        self._operations = len(x) * (2 * first + 3 * sum(others))

    def epoch(self) -> float:
        return self._operations / rate()
