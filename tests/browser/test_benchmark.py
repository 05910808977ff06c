import sys

import pytest

from tests.benchmarks import histogram, in_page
from tests.benchmarks.browser import BQPLOT, OURS, PLOTS, figures_of
from tests.benchmarks.report import Report
from tests.benchmarks.settings import Settings
from tests.benchmarks.worker import Worker


@pytest.mark.parametrize("plot", [OURS, BQPLOT])  # jupyter-scatter is installed for `make bench`
def test_a_scatter_is_measured(browser, lab, plot):
    figures = figures_of(browser, lab, PLOTS[plot], 1_000, seconds=0.3)

    assert 0.02 < figures.first_paint < 30
    # A frame takes 16.7 ms at least, and much longer on a busy machine.
    assert 0.015 < figures.lasso < 1
    assert 0.015 < figures.pan < 1


def test_a_histogram_is_measured(browser, lab):
    assert 0.02 < histogram.painted_after(browser, lab, 1_000, histogram.SHOWN["labelled"]) < 30


def test_decoding_in_the_page_is_measured(browser, monkeypatch):
    name = "dense 28x28"
    monkeypatch.setattr(in_page, "DECODERS", {name: ((28, 28), 2, "dense", 0.1, 2)})
    settings = Settings(Worker(sys.executable), Worker("absent/bin/python")).shortened()
    report = Report()
    in_page.measure(settings, report, browser)
    settings.ours.close()

    (table,) = report.tables
    assert [len(values) for values in table.values.values()] == [1, 1, 0]  # the peer is absent
    assert 0 < table.values[in_page.OURS][0] < 1
