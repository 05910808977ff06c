"""Finding samples, selecting all or the others, the look of points, and the card beside one."""

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import expect

import vae_widgets as vw
from tests.support.blank_page import BlankPage
from tests.support.pca_codec import PcaCodec, digits
from tests.support.scatter_view import MARGIN

X, Y = (part[:60] for part in digits())
# The height of the plot follows the width of the widget, and its canvas follows both.
SETTLED = """width => {
  const root = document.querySelector(".vw-widget");
  const canvas = root.querySelector(".vw-scatter-plot > canvas");
  return root.clientWidth === width && canvas.width === canvas.clientWidth &&
    canvas.height === canvas.clientHeight &&
    parseFloat(root.style.getPropertyValue("--vw-width")) === 20 * Math.floor((width - 16) / 20);
}"""


@pytest.fixture
def blank(page):
    scatter = vw.LatentScatter(PcaCodec(X, 2), X, Y)
    yield BlankPage(page, scatter)
    scatter.close()


def status(blank, text):
    blank.root.get_by_role("status").filter(has_text=text).wait_for()


def test_a_sample_is_found_by_its_number(blank):
    scatter, page = blank.widget, blank.page
    blank.root.locator(".vw-scatter-plot > canvas").focus()
    page.keyboard.press("f")
    field = blank.root.get_by_role("spinbutton", name="Number of a sample")
    expect(field).to_be_focused()
    expect(blank.root.get_by_label("Index label")).to_be_hidden()  # numpy has none
    for wrong in ("60", "2.5"):
        field.fill(wrong)
        page.keyboard.press("Enter")
        problem = f"{wrong} is not possible. Type a whole number from 0 to 59."
        expect(blank.root.get_by_role("alert").filter(has_text=problem)).to_be_visible()
        assert scatter.picked_index == -1
    home = scatter.view
    field.fill("7")
    page.keyboard.press("Enter")
    blank.until(lambda: scatter.picked_index == 7, "sample 7")
    status(blank, "Sample #7 beside its reconstruction")
    assert scatter.view == home, "its point is in view"
    scatter.view = (100, 102, -60, -50)  # far from all points
    blank.update()
    field.fill("11")
    page.keyboard.press("Enter")
    blank.until(lambda: scatter.picked_index == 11, "sample 11")
    blank.until(lambda: scatter.view[0] < 50, "the view")
    x, y = scatter.project(scatter.z_mean)[11]
    np.testing.assert_allclose(scatter.view, (x - 1, x + 1, y - 5, y + 5), rtol=1e-5)


def test_a_sample_is_found_by_the_label_of_its_index(page):
    frame = pd.DataFrame(X.reshape(60, 64), index=[f"patient {i // 2}" for i in range(60)])
    scatter = vw.LatentScatter(PcaCodec(frame.to_numpy()), frame)
    blank = BlankPage(page, scatter)
    blank.root.get_by_role("button", name="Points", exact=True).click()
    field = blank.root.get_by_role("textbox", name="Index label")
    field.fill("patient 30")
    page.keyboard.press("Enter")
    status(blank, "No sample has the label 'patient 30' in the index.")
    assert scatter.picked_index == -1
    field.fill("patient 11")
    page.keyboard.press("Enter")
    blank.until(lambda: scatter.picked_index == 22, "the first of two samples")
    blank.root.get_by_text("the first of 2").wait_for()


def test_all_and_the_others_are_selected(blank):
    scatter, page = blank.widget, blank.page
    scatter.hidden_classes = ["3"]
    blank.update()
    shown = np.flatnonzero(Y != 3)
    blank.root.locator(".vw-scatter-plot > canvas").focus()
    page.keyboard.press("a")
    blank.until(lambda: scatter.selection.tolist() == shown.tolist(), "all")
    scatter.selection = shown[::2]
    blank.update()
    status(blank, f"{len(shown[::2])} selected")
    page.keyboard.press("i")
    blank.until(lambda: scatter.selection.tolist() == shown[1::2].tolist(), "the others")
    blank.root.get_by_role("button", name="Points", exact=True).click()
    blank.root.get_by_role("button", name="Select all", exact=True).click()
    blank.until(lambda: scatter.selection.tolist() == shown.tolist(), "all")
    blank.root.get_by_role("button", name="Invert", exact=True).click()
    blank.until(lambda: scatter.selection.size == 0, "none")
    # The status line says what is so, whoever made it so.
    scatter.pick(4)
    blank.update()
    status(blank, "Sample #4 beside its reconstruction")
    scatter.selection = [1, 2]
    blank.update()
    status(blank, "2 selected")
    scatter.selection = []
    blank.update()
    status(blank, "Nothing is selected.")
    scatter.picked = []
    blank.update()
    status(blank, "Nothing is picked.")


