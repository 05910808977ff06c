"""A finger scrolls the page over a widget, unless it holds something that it can drag."""

import numpy as np
import pytest
from playwright.sync_api import Page

from tests.support.blank_page import BlankPage
from tests.support.layout import boxes, settle
from tests.widgets import invariants

TALL = "document.body.style.cssText = 'height: 4000px; padding-top: 400px'; scrollTo(0, 300)"

# How far the page is scrolled once it rests: it goes on after a swipe.
SCROLLED = """async () => {
  for (let at = scrollY, still = 0; still < 10; at = scrollY) {
    await new Promise(requestAnimationFrame);
    still = scrollY === at ? still + 1 : 0;
  }
  return scrollY - 300;
}"""


class Finger:
    """Touches of a screen, as the browser's own protocol makes them."""

    def __init__(self, page: Page) -> None:
        self._session = page.context.new_cdp_session(page)

    def send(self, kind: str, *at: tuple[float, float]) -> None:
        points = [{"x": x, "y": y} for x, y in at]
        self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def drag(self, start: tuple[float, float], by: tuple[float, float]) -> None:
        self.send("touchStart", start)
        for t in np.linspace(0, 1, 12)[1:]:
            self.send("touchMove", (start[0] + t * by[0], start[1] + t * by[1]))
        self.send("touchEnd")


class Touched(BlankPage):
    """A widget on a page that scrolls, touched on its main part."""

    def __init__(self, page, widget):
        super().__init__(page, widget)
        page.evaluate(TALL)
        self.finger = Finger(page)
        self.main = self.root.locator("canvas[data-vw-main]")
        self.main.wait_for()
        settle(page)

    def place(self, x, y):
        """Return a place in the page, from shares of the width and height of the main part."""
        box = self.main.bounding_box()
        return box["x"] + x * box["width"], box["y"] + y * box["height"]

    def scrolled(self):
        return self.page.evaluate(SCROLLED)

    def swipe_up(self, x=0.5, y=0.5):
        self.finger.drag(self.place(x, y), (3, -150))

    def wait_for_scroll(self):
        self.page.wait_for_function("scrollY > 300")
        assert self.scrolled() > 50
        self.page.evaluate("scrollTo(0, 300)")


def test_a_swipe_over_the_histogram_scrolls_and_its_line_can_be_dragged(page):
    histogram = invariants.histogram()
    blank = Touched(page, histogram._view.canvas)
    line = """() => { const canvas = document.querySelector("canvas[data-vw-main]");
      return canvas.ariaValueNow; }"""
    before = histogram.threshold
    shown = page.evaluate(line)
    blank.swipe_up(0.25)
    blank.wait_for_scroll()
    assert (histogram.threshold, page.evaluate(line)) == (before, shown)
    # A tap sets it; then it can be dragged from up to 22 pixels beside the line, also upwards.
    blank.finger.drag(blank.place(0.25, 0.5), (0, 0))
    blank.until(lambda: histogram.threshold < before, "the threshold of the tap")
    tapped = histogram.threshold
    x, y = blank.place(0.25, 0.5)
    blank.finger.drag((x + 16, y), (60, -100))
    blank.until(lambda: histogram.threshold > tapped, "the threshold of the drag")
    assert blank.scrolled() == 0
    # Held for a moment, a finger drags anywhere.
    dragged = histogram.threshold
    start = blank.place(0.75, 0.5)
    blank.finger.send("touchStart", start)
    page.wait_for_function(f"() => ({line})() > {dragged}")
    blank.finger.send("touchMove", (start[0] + 30, start[1] - 60))
    blank.finger.send("touchEnd")
    blank.until(lambda: histogram.threshold > dragged, "the threshold after holding")
    assert blank.scrolled() == 0


