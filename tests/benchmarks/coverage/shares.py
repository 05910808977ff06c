"""Wilson's interval, the alert rate of a policy, replay, and the area under the ROC curve."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy import stats

from tests.benchmarks.coverage.populations import NORMAL
from vae_widgets.core.scores.drift import reference_quantiles
from vae_widgets.core.scores.intervals import wilson_interval
from vae_widgets.core.scores.policy import ThresholdPolicy
from vae_widgets.core.thresholds import apply_method
from vae_widgets.core.thresholds.reversed import auroc_interval, auroc_of_classes

METHODS = ("percentile", "iqr", "gesd", "f1", "cost")


def cells(quick: bool) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Yield the table and the arguments of `cell` for each of its rows."""
    n_sets = 50 if quick else 2000
    for n in (10, 30, 100, 1000):
        for p in (0.05, 0.5, 0.9):
            yield "Wilson", ("wilson", p, n, 0)
    for method in METHODS:
        for n in (300, 1000):
            yield "Alert rate", ("alert_rate", method, n, n_sets)
    for n in (300, 1000):
        yield "Replay", ("replay", 0.0, n, n_sets)
    for shift in (0.0, 1.0, 2.0):
        for n in (100, 300, 1000):
            yield "AUROC", ("auroc", shift, n, n_sets)


def cell(what: str, *given: Any) -> dict[str, str]:
    """Return a row."""
    row: dict[str, str] = globals()[f"_{what}"](*given)
    return row


def _wilson(p: float, n: int, _: int) -> dict[str, str]:
    # Exactly: by the binomial distribution.
    counts = np.arange(n + 1)
    held = [low <= p <= high for low, high in (wilson_interval(int(k), n) for k in counts)]
    coverage = float(stats.binom(n, p).pmf(counts)[held].sum())
    return {"share": f"{p:g}", "n": f"{n:,}", "coverage": f"{coverage:.3f}"}


def _alert_rate(method: str, n: int, n_sets: int) -> dict[str, str]:
    held = []
    for data_set in range(n_sets):
        scores, labels = NORMAL.draw(n, [data_set, n])
        threshold = apply_method(scores, labels, method, {}).threshold
        rate = float(np.mean(scores >= threshold))
        policy = ThresholdPolicy(threshold, metrics={"alert_rate": rate}, n_scores=n)
        low, high = policy.alert_rate_interval
        held.append(low <= NORMAL.metrics(threshold)["alert_rate"] <= high)
    return {"method": method, "n": f"{n:,}", "coverage": f"{np.mean(held):.3f}"}


def _replay(_: float, n: int, n_sets: int) -> dict[str, str]:
    changed, surprising, drifted = [], [], []
    for data_set in range(n_sets):
        scores, _labels = NORMAL.draw(n, [data_set, n])
        later, _labels = NORMAL.draw(n, [data_set, n, 1])
        threshold = apply_method(scores, None, "percentile", {}).threshold
        policy = ThresholdPolicy(
            threshold,
            metrics={"alert_rate": float(np.mean(scores >= threshold))},
            n_scores=n,
            reference=reference_quantiles(scores),
        )
        replay = policy.replay(later)
        changed.append(replay.alert_rate_changed)
        surprising.append(replay.ks_p_value < 0.05)
        drifted.append(replay.drifted)
    return {
        "n": f"{n:,}",
        "says that the alert rate changed": f"{np.mean(changed):.3f}",
        "p below 0.05": f"{np.mean(surprising):.3f}",
        "says that the scores drifted": f"{np.mean(drifted):.3f}",
    }


def _auroc(shift: float, n: int, n_sets: int) -> dict[str, str]:
    truth = float(stats.norm.cdf(shift / np.sqrt(2)))
    rng = np.random.default_rng([int(10 * shift), n])
    held = []
    for _ in range(n_sets):
        n_anomalous = min(n - 1, max(1, rng.binomial(n, 0.1)))
        normal, anomalous = rng.normal(size=n - n_anomalous), rng.normal(shift, size=n_anomalous)
        auroc = auroc_of_classes(np.sort(normal), anomalous)
        low, high = auroc_interval(auroc, n_anomalous, n - n_anomalous)
        held.append(low <= truth <= high)
    return {"true area": f"{truth:.3f}", "n": f"{n:,}", "coverage": f"{np.mean(held):.3f}"}
