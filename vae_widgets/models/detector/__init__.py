"""`VAEDetector`, an outlier detector for scikit-learn."""

from vae_widgets.models.detector.estimator import VAEDetector

__all__ = ["VAEDetector"]
