"""What is changed while no kernel answers is said, kept, and handed over."""

import numpy as np
import pytest
from playwright.sync_api import expect

import vae_widgets as vw
from tests.support.blank_page import BlankPage
from tests.support.layout import boxes
from tests.support.pca_codec import PcaCodec, digits
from vae_widgets.widgets.tile_strip.widget import TileStrip
from vae_widgets.widgets.training_monitor.controls import CurveLegend, TrainingControls

X, Y = (part[:60] for part in digits())
SCORES = np.linspace(0, 1, 60)


def make_controls():
    controls = TrainingControls(lambda message: None)
    button = {"does": "stop", "text": "Stop", "hint": "", "enabled": True}
    controls.shown = {
        **{"run": 1, "state": "training", "active": True, "available": ["latent", "replay"]},
        **{"buttons": {"stop": button}, "settings": {"beta": 1.0}},
    }
    return controls


def make_legend():
    legend = CurveLegend("Training", lambda: "")
    legend.entries = [{"name": "loss", "label": "loss", "colour": "#333"}]
    return legend


def make_strip():
    strip = TileStrip(selectable=True)
    strip.show([np.full((2, 8, 8, 4), 255, np.uint8)])
    return strip


WIDGETS = {
    "controls": (make_controls, ["Stop", "Log scale", "Latent", "Replay"]),
    "legend": (make_legend, ["loss"]),
    "strip": (make_strip, ["1 of 2"]),
    "histogram": (lambda: vw.AnomalyHistogram(SCORES)._view.canvas, ["Log counts"]),
    "slider": (lambda: vw.InterpolationSlider(PcaCodec(X), X[0], X[1], steps=3), ["⇄ Swap ends"]),
    "queue": (lambda: vw.ReviewQueue(vw.AnomalyHistogram(SCORES)), ["More"]),
}


@pytest.mark.parametrize("kind", WIDGETS)
def test_every_button_says_that_the_kernel_is_gone(page, kind):
    make, names = WIDGETS[kind]
    blank = BlankPage(page, make())
    notice = blank.root.get_by_role("alert").get_by_text("The kernel does not answer")
    for name in names:
        assert not notice.is_visible()
        blank.lose_kernel()
        blank.root.get_by_role("button", name=name, exact=True).click()
        notice.wait_for()
        blank.lose_kernel("there")
        notice.wait_for(state="hidden")


def another_kernel(widget):
    """As if the widget lived in another process."""
    canvas = widget._view.canvas if hasattr(widget, "_view") else widget
    canvas._origin = {**canvas._origin, "kernel": "another"}
    return widget


STILL = {"controls": "values under the pointer", "histogram": "threshold, curves"}
STILL |= {"slider": "sliding, playing", "queue": "marking"}


@pytest.mark.parametrize("kind", WIDGETS)
def test_a_disconnected_widget_says_so_at_once(page, kind):
    blank = BlankPage(page, WIDGETS[kind][0]())
    if kind == "strip":
        page.locator(".vw-tile").last.wait_for()
    (before,) = boxes(blank.root)
    notice = blank.root.get_by_role("alert").get_by_text("Disconnected: run the cell again.")
    expect(notice).to_be_hidden()
    blank.disconnect()
    still = f" Still working: {STILL[kind]}." if kind in STILL else ""
    expect(notice).to_have_text(f"Disconnected: run the cell again.{still}")
    # One line with its margin, and nothing else is new.
    (after,) = boxes(blank.root)
    assert after["height"] == before["height"] + 28
    # Also in a view that is made later, as in a notebook that is opened again.
    blank.close()
    blank.show_again()
    notice.wait_for()


@pytest.mark.parametrize("how", ["shutDown", "die"])
def test_a_widget_says_at_once_that_its_kernel_has_ended(page, how):
    blank = BlankPage(page, vw.InterpolationSlider(PcaCodec(X), X[0], X[1], steps=3))
    notice = blank.root.get_by_role("alert").get_by_text("Disconnected: run the cell again.")
    expect(notice).to_be_hidden()
    blank.disconnect(how)
    expect(notice).to_be_visible()


def test_many_parts_say_once_that_they_are_disconnected(page):
    parts = [vw.LatentScatter(PcaCodec(X), X, Y), *(WIDGETS[k][0]() for k in ("slider", "strip"))]
    blanks = [BlankPage(page, part) for part in parts]
    page.evaluate("document.body.classList.add('vw-composite')")
    blanks[0].disconnect()
    notices = page.locator(".vw-notice:visible")
    still = "hovering, zooming, selecting, sliding, playing"
    expect(notices).to_have_text(f"Disconnected: run the cell again. Still working: {still}.")
    expect(page.locator(".vw-gone")).to_have_count(len(parts))


