"""`LatentScatter` in JupyterLab, beside bqplot's Scatter and jupyter-scatter.

A real JupyterLab in headless Chromium, with software rendering. Each measurement opens a page of
its own; its kernel has imported everything and holds the data.

*First paint* is the time from running the cell that makes and shows the plot until all points are
seen. In every frame the page counts lit pixels (bqplot: marks) until nothing has changed for a
second; the first frame with 98 % of the final count, and the one after it, end the time.

*Lasso* and *pan* are the 95th percentile of the time from one animation frame to the next, while
the mouse is pressed and moves at 60 Hz.

*Hover* is the same percentile of the time from a move of the mouse to another picture of the plane
that was decoded beforehand, with 200 ms put between the page and the kernel in each direction.

*In the page* are gestures that a model in the page answers, see `gestures`, and decoding alone, see
`in_page`.
"""

import json
import math
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page, sync_playwright

from tests.benchmarks import gestures, in_page
from tests.benchmarks.report import Bar, Report, SizesTable
from tests.benchmarks.settings import Settings
from tests.benchmarks.worker import Worker
from tests.browser.conftest import ERRORS, FLAGS, Notebook, open_lab
from tests.support import chromium, far_away
from tests.support.jupyterlab import Lab
from tests.support.notebooks import write_notebook

DATA = """
import numpy as np
n = {n}
random = np.random.default_rng(0)
labels = random.integers(0, 10, n)
angle = labels * (2 * np.pi / 10)
centres = 2 * np.column_stack([np.cos(angle), np.sin(angle)])
z = np.float32(centres + 0.35 * random.standard_normal((n, 2)))
"""
READY = "ready = True"


@dataclass(frozen=True)
class Plot:
    """How one library draws points.

    Parameters
    ----------
    imports, shown
        The cell that is run beforehand, and the one that is measured.
    lasso, pan
        Selectors of the buttons that choose what a drag does; None: it does so from the start.
    kernel
        Name of the kernel.
    at_most
        More points are not bearable.
    """

    imports: str
    shown: str
    lasso: str | None
    pan: str
    kernel: str = "python3"
    at_most: int = 10**9


OURS, BQPLOT, JSCATTER = "`LatentScatter`", "bqplot", "jupyter-scatter"
PLOTS = {
    # A codec of two pixels, so that the time is that of the widget.
    OURS: Plot(
        """
from vae_widgets import LatentScatter

class Codec:
    latent_dim, sample_shape = 2, (8, 8)

    def encode(self, x):
        return x[:, 0, :2]

    def decode(self, z):
        return np.broadcast_to(np.tanh(z[:, :1, np.newaxis] / 4) / 2 + 0.5, (len(z), 8, 8))

x = np.zeros((n, 8, 8), np.float32)
x[:, 0, :2] = z
""",
        "LatentScatter(Codec(), x, labels)",
        lasso="button:text-is('Lasso')",
        pan="button:text-is('Pan')",
    ),
    JSCATTER: Plot(
        """
import jscatter
import pandas as pd

data = pd.DataFrame({"x": z[:, 0], "y": z[:, 1], "label": pd.Categorical(labels)})
""",
        "jscatter.Scatter('x', 'y', data, color_by='label', height=420).show()",
        lasso="button[title='Activate lasso selection']",
        pan="button[title='Activate pan & zoom']",
        kernel="peers",
    ),
    BQPLOT: Plot(
        """
import bqplot
from bqplot.interacts import LassoSelector

def plot():
    scales = {"x": bqplot.LinearScale(), "y": bqplot.LinearScale(), "color": bqplot.ColorScale()}
    points = bqplot.Scatter(
        x=z[:, 0], y=z[:, 1], color=labels, scales=scales, default_size=16, stroke_width=0
    )
    return bqplot.Figure(marks=[points], interaction=LassoSelector(marks=[points]))
""",
        "plot()",
        lasso=None,
        pan="button[title='PanZoom']",
        at_most=10_000,
    ),
}

LARGEST = """() => {
  const canvases = [...document.querySelectorAll(".jp-OutputArea canvas")];
  return canvases.sort((a, b) => b.width * b.height - a.width * a.height)[0];
}"""
WATCH = """() => {
  const size = { width: 160, height: 100 };
  const small = Object.assign(document.createElement("canvas"), size);
  const context = small.getContext("2d", { willReadFrequently: true });
  const count = () => {
    const canvas = (LARGEST)();
    // bqplot has a canvas, too, but draws points elsewhere.
    if (!canvas?.width || canvas.closest(".bqplot")) {
      return document.querySelectorAll(".bqplot path.element").length;
    }
    context.clearRect(0, 0, size.width, size.height);
    context.drawImage(canvas, 0, 0, size.width, size.height);
    const { data } = context.getImageData(0, 0, size.width, size.height);
    let lit = 0;
    for (let i = 0; i < data.length; i += 4) {
      // Coloured: axes and text are grey.
      const [r, g, b] = [data[i], data[i + 1], data[i + 2]];
      if (data[i + 3] > 20 && Math.max(r, g, b) - Math.min(r, g, b) > 20) lit++;
    }
    return lit;
  };
  window.watched = [];
  window.settled = false;
  let changed = Infinity;
  const tick = () => {
    const lit = count();
    const now = performance.now();
    if (lit !== watched.at(-1)?.[1]) changed = lit ? now : Infinity;
    watched.push([now, lit]);
    if (now - changed < 1000 || changed === Infinity) requestAnimationFrame(tick);
    else window.settled = true;
  };
  requestAnimationFrame(tick);
  window.began = performance.now();
  window.jupyterapp.commands.execute("notebook:run-cell");
}""".replace("LARGEST", LARGEST)
FRAMES = """() => {
  const mine = (window.frames_at = []);
  const tick = (now) => {
    mine.push(now);
    if (window.frames_at === mine) requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
}"""

