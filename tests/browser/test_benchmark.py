import sys

from tests.benchmarks import browser as in_jupyterlab
from tests.benchmarks import histogram, in_page
from tests.benchmarks.browser import BQPLOT, OURS, PLOTS, Figures
from tests.benchmarks.report import Report
from tests.benchmarks.settings import Settings
from tests.benchmarks.worker import Worker


def check(figures: Figures) -> None:
    assert 0.02 < figures.first_paint < 30
    # A frame takes 16.7 ms at least, and much longer on a busy machine.
    assert 0.015 < figures.lasso < 30
    assert 0.015 < figures.pan < 30


def test_a_scatter_is_measured(browser, lab):
    check(in_jupyterlab.figures_of(browser, lab, PLOTS[OURS], 1_000, seconds=0.3))


# The others in the page and the kernel that tests share. `make bench` opens new ones for each.


def test_a_scatter_of_bqplot_is_measured(notebook):  # jupyter-scatter is installed by `make bench`
    plot = PLOTS[BQPLOT]
    prepare = in_jupyterlab.DATA.format(n=1_000) + plot.imports
    nb = notebook(in_jupyterlab.cells(prepare, plot.shown), run=False)
    watched = in_jupyterlab.watch(nb, plot.shown)
    check(in_jupyterlab.figures_in(nb.page, plot, watched, seconds=0.3))


def test_a_histogram_is_measured(notebook):
    shown = histogram.SHOWN["labelled"]
    nb = notebook(in_jupyterlab.cells(histogram.DATA.format(n=1_000), shown), run=False)
    assert 0.02 < in_jupyterlab.first_paint(in_jupyterlab.watch(nb, shown)) < 30


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
