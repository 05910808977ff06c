"""What one widget does shows in the others, on the same screen."""

import pathlib

from playwright.sync_api import expect

from tests.browser.conftest import set_theme
from tests.support.axe import serious_problems
from tests.support.layout import boxes

CELL = f"""
import sys
sys.path.insert(0, {str(pathlib.Path(__file__).parents[3])!r})
import numpy as np
import vae_widgets as vw
from tests.support.pca_codec import PcaCodec, digits

x, y = digits()
x, y = x[:200], y[:200]
codec = PcaCodec(x, 4)
explorer = vw.Explorer(codec, x, labels=y)
explorer
"""
FLAGGED = "np.flatnonzero(explorer.histogram.flagged).tolist()"
TO_THE_TOP = "explorer => explorer.scrollIntoView({ block: 'start' })"


def test_a_gesture_and_its_effect_are_on_one_screen(notebook):
    nb = notebook([CELL])
    page = nb.page
    page.set_viewport_size({"width": 1280, "height": 800})
    explorer = page.locator(".vw-explorer")
    expect(page.locator(".vw-explorer.vw-wide")).to_have_count(1)
    explorer.evaluate(TO_THE_TOP)
    (seen,) = boxes(page.locator(".jp-WindowedPanel-outer"))
    scatter = explorer.locator(".vw-scatter-plot > canvas")
    bars = explorer.locator(".vw-scores .vw-picture > canvas")
    film = explorer.locator(".vw-film-strip canvas")
    strip = explorer.locator(".vw-panel-selection .vw-strip")
    slide = explorer.locator(".vw-film-end").get_by_role("button", name="Picked")

    def on_screen(*parts):
        for box in boxes(*parts):
            assert seen["x"] <= box["x"] <= box["x"] + box["width"] <= seen["x"] + seen["width"]
            assert seen["y"] <= box["y"] <= box["y"] + box["height"] <= seen["y"] + seen["height"]

    def open_panel(name):
        tab = page.get_by_role("tab", name=name)
        tab.click()
        expect(tab).to_have_attribute("aria-selected", "true")
        nb.kernel.until(f"explorer.panel == {name.lower()!r}")

    explorer.get_by_role("button", name="Path ends").wait_for()
    buttons = explorer.locator(".vw-scatter .vw-controls button").filter(visible=True)
    rows = {round(box["y"]) for box in boxes(buttons)}
    assert len(rows) == 2, explorer.locator(".vw-scatter").bounding_box()

    # A lasso: its samples' tiles, and their part of the bars.
    selection = "explorer.scatter.selection.tolist()"

    def lasso(to):
        before = nb.kernel.eval(selection)
        page.keyboard.down("Shift")
        nb.drag(scatter, (60, 20), to, release=False)
        box = scatter.bounding_box()
        page.mouse.move(box["x"] + 60, box["y"] + to[1], steps=4)
        page.mouse.up()
        page.keyboard.up("Shift")
        return nb.kernel.until(f"{selection} != {before} and {selection}")

    (unselected,) = boxes(scatter)
    chosen = lasso((220, 200))
    expect(strip.locator("button.vw-tile")).to_have_count(min(60, len(chosen)))
    on_screen(scatter, strip.locator("button.vw-tile").first)
    assert boxes(scatter) == [unselected], "another text under the plot takes none of its height"
    open_panel("Threshold")
    before = nb.pixels(bars)
    chosen = lasso((300, 210))
    nb.wait_for_other_pixels(bars, before)
    nb.kernel.until(f"explorer.histogram.selection.tolist() == {chosen}")
    on_screen(scatter, bars)

    # A threshold: the outlines follow while it is dragged, and the selection stays.
    before = nb.pixels(scatter)
    width = boxes(bars)[0]["width"]
    nb.drag(bars, (0.5 * width, 100), (0.4 * width, 100), release=False)
    nb.wait_for_other_pixels(scatter, before)
    on_screen(scatter, bars)
    page.mouse.up()
    nb.kernel.until("explorer.histogram.method == 'manual'")
    nb.kernel.until(f"[] != {FLAGGED} == explorer.scatter.flagged.tolist()")
    assert nb.kernel.eval("explorer.scatter.selection.tolist()") == chosen
    on_screen(scatter, explorer.locator(".vw-panel-threshold button.vw-tile").first)
    explorer.locator(".vw-panel-threshold button.vw-tile").first.click()
    nb.kernel.until("explorer.scatter.picked_index == int(explorer.histogram.scores.argmax())")
    assert nb.kernel.eval("explorer.scatter.hovered") == -1

    # A slide: its point moves along the path in the scatter.
    open_panel("Slide")
    expect(slide).to_be_enabled()
    before = nb.pixels(scatter)
    width = boxes(film)[0]["width"]
    nb.drag(film, (10, 30), (0.7 * width, 30), release=False)
    nb.wait_for_other_pixels(scatter, before)
    on_screen(scatter, film, page.locator(".vw-film-current canvas"))
    page.mouse.up()
    on_screen(slide)
    picture = page.locator(".vw-film-frame canvas").last
    before = nb.pixels(picture)
    slide.click()
    nb.kernel.until("np.array_equal(explorer.slider.end, x[explorer.scatter.picked_index])")
    nb.wait_for_other_pixels(picture, before)

    # A review, which is made when its panel is opened, here by keys.
    page.get_by_role("tab", name="Slide").press("ArrowRight")
    page.keyboard.press("ArrowRight")
    card = explorer.locator(".vw-review-card")
    card.wait_for()
    card.press("ArrowRight")
    nb.kernel.until("explorer.scatter.picked_index == int(explorer.review.queue[1])")
    on_screen(scatter, card)

    # An accessibility audit finds nothing serious in it, either, with curves.
    nb.kernel.eval("explorer.histogram.label(np.arange(100), y[:100] == 1)")
    open_panel("Threshold")
    explorer.locator(".bqplot.figure").first.wait_for()
    for theme in ("light", "dark"):
        set_theme(page, theme)
        assert serious_problems(page, ".vw-explorer") == []
    open_panel("Review")

    # In a narrow page the panel lies below the scatter.
    page.set_viewport_size({"width": 700, "height": 800})
    expect(page.locator(".vw-explorer:not(.vw-wide)")).to_have_count(1)
    above, below = boxes(scatter, card)
    assert above["y"] + above["height"] < below["y"]
    for box in (above, below):
        assert 0 <= box["x"] <= box["x"] + box["width"] <= 700
