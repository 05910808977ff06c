"""Bootstrap intervals for the metrics of a threshold chosen on the same samples."""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_widgets.core import checks
from vae_widgets.core.pairing import shared_index
from vae_widgets.core.scores.intervals import wilson_bound
from vae_widgets.core.scores.smoothed import SmoothedScores
from vae_widgets.core.thresholds import METHODS, Threshold, apply_method
from vae_widgets.core.thresholds.mixture import MOST_FITTED
from vae_widgets.core.ticks import alike

METRICS = ("alert_rate", "precision", "recall", "f1")
# Beyond these the samples are called too few.
MOST_ALERTS = 2  # times as many alerts by the lowest threshold in the range as by the highest
WIDEST_SHARE = 0.2  # of the interval of precision or recall
MOST_FAILED = 0.1  # share of the resamples in which the method cannot choose
_LEAST_SHARE = 1e-9  # shares of a population this near to 0 or 1 count as that


@dataclass(frozen=True)
class BootstrapIntervals:
    """Confidence intervals of the metrics of a threshold.

    Attributes
    ----------
    intervals : dict
        (low, high) of ``alert_rate`` and, with labels, ``precision``, ``recall`` and ``f1``; (NaN,
        NaN) where the samples say nothing, or more than a tenth of the resamples failed.
        For ``threshold`` the range in the resamples.
    measured : dict
        The same metrics on the samples themselves, and the threshold.
    corrected : dict
        The metrics to expect on new samples.
    confidence : float
        How often the intervals hold the true value, at least.
    n_resamples, n_failed : int
        How many were drawn, and in how many the method failed.
    enough : bool
        Whether the highest threshold of the range raises at least half the alerts of the lowest,
        precision and recall are known within 0.2, and at most a tenth of the resamples failed.
    verdict : str
        The same in words, with the numbers.
    """

    intervals: Mapping[str, tuple[float, float]]
    measured: Mapping[str, float]
    corrected: Mapping[str, float]
    confidence: float
    n_resamples: int
    n_failed: int
    enough: bool
    verdict: str

    def __repr__(self) -> str:
        span = " to ".join(alike(self.intervals["threshold"]))
        return f"<BootstrapIntervals: threshold {span}; {self.verdict:.120}>"


def bootstrap_threshold(
    scores: ArrayLike,
    labels: ArrayLike | None,
    chosen: Threshold,
    n_resamples: int = 200,
    confidence: float = 0.95,
    seed: int = 0,
) -> BootstrapIntervals:
    """Return confidence intervals of the metrics of a threshold chosen on the same samples.

    They allow for the choice: the threshold that labels call the best was also lucky with them.

    Wilson's interval holds all shares p for which ``z = (share - p) / sqrt(p (1 - p) / m)`` is
    within quantiles of the standard normal distribution. Here those of z come from a smoothed
    bootstrap (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, ch. 12 and 16.5,
    `SmoothedScores`), in each resample of which the method chooses again. F1 is ``2 J / (1 + J)``
    of the share J of true alarms among true alarms, false alarms and misses. The interval is never
    inside Wilson's. The median of z gives the corrected metric. ``docs/explanation/coverage.md``
    has simulations.

    Parameters
    ----------
    scores
        Finite scores (n,), higher = more anomalous.
    labels
        (n,) booleans or 0 and 1, 1 = anomalous; None or NaN = not labelled. None without labels.
    chosen
        What `choose_threshold` returned for these; "manual" gets Wilson's intervals.
    n_resamples
        At least 20.
    confidence
        In (0, 1).
    seed
        Makes the resamples repeatable.
    """
    shared_index({"scores": scores, "labels": labels})
    scores = checks.scores("scores", scores)
    known = None if labels is None else checks.anomaly_labels("labels", labels, len(scores))
    n_resamples = checks.positive_int("n_resamples", n_resamples, minimum=20)
    confidence = checks.open_share("confidence", confidence)
    rng = np.random.default_rng(checks.positive_int("seed", seed, minimum=0))
    thresholds, deviations = [chosen.threshold], np.zeros((0, len(METRICS)))
    n_failed = 0
    if chosen.method != "manual" and scores.min() < scores.max():
        thresholds, deviations = _resampled(scores, known, chosen, n_resamples, rng)
        n_failed = n_resamples - len(thresholds)
    by_labels = chosen.method in METHODS and METHODS[chosen.method].labels == "needed"
    intervals = {"threshold": _range(thresholds, confidence)}
    measured = {"threshold": chosen.threshold}
    corrected = {}
    lucky = n_failed > MOST_FAILED * n_resamples
    for column, (name, (part, of)) in enumerate(_counts(scores, known, chosen.threshold).items()):
        low, middle, high = _bounds(part, 0.0 if lucky else of, deviations[:, column], confidence)
        measured[name] = _of_share(name, part / of if of else np.nan)
        intervals[name] = _of_share(name, low), _of_share(name, high)
        corrected[name] = _of_share(name, middle) if by_labels else measured[name]
    unsteady = _unsteady(scores, chosen, intervals["threshold"], n_failed / n_resamples)
    wide = [
        f"{name} is {'unknown' if np.isnan(low) else f'{low:.2f} to {high:.2f}'}"
        for name, (low, high) in intervals.items()
        if name in ("precision", "recall") and not high - low <= WIDEST_SHARE
    ]
    samples = f"samples ({len(scores):,})"
    if known is None:
        verdict = _verdict({samples: unsteady})
    else:
        labelled = f"labels ({int(np.count_nonzero(known == 1)):,} anomalous)"
        looks = chosen.method in METHODS and METHODS[chosen.method].labels
        verdict = _verdict(
            {labelled: unsteady + wide} if looks else {samples: unsteady, labelled: wide}
        )
    enough = not unsteady and not wide
    return BootstrapIntervals(
        intervals, measured, corrected, confidence, n_resamples, n_failed, enough, verdict
    )


