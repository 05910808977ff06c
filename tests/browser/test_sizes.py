"""Widgets are as wide as their cell, and as high as `layout.height` says."""

import pytest

from tests.support.blank_page import BlankPage
from tests.support.layout import settle
from tests.support.on_page import IS_DRAWN
from tests.widgets import invariants

MADE = {
    "scatter": invariants.scatter,
    "histogram": lambda: invariants.histogram()._view.canvas,
    "slider": invariants.slider,
    "queue": invariants.queue,
}
# ipywidgets sets `layout.width` and `layout.height` as styles of the element of the view.
RESIZE = """async ([width, height]) => {
  const widget = document.querySelector(".vw-widget");
  Object.assign(widget.parentElement.style, { width, height });
  for (let i = 0; i < 4; i++) await new Promise(requestAnimationFrame);  // sizes are observed
  const plot = widget.querySelector(".vw-picture");
  const heights = [...widget.children].map((part) => part.getBoundingClientRect().height);
  const wide = [...widget.querySelectorAll("*")].filter((part) =>
    part.checkVisibility() && part.getBoundingClientRect().right >
      widget.getBoundingClientRect().right + 0.5);
  const canvas = plot.querySelector("canvas");
  return {
    size: [widget.offsetWidth, widget.offsetHeight],
    plot: plot.offsetHeight,
    others: Math.round(heights.reduce((a, b) => a + b) - plot.getBoundingClientRect().height),
    tooWide: wide.map((part) => part.className),
    sharp: canvas.width === Math.round(canvas.clientWidth * devicePixelRatio),
  };
}"""

# A task after the frame that lays out the new width.
RESIZE_FOR_A_FRAME = """async (width) => {
  const widget = document.querySelector(".vw-widget");
  widget.parentElement.style.width = width;
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const canvas = widget.querySelector(".vw-picture canvas");
  return [canvas.width, Math.round(canvas.clientWidth * devicePixelRatio)];
}"""


@pytest.mark.parametrize("name", ["scatter", "histogram", "slider"])
def test_a_picture_is_drawn_in_the_frame_that_gives_it_another_size(page, name):
    blank = BlankPage(page, MADE[name]())
    picture = blank.root.locator(".vw-picture canvas").first
    # The first picture of a slider gives its frame another size.
    page.wait_for_function(IS_DRAWN, arg=picture.element_handle())
    settle(page)
    for width in ("700px", "640px", "900px"):
        drawn, wanted = page.evaluate(RESIZE_FOR_A_FRAME, width)
        assert drawn == wanted > 100


@pytest.mark.parametrize("name", MADE)
def test_a_widget_fills_its_cell_and_its_plot_takes_the_height(page, name):
    page.set_viewport_size({"width": 1940, "height": 1000})
    blank = BlankPage(page, MADE[name]())
    blank.root.locator("canvas").first.wait_for()
    plots = []
    for width in (390, 600, 800, 1280, 1900):
        found = page.evaluate(RESIZE, [f"{width}px", ""])
        assert found["size"][0] == width
        assert found["tooWide"] == [], width
        assert name == "queue" or found["sharp"]
        plots.append(found["plot"])
    assert plots[-1] > plots[2]
    found = page.evaluate(RESIZE, ["800px", ""])
    higher = page.evaluate(RESIZE, ["800px", f"{found['size'][1] + 150}px"])
    assert higher["size"] == [800, found["size"][1] + 150]
    lower = page.evaluate(RESIZE, ["800px", f"{found['size'][1] - 40}px"])
    for other, change in ((higher, 150), (lower, -40)):
        # Heights are rounded to whole pixels.
        assert other["plot"] == pytest.approx(found["plot"] + change, abs=1)
        assert other["others"] == pytest.approx(found["others"], abs=1)
