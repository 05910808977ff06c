"""What a page has of a histogram at first, and curves that follow the cell."""

import numpy as np
import pytest

import vae_widgets as vw
from vae_widgets.widgets.anomaly_histogram import view
from vae_widgets.widgets.anomaly_histogram.histogram_canvas import ScoreCanvas

SCORES, LABELS = np.arange(20.0), np.arange(20) % 3 == 0


@pytest.fixture
def end_cell(monkeypatch):
    """Make histograms as in a cell; return what ends it."""
    waiting = []
    monkeypatch.setattr(view, "after_cell", waiting.append)

    def end():
        while waiting:
            waiting.pop()()

    return end


def parts(histogram):
    (_, aside) = histogram.children[0].children
    return [type(part).__name__ for part in aside.children], aside.layout.min_height


def points(histogram):
    return [np.ravel([point.x, point.y]).tolist() for point in histogram._view.curves.points]


def test_their_place_is_kept_free_until_the_cell_has_ended(end_cell):
    histogram = vw.AnomalyHistogram(SCORES, LABELS)
    assert parts(histogram) == (["BootstrapPanel"], "340px")
    end_cell()
    assert parts(histogram) == (["ThresholdCurves", "BootstrapPanel"], None)


def test_they_show_what_has_changed_in_the_cell(end_cell):
    some = np.where(np.arange(20) < 9, np.nan, LABELS)
    late, early = (vw.AnomalyHistogram(SCORES, some) for _ in range(2))
    assert early.curve == "Precision-recall"  # which makes them
    for histogram in (late, early):
        histogram.choose_threshold("cost", false_negative_cost=7.0)
        histogram.label(np.arange(9), LABELS[:9])
    end_cell()
    assert points(late) == points(early)
    notes = [each._view.curves._panels["Cost"].note.value for each in (late, early)]
    assert "7 for each missed anomaly" in notes[0]
    assert notes[0] == notes[1]


def test_they_are_there_at_once_for_who_asks(end_cell):
    histogram = vw.AnomalyHistogram(SCORES, LABELS)
    histogram.curve = "ROC"
    end_cell()
    assert histogram.curve == "ROC"
    assert len(histogram._view._aside.children) == 2


def test_none_are_made_for_a_histogram_that_was_closed_in_the_cell(end_cell):
    histogram = vw.AnomalyHistogram(SCORES, LABELS)
    histogram.close()
    end_cell()
    assert histogram._view._curves is None


def test_the_page_never_has_bars_without_counts(monkeypatch):
    opened, open_quietly = [], ScoreCanvas.open

    def open_and_note(self):
        opened.append(self.get_state())
        open_quietly(self)

    monkeypatch.setattr(ScoreCanvas, "open", open_and_note)

    vw.AnomalyHistogram(SCORES, LABELS)

    (state,) = opened
    assert state["class_names"] == ["normal", "anomalous"]
    assert state["_grid"]["totals"] == [13, 7]
    assert state["_selected"]["total"] == 0
