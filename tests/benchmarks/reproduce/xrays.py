"""Chest X-rays of PneumoniaMNIST, 28x28: pneumonia as an anomaly among healthy ones."""

import numpy as np

from tests.benchmarks.reproduce import detection
from tests.benchmarks.reproduce.experiment import Row, Settings


def run(settings: Settings) -> Row:
    """Train on the healthy images of the training and validation sets, test on the test set."""
    from vae_widgets import Gaussian

    case = _images(settings)
    return detection.run(
        settings,
        "Pneumonia among chest X-rays 28x28",
        lambda seed: [case],
        [
            f"{len(case.x_train)} healthy images for training, {len(case.x_test)} for the test. "
            "Layers and likelihood are those usual for images. One test figure was seen before "
            "they were settled: dense layers, tried first, had 0.848; the validation set cannot "
            "tell the two apart (AUROC 0.94 and 0.95, trained on the training set alone).",
            "Residual maps are smoothed by 2 pixels. This was chosen on the validation set, with a "
            "model and principal components of the training set alone: without maps they have an "
            "AUROC of 0.939 and 0.920 there, with maps smoothed by 1, 2 and 3 pixels 0.962, 0.966 "
            "and 0.965, and 0.952, 0.953 and 0.947.",
        ],
        smooth=2.0,
        architecture="conv",
        likelihood=Gaussian(deviation="learned"),
        preprocessing="standardize_samples",
    )


def _images(settings: Settings) -> detection.Case:
    if settings.quick:
        rng = np.random.default_rng(0)
        return detection.Case(rng.random((40, 9, 9)), rng.random((30, 9, 9)), np.arange(30) < 10)
    return detection.of_dataset("xray")
