"""Heartbeats, such as those of MIT-BIH record 208: wide ones as anomalies among narrow ones."""

import numpy as np

from tests.benchmarks.reproduce import detection
from tests.benchmarks.reproduce.experiment import Row, Settings


def run(settings: Settings) -> Row:
    """Train on normal beats; test on others of them and on those that are not normal."""
    case = _beats(settings)
    return detection.run(
        settings,
        "Heartbeats that are not normal",
        lambda seed: [case],
        [
            f"{len(case.x_train)} normal beats for training, {len(case.x_test)} for the test. On "
            "record 208 the distance from the mean is enough: the VAE shows where beats are odd."
        ],
        latent_dim=4,
        preprocessing=None,
    )


def _beats(settings: Settings) -> detection.Case:
    if settings.quick:
        rng = np.random.default_rng(0)
        return detection.Case(rng.random((40, 16)), rng.random((30, 16)), np.arange(30) < 10)
    return detection.of_dataset("ecg")
