"""The Wisconsin breast-cancer table, 569x30: malignant tumours as anomalies among benign ones."""

import numpy as np

from tests.benchmarks.reproduce import detection
from tests.benchmarks.reproduce.experiment import Row, Settings


def run(settings: Settings) -> Row:
    """Train on 70 % of the benign samples; test on the rest of them and all malignant ones."""
    from sklearn.datasets import load_breast_cancer

    x, is_benign = load_breast_cancer(return_X_y=True)
    benign, malignant = x[is_benign == 1], x[is_benign == 0]
    return detection.run(
        settings,
        "Malignant among benign tumours, 30 features",
        lambda seed: [detection.split(benign, malignant, np.random.default_rng(seed))],
        ["The baselines differ from seed to seed because the split into training and test does."],
    )
