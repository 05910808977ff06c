"""The precision of all alerts, estimated from a review in random order."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from vae_widgets.core.scores.labelled_scores import LabelledScores


def cells(quick: bool) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Yield the table and the arguments of `cell` for each of its rows."""
    n_sets = 50 if quick else 1000
    for before in ("nothing", "the 40 nearest", "the 40 highest"):
        for n_reviewed in (5, 20, 60, 200):
            yield "Review", (before, n_reviewed, n_sets)
    yield "Review", ("the 40 nearest", 0, n_sets)


def cell(before: str, n_reviewed: int, n_sets: int) -> dict[str, str]:
    """Return a row: 400 of 4,000 samples are flagged, the higher the more often anomalous."""
    n, n_flagged = 4000, 400
    held, bias, widths = [], [], []
    for data_set in range(n_sets):
        rng = np.random.default_rng([data_set, n_reviewed])
        scores = np.sort(rng.gamma(2, size=n))
        anomalous = (rng.random(n) < np.linspace(-8, 1, n).clip(0.02)).astype(float)
        flagged = np.arange(n - n_flagged, n)
        threshold = scores[flagged[0]]
        data = LabelledScores(scores)
        first = {
            "nothing": flagged[:0],
            "the 40 nearest": flagged[:40],
            "the 40 highest": flagged[-40:],
        }
        rows = first[before]
        data.label(rows, anomalous[rows])
        drawn = rng.choice(np.setdiff1d(flagged, rows), n_reviewed, replace=False)
        data.label(drawn, anomalous[drawn], np.full(n_reviewed, threshold))
        found = data.reviewed_precision(threshold)
        truth = anomalous[flagged].mean()
        held.append(found.low[0] <= truth <= found.high[0])
        bias.append(found.precision[0] - truth)
        widths.append(found.high[0] - found.low[0])
    return {
        "labelled before": before,
        "reviewed at random": f"{n_reviewed}",
        "coverage": f"{np.mean(held):.3f}",
        "mean width": f"{np.mean(widths):.2f}",
        "bias of the estimate": f"{np.mean(bias):+.3f}" if n_reviewed else "no single value",
    }
