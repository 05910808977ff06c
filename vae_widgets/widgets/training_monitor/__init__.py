"""`TrainingMonitor` and its parts."""

from vae_widgets.widgets.training_monitor.widget import TrainingMonitor

__all__ = ["TrainingMonitor"]
