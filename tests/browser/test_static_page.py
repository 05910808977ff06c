"""On a page without a kernel, such as MyST's, widgets are drawn from their state."""

import numpy as np
import pytest
from playwright.sync_api import expect

import vae_widgets as vw
from tests.browser.test_accessibility import make_queue, make_replay, make_scatter
from tests.browser.test_kernel_gone import make_controls, make_legend, make_strip
from tests.support.blank_page import BlankPage
from tests.support.on_page import IS_DRAWN
from tests.support.pca_codec import PcaCodec, digits
from vae_widgets.widgets.explorer.tabs import PanelTabs
from vae_widgets.widgets.training_monitor.latent_health import LatentHealth

X, Y = (part[:60] for part in digits())
SCORES = np.linspace(0, 1, 60)
NO_KERNEL = "This page has no kernel: what Python computes stays as it was saved."
HAS_PICTURE = f"root => [...root.querySelectorAll('canvas')].some({IS_DRAWN})"


def make_histogram():
    return vw.AnomalyHistogram(SCORES)._view.canvas


def make_slider():
    return vw.InterpolationSlider(PcaCodec(X), X[0], X[1], steps=3)


# What makes it, whether it has a canvas, a button that tells Python something, what still works.
WIDGETS = {
    "scatter": (make_scatter, True, "Pan", "hovering, zooming, selecting"),
    "slider": (make_slider, True, "⇄ Swap ends", "sliding, playing"),
    "histogram": (make_histogram, True, "Log counts", "threshold, curves"),
    "queue": (make_queue, True, "More", "marking"),
    "controls": (make_controls, False, "Log scale", "values under the pointer"),
    "legend": (make_legend, False, "loss", ""),
    "strip": (make_strip, True, "1 of 2", ""),
}


@pytest.fixture
def errors(page):
    """What the page throws, and what no `catch` takes."""
    thrown = []

    def note(error):
        thrown.append(str(error))

    page.on("pageerror", note)
    yield thrown
    page.remove_listener("pageerror", note)


@pytest.mark.parametrize("kind", WIDGETS)
def test_a_widget_is_drawn_and_says_once_what_does_not_work(page, errors, kind):
    make, has_canvas, name, works = WIDGETS[kind]
    blank = BlankPage(page, make(), static=True)
    if has_canvas:
        page.wait_for_function(HAS_PICTURE, arg=blank.root.element_handle())
    notice = blank.root.get_by_role("alert").filter(visible=True)
    button = blank.root.get_by_role("button", name=name, exact=True)
    for _ in range(2):
        button.click()
        still = f" Still working: {works}." if works else ""
        expect(notice).to_have_text(f"{NO_KERNEL}{still}")
    blank.close()
    assert errors == []


def test_parts_without_a_line_of_their_own_are_drawn(page, errors):
    tabs, health = PanelTabs(), LatentHealth()
    health.plan(_history(), None)[0]()
    blank = BlankPage(page, tabs, static=True)
    blank.root.get_by_role("tab", name="Threshold").click()
    expect(blank.root.get_by_role("tab", name="Threshold")).to_have_attribute(
        "aria-selected", "true"
    )
    blank.close()
    for part in (health, make_replay()):
        blank = BlankPage(page, part, static=True)
        page.wait_for_function(HAS_PICTURE, arg=blank.root.element_handle())
        blank.close()
    assert errors == []


def test_the_threshold_still_moves_the_counts(page, errors):
    blank = BlankPage(page, make_histogram(), static=True)
    handle = page.get_by_role("slider", name="Threshold")
    before = blank.root.inner_text()
    handle.focus()
    page.keyboard.press("Home")
    page.wait_for_function(
        "([root, before]) => root.innerText !== before", arg=[blank.root.element_handle(), before]
    )
    # Every sample is flagged by the lowest threshold.
    rate = blank.root.locator(".vw-scores-number").filter(has_text="Alert rate")
    expect(rate.locator(".vw-scores-value")).to_have_text("100 %")
    assert errors == []


def _history():
    history = vw.TrainingMonitor().history
    for epoch in range(3):
        history.begin_epoch(epoch)
        history.log_epoch(epoch, {"kl_loss": 1.0 + epoch, "reconstruction_loss": 9.0 - epoch})
    return history
