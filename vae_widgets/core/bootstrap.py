"""How far a threshold, and what it does, hangs on the samples it was chosen by."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_widgets.core import checks
from vae_widgets.core.intervals import wilson_interval
from vae_widgets.core.thresholds import METHODS, Threshold, apply_method, threshold_metrics

METRICS = ("alert_rate", "precision", "recall", "f1")
# Beyond these the samples are called too few.
MOST_ALERTS = 1.5  # times as many alerts by the lowest threshold in the interval as by the highest
WIDEST_SHARE = 0.2  # of the interval of precision or recall
MOST_FAILED = 0.1  # share of the resamples in which the method cannot choose


@dataclass(frozen=True)
class BootstrapIntervals:
    """Percentile intervals of a threshold and its metrics.

    Attributes
    ----------
    intervals : dict
        (low, high) of ``threshold`` as chosen again in each resample, and of ``alert_rate``,
        ``precision``, ``recall`` and ``f1`` of the threshold at hand. Without labels the last three
        are missing; what is undefined in every resample is (NaN, NaN).
    confidence : float
        Share of the resamples inside each interval.
    n_resamples, n_failed : int
        How many were drawn, and in how many of them the method could not choose.
    enough : bool
        Whether the samples suffice: the thresholds in the interval raise at most 1.5 times as many
        alerts by the lowest as by the highest, Wilson's intervals of precision and recall are at
        most 0.2 wide, and the method failed in at most a tenth of the resamples.
    verdict : str
        The same in words, with the numbers.
    """

    intervals: Mapping[str, tuple[float, float]]
    confidence: float
    n_resamples: int
    n_failed: int
    enough: bool
    verdict: str


def bootstrap_threshold(
    scores: ArrayLike,
    labels: ArrayLike | None,
    chosen: Threshold,
    n_resamples: int = 200,
    confidence: float = 0.95,
    seed: int = 0,
) -> BootstrapIntervals:
    """Resample the samples with replacement, and look how much the threshold and metrics vary.

    The percentile bootstrap (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, ch. 13).

    Parameters
    ----------
    scores
        Finite scores (n,), higher = more anomalous.
    labels
        (n,) booleans or 0 and 1, 1 = anomalous; None or NaN = not labelled. None without labels.
    chosen
        The threshold as `choose_threshold` returned it for these; one with the method "manual"
        stays where it is in every resample.
    n_resamples
        At least 20. One of 1,000,000 scores takes about 0.1 s.
    confidence
        In (0, 1).
    seed
        Makes the resamples repeatable.
    """
    scores = checks.scores("scores", scores)
    n = len(scores)
    known = None if labels is None else checks.anomaly_labels("labels", labels, n)
    n_resamples = checks.positive_int("n_resamples", n_resamples, minimum=20)
    confidence = checks.open_share("confidence", confidence)
    rng = np.random.default_rng(checks.positive_int("seed", seed, minimum=0))
    found: dict[str, list[float]] = {"threshold": []}
    n_failed = 0
    for _ in range(n_resamples):
        drawn = rng.integers(0, n, n)
        some, their = scores[drawn], None if known is None else known[drawn]
        metrics = threshold_metrics(some, their, chosen.threshold)
        for name in METRICS:
            if name in metrics:
                found.setdefault(name, []).append(metrics[name])
        if chosen.method == "manual":
            continue
        try:
            again = apply_method(some, their, chosen.method, chosen.parameters)
        except ValueError:  # such as no anomalous sample, or a precision out of reach
            n_failed += 1
        else:
            found["threshold"].append(again.threshold)
    if chosen.method == "manual":
        found["threshold"] = [chosen.threshold]
    intervals = {name: _interval(values, confidence) for name, values in found.items()}
    # Among few labels the bootstrap sees no doubt where all are right or wrong; this one does.
    metrics = threshold_metrics(scores, known, chosen.threshold)
    tp = int(metrics.get("true_positives", 0))
    shares = {
        "precision": wilson_interval(tp, tp + int(metrics.get("false_positives", 0)), confidence),
        "recall": wilson_interval(tp, tp + int(metrics.get("false_negatives", 0)), confidence),
    }
    unsteady = _unsteady(scores, chosen, intervals["threshold"], n_failed / n_resamples)
    wide = [
        f"{name} is {low:.2f} to {high:.2f}"
        for name, (low, high) in shares.items()
        if high - low > WIDEST_SHARE and known is not None
    ]
    if wide:
        wide[-1] += " (Wilson)"
    samples = f"samples ({n:,})"
    if known is None:
        verdict = _verdict({samples: unsteady})
    else:
        labels = f"labels ({int(np.count_nonzero(known == 1)):,} anomalous)"
        by_labels = chosen.method in METHODS and METHODS[chosen.method].labels
        verdict = _verdict(
            {labels: unsteady + wide} if by_labels else {samples: unsteady, labels: wide}
        )
    enough = not unsteady and not wide
    return BootstrapIntervals(intervals, confidence, n_resamples, n_failed, enough, verdict)


def _interval(values: list[float], confidence: float) -> tuple[float, float]:
    defined = np.array(values)[~np.isnan(values)]
    if not defined.size:
        return np.nan, np.nan
    # Values that occurred, and not between two: a threshold may lie in a gap otherwise.
    tails = [(1 - confidence) / 2, (1 + confidence) / 2]
    low, high = np.quantile(defined, tails, method="closest_observation")
    return float(low), float(high)


def _verdict(problems: Mapping[str, list[str]]) -> str:
    """Return which are too few and why, or, if all problems are none, that the last are enough."""
    too_few = [f"Too few {what}: {'; '.join(why)}." for what, why in problems.items() if why]
    return " ".join(too_few) or f"Enough {list(problems)[-1]}."


def _unsteady(
    scores: NDArray[np.float64], chosen: Threshold, between: tuple[float, float], failed: float
) -> list[str]:
    """Return why the threshold might be another one, in words; nothing if it is steady."""
    problems = []
    if failed > MOST_FAILED:
        problems.append(f"in {100 * failed:.0f} % of the resamples {chosen.method} found none")
    low, high = between
    most, least = (np.count_nonzero(scores >= at) for at in (low, high))
    if most > MOST_ALERTS * least:
        problems.append(
            f"they do not tell thresholds from {low:.4g} to {high:.4g} apart, which flag {most:,} "
            f"and {least:,}"
        )
    return problems
