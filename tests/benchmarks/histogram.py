"""`AnomalyHistogram` in JupyterLab: from running the cell to the bars, as in `browser`."""

import statistics

from playwright.sync_api import Browser

from tests.benchmarks.browser import first_paint, opened, stage
from tests.benchmarks.report import Bar, Report, Table
from tests.benchmarks.settings import Settings
from tests.support.jupyterlab import Lab

PAINTED = 1_000_000
DATA = """
import numpy as np
from vae_widgets import AnomalyHistogram
scores = np.random.default_rng(0).gamma(2, size={n})
labels = np.random.default_rng(1).random({n}) < 0.01
"""
SHOWN = {
    "no labels": "AnomalyHistogram(scores)",
    "labelled": "AnomalyHistogram(scores, labels)",
}


def measure(settings: Settings, report: Report) -> None:
    """Add the first paint, with and without labels, of a million scores and of all."""
    with stage(settings.others) as (browser, lab, _):
        for n in sorted({min(PAINTED, settings.scores), settings.scores}):
            seconds: dict[str, list[float]] = {name: [] for name in SHOWN}
            for _ in range(settings.few_rounds):
                for name, shown in SHOWN.items():
                    seconds[name].append(painted_after(browser, lab, n, shown))
            report.tables.append(Table(f"Histogram of {n:,} scores: first paint", "s", seconds))
            if n == min(PAINTED, settings.scores):
                for name, values in seconds.items():
                    painted = statistics.median(values)
                    report.bars.append(Bar(f"Histogram of {n:,}: painted, {name}", painted, 1, "s"))


def painted_after(browser: Browser, lab: Lab, n: int, shown: str) -> float:
    """Return seconds from running a cell that shows a histogram until all bars are seen."""
    with opened(browser, lab, DATA.format(n=n), shown) as (_, watched):
        return first_paint(watched)
