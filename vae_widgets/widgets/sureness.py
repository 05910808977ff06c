"""The button "How sure?" of `AnomalyHistogram`, and its answer."""

import html
from collections.abc import Callable
from typing import Any

import ipywidgets
import numpy as np

from vae_widgets.core.bootstrap import BootstrapIntervals

_NAMES = {
    "threshold": "Threshold",
    "alert_rate": "Alert rate",
    "precision": "Precision",
    "recall": "Recall",
    "f1": "F1",
}


class Sureness(ipywidgets.VBox):
    """Ask for bootstrap intervals, and show them until the threshold moves.

    Parameters
    ----------
    ask
        Called when the button is pressed; it ends in `show`.
    """

    def __init__(self, ask: Callable[[], Any]) -> None:
        self._button = ipywidgets.Button(
            description="How sure?",
            tooltip="Resample the samples: how far would the threshold and the metrics vary?",
            layout=ipywidgets.Layout(width="auto"),
        )
        self._answer = ipywidgets.HTML().add_class("vw-note")
        super().__init__(
            [self._button, self._answer],
            layout=ipywidgets.Layout(margin="0 0 0 8px", align_items="flex-start"),
        )
        self.add_class("vw-figure")
        self._button.on_click(lambda _: self._asked(ask))

    def show(self, found: BootstrapIntervals) -> None:
        """Show intervals and the verdict."""
        rows = "".join(
            f"<tr><td>{_NAMES[name]}</td><td>{_words(name, low, high)}</td></tr>"
            for name, (low, high) in found.intervals.items()
        )
        self._answer.value = (
            f"<p><b>{html.escape(found.verdict)}</b></p><table>{rows}</table>"
            f"<p>{100 * found.confidence:g} % intervals of {found.n_resamples} resamples.</p>"
        )

    def clear(self) -> None:
        """Take the answer away: it was about another threshold."""
        self._answer.value = ""

    def _asked(self, ask: Callable[[], Any]) -> None:
        self._button.disabled = True
        try:
            ask()
        finally:
            self._button.disabled = False


def _words(name: str, low: float, high: float) -> str:
    if np.isnan(low):
        return "undefined"
    digits = 4 if name == "threshold" else 3
    return f"{low:.{digits}g} to {high:.{digits}g}"