def quick_resamples(n: int, method: str) -> int:
    """Return how many resamples of `n` scores take a few seconds at most: 20 to 200."""
    most = 4_000_000 // n
    if method == "mixture":  # a fit takes up to 50 ms, if the two distributions overlap
        most = min(most, 1_000_000 // min(n, MOST_FITTED))
    return max(20, min(200, most))


def _counts(
    scores: NDArray[np.float64], labels: NDArray[np.float64] | None, threshold: float
) -> dict[str, tuple[float, float]]:
    flagged = scores >= threshold
    counts = {"alert_rate": (float(np.count_nonzero(flagged)), float(len(scores)))}
    if labels is None:
        return counts
    true, false = (float(np.count_nonzero(flagged & (labels == kind))) for kind in (1, 0))
    n_anomalous = float(np.count_nonzero(labels == 1))
    return counts | {
        "precision": (true, true + false),
        "recall": (true, n_anomalous),
        "f1": (true, n_anomalous + false),
    }


def _shares(
    population: SmoothedScores, n_anomalous: float, threshold: float
) -> NDArray[np.float64]:
    false, true, other = population.at_or_above(threshold)
    parts = np.array([true + false + other, true, true, true])
    wholes = np.array([1, true + false, n_anomalous, n_anomalous + false])
    shares: NDArray[np.float64] = np.divide(parts, wholes, np.full(4, np.nan), where=wholes > 0)
    return np.clip(shares, _LEAST_SHARE, 1 - _LEAST_SHARE)


def _resampled(
    scores: NDArray[np.float64],
    labels: NDArray[np.float64] | None,
    chosen: Threshold,
    n_resamples: int,
    rng: np.random.Generator,
) -> tuple[list[float], NDArray[np.float64]]:
    """Return the thresholds chosen in resamples, and z (thresholds, metrics), NaN if undefined."""
    population = SmoothedScores(scores, labels)
    n_anomalous = 0.0 if labels is None else np.count_nonzero(labels == 1) / len(scores)
    thresholds, deviations = [], []
    for _ in range(n_resamples):
        some, their = population.draw(rng)
        try:
            again = apply_method(some, their, chosen.method, chosen.parameters).threshold
        except ValueError:
            continue
        thresholds.append(again)
        part, of = np.array(list(_counts(some, their, again).values()), float).T
        p = _shares(population, n_anomalous, again)[: len(of)]
        with np.errstate(invalid="ignore"):
            deviations.append((part - of * p) / np.sqrt(of * p * (1 - p)))
    return thresholds, np.array(deviations).reshape(len(thresholds), -1)


def _bounds(
    part: float, of: float, deviations: NDArray[np.float64], confidence: float
) -> tuple[float, float, float]:
    if not of:
        return np.nan, np.nan, np.nan
    normal = NormalDist().inv_cdf((1 + confidence) / 2)
    low, middle, high = -normal, 0.0, normal
    defined = deviations[~np.isnan(deviations)]
    if defined.size:
        tail = (1 - confidence) / 2
        found = np.quantile(defined, [tail, 0.5, 1 - tail])
        low, middle, high = min(low, float(found[0])), float(found[1]), max(high, float(found[2]))
    return wilson_bound(part, of, high), wilson_bound(part, of, middle), wilson_bound(part, of, low)


def _of_share(name: str, share: float) -> float:
    """Return the metric: F1 is counted as true alarms among these, false alarms and misses."""
    return 2 * share / (1 + share) if name == "f1" else share


def _range(thresholds: list[float], confidence: float) -> tuple[float, float]:
    if not thresholds:
        return np.nan, np.nan
    # Values that occurred, not between two: a threshold may lie in a gap otherwise.
    tails = [(1 - confidence) / 2, (1 + confidence) / 2]
    low, high = np.quantile(thresholds, tails, method="closest_observation")
    return float(low), float(high)


def _verdict(problems: Mapping[str, list[str]]) -> str:
    """Return which are too few and why, or, if all problems are none, that the last are enough."""
    too_few = [f"Too few {what}: {'; '.join(why)}." for what, why in problems.items() if why]
    return " ".join(too_few) or f"Enough {list(problems)[-1]}."


def _unsteady(
    scores: NDArray[np.float64], chosen: Threshold, between: tuple[float, float], failed: float
) -> list[str]:
    problems = []
    if failed > MOST_FAILED:
        problems.append(f"in {100 * failed:.0f} % of the resamples {chosen.method} found none")
    low, high = between
    most, least = (np.count_nonzero(scores >= at) for at in (low, high))
    if most > MOST_ALERTS * least:
        from_, to = alike(between)
        problems.append(
            f"the threshold may be anything from {from_}, which flags {most:,}, to {to}, which "
            f"flags {least:,}"
        )
    return problems
