"""Detect diverged training, rather than continue silently or return NaN."""

import math
import warnings
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

REMEDY = (
    "Build the model again and train it with a lower learning rate, clipped gradients "
    "(vae.compile(keras.optimizers.Adam(1e-4, clipnorm=1.0))) or scaled data."
)


class DivergenceWatch(keras.callbacks.Callback):
    """Warns once in each fit, when a loss becomes NaN or infinite."""

    def __init__(self) -> None:
        super().__init__()
        self._epoch = 0
        self._has_warned = False

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Store the epoch."""
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Check the loss so far."""
        self._look(logs)

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Check the losses of training and validation."""
        self._look(logs)

    def _look(self, logs: dict[str, float] | None) -> None:
        if self._has_warned or not logs:
            return
        for name in ("loss", "val_loss"):
            value = logs.get(name)
            if value is None or math.isfinite(value):
                continue
            self._has_warned = True
            what = "NaN" if math.isnan(value) else "infinite"
            warnings.warn(
                f"training has diverged: {name} became {what} in epoch {self._epoch + 1}, and the "
                f"model will most likely not recover. {REMEDY} "
                "callbacks=[keras.callbacks.TerminateOnNaN()] ends a fit at the first NaN.",
                RuntimeWarning,
                stacklevel=2,
            )
            return


class NaNScoresError(ValueError):
    """A model gives NaN for some samples.

    Attributes
    ----------
    scores
        What it gave, with the NaN.
    """

    def __init__(self, message: str, scores: NDArray[Any]) -> None:
        super().__init__(message)
        self.scores = scores


def has_nan_weights(model: Any) -> bool:
    """Return whether a weight of a Keras model is NaN or infinite."""
    return not all(np.isfinite(weight).all() for weight in model.get_weights())


def refuse_nan(model: Any, method: str, values: Any, first_row: int = 0) -> None:
    """Raise `NaNScoresError` if values (n, ...) have NaN, and say if the model or the input is why.

    `first_row` is the number of the first of the values.
    """
    if not isinstance(values, np.ndarray) or not np.isnan(values).any():
        return  # a Dask array is checked where it is computed
    if has_nan_weights(model):
        reason = (
            "the model's weights hold NaN or infinite numbers, because its training has diverged. "
            f"{REMEDY}"
        )
    else:
        bad = np.flatnonzero(np.isnan(values.reshape(len(values), -1)).any(axis=1))
        reason = (
            f"for {len(bad)} of {len(values)} samples, first x[{first_row + bad[0]}], the model "
            "overflows float32: their values are too large. Scale the data as in training, or drop "
            "these samples."
        )
    raise NaNScoresError(f"{method} gives NaN: {reason}", values)
