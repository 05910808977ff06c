"""The hooks that Keras calls. Keras needs these methods, not a base class of its own."""

from collections.abc import Callable
from typing import Any

from vae_widgets.widgets.training_monitor.session import TrainingSession

Logs = dict[str, Any] | None


def _ignored(self: Any, *args: Any, **kwargs: Any) -> None:
    """Do nothing."""


# Keras' own mark of a hook that was not overridden: it may then run its callbacks of validation
# and prediction beside the computation.
vars(_ignored)["_is_default"] = True


class KerasCallback:
    """Passes what Keras' ``fit`` reports on to the session of a `TrainingMonitor`.

    `begins` is called before a run, and `failed` with an exception, after which training continues.
    """

    def __init__(
        self,
        session: TrainingSession,
        begins: Callable[[], None],
        failed: Callable[[Exception], None],
    ) -> None:
        self._session, self._begins, self._failed = session, begins, failed
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
        self._safely(self._begins)
        self._safely(lambda: self._session.begin_fit(self.model, self.params))

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        """Start an epoch, counted from zero."""
        self._safely(lambda: self._session.begin_epoch(epoch))

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        """Record the metrics so far; `batch` counts from zero in the epoch."""
        self._safely(lambda: self._session.end_batch(batch, logs or {}))
        self._safely(self._session.control.apply_pending)
        self._stop_if_asked()

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Record the metrics of the epoch, those of validation among them."""
        self._safely(lambda: self._session.end_epoch(epoch, logs or {}))
        self._stop_if_asked()

    def on_train_end(self, logs: Logs = None) -> None:
        """End the run."""
        self._safely(lambda: self._session.end_fit())

    on_batch_begin = on_batch_end = _ignored
    on_train_batch_begin = _ignored
    on_test_begin = on_test_end = on_test_batch_begin = on_test_batch_end = _ignored
    on_predict_begin = on_predict_end = on_predict_batch_begin = on_predict_batch_end = _ignored

    def _stop_if_asked(self) -> None:
        if self._session.should_stop and self.model is not None:
            self.model.stop_training = True

    def _safely(self, hook: Callable[[], None]) -> None:
        try:
            hook()
        except Exception as error:
            self._failed(error)
