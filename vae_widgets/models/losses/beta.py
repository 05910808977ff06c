"""The weight of the KL term during training: a number or a schedule."""

import threading
import warnings
from collections.abc import Iterable
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from vae_widgets.core import checks
from vae_widgets.models.losses.schedules import Schedule


class Beta:
    """The current beta, a number of at least 0, and its schedule, if any.

    It may be set from any thread. `variable` and `validation_variable` are for graphs.
    """

    def __init__(self, value: float | Schedule) -> None:
        self._lock = threading.Lock()
        self.schedule: Schedule | None = None
        number = _checked(value)
        self.variable = tf.Variable(number, trainable=False, dtype=tf.float32)
        self.validation_variable = tf.Variable(number, trainable=False, dtype=tf.float32)
        self._epochs: int | None = None
        self.set(value)

    @property
    def current(self) -> float:
        """The current value."""
        return float(self.variable.numpy())

    def set(self, value: float | Schedule) -> None:
        """Set a number, which ends a schedule, or a schedule."""
        number = _checked(value)
        with self._lock:
            self.schedule = value if callable(value) else None
            self.variable.assign(number)

    def show(self, value: float) -> None:
        """Make `value` the current one without ending the schedule, as when a model is loaded."""
        self.variable.assign(value)

    def get_config(self) -> Any:
        """Return the schedule as Keras writes it, or the current number."""
        if hasattr(self.schedule, "get_config"):
            return keras.saving.serialize_keras_object(self.schedule)
        return self.current

    def of_steps(self, epoch: int, steps: int) -> NDArray[np.float32]:
        """Return beta of each step of an epoch, (steps,)."""
        schedule = self.schedule
        if schedule is None:
            return np.full(steps, self.current, np.float32)
        return _values(schedule, epoch + np.arange(steps) / steps)

    def begin(self, epochs: int) -> None:
        """Begin a training of `epochs`; raise ``ValueError`` if beta will be below 0."""
        self._epochs = epochs
        if self.schedule is not None:
            _values(self.schedule, np.arange(float(epochs)))
            self.at_validation()

    def at_validation(self) -> float:
        """Return the beta of validation: the constant, ``final``, or the last value."""
        schedule = self.schedule
        if schedule is None:
            return self.current
        final = getattr(schedule, "final", None)
        if final is not None:
            return checks.number_between("beta.final", final, 0)
        if self._epochs is None:
            return self.current
        return float(_values(schedule, np.nextafter([float(self._epochs)], 0.0))[0])

    def prepare_validation(self) -> None:
        """Set `validation_variable`."""
        self.validation_variable.assign(self.at_validation())

    def start(self, epoch: float) -> None:
        """Make the schedule's value at `epoch` the current one."""
        with self._lock:  # a number that the user has set must not be overwritten
            if self.schedule is not None:
                self.variable.assign(_values(self.schedule, np.array([epoch]))[0])

    def reach(self, epoch: float) -> None:
        """Make the schedule's value just before `epoch` the current one."""
        self.start(float(np.nextafter(epoch, 0.0)))


class FollowSchedule(keras.callbacks.Callback):
    """Moves beta step by step where Keras's own loop trains.

    In an epoch of unknown length, the first, beta does not move.
    """

    def __init__(self, beta: Beta) -> None:
        super().__init__()
        self._beta = beta
        self._epoch = 0
        self._steps: int | None = None
        self._done = 0

    def _fraction(self, steps_done: int) -> float:
        return min(1.0, steps_done / self._steps) if self._steps else 0.0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Store the length of the epoch."""
        self._epoch = epoch
        self._steps = self._done or self.params.get("steps")

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Set beta of the next step, or of all steps of the execution."""
        self._beta.start(self._epoch + self._fraction(batch))

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Report beta in the logs."""
        self._done = batch + 1
        self._beta.reach(self._epoch + self._fraction(self._done))


def warn_of_moving_loss(beta: Beta, callbacks: Iterable[Any]) -> None:
    """Warn of callbacks that monitor the training loss while a schedule moves beta."""
    if beta.schedule is None:
        return
    for callback in callbacks:
        if getattr(callback, "monitor", None) == "loss":
            warnings.warn(
                f"{type(callback).__name__} monitors 'loss', which moves with the schedule of "
                f"beta, {beta.schedule!r}. Monitor what does not: monitor='elbo', mode='max', or "
                "'val_loss' with validation_data.",
                stacklevel=6,
            )


def _values(schedule: Schedule, epochs: NDArray[np.float64]) -> NDArray[np.float32]:
    values = np.broadcast_to(np.asarray(schedule(epochs), np.float32), len(epochs))
    bad = np.flatnonzero(~((values >= 0) & (values < np.inf)))
    if bad.size:
        raise ValueError(
            f"beta is {schedule!r}, which gives {values[bad[0]]:g} at epoch {epochs[bad[0]]:g}; "
            "expected finite numbers of at least 0."
        )
    return values


def _checked(value: float | Schedule) -> float:
    if not callable(value):
        return checks.number_between("beta", value, 0)
    try:
        several = np.asarray(value(np.array([0.0, 1.0])), float)
        first = float(value(0.0))
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"beta is {value!r}, which does not work as a schedule ({error}); expected a number, "
            "Warmup(...), Cyclical(...), or a function of the epoch that takes arrays."
        ) from None
    if several.shape not in ((), (2,)):
        raise ValueError(
            f"beta is {value!r}, which gives shape {several.shape} for two epochs; expected (2,)."
        )
    return checks.number_between("beta at epoch 0", first, 0)
