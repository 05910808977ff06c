"""scikit-learn's digits 8x8: each digit in turn as an anomaly among the other nine."""

from collections.abc import Iterator

import numpy as np

from tests.benchmarks.reproduce import detection
from tests.benchmarks.reproduce.experiment import Row, Settings


def run(settings: Settings) -> Row:
    """Train on 70 % of nine digits; test on the rest of them and all of the tenth."""
    from sklearn.datasets import load_digits

    from vae_widgets import Gaussian

    digits = load_digits()
    images, which = digits.images / 16, digits.target

    def cases(seed: int) -> Iterator[detection.Case]:
        for digit in range(1 if settings.quick else 10):
            rng = np.random.default_rng([seed, digit])
            yield detection.split(images[which != digit], images[which == digit], rng)

    return detection.run(
        settings,
        "One digit of ten held out, 8x8, mean over the ten",
        cases,
        ["The baselines differ from seed to seed because the split into training and test does."],
        preprocessing=None,
        likelihood=Gaussian(deviation="learned"),
    )