def test_another_finger_neither_moves_nor_releases_the_line(page):
    histogram = invariants.histogram()
    histogram.threshold = 0.5
    blank = Touched(page, histogram._view.canvas)
    first, second = blank.place(0.5, 0.5), blank.place(0.9, 0.5)
    shown = """() => document.querySelector("canvas[data-vw-main]").ariaValueNow"""
    line = page.evaluate("() => mounted.model.get('threshold')")
    grid = histogram._view.canvas.grid.thresholds
    box = blank.main.bounding_box()
    share = (line - grid[0]) / (grid[-1] - grid[0])
    start = box["x"] + 56 + share * (box["width"] - 68), first[1]
    blank.finger.send("touchStart", start)
    blank.finger.send("touchMove", (start[0] + 30, start[1]))
    page.wait_for_function(f"() => ({shown})() > 0.5")
    held = page.evaluate(shown)
    blank.finger.send("touchStart", (start[0] + 30, start[1]), second)
    blank.finger.send("touchMove", (start[0] + 30, start[1]), (second[0] - 40, second[1]))
    assert page.evaluate(shown) == held
    blank.finger.send("touchMove", (start[0] + 30, start[1]))  # the second one is released
    assert histogram.threshold == 0.5, "the first finger still holds it"
    blank.finger.send("touchMove", (start[0] + 60, start[1]))
    blank.finger.send("touchEnd")
    blank.until(lambda: histogram.threshold > float(held), "the release of the first finger")


def test_a_swipe_over_the_filmstrip_scrolls_and_sideways_it_slides(page):
    slider = invariants.slider()
    blank = Touched(page, slider)
    page.wait_for_function("document.querySelector('[data-vw-main]').ariaValueText")
    for part in (blank.main, blank.root.locator(".vw-film-profile canvas")):
        (box,) = boxes(part)
        middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        blank.finger.drag(middle, (3, -150))
        blank.wait_for_scroll()
        assert slider.value == page.evaluate("window.mounted.model.get('value')") == 0
    blank.finger.drag(blank.place(0.3, 0.5), (250, 4))
    blank.until(lambda: slider.value > 0.3, "the value of the slide")
    assert blank.scrolled() == 0


@pytest.mark.parametrize("mode", ["pick", "pan", "lasso", "box"])
def test_a_swipe_over_the_scatter_scrolls_unless_a_tool_is_chosen(page, mode):
    scatter = invariants.scatter()
    scatter.mode = mode
    blank = Touched(page, scatter)
    picked, view = scatter.picked.tolist(), scatter.view
    blank.swipe_up()
    if mode != "pick":
        # What it does is tested in latent_scatter/test_gestures.py.
        assert blank.scrolled() == 0
        if mode == "pan":
            blank.until(lambda: scatter.view != view, "the view")
        return
    blank.wait_for_scroll()
    assert scatter.picked.tolist() == picked
    # Two fingers zoom and move the plane.
    a, b = blank.place(0.4, 0.5), blank.place(0.6, 0.5)
    blank.finger.send("touchStart", a)
    blank.finger.send("touchStart", a, b)
    for t in range(1, 9):
        blank.finger.send("touchMove", (a[0] - 5 * t, a[1] - 6 * t), (b[0] + 5 * t, b[1] - 6 * t))
    blank.finger.send("touchEnd")
    blank.until(lambda: scatter.view[1] - scatter.view[0] < view[1] - view[0], "the zoom")
    assert blank.scrolled() == 0
    # A tap picks; a finger that is held decodes where it goes.
    blank.finger.drag(blank.place(0.3, 0.4), (0, 0))
    blank.until(lambda: scatter.picked.tolist() != picked, "what the tap picks")
    picked = scatter.picked.tolist()
    start = blank.place(0.6, 0.6)
    blank.finger.send("touchStart", start)
    blank.until(lambda: scatter.picked.tolist() != picked, "what holding picks")
    picked = scatter.picked.tolist()
    blank.finger.send("touchMove", (start[0] + 40, start[1] - 60))
    blank.until(lambda: scatter.picked.tolist() != picked, "what dragging picks")
    blank.finger.send("touchEnd")
    assert blank.scrolled() == 0
