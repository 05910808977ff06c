"""Populations in which it is known what a threshold does."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats


@dataclass(frozen=True)
class Population:
    """Scores of which a share is anomalous and lies higher."""

    name: str
    scores: Any  # a distribution of scipy.stats
    shift: float
    share: float

    def draw(self, n: int, seed: list[int]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return `n` scores and their labels, at least two of them anomalous."""
        rng = np.random.default_rng(seed)
        labels = np.zeros(n)
        while labels.sum() < 2:
            labels = (rng.random(n) < self.share).astype(float)
        return self.scores.rvs(n, random_state=rng) + self.shift * labels, labels

    def metrics(self, threshold: float) -> dict[str, float]:
        """Return what a threshold does."""
        caught = self.share * self.scores.sf(threshold - self.shift)
        flagged = caught + (1 - self.share) * self.scores.sf(threshold)
        return {
            "alert_rate": flagged,
            "precision": caught / flagged if flagged else np.nan,
            "recall": caught / self.share,
            "f1": 2 * caught / (flagged + self.share),
        }


NORMAL = Population("10 % anomalies, N(2, 1) beside N(0, 1)", stats.norm(), 2.0, 0.1)
LONG_TAILED = Population(
    "5 % anomalies, t with 4 degrees of freedom, moved by 3", stats.t(4), 3, 0.05
)
