"""What the methods without labels say of later scores, and what these do."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy import stats

from vae_widgets.core.thresholds import apply_method

TAILS = {
    "exponential": stats.expon(),
    "normal": stats.norm(),
    "t (4)": stats.t(4),
    "uniform": stats.uniform(),
}


def cells(quick: bool) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Yield the table and the arguments of `cell` for each of its rows."""
    n_sets = 30 if quick else 1000
    for name in TAILS:
        for rate in (0.01, 0.001, 0.0001):
            yield "Extreme values", ("peaks_over_threshold", name, {"rate": rate}, 1000, n_sets)
    for name in TAILS:
        for confidence in (None, 0.95):
            given = {"rate": 0.05, "confidence": confidence}
            yield "Conformal", ("conformal", name, given, 300, n_sets)
    for name in TAILS:
        yield "Percentile", ("percentile", name, {"percentile": 95.0}, 300, n_sets)
    for n in (25, 100, 1000):
        yield "Rosner", ("gesd", "normal", {}, n, n_sets)


def cell(method: str, tail: str, given: dict[str, Any], n: int, n_sets: int) -> dict[str, str]:
    """Return a row about scores without anomalies."""
    scores = TAILS[tail]
    rates, limits, flags = [], [], []
    for data_set in range(n_sets):
        sample = scores.rvs(n, random_state=np.random.default_rng([data_set, n]))
        found = apply_method(sample, None, method, given)
        rates.append(float(scores.sf(found.threshold)))
        limits.append(found.estimates.get("rate_95", np.nan))
        flags.append(bool((sample >= found.threshold).any()))
    row = {"scores": tail, "n": f"{n:,}"}
    if method == "gesd":
        return row | {"flags any score": f"{np.mean(flags):.3f}"}
    rate = given.get("rate", 0.05)
    row["rate"] = f"{rate:g}"
    if method == "conformal":
        row["confidence"] = str(given["confidence"] or "on average")
    row["mean realised, of the rate"] = f"{np.mean(rates) / rate:.2f}"
    row["realised more"] = f"{np.mean(np.array(rates) > rate):.2f}"
    if method != "percentile":
        row["upper limit holds"] = f"{np.mean(np.array(rates) <= limits):.3f}"
    return row
