"""The same gestures in every host of notebooks: each must reach Python."""

import pathlib
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.support.jupyterlab import wait_for
from tests.support.layout import boxes

MAKE = f"""
import sys
sys.path.insert(0, {str(pathlib.Path(__file__).parents[2])!r})
import numpy as np
import vae_widgets as vw
from tests.support.pca_codec import PcaCodec, digits

x, y = digits()
x, y = x[:200], y[:200]
known = np.where(np.arange(200) % 2, np.arange(200) % 4 == 1, np.nan)  # the rest is for the review
explorer = vw.Explorer(PcaCodec(x, 3), x, labels=y, scores=np.arange(200.0), anomalies=known)
monitor = vw.TrainingMonitor()
for step in range(5):
    monitor.log(step, loss=float(9 - step), kl_loss=1.0 + step)
monitor._throttle.finish()


def state():
    return {{
        "selected": explorer.scatter.selection.size,
        "at": explorer.slider.value,
        "threshold": explorer.histogram.threshold,
        "curve": explorer.histogram.curve,
        # The page makes the review: it is asked for here only once it is there.
        "marked": len(explorer._review.to_dict()["index"]) if explorer._review else 0,
        "log_scale": monitor.log_scale,
        "zoomed": monitor.zoom is not None,
    }}
"""
"""Python code that makes ``explorer``, ``monitor``, and ``state()``, what the gestures change."""
CODE_AND_WIDGETS = [MAKE, "explorer", "monitor"]
"""Cells of a notebook."""


class Gestures:
    """Gestures on the page of a host.

    Parameters
    ----------
    page
        A page that shows both widgets.
    state
        Returns what ``state()`` does in the kernel, not through the page.
    curves
        Selector of what draws the curves in this host.
    """

    def __init__(self, page: Page, state: Callable[[], dict[str, Any]], curves: str) -> None:
        self.page, self._state, self._curves = page, state, curves
        self.explorer = page.locator(".vw-explorer")
        self.monitor = page.locator(".vw-monitor")

    def make_all(self) -> None:
        """Use each widget, and wait until Python knows."""
        self._select()
        self._slide()
        self._move_threshold()
        self._review()
        self._look_at_curves()

    def _until(self, **expected: Any) -> None:
        def reached() -> bool:
            found = self._state()
            return all(
                wanted(found[name]) if callable(wanted) else found[name] == wanted
                for name, wanted in expected.items()
            )

        wait_for(reached, 30, f"{sorted(expected)} as expected")

    def _open(self, name: str) -> None:
        tab = self.explorer.get_by_role("tab", name=name)
        tab.click()
        expect(tab).to_have_attribute("aria-selected", "true")

    def _drag(self, target: Locator, *places: tuple[float, float]) -> None:
        """Drag from place to place, as shares of the target's size."""
        target.scroll_into_view_if_needed()
        (box,) = boxes(target)
        points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in places]
        self.page.mouse.move(*points[0])
        self.page.mouse.down()
        for point in points[1:]:
            self.page.mouse.move(*point, steps=5)
        self.page.mouse.up()

    def _select(self) -> None:
        canvas = self.explorer.locator(".vw-scatter-plot > canvas")
        canvas.wait_for()
        self.page.keyboard.down("Shift")
        self._drag(canvas, (0.2, 0.1), (0.8, 0.1), (0.8, 0.8), (0.2, 0.8))
        self.page.keyboard.up("Shift")
        self._until(selected=lambda n: n > 1)
        # What Python makes of it comes back to the page.
        tiles = self.explorer.locator(".vw-panel-selection button.vw-tile")
        expect(tiles).to_have_count(min(60, self._state()["selected"]))

    def _slide(self) -> None:
        self._open("Slide")
        self.explorer.get_by_role("slider", name="Position between start and end").focus()
        self.page.keyboard.press("End")
        self._until(at=1.0)

    def _move_threshold(self) -> None:
        self._open("Threshold")
        panel = self.explorer.locator(".vw-panel-threshold")
        bars = panel.get_by_role("slider", name="Threshold")
        bars.focus()
        self.page.keyboard.press("Home")
        self._until(threshold=0.0)
        self._drag(bars, (0.3, 0.5), (0.5, 0.5))
        self._until(threshold=lambda value: 60 < value < 140)
        panel.get_by_role("button", name="ROC", exact=True).click()
        self._until(curve="ROC")
        curve = panel.locator(self._curves).filter(visible=True)
        expect(curve).to_have_count(1)
        # A button of ipywidgets, and text from Python.
        panel.locator(".vw-figure > * .jupyter-button, .vw-figure > .jupyter-button").last.click()
        expect(panel.locator(".vw-bootstrap")).to_contain_text("Measured", timeout=20_000)

    def _review(self) -> None:
        self._open("Review")
        # Samples to review come from Python; before that there is nothing to mark.
        self.explorer.locator(".vw-review-place").first.wait_for()
        card = self.explorer.locator(".vw-review-card")
        card.focus()
        expect(card).to_be_focused()
        self.page.keyboard.press("t")
        self._until(marked=1)

    def _look_at_curves(self) -> None:
        self.monitor.get_by_role("button", name="Log scale").click()
        self._until(log_scale=True)
        curves = self.monitor.locator(self._curves).filter(visible=True)
        expect(curves).to_have_count(2)
        self._drag(curves.first, (0.4, 0.5), (0.7, 0.5))
        self._until(zoomed=True)
