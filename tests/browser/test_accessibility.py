"""An accessibility audit finds nothing serious in any widget, light or dark."""

import numpy as np
import pytest

import vae_widgets as vw
from tests.browser.test_kernel_gone import make_controls, make_legend, make_strip
from tests.support.axe import serious_problems
from tests.support.blank_page import DARK, BlankPage
from tests.support.pca_codec import PcaCodec, digits
from vae_widgets.widgets.training_monitor.replay import TrainingReplay
from vae_widgets.widgets.traits.array import array_to_json

X, Y = (part[:60] for part in digits())
SCORES = np.linspace(0, 1, 60)


def make_scatter():
    scatter = vw.LatentScatter(PcaCodec(X), X, Y, label_names=[f"digit {k}" for k in range(10)])
    scatter.selection = [3, 4]
    scatter.pick(3)
    scatter.set_trait("_dims_shown", True)
    scatter.set_trait("_save_shown", True)
    return scatter


def make_coloured_scatter():
    scatter = vw.LatentScatter(PcaCodec(X), X, color_by=SCORES)
    scatter.threshold = 0.5
    return scatter


def make_replay():
    replay = TrainingReplay()
    replay.shown = {"frames": [1, 2], "seen": 2, "points": array_to_json(X[:, :2]), "axis": "epoch"}
    return replay


def make_queue():
    queue = vw.ReviewQueue(vw.AnomalyHistogram(SCORES, items=X))
    queue.mark(queue.queue[0], "anomalous")
    return queue


WIDGETS = {
    "scatter": make_scatter,
    "coloured scatter": make_coloured_scatter,
    "slider": lambda: vw.InterpolationSlider(PcaCodec(X), X[0], X[1], steps=3),
    "histogram": lambda: vw.AnomalyHistogram(SCORES, np.where(Y == 1, 1, 0))._view.canvas,
    "queue": make_queue,
    "controls": make_controls,
    "legend": make_legend,
    "strip": make_strip,
    "replay": make_replay,
}


@pytest.mark.parametrize("kind", WIDGETS)
def test_nothing_serious_is_found(page, kind):
    blank = BlankPage(page, WIDGETS[kind]())
    blank.root.wait_for()
    if (export := blank.root.get_by_role("button", name="Export")).count():
        export.click()
    assert serious_problems(page, ".vw-widget") == []
    blank.disconnect()
    page.evaluate(DARK)
    assert serious_problems(page, ".vw-widget") == []


# Red of the opaque pixels at the top, where the handle of the threshold is.
HANDLE = """async (canvas) => {
  await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, 14);
  return [...data].filter((_, i) => i % 4 === 0 && data[i + 3] === 255);
}"""
BACKGROUND = "(made, pseudo) => getComputedStyle(made, pseudo).backgroundColor"


def test_forced_colours_are_those_of_text_lines_and_pressed_buttons_and_not_of_data(page):
    labelled = vw.AnomalyHistogram(SCORES, np.where(Y == 1, 1, 0))._view.canvas
    blank = BlankPage(page, labelled)
    canvas = blank.root.locator("canvas")
    legend = blank.root.locator(".vw-swatched").first
    log = blank.root.get_by_role("button", name="Log counts")
    log.click()
    for scheme, text in (("dark", 255), ("light", 0)):
        page.emulate_media(forced_colors="active", color_scheme=scheme)
        assert text in canvas.evaluate(HANDLE)
        assert legend.evaluate(BACKGROUND, "::before") == "rgb(63, 144, 218)"
        others = blank.root.get_by_role("button", name="Export").evaluate(BACKGROUND)
        assert log.evaluate(BACKGROUND) != others
