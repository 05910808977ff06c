"""`AnomalyHistogram` and its parts."""

from vae_widgets.widgets.anomaly_histogram.widget import AnomalyHistogram

__all__ = ["AnomalyHistogram"]
