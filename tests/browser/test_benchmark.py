import pytest

from tests.benchmarks import histogram
from tests.benchmarks.browser import BQPLOT, OURS, PLOTS, figures_of


@pytest.mark.parametrize("plot", [OURS, BQPLOT])  # jupyter-scatter is installed for `make bench`
def test_a_scatter_is_measured(browser, lab, plot):
    figures = figures_of(browser, lab, PLOTS[plot], 1_000, seconds=0.3)

    assert 0.02 < figures.first_paint < 30
    # A frame takes 16.7 ms at least, and much longer on a busy machine.
    assert 0.015 < figures.lasso < 1
    assert 0.015 < figures.pan < 1


def test_a_histogram_is_measured(browser, lab):
    assert 0.02 < histogram.painted_after(browser, lab, 1_000, histogram.SHOWN["labelled"]) < 30
