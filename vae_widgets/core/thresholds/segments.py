"""One threshold for each segment (site, machine, customer group) under one budget of alerts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_widgets.core import checks
from vae_widgets.core.labels import classes
from vae_widgets.core.pairing import shared_index
from vae_widgets.core.thresholds.percentile import at_most
from vae_widgets.core.ticks import counted


@dataclass(frozen=True)
class SegmentThresholds:
    """Thresholds by segment.

    Attributes
    ----------
    thresholds : dict
        The threshold of each segment, by its name.
    n_flagged : dict
        How many of the scores that they were chosen on each segment flags.
    explanation, assumes : str
        As for `Threshold`.
    """

    thresholds: Mapping[Any, float]
    n_flagged: Mapping[Any, int]
    explanation: str
    assumes: str

    def apply(self, scores: ArrayLike, segments: ArrayLike) -> NDArray[np.bool_]:
        """Return which scores are flagged: bool (n,), each by the threshold of its segment.

        Raises
        ------
        ValueError
            If a segment has no threshold, or a row no segment.
        """
        shared_index({"scores": scores, "segments": segments})
        scores = checks.scores("scores", scores)
        segments = _names(segments, len(scores))
        flagged = np.zeros(len(scores), bool)
        for segment in np.unique(segments).tolist():
            if segment not in self.thresholds:
                known = ", ".join(repr(name) for name in self.thresholds)
                raise ValueError(f"segment {segment!r} has no threshold; expected one of: {known}.")
            here = segments == segment
            flagged[here] = scores[here] >= self.thresholds[segment]
        return flagged


def segment_thresholds(
    scores: ArrayLike, segments: ArrayLike, alerts: int, labels: ArrayLike | None = None
) -> SegmentThresholds:
    """Choose a threshold for each segment so that together they flag at most `alerts` samples.

    With labels they catch the most labelled anomalies, with the fewest alerts (dynamic programming
    over the segments); without, each segment gets its part by its size. Ties stay together.

    Parameters
    ----------
    scores
        Finite scores (n,), higher = more anomalous.
    segments
        Names or numbers (n,), none of them missing.
    alerts
        The budget, at least 1.
    labels
        (n,) booleans or 0 and 1, 1 = anomalous, at least one of them; None or NaN = not labelled.
    """
    shared_index({"scores": scores, "segments": segments, "labels": labels})
    scores = checks.scores("scores", scores)
    names = _names(segments, len(scores))
    alerts = checks.positive_int("alerts", alerts)
    in_order = classes.in_order(np.unique(names).tolist(), classes.categories_of(segments))
    by_segment = {name: names == name for name in in_order}
    if labels is None:
        parts = _parts([int(here.sum()) for here in by_segment.values()], alerts)
        assumes = "Assumes that anomalies are equally frequent in every segment."
        how = "each segment by its size"
    else:
        known = checks.anomaly_labels("labels", labels, len(scores))
        if not (known == 1).any():
            raise ValueError(
                "labels has no anomalous sample to catch; expected at least one. Label some, or "
                "leave labels out to share the alerts by size."
            )
        options = [_options(scores[here], known[here] == 1) for here in by_segment.values()]
        parts = _most_caught(options, min(alerts, len(scores)))
        assumes = "Assumes that new samples are like the labelled ones."
        how = "where they catch most of the labelled anomalies"
    thresholds = {
        name: at_most(scores[here], part)
        for (name, here), part in zip(by_segment.items(), parts, strict=True)
    }
    n_flagged = {
        name: int(np.count_nonzero(scores[here] >= thresholds[name]))
        for name, here in by_segment.items()
    }
    text = f"{sum(n_flagged.values()):,} of {counted(alerts, 'alert')} spent, {how}."
    return SegmentThresholds(thresholds, n_flagged, text, assumes)


def _names(segments: ArrayLike, n: int) -> NDArray[Any]:
    # A list as objects: numpy would make one text of 1 and "1", and another of NaN.
    given = segments if hasattr(segments, "dtype") else np.array(segments, object)
    hint = f"Did you mean alerts={segments!r}?" if isinstance(segments, int) else ""
    names = checks.labels("segments", given, n, "scores", hint)
    if names.dtype.kind in "biuUS":
        return names
    for row, name in enumerate(names):
        if checks.is_missing(name):
            raise ValueError(
                f"segments has {name!r} in row {row}; expected the name of a segment. Give such "
                "rows a name of their own, or leave them out."
            )
    if len({isinstance(name, str) for name in names}) == 2:
        raise ValueError(
            "segments holds both text and other values; expected one of them, for 1 and '1' look "
            "alike. Name all segments by text, or number them all."
        )
    try:
        np.unique(names)
    except TypeError:
        kinds = sorted({type(name).__name__ for name in names})
        raise ValueError(
            f"segments holds {' and '.join(kinds)}, which have no order among each other; name all "
            "segments by text, or number them all."
        ) from None
    plain = np.array(names.tolist())
    # Large whole numbers beside others would become floats, and some of them the same.
    return plain if plain.tolist() == names.tolist() else names


def _parts(sizes: list[int], alerts: int) -> list[int]:
    exact = np.array(sizes) * min(1.0, alerts / sum(sizes))
    parts = np.floor(exact + 1e-9).astype(int)
    spare = min(alerts, sum(sizes)) - int(parts.sum())
    parts[np.argsort(parts - exact, kind="stable")[:spare]] += 1
    return [int(part) for part in parts]


def _options(scores: NDArray[np.float64], anomalous: NDArray[np.bool_]) -> list[tuple[int, int]]:
    ordered, hits = np.sort(scores), np.sort(scores[anomalous])
    worth = np.unique(hits)[::-1]  # between two anomalies only false alarms are added
    flagged = len(ordered) - np.searchsorted(ordered, worth)
    caught = len(hits) - np.searchsorted(hits, worth)
    return [(0, 0), *zip(flagged.tolist(), caught.tolist(), strict=True)]


def _most_caught(options: list[list[tuple[int, int]]], alerts: int) -> list[int]:
    best = np.zeros(alerts + 1, int)
    chosen = []
    for of_segment in options:
        caught_before, best = best, np.full(alerts + 1, -1)
        choice = np.zeros(alerts + 1, int)
        for flagged, caught in of_segment:
            if flagged > alerts:
                break
            candidate = caught_before[: alerts + 1 - flagged] + caught
            better = np.flatnonzero(candidate > best[flagged:]) + flagged
            best[better] = candidate[better - flagged]
            choice[better] = flagged
        chosen.append(choice)
    left = int(np.argmax(best))  # the fewest alerts of equals
    parts = []
    for choice in reversed(chosen):
        parts.append(int(choice[left]))
        left -= parts[-1]
    return parts[::-1]
