"""`LatentScatter` of ten million points whose samples stay in a file, in JupyterLab.

The codes are given, and the samples are a memmap of bytes. The figures are those of `browser`, and:

*Peak memory* is that of the kernel, resident, from before the widget is made until after the
gestures. It holds the codes and the labels.

Before the gestures, clicks must pick the sample that is nearest to the pointer among all.
"""

import statistics

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Browser

from tests.benchmarks import browser as in_jupyterlab
from tests.benchmarks.browser import DATA, OURS, PLOTS, Plot
from tests.benchmarks.report import Bar, Report
from tests.benchmarks.settings import Settings
from tests.browser.conftest import Notebook
from tests.support.jupyterlab import Lab
from tests.support.scatter_view import View

PREPARE = """
import tempfile
from vae_widgets import LatentScatter

class Codec:
    latent_dim, sample_shape = 2, (8, 8)

    def encode(self, x):
        raise NotImplementedError("the codes are given")

    def decode(self, z):
        return np.broadcast_to(np.tanh(z[:, :1, np.newaxis] / 4) / 2 + 0.5, (len(z), 8, 8))

file = tempfile.NamedTemporaryFile(suffix=".npy")
x = np.lib.format.open_memmap(file.name, "w+", np.uint8, (n, 8, 8))  # of zeros, without blocks

def peak():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024

del angle, centres
with open("/proc/self/clear_refs", "w") as peak_of_memory:
    peak_of_memory.write("5")
"""
PLOT = Plot(
    PREPARE,
    "(scatter := LatentScatter(Codec(), x, labels, codes=z))",
    lasso=PLOTS[OURS].lasso,
    pan=PLOTS[OURS].pan,
)
PLACES = ((0.35, 0.3), (0.5, 0.75), (0.7, 0.4))
"""Where it is clicked, in widths and heights of the canvas."""
NEAREST = "int(np.argmin((((z - {place}) * {scale}) ** 2).sum(axis=1)))"
BARS = (
    ("first paint", 6, "s"),
    ("95th percentile frame of a lasso", 50, "ms"),
    ("95th percentile frame of a pan", 50, "ms"),
    ("peak memory of the kernel", 2000, "MB"),
)


def measure(settings: Settings, report: Report) -> None:
    """Add the bars."""
    n = settings.many_points
    with in_jupyterlab.stage(settings.others) as (browser, lab, _):
        rounds = [
            figures_of(browser, lab, n, settings.gesture_seconds)
            for _ in range(settings.few_rounds)
        ]
    for (what, most, unit), values in zip(BARS, zip(*rounds, strict=True), strict=True):
        title = f"Scatter of {n:,} from a file: {what}"
        report.bars.append(Bar(title, statistics.median(values), most, unit))


def figures_of(
    browser: Browser, lab: Lab, n: int, seconds: float
) -> tuple[float, float, float, float]:
    """Measure once, in the units of `BARS`."""
    prepare = DATA.format(n=n) + PLOT.imports
    with in_jupyterlab.opened(browser, lab, prepare, PLOT.shown) as (notebook, watched):
        check_picks(notebook)
        figures = in_jupyterlab.figures_in(notebook.page, PLOT, watched, seconds)
        peak = float(notebook.kernel.eval("peak()"))
    return figures.first_paint, 1000 * figures.lasso, 1000 * figures.pan, peak


def check_picks(notebook: Notebook) -> None:
    """Check that a click picks the sample that is nearest to it among all, by numpy."""
    view = View(notebook)
    box = view.canvas.bounding_box()
    assert box is not None
    origin, end = view.to_screen([[0.0, 0.0], [1.0, 1.0]])
    scale = end - origin

    def nearest_to(at: NDArray[np.float64]) -> int:
        place = ((at - origin) / scale).tolist()
        return int(notebook.kernel.eval(NEAREST.format(place=place, scale=scale.tolist())))

    for share in PLACES:
        near = nearest_to(np.array(share) * [box["width"], box["height"]])
        at = np.round(view.to_screen([notebook.kernel.eval(f"z[{near}].tolist()")])[0])
        view.click(at)
        notebook.kernel.until(f"scatter.picked_index == {nearest_to(at)}")
