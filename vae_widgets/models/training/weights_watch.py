"""A Keras model that tells others when its weights have changed."""

import zlib
from collections.abc import Callable
from typing import Any

import keras
from keras import ops

from vae_widgets.core.weights_watch import WeightsWatch


class WatchedModel(keras.Model):
    """Base of `Resumable` that tells when its weights have changed."""

    decoder: Any

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._watch = WeightsWatch()

    def on_weights_changed(self, callback: Callable[[], None]) -> None:
        """Call a function, without arguments, when weights have changed.

        That is after each epoch of `fit`, at its end, and after `set_weights` and `load_weights`;
        after a training loop of your own call `tell_weights_changed`. The function, or the object
        of a method, is not kept alive.
        """
        self._watch.add(callback)

    def tell_weights_changed(self) -> None:
        """Tell the widgets of this model that its weights have changed."""
        self._watch.tell()

    def weights_version(self) -> int:
        """Return a number that changes with the weights of the decoder: their CRC-32."""
        return weights_checksum(self.decoder)

    def set_weights(self, weights: Any) -> None:
        """Set all weights, as `keras.Model.set_weights` does."""
        super().set_weights(weights)
        self.tell_weights_changed()

    def load_weights(self, *args: Any, **options: Any) -> None:
        """Read weights from a file, as `keras.Model.load_weights` does."""
        super().load_weights(*args, **options)
        self.tell_weights_changed()


class TellOfEpochs(keras.callbacks.Callback):
    """Tells that weights have changed after each epoch and at the end of a fit."""

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Tell it."""
        self.model.tell_weights_changed()

    def on_train_end(self, logs: Any = None) -> None:
        """Tell it."""
        self.model.tell_weights_changed()


def weights_checksum(model: keras.Model) -> int:
    """Return the CRC-32 of all weights, about a millisecond per megabyte."""
    checksum = 0
    for weight in model.weights:
        checksum = zlib.crc32(ops.convert_to_numpy(weight).tobytes(), checksum)
    return checksum
