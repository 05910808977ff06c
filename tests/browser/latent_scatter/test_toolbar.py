"""Every button of the scatter: it says what it does, does it, and does it by its key."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

import vae_widgets as vw
from tests.support.blank_page import BlankPage
from tests.support.jupyterlab import wait_for
from tests.support.layout import boxes
from tests.support.pca_codec import PcaCodec, digits
from tests.widgets import invariants

EVERYWHERE = (-1000.0, 1000.0, -1000.0, 1000.0)


# What each button changes: the state before it, how to read the state, and the state after it.
BUTTONS = {
    "Pick": ({"mode": "box"}, lambda scatter: scatter.mode, "pick"),
    "Pan": ({"mode": "pick"}, lambda scatter: scatter.mode, "pan"),
    "Lasso": ({"mode": "pick"}, lambda scatter: scatter.mode, "lasso"),
    "Box": ({"mode": "pick"}, lambda scatter: scatter.mode, "box"),
    "Grid": ({"grid": False}, lambda scatter: scatter.grid, True),
    "Prior": ({"prior": False}, lambda scatter: scatter.prior, True),
    "Density": ({"density": False}, lambda scatter: scatter.density, True),
    "Reset": ({"view": EVERYWHERE}, lambda scatter: scatter.view == scatter._home, True),
    "Clear": ({"selection": [1, 2]}, lambda scatter: scatter.selection.tolist(), []),
    "Dimensions": ({"_dims_shown": False}, lambda scatter: scatter._dims_shown, True),
    "Points": ({"_points_shown": False}, lambda scatter: scatter._points_shown, True),
    "Save": ({"_save_shown": False}, lambda scatter: scatter._save_shown, True),
}
# Those that act once. All others stay pressed.
ONCE = {"Reset", "Clear"}


@pytest.fixture
def blank(page):
    scatter = invariants.scatter()
    yield BlankPage(page, scatter)
    scatter.close()


def test_every_button_says_and_does_something(blank):
    scatter, page = blank.widget, blank.page
    canvas = blank.root.locator(".vw-scatter-plot > canvas")
    buttons = blank.root.locator(".vw-controls button").all()
    assert {button.inner_text() for button in buttons} == set(BUTTONS), "add it to BUTTONS"
    for button in buttons:
        label, title = button.inner_text(), button.get_attribute("title")
        before, read, after = BUTTONS[label]
        assert len(title) > len(label)
        # "Clear the selection (Esc)": keys that do the same on the plot.
        keys = re.findall(r"\b(Esc|[A-Z]|\d)\b", (re.findall(r"\((.*)\)$", title) or [""])[0])
        for key in [None, *keys]:
            for name, value in before.items():
                setattr(scatter, name, value)
            blank.update()
            assert read(scatter) != after, label
            if key is None:
                button.click()
            else:
                canvas.focus()
                page.keyboard.press("Escape" if key == "Esc" else key.lower())
            wait_for(
                # Messages of the page are handed over while Playwright is called.
                lambda read=read, after=after: page.evaluate("true") and read(scatter) == after,
                10,
                f"{label} by {key or 'a click'}",
            )
        if label in ONCE:
            assert button.get_attribute("aria-pressed") is None
        else:  # a button that is not in ONCE has `pressed`
            expect(button).to_have_attribute("aria-pressed", "false" if after is False else "true")


class Encoding(PcaCodec):
    """With a posterior, and so with a prior and a density to show."""

    def encode(self, x):
        z = super().encode(x)
        return z, np.full_like(z, -2)


def test_half_a_cell_has_two_rows_of_buttons_and_room_for_the_name_of_a_class(page):
    x = digits()[0][:40]
    names = ["a rather long class name", "b"]
    scatter = vw.LatentScatter(Encoding(x, 4), x, np.arange(40) % 2, label_names=names)
    scatter.pick(0)
    blank = BlankPage(page, scatter)
    page.evaluate("document.querySelector('.vw-widget').parentElement.style.width = '605px'")
    controls = blank.root.locator(".vw-controls")
    for name in ("Prior", "Density", "Dimensions"):
        assert controls.get_by_role("button", name=name).is_visible()
    assert len({round(box["y"]) for box in boxes(controls.locator("button, select"))}) == 2
    controls.get_by_role("button", name="Save").click()
    along = boxes(blank.root.locator(".vw-save-along > *"))
    assert len(along) == 2
    middles = [box["y"] + box["height"] / 2 for box in along]
    assert abs(middles[0] - middles[1]) < 6, "the slider stands beside its value"
    label = blank.root.locator(".vw-picked-label > span")
    picture = blank.root.locator(".vw-picked canvas").last
    expect(label).to_have_text(f"label {names[0]}")
    text, shown = boxes(label, picture)
    assert label.evaluate("one => one.scrollWidth <= one.clientWidth")
    assert text["x"] < shown["x"]  # it begins under the reconstruction
    scatter.pick(1)
    blank.update()
    expect(label).to_have_text("label b")
    text, shown = boxes(label, picture)
    assert text["x"] == shown["x"]
