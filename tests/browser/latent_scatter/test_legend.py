"""The legend of many classes: finding one, showing it alone, and all again."""

import numpy as np
import pytest
from playwright.sync_api import expect

import vae_widgets as vw
from tests.support.blank_page import BlankPage
from tests.support.pca_codec import PcaCodec, digits

X = digits()[0][:80]
NAMES = [f"class {k}" for k in range(39)] + ["A name of thirty-two characters!"]


@pytest.fixture
def blank(page):
    scatter = vw.LatentScatter(PcaCodec(X, 2), X, np.arange(80) % 40, label_names=NAMES)
    yield BlankPage(page, scatter)
    scatter.close()


def test_a_class_of_forty_is_found_and_shown_alone(blank):
    scatter, page = blank.widget, blank.page
    classes = blank.root.locator(".vw-legend-class")
    find = blank.root.get_by_role("searchbox", name="Find a class")
    show_all = blank.root.get_by_role("button", name="All", exact=True)

    def shown(*names):
        return blank.until(lambda: {*NAMES} - {*scatter.hidden_classes} == {*names}, f"{names}")

    name = classes.nth(39).locator(".vw-legend-name")
    assert name.evaluate("text => text.scrollWidth <= text.clientWidth"), "there is room for it"
    listed = blank.root.locator(".vw-legend-classes").filter(visible=True)
    assert listed.evaluate("list => list.clientHeight % list.firstChild.offsetHeight") == 0
    assert listed.evaluate("list => list.clientHeight < list.scrollHeight"), "its last row is whole"
    expect(show_all).to_be_disabled()
    find.fill("CLASS 1")
    expect(classes.filter(visible=True)).to_have_count(11)
    find.press("Enter")
    shown("class 1", *(f"class 1{k}" for k in range(10)))
    find.press("Escape")
    expect(classes.filter(visible=True)).to_have_count(40)
    show_all.click()
    shown(*NAMES)
    classes.nth(3).hover()  # which shows the button
    blank.root.get_by_role("button", name="Only class 3", exact=True).click()
    shown("class 3")
    classes.nth(4).click(modifiers=["Alt"])
    shown("class 4")
    classes.nth(5).press("o")
    shown("class 5")
    classes.nth(6).press("a")
    shown(*NAMES)
    classes.nth(7).press("Enter")
    shown(*NAMES[:7], *NAMES[8:])
    find.fill("none of them")
    expect(find).to_have_attribute("aria-invalid", "true")
    page.keyboard.press("Enter")
    shown(*NAMES[:7], *NAMES[8:])


def test_no_two_of_forty_classes_look_alike_in_the_legend(blank):
    looks = blank.root.locator(".vw-swatch").evaluate_all(
        """swatches => swatches.map((swatch) => {
          const { backgroundColor, clipPath, borderRadius } = getComputedStyle(swatch);
          return [backgroundColor, clipPath, borderRadius].join();
        })"""
    )
    assert len(looks) == len({*looks}) == 40
