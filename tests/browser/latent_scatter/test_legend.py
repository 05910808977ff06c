"""The legend of many classes: finding one, showing it alone, and all again."""

import numpy as np
import pytest
from playwright.sync_api import expect

import vae_widgets as vw
from tests.support.blank_page import BlankPage
from tests.support.layout import boxes
from tests.support.pca_codec import PcaCodec, digits

X = digits()[0][:80]
WIDTH = "(widget, width) => { widget.parentElement.style.width = `${width}px` }"
CUT = (
    "names => names.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.innerText)"
)
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


def _bottom(box):
    return box["y"] + box["height"]


@pytest.mark.parametrize("count", [1, 130])
def test_all_of_ten_classes_are_seen_and_only_does_not_cover_a_name(page, count):
    labels = np.repeat(np.arange(10), 8)
    scatter = vw.LatentScatter(PcaCodec(X, 2), np.tile(X, (count, 1, 1)), np.tile(labels, count))
    blank = BlankPage(page, scatter)
    names = blank.root.locator(".vw-legend-classes").filter(visible=True).locator(".vw-legend-name")
    expect(names).to_have_count(10)
    for width in (300, 404, 590, 760):
        blank.root.evaluate(WIDTH, width)
        seen, *rows = boxes(
            blank.root.locator(".vw-legend-classes").filter(visible=True),
            blank.root.locator(".vw-legend-classes .vw-legend-class").filter(visible=True),
        )
        assert len(rows) == 10
        assert max(map(_bottom, rows)) <= _bottom(seen), width
        assert names.evaluate_all(CUT) == []
        names.nth(3).hover()
        only = blank.root.get_by_role("button", name="Only 3", exact=True)
        expect(only).to_have_css("opacity", "1")
        text = names.nth(3).evaluate(
            """name => {
              const range = document.createRange();
              range.selectNodeContents(name);
              return range.getBoundingClientRect().right;
            }"""
        )
        assert text <= boxes(only)[0]["x"], width
    scatter.close()


@pytest.mark.parametrize(("width", "seen"), [(387, 8), (590, 16)])
def test_many_long_names_are_seen_at_once_in_a_narrow_widget(page, width, seen):
    names = [f"species {k}: Acer pseudoplatanus" for k in range(40)]
    scatter = vw.LatentScatter(PcaCodec(X, 2), X, np.arange(80) % 40, label_names=names)
    blank = BlankPage(page, scatter)
    blank.root.evaluate(WIDTH, width)
    listed = blank.root.locator(".vw-legend-classes").filter(visible=True)
    plot = blank.root.locator(".vw-scatter-plot")
    rows = blank.root.locator(".vw-legend-row")
    box, before, *all_rows = boxes(listed, plot, rows)
    assert sum(_bottom(row) <= _bottom(box) + 1 for row in all_rows) == seen
    assert rows.locator(".vw-legend-name").evaluate_all(CUT) == []
    assert before["height"] >= 240
    # Nothing moves while something is searched, nor after it.
    find = blank.root.get_by_role("searchbox", name="Find a class")
    find.fill("species 7")
    expect(rows.filter(visible=True)).to_have_count(1)
    assert boxes(listed, plot) == [box, before]
    find.press("Escape")
    expect(rows.filter(visible=True)).to_have_count(40)
    assert boxes(listed, plot) == [box, before]
    scatter.close()
