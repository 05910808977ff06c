"""Interrupts that end the training although Keras or TensorFlow swallowed them."""

import signal
import threading
from types import FrameType, TracebackType
from typing import Any

import keras


class Interruption(keras.callbacks.Callback):
    """Raises a ``KeyboardInterrupt`` again that Keras or TensorFlow swallowed.

    Around the training this is a context; as its last callback it looks for a lost one.
    """

    def __init__(self) -> None:
        super().__init__()
        self._was_raised = False
        self._before: Any = None

    def __enter__(self) -> "Interruption":
        handler = signal.getsignal(signal.SIGINT)
        # Only the main thread is interrupted, or may say how.
        if callable(handler) and threading.current_thread() is threading.main_thread():
            self._before = handler
            signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)
        if self._was_raised and isinstance(error, Exception):
            raise KeyboardInterrupt from error  # an interrupt that was turned into an error

    def _note(self, number: int, frame: FrameType | None) -> None:
        try:
            self._before(number, frame)
        except KeyboardInterrupt:
            self._was_raised = True
            raise

    def raise_if_lost(self) -> None:
        """Raise the ``KeyboardInterrupt`` that did not arrive, if there is one."""
        # A callback may well turn an interrupt into a stop.
        if self._was_raised and not self.model.stop_training:
            raise KeyboardInterrupt

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Check at the end of a batch."""
        self.raise_if_lost()

    def on_test_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Check at the end of a validation batch."""
        self.raise_if_lost()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Check at the end of an epoch."""
        self.raise_if_lost()
