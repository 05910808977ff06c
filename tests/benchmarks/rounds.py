"""Measure in turns, so that a noisy machine hits all alike."""

import statistics
from collections.abc import Callable, Sequence

from tests.benchmarks.worker import NotInstalledError

Seconds = dict[str, list[float]]
"""The seconds of each round, by name; empty for what is not installed."""


def alternate(calls: dict[str, Callable[[], float | Sequence[float]]], rounds: int) -> Seconds:
    """Call all in turns; return what they returned, of several values the median.

    One more round comes first and is not counted: it compiles and warms up.
    """
    seconds: Seconds = {name: [] for name in calls}
    absent = set()
    for round_number in range(rounds + 1):
        for name, call in calls.items():
            if name in absent:
                continue
            try:
                values = call()
            except NotInstalledError:
                absent.add(name)
                continue
            if round_number > 0:
                seconds[name].append(
                    values if isinstance(values, float) else statistics.median(values)
                )
    return seconds


def ratio(seconds: Seconds, name: str, to: str) -> float | None:
    """Return the median over the rounds of the ratio of two; None if one is not installed.

    Both of a round were measured within seconds of each other, so that this varies less than the
    ratio of the medians where the machine is fast and slow by turns.
    """
    if not (seconds[name] and seconds[to]):
        return None
    pairs = zip(seconds[name], seconds[to], strict=True)
    return statistics.median(a / b for a, b in pairs)
