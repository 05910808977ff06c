"""Neighbours of the threshold look different, exponents are whole, percentiles are labelled."""

import itertools

import numpy as np
import pytest
from playwright.sync_api import expect

import vae_widgets as vw
from tests.support.blank_page import BlankPage
from tests.support.layout import settle
from vae_widgets.core.ticks import MINUS

# The texts of the last picture, where each begins and ends.
RECORD = """
window.drawn = {};
const draw = CanvasRenderingContext2D.prototype.fillText;
CanvasRenderingContext2D.prototype.fillText = function (text, x, y) {
  const width = this.measureText(text).width;
  drawn[text] = [x - width / 2, x + width / 2, y];
  draw.call(this, text, x, y);
};
"""
PERCENTILES = ("50 %", "90 %", "95 %", "99 %", "99.9 %")


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (1.234567, 1.234569, "flagged ≥ 1.234569"),
        (1e-300, 2e-300, f"flagged ≥ 2e{MINUS}300"),
        (1e20, 1.00000001e20, "flagged ≥ 1.00000001e+20"),
    ],
)
def test_neighbours_of_the_threshold_look_different(page, low, high, said):
    scores = np.r_[np.full(20, low), np.full(3, high), 1.5 * high]
    items = np.zeros((len(scores), 8, 8))
    histogram = vw.AnomalyHistogram(scores, items=items, threshold=high)
    page.evaluate(f"() => {{ {RECORD} }}")
    canvas = BlankPage(page, histogram._view.canvas)
    page.wait_for_function("said => said in drawn", arg=said)
    typed = canvas.root.get_by_role("spinbutton", name="Threshold")
    settle(page)
    assert low < float(typed.input_value()) <= high
    assert typed.evaluate("field => field.scrollWidth <= field.clientWidth")
    canvas.close()
    strip = BlankPage(page, histogram._view.strip)
    captions = strip.root.locator(".vw-tile-caption")
    expect(captions.last).not_to_be_empty()
    settle(page)
    texts = captions.all_inner_texts()
    (flagged,), (below,) = (
        {
            texts[i]
            for i, k in enumerate(histogram._view.strip.shown)
            if k >= 0 and scores[k] == score
        }
        for score in (high, low)
    )
    assert flagged != below
    assert float(below.replace(MINUS, "-")) < float(flagged.replace(MINUS, "-"))
    assert captions.evaluate_all("all => all.every((one) => one.scrollWidth <= one.clientWidth)")


@pytest.mark.parametrize("width", [760, 380])
def test_every_percentile_is_labelled_where_many_are_close(page, width):
    scores = np.random.default_rng(0).normal(size=4000)
    histogram = vw.AnomalyHistogram(scores, percentile=95)
    histogram.full_range = True
    page.evaluate(f"() => {{ {RECORD} }}")
    blank = BlankPage(page, histogram._view.canvas)
    blank.root.evaluate(
        "(root, width) => { root.parentElement.style.width = `${width}px`; }", width
    )
    settle(page)
    page.evaluate("() => { window.drawn = {}; }")
    blank.update()
    histogram.threshold = 1.5
    blank.update()
    page.wait_for_function("names => names.every((name) => name in drawn)", arg=list(PERCENTILES))
    places = [page.evaluate("name => drawn[name]", name) for name in PERCENTILES]
    assert len({y for _, _, y in places}) == 1
    assert all(end < start for (_, end, _), (start, _, _) in itertools.pairwise(places))
    assert places[0][0] >= 0
    assert places[-1][1] <= blank.root.locator("canvas").bounding_box()["width"]


def test_the_page_refuses_negative_costs(page):
    histogram = vw.AnomalyHistogram(np.arange(12.0), np.arange(12) > 8, method="cost")
    blank = BlankPage(page, histogram._view.canvas)
    cost = blank.root.get_by_role("spinbutton", name="Lowest cost: false negative cost")
    cost.fill("-1")
    cost.press("Enter")
    blank.root.get_by_text("-1 is not possible. Type a number at least 0.").wait_for()
    assert histogram.chosen.parameters["false_negative_cost"] == 10