Course = Callable[[float], NDArray[np.float64]]


class Figures(NamedTuple):
    """Seconds of one measurement."""

    first_paint: float
    lasso: float
    pan: float


WORDS = (
    ("first paint", "s"),
    ("95th percentile frame of a lasso", "ms"),
    ("95th percentile frame of a pan", "ms"),
)
BARS = {70_000: Figures(0.5, 0.025, 0.025), 1_000_000: Figures(2.5, 0.05, 0.04)}
NOTE = (
    "JupyterLab in headless Chromium with software rendering (WebGL by SwiftShader), from running "
    "the cell to all points seen. bqplot is left out beyond 10,000 points: it takes minutes."
)


def measure(settings: Settings, report: Report) -> None:
    """Add a table of each figure, and the bars."""
    rounds: dict[str, dict[int, list[Figures]]] = {name: {} for name in PLOTS}
    with stage(settings.others) as (browser, lab, kernels):
        for n in settings.points:
            for _ in range(settings.few_rounds):
                for name, plot in PLOTS.items():
                    if plot.kernel in kernels and n <= plot.at_most:
                        figures = figures_of(browser, lab, plot, n, settings.gesture_seconds)
                        rounds[name].setdefault(n, []).append(figures)
        seconds = settings.gesture_seconds
        hovered = hover_time(browser, lab, PLOTS[OURS], max(settings.points), seconds)
        prepare, shown = gestures.PREPARE, gestures.SHOWN
        with opened(browser, lab, prepare, shown, script=far_away.FAR_AWAY) as (notebook, _):
            gestures.measure(settings, report, notebook)
        in_page.measure(settings, report, browser)
    for i, (what, unit) in enumerate(WORDS):
        values = {
            name: {n: statistics.median(figures[i] for figures in of) for n, of in sizes.items()}
            for name, sizes in rounds.items()
        }
        title = f"Scatter: {what}, by number of points"
        note = "" if i else NOTE
        report.tables.append(SizesTable(title, unit, values, settings.points, note))
        for n, bars in BARS.items():
            scale = 1000 if unit == "ms" else 1
            measured = values[OURS].get(n)
            report.bars.append(
                Bar(
                    f"Scatter of {n:,}: {what}",
                    None if measured is None else scale * measured,
                    scale * bars[i],
                    unit,
                )
            )
    hover = f"Scatter of {max(settings.points):,}: hover, the kernel {far_away.DELAY} ms away"
    report.bars.append(Bar(hover, 1000 * hovered, 50, "ms"))


@contextmanager
def stage(others: Worker) -> Iterator[tuple[Browser, Lab, set[str]]]:
    """Start a JupyterLab and a browser; also return the names of the kernels that are there."""
    kernels = {"python3"}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        home, root = Path(folder, "home"), Path(folder, "root")
        root.mkdir()
        if {"ipykernel", "jupyter-scatter"} <= set(others.versions("ipykernel", "jupyter-scatter")):
            spec = home / "data/kernels/peers/kernel.json"
            spec.parent.mkdir(parents=True)
            # Not resolved: a virtual environment is known by the link to its interpreter.
            start = [str(Path(others.python).absolute()), "-m", "ipykernel_launcher"]
            argv = [*start, "-f", "{connection_file}"]
            spec.write_text(json.dumps({"argv": argv, "display_name": "Peers"}))
            kernels.add("peers")
        lab = Lab(root, home)
        browser = playwright.chromium.launch(
            executable_path=chromium.find_or_install(), args=[*FLAGS, "--enable-unsafe-swiftshader"]
        )
        try:
            yield browser, lab, kernels
        finally:
            browser.close()
            lab.close()


