"""What a widget held is freed once it is closed: nothing in the kernel keeps it alive."""

import contextlib
import gc
import sys
import weakref

import ipywidgets
import numpy as np
import pytest
from ipywidgets.widgets.widget import _instances

import vae_widgets as vw
from tests.support.pca_codec import PcaCodec, digits

X, LABELS = (each[:100] for each in digits())
CODEC = PcaCodec(X)
SCORES = np.random.default_rng(0).random(100)
HISTOGRAM = vw.AnomalyHistogram(SCORES, items=X)


SCATTER = vw.LatentScatter(CODEC, X)


def linked(widget):
    """Link a widget with a scatter that stays open."""
    widget.link(SCATTER)
    return widget


@pytest.mark.parametrize(
    "make",
    [
        lambda: vw.LatentScatter(CODEC, X, LABELS),
        lambda: vw.InterpolationSlider(CODEC, X[0], X[1]),
        lambda: vw.AnomalyHistogram(SCORES, SCORES > 0.8, X),
        lambda: vw.TrainingMonitor(samples=X[:5]),
        lambda: vw.ReviewQueue(HISTOGRAM, CODEC),
        lambda: vw.Explorer(CODEC, X, labels=LABELS),
        lambda: linked(vw.InterpolationSlider(CODEC, X[0], X[1])),
        lambda: linked(vw.AnomalyHistogram(SCORES)),
    ],
    ids=[
        *("scatter", "slider", "histogram", "monitor", "queue", "explorer"),
        *("linked slider", "linked histogram"),
    ],
)
def test_a_closed_widget_is_freed_with_all_its_parts(make):
    before = set(_instances)
    widget = make()
    gone = weakref.ref(widget)
    widget.close()
    assert not [_instances[key] for key in set(_instances) - before]
    del widget
    gc.collect()
    assert gone() is None


def test_a_layout_of_the_user_stays_open():
    shared = ipywidgets.Layout(width="50%")
    for widget in (vw.AnomalyHistogram(SCORES), vw.LatentScatter(CODEC, X)):
        widget.layout = shared
        before = set(_instances)
        widget.close()
        assert shared.comm is not None
        assert set(_instances) < before


@pytest.mark.parametrize(
    "make",
    [
        lambda: vw.LatentScatter(CODEC, X, colour=1),
        lambda: vw.InterpolationSlider(CODEC, X[0], 3),
        lambda: vw.AnomalyHistogram([]),
        lambda: vw.TrainingMonitor(sample=3),
        lambda: vw.ReviewQueue(3),
        lambda: vw.Explorer(CODEC, 3),
    ],
    ids=["scatter", "slider", "histogram", "monitor", "queue", "explorer"],
)
def test_a_widget_that_could_not_be_made_goes_in_silence(make, monkeypatch):
    noises = []
    monkeypatch.setattr(sys, "unraisablehook", noises.append)
    with contextlib.suppress(TypeError, ValueError):
        make()
        pytest.fail("it was made")
    gc.collect()
    assert noises == []
