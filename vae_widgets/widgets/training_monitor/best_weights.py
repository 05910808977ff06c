"""The weights of the best epoch of a fit, to restore them."""

from typing import Any

from numpy.typing import NDArray


class BestWeights:
    """Keeps a copy of the weights of the best epoch, if `enabled`.

    The copy takes as much memory as the weights of the model, and is freed by the next fit.
    """

    def __init__(self, enabled: bool = True) -> None:
        self.enabled = enabled
        self.epoch: int | None = None
        """The epoch whose weights are kept, counted from one."""
        self._model: Any = None
        self._weights: list[NDArray[Any]] = []

    @property
    def has_model(self) -> bool:
        """Whether a model was attached whose weights can be kept."""
        return self._model is not None

    def begin(self, model: Any, first_epoch: int) -> None:
        """Attach the model of a fit, which may continue the one before from `first_epoch` on."""
        can_keep = self.enabled and hasattr(model, "get_weights") and hasattr(model, "set_weights")
        if model is not self._model or (self.epoch or 0) > first_epoch:
            self.epoch, self._weights = None, []
        self._model = model if can_keep else None

    def end_epoch(self, epoch: int, best: float | None) -> None:
        """Copy the weights at the end of an epoch if it is the best one, or the first."""
        if best in (None, epoch):
            self._weights = self._model.get_weights()
            self.epoch = epoch

    def why_not(self, best: float | None) -> str:
        """Return why the weights of the best epoch cannot be restored; "" if they can."""
        if not self.enabled:
            return "none are kept. Make the monitor with keep_best_weights=True before the fit."
        if self._model is None:
            return (
                "no fit of a Keras model was watched. Train it with "
                "model.fit(..., callbacks=[monitor.callback])."
            )
        if best is None:
            return "two epochs with a finite loss are needed to say which one is better."
        if best != self.epoch:
            # Without validation data, a change of beta changes which epoch counts as the best.
            return (
                f"those of epoch {best:g} were not kept, because it became the best one only after "
                "a change of beta. Pass validation_data to fit."
            )
        return ""

    def restore(self) -> None:
        """Give the model the weights that are kept."""
        self._model.set_weights(self._weights)
