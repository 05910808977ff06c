"""`vw.presentation` in the page: larger text and pictures, and gestures as exact as before."""

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.support.blank_page import BlankPage
from tests.support.layout import settle
from tests.support.scatter_view import MARGIN, lonely
from tests.widgets import invariants
from vae_widgets.widgets.base.assets import bundle

# As anywidget runs a module without a view. `window.present(scale)` is what the kernel then sends.
PRESENT = """async ([esm, scale]) => {
  const url = URL.createObjectURL(new Blob([esm], { type: "text/javascript" }));
  const { default: module } = await import(url);
  const listeners = new Set();
  let value = scale;
  window.present = (scale) => { value = scale; for (const listen of listeners) listen(); };
  window.endPresentation = await module.initialize({ model: {
    get: () => value,
    on: (_, listen) => listeners.add(listen),
    off: (_, listen) => listeners.delete(listen),
  } });
}"""
# JupyterLab gives a view the width of its cell.
INTO_CELL = """() => {
  const view = document.querySelector(".vw-widget").parentElement;
  const cell = document.createElement("div");
  cell.style.width = view.style.width;
  view.style.width = "";
  view.replaceWith(cell);
  cell.append(view);
}"""
MEASURE = """() => {
  const root = document.querySelector(".vw-widget");
  const rect = (part) => part.getBoundingClientRect();
  const canvas = root.querySelector("canvas");
  return {
    text: rect(root.querySelector(".vw-name")).height,
    button: rect(root.querySelector(".vw-button")).height,
    width: rect(root).width,
    resolution: canvas.width / rect(canvas).width / devicePixelRatio,
    tooWide: [...root.querySelectorAll("*")].filter((part) => part.checkVisibility() &&
      rect(part).right > rect(root).right + 0.5).map((part) => part.className),
  };
}"""
SCALE = 1.5

HISTOGRAM = """
import numpy as np, vae_widgets as vw
scores = np.linspace(0, 1, 50)
vw.AnomalyHistogram(scores, scores > 0.7)
"""
# Whether the figure is as large as its box, with numbers of `pixels` that are not cut off.
CURVES_FIT = """(pixels) => {
  const figure = [...document.querySelectorAll(".bqplot")].find((one) => one.offsetWidth);
  const picture = figure?.querySelector("svg");
  const texts = [...picture?.querySelectorAll(".axis .tick text") ?? []];
  const box = figure?.getBoundingClientRect();
  return texts.length && ["width", "height"].every(
    (side) => Math.abs(picture.getBoundingClientRect()[side] - box[side]) < 1,
  ) && texts.every((text) => {
    const { left, bottom } = text.getBoundingClientRect();
    const size = parseFloat(getComputedStyle(text).fontSize) * text.currentCSSZoom;
    return Math.abs(size - pixels) < 0.1 && left >= box.left && bottom <= box.bottom;
  });
}"""


@pytest.fixture
def show(page):
    """Show a widget on a blank page, and then at the scale."""

    def mount(widget):
        blank = BlankPage(page, widget)
        blank.root.locator("canvas").first.wait_for()
        page.evaluate(INTO_CELL)
        settle(page)
        usual = page.evaluate(MEASURE)
        page.evaluate(PRESENT, [bundle("presentation.js"), SCALE])
        settle(page)
        return blank, usual

    yield mount
    page.evaluate("window.endPresentation()")


def test_all_is_larger_and_sharp_in_a_cell_of_the_same_width_and_back_again(page, show):
    _, usual = show(invariants.scatter())
    large = page.evaluate(MEASURE)
    assert large["text"] == pytest.approx(SCALE * usual["text"], rel=0.02)
    assert large["button"] == pytest.approx(SCALE * usual["button"])
    assert large["width"] == usual["width"] == 760
    assert large["resolution"] == pytest.approx(1, abs=0.01)  # a pixel of the screen each
    assert large["tooWide"] == []
    page.evaluate("window.present(2.5)")
    settle(page)
    assert page.evaluate(MEASURE)["button"] == pytest.approx(2.5 * usual["button"])
    page.evaluate("window.endPresentation()")  # as when the kernel is restarted
    settle(page)
    assert page.evaluate(MEASURE) == usual


def test_a_click_on_a_point_picks_it_and_its_card_is_beside_it(page, show):
    scatter = invariants.scatter()
    blank, _ = show(scatter)
    box = blank.root.locator(".vw-scatter-plot > canvas").bounding_box()
    x0, x1, y0, y1 = scatter.view
    points = scatter.project(scatter.z_mean)
    share = (points - [x0, y1]) / [x1 - x0, y0 - y1]
    inside = [
        box["width"] - SCALE * (MARGIN["left"] + MARGIN["right"]),
        box["height"] - SCALE * (MARGIN["top"] + MARGIN["bottom"]),
    ]
    corner = [box["x"] + SCALE * MARGIN["left"], box["y"] + SCALE * MARGIN["top"]]
    places = corner + share * inside
    index = lonely(places)
    assert index != 1  # which is picked at first
    page.mouse.move(*places[index])
    card = page.get_by_role("tooltip")
    expect(card).to_contain_text(f"#{index}")
    near = card.bounding_box()
    gaps = np.maximum(
        [near["x"] - places[index][0], near["y"] - places[index][1]],
        [
            places[index][0] - near["x"] - near["width"],
            places[index][1] - near["y"] - near["height"],
        ],
    )
    assert 0 < gaps.max() < SCALE * 30
    page.mouse.click(*places[index])
    blank.until(lambda: np.allclose(scatter.picked, scatter.z_mean[index]), f"a pick of {index}")


@pytest.mark.parametrize("share", [0.25, 0.8])
def test_a_drag_sets_the_threshold_that_is_under_the_pointer(page, show, share):
    canvas = invariants.histogram()._view.canvas
    blank, _ = show(canvas)
    box = blank.root.locator("canvas").first.bounding_box()
    edges, _ = canvas.bars()
    left, right = SCALE * 56, box["width"] - SCALE * 12  # as MARGIN of layers.ts
    x = box["x"] + left + share * (right - left)
    y = box["y"] + box["height"] / 2
    page.mouse.move(x + 200 * (0.5 - share), y)
    page.mouse.down()
    page.mouse.move(x, y, steps=4)
    page.mouse.up()
    asked = edges[0] + share * (edges[-1] - edges[0])
    step = (edges[-1] - edges[0]) / (right - left) * SCALE
    blank.until(
        lambda: abs(canvas.threshold - asked) < 2 * step, f"{canvas.threshold}, not {asked}"
    )


def test_in_jupyterlab_curves_of_bqplot_fit_their_box_with_larger_text(notebook):
    nb = notebook([HISTOGRAM, "vw.presentation()"])
    nb.page.wait_for_function(CURVES_FIT, arg=1.5 * 11)
    nb.kernel.eval("vw.presentation(False)")
    nb.page.wait_for_function(CURVES_FIT, arg=11)
