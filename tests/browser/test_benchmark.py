import sys

import numpy as np

import vae_widgets as vw
from tests.benchmarks import browser as in_jupyterlab
from tests.benchmarks import gestures, histogram, in_page, ten_million
from tests.benchmarks.browser import BQPLOT, OURS, PLOTS, Figures
from tests.benchmarks.report import Report
from tests.benchmarks.settings import Settings
from tests.benchmarks.worker import Worker
from tests.support.blank_page import BlankPage
from tests.support.decoded_here import DecodedHere
from tests.support.far_away import GESTURES
from tests.support.onnx_codec import OnnxPcaCodec
from tests.support.pca_codec import digits


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


def test_a_scatter_of_samples_in_a_file_is_measured(notebook):
    plot = ten_million.PLOT
    prepare = in_jupyterlab.DATA.format(n=1_000) + plot.imports
    nb = notebook(in_jupyterlab.cells(prepare, plot.shown), run=False)
    watched = in_jupyterlab.watch(nb, plot.shown)
    ten_million.check_picks(nb)
    check(in_jupyterlab.figures_in(nb.page, plot, watched, seconds=0.3))
    assert 50 < nb.kernel.eval("peak()") < 10_000


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


def test_gestures_in_the_page_are_measured_without_a_kernel(own_page):
    """Each of them shows an exact picture, also after a pick that no kernel has confirmed."""
    x, y = (part[:60] for part in digits())
    codec, renderer = OnnxPcaCodec(x, 3), vw.ImageRenderer(0, 1)
    scatter = vw.LatentScatter(codec, x, y, renderer)
    slider = vw.InterpolationSlider(codec, x[0], x[gestures.END], 9, renderer=renderer)
    slider.link(scatter)
    own_page.set_viewport_size(gestures.TALL)
    own_page.add_init_script(GESTURES)
    BlankPage(own_page, slider)
    plane = BlankPage(own_page, scatter)
    here = DecodedHere(plane, renderer)
    here.load()
    own_page.evaluate("""() => {
      for (const { model, kernel } of window.parts) {
        model.set("value", 0.5);
        kernel.state = "gone";
      }
      window.mounted.model.set("_dims_shown", true);
    }""")
    codes = np.array([here.pixel(index) for index in range(len(x))])
    widgets = (own_page.locator(css) for css in (".vw-scatter", ".vw-interpolation"))
    made = gestures.Gestures(own_page, *widgets, codes).all(3)
    assert [*made] == ["hover", "pick", "traversal, by key", "path, dragged"]
    for name, seconds in made.items():
        assert len(seconds) == 3, name
        assert min(seconds) > 0, name
        assert max(seconds) < 5, name
