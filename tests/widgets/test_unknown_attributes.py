"""A misspelt attribute is refused; what the page can show, Python can set."""

import numpy as np
import pytest
import traitlets

import vae_widgets as vw
from tests.support.pca_codec import PcaCodec, digits

X, Y = (part[:60] for part in digits())
SCORES = np.linspace(0, 1, 60)


class WithVariances(PcaCodec):
    """As of a VAE, for a prior."""

    def encode(self, x):
        z = super().encode(x)
        return z, np.full_like(z, -2)


@pytest.fixture(scope="module")
def widgets():
    codec = WithVariances(X)
    histogram = vw.AnomalyHistogram(SCORES, Y > 4, X)
    return {
        "scatter": vw.LatentScatter(codec, X, Y),
        "slider": vw.InterpolationSlider(codec, X[0], X[1], steps=4),
        "histogram": histogram,
        "queue": vw.ReviewQueue(histogram),
        "monitor": vw.TrainingMonitor(),
        "explorer": vw.Explorer(codec, X, labels=Y),
    }


@pytest.mark.parametrize(
    ("widget", "name", "meant"),
    [
        ("scatter", "colour_by", "color_by"),
        ("scatter", "densitiy", "density"),
        ("scatter", "treshold", "threshold"),
        ("slider", "valeu", "value"),
        ("histogram", "treshold", "threshold"),
        ("histogram", "log_count", "log_counts"),
        ("queue", "ordr", "order"),
        ("monitor", "logscale", "log_scale"),
        ("explorer", "scater", "scatter"),
    ],
)
def test_a_misspelt_attribute_is_refused_with_the_nearest_name(widgets, widget, name, meant):
    message = f"{type(widgets[widget]).__name__} has no attribute '{name}'; did you mean '{meant}'"
    with pytest.raises(AttributeError, match=message):
        setattr(widgets[widget], name, True)
    assert not hasattr(widgets[widget], name)


def test_what_traitlets_and_users_set_is_theirs(widgets):
    for widget in widgets.values():
        widget._mine = 1
        assert widget._mine == 1
        widget.layout.width = "50%"
        widget.observe(print, "layout")
        widget.add_class("mine")

    class Mine(vw.LatentScatter):
        def __init__(self, *args):
            super().__init__(*args)
            self.notes = ["my own"]

    mine = Mine(PcaCodec(X), X)
    mine.more = 2
    assert (mine.notes, mine.more) == (["my own"], 2)


def test_the_view_of_a_scatter(widgets):
    scatter = widgets["scatter"]
    scatter.hidden_classes = [3, "1"]
    assert scatter.hidden_classes == ("1", "3")
    assert scatter._hidden == [1, 3]
    scatter.hidden_classes = "unknown"
    assert scatter._hidden == [10]
    # What the page sets keeps its order, so that no answer undoes the next click.
    scatter.set_state({"_hidden": [3, 10, 1]})
    assert scatter._hidden == [3, 10, 1]
    scatter.hidden_classes = []
    assert scatter._hidden == []
    scatter.hidden_sides = "below"
    assert (scatter.hidden_sides, scatter._hidden_sides) == (("below",), [0])
    with pytest.raises(ValueError, match=r"hidden_classes is '12'; .*Expected one of: 0, 1"):
        scatter.hidden_classes = [12]
    scatter.prior = scatter.grid = True
    scatter.point_size = 12
    for size in (0, 41, np.inf):
        with pytest.raises((ValueError, traitlets.TraitError), match="point_size"):
            scatter.point_size = size
    scatter.opacity = 0.05
    for opacity in (0, 1.1, np.nan):
        with pytest.raises((ValueError, traitlets.TraitError), match="opacity"):
            scatter.opacity = opacity
    assert scatter.opacity == 0.05
    assert (scatter.prior, scatter.grid, scatter.point_size) == (True, True, 12)
    scatter.density = True
    assert scatter._density
    with pytest.raises(traitlets.TraitError, match="density is True, but the codec has no prior"):
        vw.LatentScatter(PcaCodec(X), X).density = True
    line = vw.LatentScatter(WithVariances(X, 1), X)
    with pytest.raises(
        traitlets.TraitError, match=r"prior is True, but the coordinates \[0\] of 'latent'"
    ):
        line.prior = True
    assert not line.prior


def test_the_view_of_a_histogram(widgets):
    histogram = widgets["histogram"]
    histogram.log_counts = histogram.full_range = True
    assert histogram._view.canvas.log_counts
    assert histogram._view.canvas.full_range
    assert histogram.curve == "Precision-recall"
    histogram.curve = "ROC"
    assert histogram._view.curves._switch.index == 1
    with pytest.raises(ValueError, match="did you mean 'ROC'"):
        histogram.curve = "ROCK"
    with pytest.raises(ValueError, match="there is none without labels"):
        vw.AnomalyHistogram(SCORES).curve = "ROC"


def test_the_view_of_a_monitor(widgets):
    monitor = widgets["monitor"]
    monitor.panels, monitor.hidden, monitor.zoom = "latent", ["kl_loss"], (2, 5)
    assert (monitor.panels, monitor.hidden, monitor.zoom) == (("latent",), ("kl_loss",), (2, 5))
    controls, legend = monitor._drawing.controls, monitor._drawing.legend
    assert (controls.panels, controls.zoom, legend.hidden) == (["latent"], [2, 5], ["kl_loss"])
    monitor.zoom = None
    assert (monitor.zoom, controls.zoom) == (None, [])
    with pytest.raises(ValueError, match="did you mean 'replay'"):
        monitor.panels = ["replai"]
