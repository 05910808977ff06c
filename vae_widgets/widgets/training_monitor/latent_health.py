"""Why a VAE fails: KL of each dimension over time, reconstruction against KL, and beta."""

from typing import Any

import numpy as np
import traitlets

from vae_widgets.core.training.history import TrainingHistory
from vae_widgets.core.training.series import FloatArray, decimate
from vae_widgets.widgets.base.assets import bundle
from vae_widgets.widgets.base.rate_limit import Send, changes
from vae_widgets.widgets.base.widget import CanvasWidget
from vae_widgets.widgets.traits.array import array_to_json

_POINTS = 200
_MAX_DIMENSIONS = 128


class LatentHealth(CanvasWidget):
    """Three small plots of what only a VAE has."""

    _esm = bundle("latent_health.js")
    _css = bundle("latent_health.css")

    shown = traitlets.Dict(
        help="axis (epoch or step); kl (columns, dimensions) and kl_at (columns); active; path: KL "
        "and reconstruction loss (2, n); beta: x and value (2, n)."
    ).tag(sync=True)

    def plan(self, history: TrainingHistory, steps_per_epoch: int | None) -> list[Send]:
        """Return the message, if any, that brings the plots up to date."""
        steps, kl = history.kl_per_dimension()
        if len(steps) > _POINTS:
            kept = np.linspace(0, len(steps) - 1, _POINTS).round().astype(int)
            steps, kl = steps[kept], kl[kept]
        at, beta = history.setting("beta")
        if len(beta):
            at, beta = np.append(at, history.last_step), np.append(beta, beta[-1])
        x, y = decimate(history.epoch_of(at, steps_per_epoch), beta, _POINTS)
        return changes(
            self,
            shown={
                "axis": "epoch" if history.has_epochs else "step",
                "kl": _wire(kl[:, :_MAX_DIMENSIONS]),
                "kl_at": _wire(history.epoch_of(steps, steps_per_epoch)),
                "active": history.active_units,
                "dimensions": kl.shape[1],
                "path": _wire(_path(history)),
                "beta": _wire(np.stack([x, y])),
            },
        )


def has_latents(history: TrainingHistory) -> bool:
    """Say whether there is anything to show."""
    return bool(len(history.kl_per_dimension()[0]) or _path(history).shape[1])


def _path(history: TrainingHistory) -> FloatArray:
    for read in (history.epochs, history.steps):
        at, kl = read("kl_loss")
        other, reconstruction = read("reconstruction_loss")
        if len(at) > 1 and np.array_equal(at, other):
            kept = np.linspace(0, len(at) - 1, min(len(at), _POINTS)).round().astype(int)
            return np.stack([kl, reconstruction])[:, kept]
    return np.empty((2, 0))


def _wire(values: FloatArray) -> dict[str, Any]:
    return array_to_json(values.astype(np.float32))
