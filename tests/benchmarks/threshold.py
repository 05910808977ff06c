"""`AnomalyHistogram`: one move of the threshold over many scores, and the panel "Confidence"."""

import statistics

from tests.benchmarks.report import Bar, Report, Table
from tests.benchmarks.rounds import alternate
from tests.benchmarks.settings import Settings

MOVES = 20
CONFIDENCE = 100_000
"""Scores for the panel "Confidence"."""
METHODS = ("mixture", "f1")


def measure(settings: Settings, report: Report) -> None:
    """Add the time of a move, of counting again, and of the confidence of a few methods."""
    n = settings.scores
    peer = settings.ours.peer("threshold_moves", "dense", 1)
    ours = {
        f"`AnomalyHistogram`, {name}": lambda labelled=labelled: peer(
            "widget", repeats=MOVES, n=n, labelled=labelled
        )
        for name, labelled in (("labelled", True), ("no labels", False))
    }
    seconds = alternate(
        {
            **ours,
            "numpy, counting again, labelled": lambda: peer("numpy", n=n, labelled=True),
            "numpy, counting again, no labels": lambda: peer("numpy", n=n, labelled=False),
            "scikit-learn, precision, recall and F1": lambda: peer("scikit_learn", n=n),
        },
        settings.rounds,
    )
    note = "In the kernel, with all metrics, curves' points and the messages to the page."
    report.tables.append(Table(f"Threshold: one move over {n:,} scores", "ms", seconds, note))
    for name in ours:
        milliseconds = 1000 * statistics.median(seconds[name])
        report.bars.append(Bar(f"One move over {n:,} scores: {name}", milliseconds, 1, "ms"))
    n = min(CONFIDENCE, settings.scores)
    seconds = alternate(
        {
            f"`{method}`": lambda method=method: peer("confidence", n=n, chosen_by=method)
            for method in METHODS
        },
        settings.few_rounds,
    )
    report.tables.append(Table(f'The panel "Confidence" for {n:,} scores', "s", seconds))
    median = statistics.median(seconds["`mixture`"])
    report.bars.append(Bar(f"Confidence of `mixture`, {n:,} scores", median, 1.5, "s"))