def test_size_and_opacity_have_sliders(blank):
    scatter = blank.widget
    canvas = blank.root.locator(".vw-scatter-plot > canvas")
    blank.root.get_by_role("button", name="Points", exact=True).click()
    for name, trait, value, automatic in (
        ("Diameter of the points in pixels", "point_size", 12, "Automatic size"),
        ("Opacity of the points", "opacity", 0.4, "Automatic opacity"),
    ):
        slider, auto = blank.root.get_by_title(name), blank.root.get_by_label(automatic)
        expect(auto).to_have_attribute("aria-pressed", "true")
        before = canvas.evaluate("canvas => canvas.toDataURL()")
        slider.fill(str(value))
        blank.until(lambda trait=trait, value=value: getattr(scatter, trait) == value, trait)
        expect(auto).to_have_attribute("aria-pressed", "false")
        other = "([canvas, before]) => canvas.toDataURL() !== before"
        blank.page.wait_for_function(other, arg=[canvas.element_handle(), before])
        auto.click()
        blank.until(lambda trait=trait: getattr(scatter, trait) is None, f"{trait} by itself")


def test_the_automatic_look_above_pictures_is_that_which_is_drawn(blank):
    blank.root.get_by_role("button", name="Points", exact=True).click()
    values = blank.root.locator(".vw-save-row").filter(has_text="Auto").locator(".vw-dims-value")
    expect(values).to_have_text(["9", "0.85"])
    blank.root.get_by_role("button", name="Grid", exact=True).click()
    expect(values).to_have_text(["7.65", "1"])
    blank.root.get_by_role("button", name="Grid", exact=True).click()
    expect(values).to_have_text(["9", "0.85"])


def test_the_card_of_a_sample_leaves_its_point_free(blank):
    scatter, page = blank.widget, blank.page
    card, canvas = (
        blank.root.get_by_role("tooltip"),
        blank.root.locator(".vw-scatter-plot > canvas"),
    )
    for width in (760, 380):
        page.evaluate(
            "w => { document.querySelector('.vw-widget').parentElement.style.width = `${w}px`; }",
            width,
        )
        page.wait_for_function(SETTLED, arg=width)
        plot = canvas.bounding_box()
        inner = plot["width"] - MARGIN["left"] - MARGIN["right"]
        x0, x1, y0, y1 = scatter.view
        for i in range(0, 60, 6):
            x, y = scatter.project(scatter.z_mean)[i]
            at_x = plot["x"] + MARGIN["left"] + (x - x0) / (x1 - x0) * inner
            height = plot["height"] - MARGIN["top"] - MARGIN["bottom"]
            at_y = plot["y"] + MARGIN["top"] + (y1 - y) / (y1 - y0) * height
            scatter.hovered = i
            blank.update()
            card.get_by_text(f"#{i}\n").wait_for()
            box = card.bounding_box()
            gaps = (
                *(box["x"] - at_x, at_x - box["x"] - box["width"]),
                *(box["y"] - at_y, at_y - box["y"] - box["height"]),
            )
            assert max(gaps) > 10, (width, i, gaps)


def test_a_bookmark_is_replaced_only_when_that_is_confirmed(blank):
    scatter, page = blank.widget, blank.page
    scatter.bookmarks = {"smile": [1, 2]}
    scatter.picked = [0.5, 0.25]
    blank.update()
    blank.root.get_by_role("button", name="Save", exact=True).click()
    name = blank.root.get_by_label("Name of the bookmark")
    question = blank.root.get_by_role("alert").filter(has_text="smile is a bookmark already.")

    def again():
        name.fill("smile")
        name.press("Enter")
        expect(question).to_be_visible()
        expect(blank.root.get_by_role("button", name="Replace", exact=True)).to_be_focused()

    again()
    page.keyboard.press("Escape")
    expect(name).to_be_focused()
    again()
    blank.root.get_by_role("button", name="Keep", exact=True).click()
    expect(question).to_be_hidden()
    again()
    name.fill("smile2")
    name.press("Enter")
    blank.until(lambda: "smile2" in scatter.bookmarks, "another name")
    assert scatter.bookmarks["smile"].tolist() == [1, 2]
    again()
    page.keyboard.press("Enter")
    blank.until(lambda: scatter.bookmarks["smile"].tolist() == [0.5, 0.25], "the bookmark")
    expect(question).to_be_hidden()
