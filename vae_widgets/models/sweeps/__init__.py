"""Many training runs: `sweep`."""

from vae_widgets.models.sweeps.sweep import SweepResult, sweep

__all__ = ["SweepResult", "sweep"]
