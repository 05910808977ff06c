"""A model as the writer of bundles sees it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import keras
import numpy as np
from numpy.typing import NDArray

from vae_widgets.bundle.manifest import ModelFacts
from vae_widgets.models.losses.latent_model import LatentModel
from vae_widgets.models.serialization.own_classes import CustomObjects

_MOST_EPOCHS, _MOST_METRICS = 1_000, 24  # the manifest has a limit, too


@dataclass(frozen=True)
class ExportSpec:
    """Facts about a model, and its functions.

    `networks` computes with tensors. The other functions are the model's methods for arrays;
    `code_statistics` gives the mean and the covariance of its training codes, or raises.
    """

    name: str
    facts: ModelFacts
    networks: LatentModel
    training: dict[str, Any]
    check_samples: Callable[[str, Any], NDArray[np.float32]]
    encode: Callable[..., tuple[NDArray[np.float32], NDArray[np.float32]]]
    code_statistics: Callable[[], Any]


class Exportable(Protocol):
    """A Keras model that a bundle can hold."""

    name: str
    custom_objects: CustomObjects

    def get_weights(self) -> list[NDArray[Any]]:
        """Return the weights."""

    def export_spec(self) -> ExportSpec:
        """Return what the bundle is made from."""


def spec_of(model: Any) -> ExportSpec:
    """Return the spec of a model that was read from a file."""
    spec: ExportSpec = model.export_spec()
    return spec


def training_summary(model: Any, of_saved: dict[str, Any] | None) -> dict[str, Any]:
    """Return how a model was trained; `of_saved` if it was loaded, and not trained since."""
    history = getattr(model, "history", None)
    epochs, losses, n_samples = 0, {}, None
    curves: dict[str, Any] = {}
    if isinstance(history, keras.callbacks.History) and history.epoch:
        epochs = len(history.epoch)
        losses = {name: values[-1] for name, values in history.history.items() if values}
        curves = _curves(history)
        n_samples = (history.params or {}).get("n_samples")
    elif of_saved:
        return of_saved
    numbers = {name: float(value) for name, value in losses.items() if np.ndim(value) == 0}
    return {
        "epochs": epochs,
        "steps": int(model.optimizer.iterations.numpy()),
        # JSON has no NaN.
        "losses": {k: value if np.isfinite(value) else None for k, value in numbers.items()},
        "n_samples": n_samples,
        "seed": model.seed,
        "beta": model.beta,
        "history": curves,
    }


def _curves(history: keras.callbacks.History) -> dict[str, list[float | None]]:
    """Return the metrics of each epoch, counted from 1 as "epoch"; of many, evenly spread ones."""
    n = len(history.epoch)
    kept = np.unique(np.linspace(0, n - 1, min(n, _MOST_EPOCHS)).astype(int))
    curves: dict[str, list[float | None]] = {"epoch": [history.epoch[i] + 1 for i in kept]}
    for name, values in history.history.items():
        # Keras validates less often with validation_freq: such a metric has fewer values.
        if len(values) == n and np.ndim(values) == 1 and len(curves) <= _MOST_METRICS:
            numbers = np.asarray(values, np.float64)[kept].tolist()
            curves[name] = [value if np.isfinite(value) else None for value in numbers]
    return curves
