"""The button "Confidence" of `AnomalyHistogram`: bootstrap intervals of its metrics."""

import html
from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets
import numpy as np

from vae_widgets.core.scores.bootstrap import BootstrapIntervals
from vae_widgets.core.thresholds import METHODS
from vae_widgets.core.ticks import MINUS, alike
from vae_widgets.widgets.base.widget import CompositeWidget

_NAMES = {
    "alert_rate": "Alert rate",
    "precision": "Precision",
    "recall": "Recall",
    "f1": "F1",
}
_UNKNOWN = "unknown"


class BootstrapPanel(CompositeWidget):
    """Ask for bootstrap intervals, and show them until the threshold moves.

    Parameters
    ----------
    ask
        Called when the button is pressed; it must call `show`.
    """

    def __init__(self, ask: Callable[[], Any]) -> None:
        self._button = ipywidgets.Button(
            description="Confidence",
            tooltip="Bootstrap intervals: how good is this threshold on new samples?",
            layout=ipywidgets.Layout(width="auto"),
        )
        self._answer = ipywidgets.HTML().add_class("vw-note").add_class("vw-bootstrap")
        super().__init__(
            [self._button, self._answer],
            layout=ipywidgets.Layout(margin="0 0 0 8px", align_items="flex-start"),
        )
        self.add_class("vw-figure")
        self._button.on_click(lambda _: self._asked(ask))

    def show(self, found: BootstrapIntervals, method: str) -> None:
        """Show intervals and the verdict for a threshold chosen by `method`."""
        by_labels = method in METHODS and METHODS[method].labels == "needed"
        share = f"{100 * found.confidence:g} % interval"
        heading = ["", "Measured", *(["Corrected"] if by_labels else []), share]
        rows = [_row(found, name, by_labels) for name in found.corrected]
        cells = "".join(f"<th>{cell}</th>" for cell in heading)
        body = "".join(
            f"<tr><th>{row[0]}</th>{''.join(f'<td>{cell}</td>' for cell in row[1:])}</tr>"
            for row in rows
        )
        threshold = f"{found.measured['threshold']:.4g}".replace("-", MINUS)
        notes = [
            f"The intervals are for this threshold, {threshold}, on new samples of the same kind."
        ]
        if by_labels:
            notes.append(
                "The method chose it by these labels, so what is measured on them is too good; "
                "the corrected values are what to expect."
            )
        elif method == "manual" and "precision" in found.measured:
            notes.append("They assume that you set it without looking at these labels.")
        if method != "manual":
            notes.append(
                f"In {100 * found.confidence:g} % of {found.n_resamples} resamples the method "
                f"chooses a threshold from {' to '.join(alike(found.intervals['threshold']))}."
            )
        self._answer.value = (
            f"<p><b>{html.escape(found.verdict)}</b></p>"
            f"<table><tr>{cells}</tr>{body}</table><p>{' '.join(notes)}</p>"
        )

    def clear(self) -> None:
        """Remove the answer, which was about another threshold."""
        self._answer.value = ""

    def _asked(self, ask: Callable[[], Any]) -> None:
        self._button.disabled = True
        try:
            ask()
        finally:
            self._button.disabled = False


def _row(found: BootstrapIntervals, name: str, by_labels: bool) -> list[str]:
    """Return name, measured value, corrected value where labels chose it, and interval."""
    values = [found.measured[name], found.corrected[name], *found.intervals[name]]
    measured, corrected, low, high = _shares(values)
    span = low if low == _UNKNOWN else f"{low} to {high}"
    return [_NAMES[name], measured, *([corrected] if by_labels else []), span]


def _shares(values: Sequence[float]) -> list[str]:
    """Return fractions with three decimals, with more where all are small: rare alerts are no 0."""
    known = [value for value in values if not np.isnan(value)]
    small = bool(known) and 0 < max(known) < 0.1
    texts = iter(alike(known) if small else [f"{value:.3f}" for value in known])
    return [_UNKNOWN if np.isnan(value) else next(texts) for value in values]
