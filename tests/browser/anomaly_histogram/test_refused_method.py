"""Where a method refuses, menu, line, trait and policy stay those of the one in force."""

import numpy as np

import vae_widgets as vw
from tests.support.blank_page import BlankPage

SELECTED = "root => root.querySelector('.vw-method select').value"


def agree(blank, histogram, method):
    """Control, line, trait, chosen threshold and policy say the same."""
    line = float(blank.page.get_by_role("spinbutton", name="Threshold").input_value())
    return (
        blank.root.evaluate(SELECTED) == histogram.method == histogram.policy().method == method
        and abs(line - histogram.threshold) < 0.01
        and histogram.policy().threshold == histogram.chosen.threshold == histogram.threshold
    )


def test_a_refused_method_leaves_no_trace(page):
    histogram = vw.AnomalyHistogram(np.arange(12.0))
    blank = BlankPage(page, histogram._view.canvas)
    assert agree(blank, histogram, "percentile")
    choose = blank.root.get_by_role("combobox", name="Method").select_option
    refusal = blank.root.locator(".vw-method-refusal[role=alert]")

    choose(label="Conformal bound")
    refusal.get_by_text(
        "Conformal bound was not applied: 12 normal scores cannot promise"
    ).wait_for()
    assert agree(blank, histogram, "percentile")
    assert "Flags" in blank.root.get_by_role("status").first.inner_text()  # of what holds

    # Other methods are named as in the menu.
    choose(label="Extreme values (POT)")
    words = refusal.get_by_text("Extreme values (POT) was not applied:")
    words.wait_for()
    assert "use \N{LEFT DOUBLE QUOTATION MARK}Percentile\N{RIGHT DOUBLE QUOTATION MARK}" in (
        words.inner_text()
    )
    refusal.get_by_role("button", name="Hide this message").click()
    assert refusal.text_content() == ""

    # With another number, typed beside the reason, it is applied.
    choose(label="Conformal bound")
    rate = blank.page.get_by_role("spinbutton", name="Conformal bound: rate")
    rate.fill("0,3")
    rate.press("Enter")
    blank.root.get_by_text("At most 30 % false alarms").wait_for()
    assert agree(blank, histogram, "conformal")
    assert refusal.text_content() == ""
    # A number that the method in force refuses: its field shows the one that holds.
    rate.fill("0.01")
    rate.press("Enter")
    refusal.get_by_text("Conformal bound was not applied").wait_for()
    assert rate.input_value() == "0.3"
    assert agree(blank, histogram, "conformal")
