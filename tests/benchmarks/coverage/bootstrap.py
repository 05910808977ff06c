"""The intervals of "Confidence", for every method of choosing a threshold."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from tests.benchmarks.coverage.populations import LONG_TAILED, NORMAL, Population
from vae_widgets.core.scores.bootstrap import METRICS, bootstrap_threshold, quick_resamples
from vae_widgets.core.thresholds import METHODS, apply_method

LABELLED = [name for name, method in METHODS.items() if method.labels == "needed"]


def cells(quick: bool) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Yield the table and the arguments of `cell` for each of its rows."""
    sizes, n_sets = ((300,), 20) if quick else ((100, 300, 1000), 300)
    for method in METHODS:
        for n in sizes:
            few = n_sets // 3 if method == "mixture" else n_sets  # it is slow
            yield NORMAL.name, (NORMAL, method, n, few)
    for method in LABELLED:
        for n in sizes[-2:]:
            yield LONG_TAILED.name, (LONG_TAILED, method, n, n_sets)


def cell(population: Population, method: str, n: int, n_sets: int) -> dict[str, str]:
    """Return a row: how often the intervals hold what the chosen threshold truly does."""
    held, optimism, bias, too_few, refused = [], [], [], 0, 0
    for data_set in range(n_sets):
        scores, labels = population.draw(n, [data_set, n])
        try:
            chosen = apply_method(scores, labels, method, {})
        except ValueError:
            refused += 1
            continue
        found = bootstrap_threshold(scores, labels, chosen, quick_resamples(n, method))
        truth = population.metrics(chosen.threshold)
        ends = [found.intervals[name] for name in METRICS]
        # An interval that is "unknown" claims nothing, and is left out.
        held.append(
            [
                np.nan if np.isnan(low) else float(low <= truth[name] <= high)
                for name, (low, high) in zip(METRICS, ends, strict=True)
            ]
        )
        optimism.append(found.measured["precision"] - truth["precision"])
        bias.append(found.corrected["precision"] - truth["precision"])
        too_few += "Too few" in found.verdict
    known = ~np.isnan(held)
    coverage = np.nansum(held, axis=0) / np.maximum(known.sum(axis=0), 1)
    row = {"method": method, "n": f"{n:,}"}
    row |= {
        name.replace("_", " "): f"{of:.2f}" if any_known else "-"
        for name, of, any_known in zip(METRICS, coverage, known.any(axis=0), strict=True)
    }
    row["unknown"] = f"{1 - known[:, 0].mean():.2f}"
    row["says too few"] = f"{too_few / len(held):.2f}"
    row["measured precision"] = _mean(optimism)
    row["corrected"] = _mean(bias) if method in LABELLED else ""
    row["data sets"] = f"{n_sets - refused}"
    return row


def _mean(differences: list[float]) -> str:
    """Return the mean of those that are known. A precision without flagged samples is not."""
    known = [each for each in differences if not np.isnan(each)]
    return f"{np.mean(known):+.3f}" if known else "-"
