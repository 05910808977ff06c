"""A threshold that moves over many scores: what follows it, and what counts all of them again."""

import functools
import time
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.peers.notebook import open_notebook

open_notebook()  # before any widget is made


class Scores(NamedTuple):
    """Scores (n,), and labels for all of them or none."""

    scores: NDArray[np.float64]
    labels: NDArray[np.bool_] | None


class Peer:
    def __init__(self, x: NDArray[np.float32], network: str) -> None:
        self._thresholds = np.random.default_rng(1)

    def widget(self, n: int, labelled: bool) -> float:
        """Return the seconds of a move in the kernel, messages to the page included."""
        histogram = _histogram(n, labelled)
        threshold = self._threshold()
        started = time.perf_counter()
        histogram.threshold = threshold
        return time.perf_counter() - started

    def numpy(self, n: int, labelled: bool) -> float:
        """Return the seconds of counting flagged samples, of each kind if they have labels."""
        from vae_widgets.core.thresholds import threshold_metrics

        scores, labels = _scores(n, labelled)
        known = None if labels is None else labels.astype(np.float64)
        threshold = self._threshold()
        started = time.perf_counter()
        threshold_metrics(scores, known, threshold)
        return time.perf_counter() - started

    def scikit_learn(self, n: int) -> float:
        """Return the seconds of precision, recall and F1."""
        from sklearn.metrics import precision_recall_fscore_support

        scores, labels = _scores(n, True)
        threshold = self._threshold()
        started = time.perf_counter()
        precision_recall_fscore_support(labels, scores >= threshold, average="binary")
        return time.perf_counter() - started

    def confidence(self, n: int, chosen_by: str) -> float:
        """Return the seconds of the panel "Confidence" for a threshold that a method chose."""
        import vae_widgets as vw
        from vae_widgets.core.scores.bootstrap import bootstrap_threshold, quick_resamples

        scores, labels = _scores(n, True)
        chosen = vw.choose_threshold(scores, labels, method=chosen_by)
        started = time.perf_counter()
        bootstrap_threshold(scores, labels, chosen, quick_resamples(n, chosen_by))
        return time.perf_counter() - started

    def _threshold(self) -> float:
        return float(self._thresholds.uniform(3, 9))


@functools.cache
def _scores(n: int, labelled: bool) -> Scores:
    rng = np.random.default_rng(0)
    anomalous = rng.random(n) < 0.02
    scores = rng.gamma(3, size=n) + 3 * anomalous
    return Scores(scores, anomalous if labelled else None)


@functools.cache
def _histogram(n: int, labelled: bool) -> Any:
    import vae_widgets as vw

    return vw.AnomalyHistogram(*_scores(n, labelled), threshold=5.0)
