"""The hooks that Keras calls, without importing Keras: it asks for the methods, not for a class."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vae_widgets.widgets.training_monitor.widget import TrainingMonitor

Logs = dict[str, Any] | None


def _ignored(self: Any, *args: Any, **kwargs: Any) -> None:
    """Do nothing."""


# Keras' own mark of a hook that was not overridden: it may then run its callbacks of validation
# and prediction beside the computation.
_ignored._is_default = True  # type: ignore[attr-defined]


class KerasCallback:
    """Passes what Keras' ``fit`` reports on to a `TrainingMonitor`.

    An exception is shown in the monitor, and training goes on.
    """

    def __init__(self, monitor: "TrainingMonitor") -> None:
        self._monitor = monitor
        self.model: Any = None
        self.params: dict[str, Any] = {}

    def set_params(self, params: dict[str, Any] | None) -> None:
        """Take the parameters of the fit."""
        self.params = dict(params or {})

    def set_model(self, model: Any) -> None:
        """Take the model."""
        self.model = model

    def on_train_begin(self, logs: Logs = None) -> None:
        """Start a run."""
        self._safely(self._monitor._watch_cells)
        self._safely(lambda: self._monitor._session.begin_fit(self.model, self.params))

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        """Start an epoch, counted from zero."""
        self._safely(lambda: self._monitor._session.begin_epoch(epoch))

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        """Record the metrics so far; `batch` counts from zero in the epoch."""
        self._safely(lambda: self._monitor._session.end_batch(batch, logs or {}))
        self._obey()

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Record the metrics of the epoch, those of validation among them."""
        self._safely(lambda: self._monitor._session.end_epoch(epoch, logs or {}))
        self._stop_if_asked()

    def on_train_end(self, logs: Logs = None) -> None:
        """End the run."""
        self._safely(lambda: self._monitor._session.end_fit())

    on_batch_begin = on_batch_end = _ignored
    on_train_batch_begin = _ignored
    on_test_begin = on_test_end = on_test_batch_begin = on_test_batch_end = _ignored
    on_predict_begin = on_predict_end = on_predict_batch_begin = on_predict_batch_end = _ignored

    def _obey(self) -> None:
        self._safely(self._monitor._session.steering.obey)
        self._stop_if_asked()

    def _stop_if_asked(self) -> None:
        if self._monitor.should_stop and self.model is not None:
            self.model.stop_training = True

    def _safely(self, hook: Callable[[], None]) -> None:
        try:
            hook()
        except Exception as error:
            self._monitor._failed(error)
