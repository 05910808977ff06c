"""Whether high scores belong to the normal samples, where they should belong to the anomalous."""

import math
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray


def auroc_of_classes(normal: NDArray[np.float64], anomalous: NDArray[np.float64]) -> float:
    """Return the area under the ROC curve, ties counting half; NaN unless there are both kinds.

    `normal` is ascending.
    """
    if not (len(normal) and len(anomalous)):
        return math.nan
    below = np.searchsorted(normal, anomalous, "left").mean()
    not_above = np.searchsorted(normal, anomalous, "right").mean()
    return float(below + not_above) / (2 * len(normal))


def auroc_interval(
    auroc: float, n_anomalous: int, n_normal: int, confidence: float = 0.95
) -> tuple[float, float]:
    """Return an interval of the area under the ROC curve, within [0, 1].

    Method 5 of R. Newcombe, "Confidence intervals for an effect size measure based on the
    Mann-Whitney statistic. Part 2", Statistics in Medicine 25, 2006: all areas from which this one
    is at most z standard deviations away, with the variance of Hanley and McNeil (Radiology 143,
    1982). It excludes 0.5 where the Mann-Whitney test does.
    """
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    others = (n_anomalous + n_normal) / 2 - 1

    def reach(area: float) -> float:
        shape = 1 + others * ((1 - area) / (2 - area) + area / (1 + area))
        return z * math.sqrt(area * (1 - area) * shape / (n_anomalous * n_normal))

    def bound(far: float) -> float:
        """Return the farthest area between `auroc` and `far` that is within reach."""
        near = auroc
        for _ in range(60):
            middle = (near + far) / 2
            if abs(middle - auroc) <= reach(middle):
                near = middle
            else:
                far = middle
        return near

    return bound(0.0), bound(1.0)


def reversed_warning(auroc: float, n_anomalous: int, n_normal: int) -> str:
    """Say that scores seem to be upside down, and what to pass (code in backticks), or ""."""
    if math.isnan(auroc) or auroc >= 0.5:
        return ""
    low, high = auroc_interval(auroc, n_anomalous, n_normal)
    if high >= 0.5:
        return ""
    return (
        f"AUROC {auroc:.3f} (95 % interval {low:.3f} to {high:.3f}) is clearly below 0.5: the "
        "samples labelled normal have the high scores. Pass `-scores`; with a VAEDetector, pass "
        "`anomaly_score(x)`, not `score_samples(x)` or `decision_function(x)`. If 1 means normal "
        "in your labels, pass `1 - labels`."
    )
