"""Samples whose class or value is not known, in the page."""

import numpy as np
from playwright.sync_api import expect

from tests.support.alone import show_alone
from tests.support.layout import settle
from tests.support.pca_codec import PcaCodec
from vae_widgets.widgets.latent_scatter.widget import LatentScatter

X = np.random.default_rng(0).random((6, 8, 8), np.float32)
LEGEND = """() => [...document.querySelectorAll(".vw-legend-class")]
  .filter((one) => one.checkVisibility())
  .map((one) => [one.innerText.replaceAll("\\n", " "), one.getAttribute("aria-pressed")])"""
SWATCH = "one => getComputedStyle(one.querySelector('.vw-swatch')).backgroundColor"


def test_points_of_no_class_are_grey_and_hide(page):
    labels = np.array([True, None, False, True, None, None], object)
    show_alone(page, LatentScatter(PcaCodec(X), X, labels))
    assert page.evaluate(LEGEND) == [["False 1", "true"], ["True 2", "true"], ["unknown 3", "true"]]
    unknown = page.locator(".vw-legend-class", has_text="unknown")
    assert unknown.evaluate(SWATCH) == "rgb(198, 198, 198)"
    page.evaluate("document.body.dataset.jpThemeLight = 'false'")
    page.wait_for_function(
        "() => [...document.querySelectorAll('.vw-swatch')].at(-1).style.background.includes('90')"
    )
    unknown.click()
    assert page.evaluate("window.sent.at(-1).state") == {"_hidden": [2]}
    assert page.evaluate(LEGEND)[2] == ["unknown 3", "false"]
    unknown.click(modifiers=["Shift"])
    assert page.evaluate("model.get('_hidden')") == [0, 1]
    page.evaluate("model.set('hovered', 1)")
    expect(page.get_by_role("tooltip")).to_contain_text("#1\nlabel unknown", use_inner_text=True)


def test_points_without_a_value_are_grey_and_hide(page):
    values = [1.0, np.nan, 3.0, 4.0, None, 6.0]
    show_alone(page, LatentScatter(PcaCodec(X), X, color_by=values))
    assert page.locator(".vw-colour-ends").inner_text().split() == ["1.00", "6.00"]
    assert page.evaluate(LEGEND) == [["unknown 2", "true"]]
    page.evaluate("model.set('threshold', 3.0)")
    legend = [[text, "true"] for text in ("below 3.00 1", "3.00 or above 3", "unknown 2")]
    assert page.evaluate(LEGEND) == legend
    page.locator(".vw-legend-class", has_text="unknown").click()
    assert page.evaluate("window.sent.at(-1).state") == {"_hidden_sides": [2]}
    page.evaluate("model.set('threshold', null)")
    assert page.evaluate(LEGEND) == [["unknown 2", "false"]]
    page.evaluate("model.set('hovered', 4)")  # hidden, so it has no tooltip
    settle(page)
    assert not page.get_by_role("tooltip").is_visible()
    page.locator(".vw-legend-class", has_text="unknown").click()
    expect(page.get_by_role("tooltip")).to_contain_text("value unknown")
