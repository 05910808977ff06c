"""A population that scores may come from: what a smoothed bootstrap draws its resamples from."""

import numpy as np
from numpy.typing import NDArray

# Of Azzalini's bandwidth, which is the best one for a normal distribution.
_BANDWIDTH = 1.3
_NARROWEST = 1e-9


class SmoothedScores:
    """Scores whose distribution was smoothed within each kind: normal, anomalous, not labelled.

    `labels` are 1, 0, and NaN. A threshold that was lucky on the samples is then not lucky in the
    resamples too. Kernel estimate: Azzalini, Biometrika 68, 1981, bandwidth ``1.3 * deviation *
    n^(-1/3)``, on a scale where all scores together are normally distributed.
    """

    def __init__(self, scores: NDArray[np.float64], labels: NDArray[np.float64] | None) -> None:
        from scipy.special import ndtr, ndtri

        self._ndtr = ndtr
        n = len(scores)
        # In order, because neighbours in memory are looked up several times faster.
        order = np.argsort(scores)
        scores, self._labels = scores[order], None if labels is None else labels[order]
        self._known, first, counts = np.unique(scores, return_index=True, return_counts=True)
        # Tied scores share the middle of their ranks.
        self._normal = ndtri((np.cumsum(counts) - counts / 2) / n)
        self._slopes = self._tail_slopes(int(np.sqrt(len(first))))
        self._at = np.interp(scores, self._known, self._normal)
        kinds = np.full(n, 2.0)
        if self._labels is not None:
            kinds = np.where(np.isnan(self._labels), 2, self._labels)
        self._kinds = kinds.astype(int)
        self._width = np.zeros(n)
        for kind in np.unique(self._kinds):
            of = self._kinds == kind
            self._width[of] = _bandwidth(self._at[of])

    def draw(
        self, rng: np.random.Generator
    ) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
        """Return as many scores as were given, drawn at random, and their labels."""
        n = len(self._at)
        drawn = np.sort(rng.integers(0, n, n))
        at = self._at[drawn] + self._width[drawn] * rng.standard_normal(n)
        return self._to_scores(at), None if self._labels is None else self._labels[drawn]

    def at_or_above(self, threshold: float) -> tuple[float, float, float]:
        """Return the shares of normal, anomalous and unlabelled samples that reach a threshold."""
        reach = self._ndtr((self._at - self._from_score(threshold)) / self._width)
        sums = np.bincount(self._kinds, reach, minlength=3) / len(reach)
        return float(sums[0]), float(sums[1]), float(sums[2])

    def _tail_slopes(self, reach: int) -> tuple[float, float]:
        """Return by how much scores change beyond the lowest and the highest, a unit of `_at`."""
        reach = min(max(1, reach), len(self._known) - 1)
        low = np.diff(self._known[[0, reach]]) / np.diff(self._normal[[0, reach]])
        high = np.diff(self._known[[-1 - reach, -1]]) / np.diff(self._normal[[-1 - reach, -1]])
        return low.item(), high.item()

    def _to_scores(self, at: NDArray[np.float64]) -> NDArray[np.float64]:
        below = np.minimum(at - self._normal[0], 0) * self._slopes[0]
        beyond = np.maximum(at - self._normal[-1], 0) * self._slopes[1]
        scores: NDArray[np.float64] = np.interp(at, self._normal, self._known) + below + beyond
        return scores

    def _from_score(self, score: float) -> float:
        below = min(score - self._known[0], 0) / self._slopes[0]
        beyond = max(score - self._known[-1], 0) / self._slopes[1]
        return float(np.interp(score, self._known, self._normal) + below + beyond)


def _bandwidth(at: NDArray[np.float64]) -> float:
    """Return Azzalini's bandwidth; of a single sample that of a standard normal distribution."""
    if len(at) == 1:
        return _BANDWIDTH
    first, third = np.percentile(at, [25, 75])
    # The smaller of two estimates, as Silverman (Density Estimation, 1986, eq. 3.30) proposes.
    deviation = min(float(at.std(ddof=1)), float(third - first) / 1.349 or np.inf)
    return float(max(_NARROWEST, _BANDWIDTH * deviation * float(len(at)) ** (-1 / 3)))