@contextmanager
def opened(
    browser: Browser, lab: Lab, prepare: str, shown: str, kernel: str = "python3", script: str = ""
) -> Iterator[tuple[Notebook, list[tuple[float, int]]]]:
    """Run a cell that shows something in a page of its own, after one that prepares it.

    `script` runs in the page before all others.

    Returns
    -------
    notebook, watched
        The notebook, and what `first_paint` takes, in milliseconds since the cell was run.
    """
    write_notebook(lab.root / "bench.ipynb", cells(prepare, shown), kernel)
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    page.add_init_script(script)
    open_lab(page, lab)
    notebook = Notebook(page, lab, "bench.ipynb")
    try:
        yield notebook, watch(notebook, shown)
    finally:
        notebook.close()
        page.close()


def cells(prepare: str, shown: str) -> tuple[str, str]:
    """Return the cells of a notebook for `watch`."""
    return f"{prepare}\n{READY}", shown


def watch(notebook: Notebook, shown: str) -> list[tuple[float, int]]:
    """Run the cell that prepares, then the one that shows; return what `first_paint` takes."""
    page = notebook.page
    notebook.run_cell(READY)
    notebook.kernel.until("'ready' in globals()", timeout=120)
    notebook.show_cell(shown)
    page.evaluate(WATCH)
    page.wait_for_function(f"window.settled || ({ERRORS})().length", timeout=120_000)
    assert page.evaluate(ERRORS) == []
    return page.evaluate("watched.map(([time, count]) => [time - began, count])")


def figures_of(browser: Browser, lab: Lab, plot: Plot, n: int, seconds: float) -> Figures:
    """Measure one plot of `n` points once; each gesture lasts `seconds`."""
    prepare = DATA.format(n=n) + plot.imports
    with opened(browser, lab, prepare, plot.shown, plot.kernel) as (notebook, watched):
        return figures_in(notebook.page, plot, watched, seconds)


def figures_in(page: Page, plot: Plot, watched: list[tuple[float, int]], seconds: float) -> Figures:
    """Measure a plot that the page shows; each gesture lasts `seconds`."""
    if plot.lasso:
        page.click(plot.lasso)
    lasso = frame_time(page, circle, seconds)
    page.click(plot.pan)
    return Figures(first_paint(watched), lasso, frame_time(page, swing, seconds))


def hover_time(browser: Browser, lab: Lab, plot: Plot, n: int, seconds: float) -> float:
    """Return the 95th percentile of seconds from a move of the mouse to another preview."""
    prepare = DATA.format(n=n) + plot.imports
    with opened(browser, lab, prepare, plot.shown, script=far_away.FAR_AWAY) as (notebook, _):
        page = notebook.page
        page.wait_for_load_state("networkidle")
        parts = ("canvas[data-role=decoded]", ".vw-picked figcaption")
        page.evaluate(far_away.WATCH, [page.locator(part).first.element_handle() for part in parts])
        box = page.evaluate(f"({LARGEST})().getBoundingClientRect().toJSON()")
        places = np.linspace(0.15, 0.85, 10)  # each in another cell of the decoded plane
        for t in np.resize([*places, *places[-2:0:-1]], round(10 * seconds)):
            seen = page.evaluate("changes.length")
            page.mouse.move(box["x"] + t * box["width"], box["y"] + 0.4 * box["height"])
            page.wait_for_function("seen => changes.length > seen", arg=seen)
        waits = [wait for wait, caption, _ in page.evaluate("changes") if "preview" in caption]
    return float(np.percentile(waits, 95)) / 1000


def first_paint(watched: list[tuple[float, int]]) -> float:
    """Return seconds until the frame after the first with 98 % of the final count.

    `watched` has milliseconds and count of each frame.
    """
    final = watched[-1][1]
    complete = next(i for i, (_, count) in enumerate(watched) if count >= 0.98 * final)
    return watched[complete + 1][0] / 1000


def frame_time(page: Page, course: Course, seconds: float) -> float:
    """Return the 95th percentile of the seconds between frames while a drag follows `course`."""
    box = page.evaluate(f"({LARGEST})().getBoundingClientRect().toJSON()")
    middle = np.array([box["x"] + box["width"] / 2, box["y"] + box["height"] / 2])
    page.mouse.move(*(middle + course(0) * box["height"]))
    page.mouse.down()
    page.evaluate(FRAMES)
    start = time.perf_counter()
    while (passed := time.perf_counter() - start) < seconds:
        page.mouse.move(*(middle + course(passed / seconds) * box["height"]))
        time.sleep(max(0.0, 1 / 60 - (time.perf_counter() - start - passed)))
    page.wait_for_function("frames_at.length > 1")  # on a busy machine, one may take as long
    frames = page.evaluate("frames_at")
    page.mouse.up()
    return float(np.percentile(np.diff(frames), 95)) / 1000


def circle(t: float) -> NDArray[np.float64]:
    """Go once around most of the points while t goes from 0 to 1; in heights of the plot."""
    return 0.4 * np.array([math.cos(2 * math.pi * t), math.sin(2 * math.pi * t)])


def swing(t: float) -> NDArray[np.float64]:
    """Go there and back while t goes from 0 to 1; in heights of the plot."""
    return 0.2 * np.array([math.sin(2 * math.pi * t), math.sin(4 * math.pi * t)])
