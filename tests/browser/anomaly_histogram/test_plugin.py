"""The threshold method of another package, in the page as those of vae_widgets."""

import numpy as np
import pytest

import vae_widgets as vw
from tests.support.blank_page import BlankPage
from tests.support.plugins import installed

FIRST_PIXELS = """strip => [...strip.querySelectorAll("canvas")].slice(0, 3).map(
  (canvas) => [...canvas.getContext("2d").getImageData(2, 2, 1, 1).data])"""
SCORES = np.concatenate([np.linspace(0, 1, 97), [3.0, 3.5, 9.0]])


@pytest.fixture
def histogram(page, plugin_folder):
    with installed(plugin_folder):
        histogram = vw.AnomalyHistogram(SCORES)
        yield BlankPage(page, histogram._view.canvas), histogram


def test_it_is_chosen_in_the_list_and_asked_by_its_field(histogram):
    blank, histogram = histogram
    methods = blank.root.get_by_role("combobox", name="Method")
    group = methods.locator("optgroup[label='Without labels'] option")
    assert group.all_inner_texts()[-1] == "Widest gap"
    methods.select_option("Widest gap")
    blank.root.get_by_text("The widest gap among the 11 highest of 100 scores.").wait_for()
    assert (histogram.method, histogram.threshold) == ("widest_gap", 6.25)  # of 3.5 and 9
    assert histogram.flagged.sum() == 1

    share = blank.root.get_by_role("spinbutton", name="Widest gap: share", exact=True)
    assert share.input_value() == "0.1"
    share.press("ArrowUp")
    blank.until(lambda: histogram.chosen.parameters == {"share": 0.11}, "the share of the arrow")
    share.fill("2")
    share.press("Enter")
    refusal = blank.root.get_by_role("alert")
    refusal.get_by_text("Widest gap was not applied: share must lie between 0 and 1").wait_for()
    assert histogram.chosen.parameters == {"share": 0.11}


def test_the_renderer_of_another_package_draws_the_tiles(page, plugin_folder):
    items = np.where(np.arange(100)[:, None] % 2, [9.0, 9.0, 9.0], -9.0)
    with installed(plugin_folder):
        histogram = vw.AnomalyHistogram(SCORES, items=items, renderer="stripes")
    BlankPage(page, histogram._view.strip)
    page.locator(".vw-tile").last.wait_for()
    orange, blue = [231, 99, 0, 255], [63, 144, 218, 255]  # of rows above and below 0
    assert page.locator(".vw-strip").evaluate(FIRST_PIXELS) == [orange, blue, orange]