def test_a_threshold_moved_by_hand_is_by_hand_without_a_kernel(page):
    histogram = vw.AnomalyHistogram(SCORES)
    blank = BlankPage(page, histogram._view.canvas)
    method = blank.root.locator("select[aria-label=Method]")
    needs_python = blank.root.locator(":is(input, select):is([inert], [inert] *)")
    expect(method).to_have_value("percentile")
    expect(needs_python).to_have_count(0)
    blank.disconnect()
    # What only Python can apply takes no input, which would be lost.
    expect(needs_python).to_have_count(2)
    assert needs_python.evaluate_all("all => all.map((one) => one.ariaLabel)") == [
        "Percentage to flag",
        "Method",
    ]
    field = page.get_by_role("spinbutton", name="Threshold")
    field.fill("0.25")
    field.press("Enter")
    expect(method).to_have_value("manual")
    assert histogram.method == "percentile"


def test_a_threshold_moved_without_a_kernel_reaches_the_next_one(page):
    first = vw.AnomalyHistogram(SCORES)
    before = first.threshold
    blank = BlankPage(page, first._view.canvas)
    blank.lose_kernel()
    field = page.get_by_role("spinbutton", name="Threshold")
    field.fill("0,25")
    field.press("Enter")
    blank.root.get_by_text("Python does not have this threshold yet.").wait_for()
    assert first.threshold == before
    blank.close()
    second = another_kernel(vw.AnomalyHistogram(SCORES))
    again = BlankPage(page, second._view.canvas)
    again.root.get_by_text("Set by hand").wait_for()
    again.until(lambda: second.threshold == 0.25, "the threshold")
    # That kernel had it when it ended: the third is offered it.
    again.close()
    third = vw.AnomalyHistogram(SCORES)
    last = BlankPage(page, third._view.canvas)
    last.root.get_by_text(
        "Saved in this browser before the kernel ended: the threshold 0.25"
    ).wait_for()
    assert third.threshold == before
    last.root.get_by_role("button", name="Restore").click()
    last.root.get_by_text("Set by hand").wait_for()
    last.until(lambda: third.threshold == 0.25, "the threshold")
    # Other scores are offered nothing, nor is who has chosen a method since.
    last.root.get_by_role("combobox", name="Method").select_option("iqr")
    last.root.get_by_text("interquartile ranges").wait_for()
    last.close()
    fourth = BlankPage(page, another_kernel(vw.AnomalyHistogram(SCORES))._view.canvas)
    fourth.wait_for_answers()
    expect(fourth.root.get_by_role("button", name="Restore")).to_be_hidden()


def test_bookmarks_and_selection_are_offered_after_a_restart(page):
    def make():
        return vw.LatentScatter(PcaCodec(X), X, Y)

    first = make()
    blank = BlankPage(page, first)
    first.pick(3)
    blank.update()
    blank.root.get_by_role("button", name="Save").click()
    blank.root.get_by_label("Name of the bookmark").fill("three")
    blank.root.get_by_label("Name of the bookmark").press("Enter")
    blank.root.get_by_text("Saved as three.").wait_for()
    # The second is made when the kernel has gone.
    blank.lose_kernel()
    blank.root.get_by_label("Name of the bookmark").fill("again")
    blank.root.get_by_label("Name of the bookmark").press("Enter")
    blank.root.get_by_role("alert").get_by_text("The kernel does not answer").wait_for()
    blank.until(lambda: list(first.bookmarks) == ["three"], "the first bookmark")
    blank.close()
    second = another_kernel(make())
    again = BlankPage(page, second)
    again.until(lambda: list(second.bookmarks) == ["three", "again"], "the bookmarks")
    assert np.array_equal(second.bookmarks["again"], first.z_mean[3])
    # A selection that the kernel had is offered to the next one.
    again.root.get_by_role("button", name="Box", exact=True).click()
    canvas = again.root.locator(".vw-scatter-plot > canvas")
    (box,) = boxes(canvas)
    page.mouse.move(box["x"] + 60, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 20, box["y"] + box["height"] - 60, steps=4)
    page.mouse.up()
    again.root.get_by_text("selected. Ctrl adds").wait_for()
    chosen = again.until(lambda: second.selection.tolist(), "the selection")
    again.close()
    third = make()
    last = BlankPage(page, third)
    last.root.get_by_text(f"2 bookmarks, a selection of {len(chosen)} samples.").wait_for()
    assert third.bookmarks == {}
    last.root.get_by_role("button", name="Restore").click()
    last.until(lambda: list(third.bookmarks) == ["three", "again"], "the bookmarks")
    last.until(lambda: third.selection.tolist() == chosen, "the selection")
