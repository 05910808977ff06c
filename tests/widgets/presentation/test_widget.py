"""`vw.presentation`: what it takes, and what follows it in Python."""

import json
import re

import numpy as np
import pytest
from ipywidgets.widgets.widget import _instances

import vae_widgets as vw
from tests.widgets import invariants
from vae_widgets.widgets.presentation.widget import Presentation


@pytest.fixture(autouse=True)
def off():
    yield
    vw.presentation(False)


@pytest.fixture
def told(monkeypatch):
    """Return what the page is told, in order: the scale of a model that opens, and its changes."""
    scales = []
    opened, sent = Presentation.open, Presentation.send_state

    def open_(self):
        scales.append(self.scale)
        opened(self)

    def send(self, key=None):
        scales.append(self.scale)
        sent(self, key)

    vw.presentation(False)
    monkeypatch.setattr(Presentation, "open", open_)
    monkeypatch.setattr(Presentation, "send_state", send)
    return scales


def test_the_page_is_told_each_change(told):
    vw.presentation()
    vw.presentation(scale=2)
    vw.presentation(scale=2)
    vw.presentation(np.True_, np.float32(1.25))
    vw.presentation(False, scale=2)
    assert told == [1.5, 2.0, 1.25, 1.0]


def test_it_begins_anew_after_its_widget_was_closed(told):
    """As by ``Widget.close_all()``, which here would close those of other tests."""
    vw.presentation()
    for widget in list(_instances.values()):
        if isinstance(widget, Presentation):
            widget.close()
    vw.presentation()
    assert 1.0 in told  # of the new model
    assert told[-1] == 1.5


@pytest.mark.parametrize(
    ("given", "error", "why"),
    [
        ({"on": 2.0}, TypeError, r"on must be True or False; received 2.0. .* pass scale=2"),
        ({"on": "off"}, TypeError, "on must be True or False; received 'off'"),
        ({"scale": "2"}, TypeError, "scale must be a number; received '2'"),
        ({"scale": 0.9}, ValueError, r"scale must lie in \[1, 3\]; received 0.9"),
        ({"scale": 3.1}, ValueError, r"scale must lie in \[1, 3\]; received 3.1"),
        ({"scale": float("nan")}, ValueError, "scale must be a finite number"),
        ({"size": 2}, TypeError, "unknown keyword 'size'"),
    ],
)
def test_what_is_refused_changes_nothing(given, error, why, told):
    with pytest.raises(error, match=why):
        vw.presentation(**given)
    assert told == []


def test_figures_of_bqplot_leave_room_for_larger_text_and_get_it_back():
    figures = [invariants.histogram()._view.curves._panels["ROC"].figure]
    usual, size = dict(figures[0].fig_margin), figures[0].points.default_size
    vw.presentation(scale=2)
    figures.append(invariants.histogram()._view.curves._panels["ROC"].figure)  # a new one
    for figure in figures:
        assert figure.fig_margin == {side: 2 * pixels for side, pixels in usual.items()}
        assert figure.points.default_size == 4 * size  # an area
    vw.presentation(False)
    for figure in figures:
        assert figure.fig_margin == usual
        assert figure.points.default_size == size


def test_a_page_that_is_saved_meanwhile_shows_the_same_scale(tmp_path):
    scatter = invariants.line()

    def scale():
        scatter.save_html(tmp_path / "page.html")
        text = (tmp_path / "page.html").read_text()
        return json.loads(re.search(r'id="vw-data">(.+?)</script>', text)[1]).get("scale")

    vw.presentation(scale=1.25)
    assert scale() == 1.25
    vw.presentation(False)
    assert scale() is None
