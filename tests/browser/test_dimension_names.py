"""Latent dimensions have one numbering, Python's, wherever they are named."""

import re

import numpy as np

import vae_widgets as vw
from tests.support.blank_page import BlankPage
from tests.support.pca_codec import PcaCodec
from vae_widgets.widgets.training_monitor.latent_health import LatentHealth
from vae_widgets.widgets.training_monitor.replay import TrainingReplay
from vae_widgets.widgets.traits.array import array_to_json

X = np.random.default_rng(0).normal(size=(30, 5)).astype("float32")
RECORD = """() => {
  window.drawn = new Set();
  const draw = CanvasRenderingContext2D.prototype.fillText;
  CanvasRenderingContext2D.prototype.fillText = function (text, ...where) {
    window.drawn.add(text);
    draw.call(this, text, ...where);
  };
}"""
NAME = re.compile(r"\bz(?:\[(\d+)\]|(\d+))")


def drawn_names(page, widget):
    """Names of dimensions that a widget draws, after the page has shown it."""
    blank = BlankPage(page, widget)
    page.wait_for_function("() => window.drawn.size > 0")
    texts = page.evaluate("[...window.drawn]")
    assert not any("…" in text for text in texts)  # no name is cut off
    blank.close()
    page.evaluate("window.drawn.clear()")
    return sorted({found[0] for text in texts for found in NAME.finditer(text)})


def test_the_monitor_the_replay_and_the_scatter_count_from_0(page):
    page.goto("about:blank")
    scatter = vw.LatentScatter(PcaCodec(X, 3), X)
    expected = [axis["name"] for axis in sorted(scatter._axes, key=lambda axis: axis["index"])]
    assert expected == ["z[0]", "z[1]", "z[2]"]
    health = LatentHealth()
    kl = np.float32([[1.0, 0.0, 2.0], [1.0, 0.0, 2.0]])
    empty = array_to_json(np.zeros((2, 0), np.float32))
    health.shown = {
        "axis": "epoch",
        "kl": array_to_json(kl),
        "kl_at": array_to_json(np.float32([1, 2])),
        "active": 2,
        "dimensions": 3,
        "path": empty,
        "beta": empty,
    }
    blank = BlankPage(page, scatter)
    page.evaluate(RECORD)
    blank.close()
    assert drawn_names(page, health) == expected
    replay = TrainingReplay()
    replay.shown = {"frames": [1], "points": array_to_json(X[:, :2])}
    assert drawn_names(page, replay) == expected[:1]
    replay.shown = {
        "frames": [1],
        "points": array_to_json(np.zeros((128, 2), np.float32)),
        "names": ["z[1]", "z[2]"],
    }
    assert drawn_names(page, replay) == ["z[1]", "z[2]"]
    options = BlankPage(page, scatter).root.get_by_label("Latent dimension along x")
    assert sorted(options.locator("option").all_inner_texts()) == expected
    # So do the axes of a projection: `dims` takes these numbers.
    scatter.projection = "pca"
    assert [axis["name"] for axis in scatter._axes] == ["PC[0]", "PC[1]", "PC[2]"]
