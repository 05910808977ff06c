"""Tracks the progress of a fit and writes its checkpoints."""

import pathlib
import threading
import warnings
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

import keras

from vae_widgets.models.training.array_loop import ArrayLoop
from vae_widgets.models.training.checkpoint import write_checkpoint
from vae_widgets.models.training.fit_arguments import FitArguments
from vae_widgets.models.training.optimizer import fixed_learning_rate
from vae_widgets.models.training.state import (
    EpochPosition,
    Randomness,
    TrainingState,
    generator_states,
)


class Checkpointer(keras.callbacks.Callback):
    """Writes checkpoints; the last of the callbacks of a fit, so that epochs are complete.

    `loop` is None where Keras's own loop trains; `prepare` is called before each checkpoint.
    """

    def __init__(
        self,
        model: Any,
        arguments: FitArguments,
        start: TrainingState,
        loop: ArrayLoop | None,
        randomness: Randomness,
        prepare: Callable[[], None],
    ) -> None:
        super().__init__()
        self.set_model(model)
        self.path = arguments.checkpoint
        self._every = arguments.checkpoint_every
        self._loop = loop
        self._randomness = randomness
        self._prepare: Callable[[], None] | None = prepare
        self.start = start
        self._n_samples = len(arguments.x) if loop else 0
        self._batch_size = arguments.batch_size
        self._shuffle = arguments.shuffle
        self._learning_rate = fixed_learning_rate(model.optimizer)

        # What is complete: epochs, and values of each series of the history.
        self._epoch = start.epoch
        self._epochs = len(start.epochs)
        self._values = {name: len(values) for name, values in start.history.items()}
        # Within an epoch: where it began, and whether the loop counts its batches already.
        self._position = start.position
        self._in_loop = False
        self._cut_short = False

        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._has_ended = False
        self._requests: list[tuple[pathlib.Path, Future[pathlib.Path]]] = []

    # From any thread

    def save(self, path: pathlib.Path) -> pathlib.Path:
        """Write a checkpoint between two executions, and return its path once it is there."""
        with self._lock:
            if self._has_ended or self._thread is threading.current_thread():
                return self._write(path)
            written: Future[pathlib.Path] = Future()
            self._requests.append((path, written))
        return written.result()

    # From the thread that trains

    def begin(self) -> None:
        """Store the thread that trains."""
        self._thread = threading.current_thread()

    def serve(self) -> None:
        """Write the checkpoints that other threads wait for."""
        while self._requests:
            path, written = self._requests.pop(0)
            try:
                written.set_result(self._write(path))
            except BaseException as error:
                written.set_exception(error)
                if not isinstance(error, Exception):
                    raise

    def save_if_asked(self) -> None:
        """Write the file that `fit` was given; if that fails, warn and continue."""
        if self.path is None:
            return
        try:
            self._write(self.path)
        except Exception as error:  # a full disk must not end the training
            warnings.warn(
                f"the checkpoint {str(self.path)!r} could not be written: {error!r}. Training "
                "continues; an earlier checkpoint there is intact.",
                stacklevel=2,
            )

    def end(self) -> None:
        """Mark the fit as ended; later checkpoints are written by the calling thread."""
        with self._lock:
            self.serve()
            self._has_ended = True
            self._prepare = None

    def on_train_begin(self, logs: Any = None) -> None:
        """Put the epochs before `start` into the history, which has just emptied itself."""
        history = self.model.history
        history.epoch[:0] = self.start.epochs
        for name, values in self.start.history.items():
            history.history[name] = [*values, *history.history.get(name, ())]

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Store the seed of the order and the noise of the epoch."""
        self._epoch = epoch
        self._cut_short = False
        if self._position is not None:
            # Callbacks that set the rate at the beginning of an epoch had done so already.
            if self._learning_rate is not None:
                self.model.optimizer.learning_rate = self._learning_rate
        elif self._loop is not None:
            self._position = EpochPosition(
                totals=[0.0] * self._loop.totals.shape[0],
                iterations=int(self.model.optimizer.iterations.numpy()),
                noise_seed=self._randomness.training.state.numpy().tolist(),
                n_samples=self._n_samples,
                batch_size=self._batch_size,
                shuffle=self._shuffle,
            )

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Mark that the loop counts the batches from now on."""
        self._in_loop = self._loop is not None

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Write requested checkpoints, and store the step at which a stop ends the epoch."""
        self.serve()
        if self.model.stop_training and batch + 1 != self.params.get("steps"):
            self._cut_short = True
            self.save_if_asked()

    def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
        """Write requested checkpoints during validation."""
        self.serve()
        if self._loop is not None and self.model.stop_training and self.model.stop_evaluating:
            self._cut_short = True
            self.save_if_asked()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Note that the epoch is complete, and write on schedule."""
        if self._cut_short:
            return
        history = self.model.history
        self._epoch = epoch + 1
        self._epochs = len(history.epoch)
        self._values = {name: len(values) for name, values in history.history.items()}
        self._position = None
        self._in_loop = False
        self.serve()
        is_last = self.model.stop_training or epoch + 1 == self.params["epochs"]
        if is_last or (epoch + 1) % self._every == 0:
            self.save_if_asked()

    def _write(self, path: pathlib.Path) -> pathlib.Path:
        if self._prepare is not None:
            self._prepare()
        return write_checkpoint(path, self.model, self._state())

    def _state(self) -> TrainingState:
        history = self.model.history
        position = self._position
        if position is not None and self._loop is not None and self._in_loop:
            position = replace(position, totals=self._loop.totals.numpy().tolist())
        return TrainingState(
            epoch=self._epoch,
            epochs=history.epoch[: self._epochs],
            history={name: history.history[name][:n] for name, n in self._values.items()},
            seed=self._randomness.drawn,
            generators=generator_states(self.model),
            position=position,
        )
