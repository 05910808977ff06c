"""How long the epochs of a Keras model take, without what `fit` does before and after."""

import time
from typing import Any

import keras


class EpochTimes(keras.callbacks.Callback):
    """Notes the seconds of each epoch."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: list[float] = []

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self._started = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        self.seconds.append(time.perf_counter() - self._started)


class _Stop(keras.callbacks.Callback):
    """Ends a training after its first epoch, and notes when that was."""

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        self.at = time.perf_counter()
        self.model.stop_training = True


def first_epoch(model: keras.Model, x: Any) -> float:
    """Return the seconds from the call of ``fit`` to the end of the first of 30 epochs."""
    stop = _Stop()
    started = time.perf_counter()
    model.fit(x, epochs=30, batch_size=128, callbacks=[stop], verbose=0)
    return stop.at - started
