"""A training run in the background, which a notebook cell can await and a button can stop."""

import asyncio
import atexit
import contextvars
import logging
import os
import pathlib
import threading
from collections.abc import Callable, Generator
from concurrent.futures import Future
from typing import Any, Literal

import keras

Status = Literal["running", "paused", "stopped", "interrupted", "finished", "failed"]
_EXIT_PATIENCE = 5.0  # seconds that a leaving interpreter waits for the run to stop
# Seconds between two turns of an event loop that waits for the run. A signal does not wake the loop
# of ipykernel: without a timer, it notices an interrupt only with its next event.
_TURN = 0.1


class TrainingRun:
    """A fit that runs in a thread of its own; `VAE.fit_async` returns one.

    ``await run`` in a notebook cell waits for the ``History`` while widgets stay alive, and raises
    an error of the training. Interrupting the cell stops the run. Without ``await`` it runs in
    the background. `serve` writes the checkpoints that are asked for while it is paused.

    Examples
    --------
    >>> vae = vw.VAE.build((4,), likelihood="gaussian", hidden_units=(8,))
    >>> run = vae.fit_async(np.zeros((64, 4)), epochs=2)
    >>> history = run.wait()
    >>> run.status
    'finished'
    """

    def __init__(
        self,
        train: Callable[[keras.callbacks.Callback], Any],
        model: keras.Model,
        serve: Callable[[], None],
    ) -> None:
        self._model = model
        self._control = _Control(serve)
        self._result: Future[Any] = Future()
        self._result.set_running_or_notify_cancel()  # from here on it cannot be cancelled
        self._interrupted = False
        self._ended_early = False
        self._waiting = 0
        # Widgets send their messages to the cell that the context variables name, so copy them.
        context = contextvars.copy_context()
        self._thread = threading.Thread(
            target=context.run, args=(self._work, train), name="vae_widgets training", daemon=True
        )

    def start(self) -> None:
        """Begin to train; `VAE.fit_async` has done it."""
        atexit.register(self._leave)
        self._thread.start()

    @property
    def status(self) -> Status:
        """One of running, paused, stopped, interrupted, finished and failed."""
        if self._result.done():
            if self._result.exception() is not None:
                return "failed"
            if self._ended_early:
                return "interrupted" if self._interrupted else "stopped"
            return "finished"
        return "running" if self._control.resumed.is_set() else "paused"

    @property
    def interrupted(self) -> bool:
        """Whether the cell that waited was interrupted, which stops the run."""
        return self._interrupted

    @property
    def history(self) -> Any:
        """The Keras ``History`` so far, complete once the run has ended; None before it begins."""
        return getattr(self._model, "history", None)

    @property
    def exception(self) -> BaseException | None:
        """The error that ended the run, if one did."""
        return self._result.exception() if self._result.done() else None

    def stop(self) -> None:
        """End the run within a fraction of a second, keeping weights and history.

        The last epoch of the history holds means over the batches that were done.
        """
        if self._result.done():
            return
        self._control.stop_requested = True
        self._control.resumed.set()

    def interrupt(self) -> None:
        """End the run as `stop` does, and mark it as interrupted."""
        if not self._result.done():
            self._interrupted = True
            self.stop()

    def when_done(self, call: Callable[[], None]) -> None:
        """Call a function, in any thread, once the run has ended; at once if it has."""
        self._result.add_done_callback(lambda _: call())

    def pause(self) -> None:
        """Pause the run before its next execution of batches, until `resume` or `stop`."""
        if not self._result.done() and not self._control.stop_requested:
            self._control.resumed.clear()

    def resume(self) -> None:
        """Continue after `pause`."""
        self._control.resumed.set()

    def checkpoint(self, path: str | os.PathLike[str] | None = None) -> pathlib.Path:
        """Write a checkpoint now, also while the run is paused, and return its path.

        `path` None takes the ``checkpoint`` of `fit`; see `VAE.save_checkpoint`.
        """
        written: pathlib.Path = self._model.save_checkpoint(path)
        return written

    def wait(self, timeout: float | None = None) -> Any:
        """Block until the run has ended and return the Keras ``History``.

        In a notebook ``await run`` is better. An interrupt stops the run. Raises ``TimeoutError``
        after `timeout` seconds (None for no limit), or whatever ended the run, if it failed.
        """
        self._waiting += 1
        try:
            return self._result.result(timeout)
        except KeyboardInterrupt:
            self.interrupt()
            self._result.exception()  # waits until the model is free to be trained again
            raise
        finally:
            self._waiting -= 1

    def __await__(self) -> Generator[Any, None, Any]:
        return self._until_done().__await__()

    async def _until_done(self) -> Any:
        self._waiting += 1
        done = asyncio.wrap_future(self._result)
        try:
            while not done.done():
                await asyncio.wait([done], timeout=_TURN)
            return done.result()
        except asyncio.CancelledError:
            # The cell was interrupted. Leave with the model free to be trained again.
            self.interrupt()
            await asyncio.wait([done])
            raise
        finally:
            self._waiting -= 1

    def __repr__(self) -> str:
        reason = f": {self.exception!r}" if self.exception else ""
        return f"<TrainingRun {self.status}{reason}>"

    def _work(self, train: Callable[[keras.callbacks.Callback], Any]) -> None:
        try:
            history = train(self._control)
        except BaseException as error:
            if isinstance(error, StopIteration):  # an awaiting cell would hang
                cause = error
                error = RuntimeError("a StopIteration ended the training")
                error.__cause__ = cause
            if not self._waiting:  # nobody would see it
                logging.getLogger(__name__).error(
                    "training failed: %r; run.wait() shows where", error
                )
            self._result.set_exception(error)
        else:
            self._ended_early = bool(self._model.stop_training)
            self._result.set_result(history)
        finally:
            atexit.unregister(self._leave)

    def _leave(self) -> None:
        self.stop()
        self._thread.join(_EXIT_PATIENCE)


class _Control(keras.callbacks.Callback):
    """Carries pause and stop into the training loop, between two executions.

    `serve` is called while the training is paused.
    """

    def __init__(self, serve: Callable[[], None]) -> None:
        super().__init__()
        self.resumed = threading.Event()
        self.resumed.set()
        self.stop_requested = False
        self._serve = serve

    def _apply(self) -> None:
        # Paused; a callback may still stop the run, and a button ask for a checkpoint.
        while not self.resumed.wait(0.1) and not self.model.stop_training:
            self._serve()
        if self.stop_requested:
            self.model.stop_training = True

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        self._apply()

    def on_test_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        self._apply()
        if self.stop_requested:
            self.model.stop_evaluating = True

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        self._apply()
