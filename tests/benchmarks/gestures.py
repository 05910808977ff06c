"""How soon a model in the page shows the exact picture after a gesture, and without a kernel.

A *hover* is a move of the mouse over the plane, a *pick* a press on a sample, a *traversal* an
arrow key on the slider of a dimension that is not shown, and a *path* a move of the mouse that
drags the end of an interpolation, of which the frame in the middle is looked at. Each time is from
the event that the browser has received to the end of the first animation frame in which the canvas
has got another picture, whose caption calls it decoded, or a reconstruction, and not a preview.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Locator, Page

from tests.benchmarks.report import Bar, Report, Table
from tests.benchmarks.settings import Settings
from tests.browser.conftest import Notebook
from tests.support import far_away
from tests.support.scatter_view import View

N, START, END, FRAMES = 2_000, 0, 3, 9
PREPARE = f"""
import ipywidgets
import numpy as np
import vae_widgets as vw

random = np.random.default_rng(0)
vae = vw.VAE.build((28, 28), latent_dim=4)
x = random.random(({N}, 28, 28), dtype=np.float32)
scatter = vw.LatentScatter(vae, x, random.integers(0, 10, {N}))
scatter._dims_shown = True
slider = vw.InterpolationSlider(vae, x[{START}], x[{END}], {FRAMES})
slider.value = 0.5
slider.link(scatter)
"""
"""A model that is not trained, 784-256-4-256-784."""
SHOWN = "ipywidgets.VBox([scatter, slider])"
TALL = {"width": 1280, "height": 1800}
"""Both widgets are seen: what is out of sight is not drawn."""
STATES = {"hold()": "stopped", "release()": f"{far_away.DELAY} ms away"}
AT_MOST = 33
"""Milliseconds, the 95th percentile: two frames."""
BESIDE = 30
"""Pixels from the path, where a press moves the path and picks nothing."""
IS_EXACT = """([before, captions]) =>
  changes.find(([, caption, gestured]) =>
    gestured > before && captions.some((exact) => caption.startsWith(exact))) ?? false"""
EXACT = ["decoded", "reconstruction"]


class Watched(NamedTuple):
    """A picture, and the element that says what it is; None if it is always exact."""

    picture: Locator
    caption: Locator | None


@dataclass
class Gestures:
    """Gestures on a scatter with the path of a slider, both in the view of the page.

    Parameters
    ----------
    page
        A page with what `far_away` adds to it.
    scatter, slider
        The two widgets.
    codes
        Where the samples are, in pixels (n, 2) of the plot.
    """

    page: Page
    scatter: Locator
    slider: Locator
    codes: NDArray[np.float64]

    def all(self, n: int) -> dict[str, list[float]]:
        """Make each gesture `n` times; return the seconds that each took."""
        return {
            "hover": self.hover(n),
            "pick": self.pick(n),
            "traversal, by key": self.traverse(n),
            "path, dragged": self.drag_path(n),
        }

    def hover(self, n: int) -> list[float]:
        """Move over the plane."""
        self._watch(self._decoded)
        return [self._seconds(lambda at=at: self._move(at)) for at in self._places(n)]

    def pick(self, n: int) -> list[float]:
        """Press on samples, whose code is elsewhere along the dimensions that are not shown."""
        self._watch(self._decoded)
        seconds = []
        start, way = self.codes[START], self.codes[END] - self.codes[START]
        along = np.clip((self.codes - start) @ way / (way @ way), 0, 1)
        far = np.linalg.norm(self.codes - start - np.outer(along, way), axis=1) > BESIDE
        for at in self.codes[far][:n]:
            self._seconds(lambda at=at: self._move(at))
            seconds.append(self._seconds(self.page.mouse.down))
            self.page.mouse.up()
        return seconds

    def traverse(self, n: int) -> list[float]:
        """Press an arrow key on the first slider of the drawer, away from its end."""
        self._watch(self._decoded)
        slider = self.scatter.locator(".vw-dims input[type=range]").filter(visible=True).first
        slider.focus()
        middle = slider.evaluate("({ value, min, max }) => 2 * value < Number(min) + Number(max)")
        key = "ArrowRight" if middle else "ArrowLeft"
        return [self._seconds(lambda: self.page.keyboard.press(key)) for _ in range(n)]

    def drag_path(self, n: int) -> list[float]:
        """Drag the end of the path, and let go of it where it was."""
        self._watch(Watched(self.slider.locator(".vw-film-current canvas"), None))
        self._move(self.codes[END])
        self.page.mouse.down()
        seconds = [self._seconds(lambda at=at: self._move(at)) for at in self._places(n)]
        self._move(self.codes[END])
        self.page.mouse.up()
        return seconds

    @property
    def _plot(self) -> Locator:
        return self.scatter.locator(".vw-scatter-plot > canvas")

    @property
    def _decoded(self) -> Watched:
        caption = self.scatter.locator(".vw-picked-figure figcaption").first
        return Watched(self.scatter.locator("canvas[data-role=decoded]"), caption)

    def _places(self, n: int) -> NDArray[np.float64]:
        """Return places of the plot (n, 2) on a loop, each some pixels from the one before."""
        box = self._plot.bounding_box()
        assert box
        turn = 2 * np.pi * np.arange(n) / n
        loop = 0.5 + 0.3 * np.stack([np.cos(turn), np.sin(2 * turn + 0.5)], axis=1)
        return loop * [box["width"], box["height"]]

    def _move(self, at: NDArray[np.float64]) -> None:
        box = self._plot.bounding_box()
        assert box
        self.page.mouse.move(box["x"] + float(at[0]), box["y"] + float(at[1]))

    def _watch(self, watched: Watched) -> None:
        parts = [part and part.element_handle() for part in watched]
        self.page.evaluate(far_away.WATCH, parts)
        self._captions = EXACT if watched.caption else [""]

    def _seconds(self, gesture: Callable[[], None]) -> float:
        """Make a gesture, wait for its picture, and return the seconds between the two."""
        before = self.page.evaluate("gestured")
        gesture()
        found = self.page.wait_for_function(IS_EXACT, arg=[before, self._captions])
        milliseconds: float = found.json_value()[0]
        return milliseconds / 1000


def measure(settings: Settings, report: Report, notebook: Notebook) -> None:
    """Add a table and the bars; `notebook` has run `PREPARE` and shows `SHOWN`."""
    page = notebook.page
    page.set_viewport_size(TALL)
    view = View(notebook)
    slider = page.locator(".vw-interpolation")
    view.move(view.codes()[START])
    view.caption.filter(has_text="decoded").wait_for()  # the model has come
    gestures = Gestures(page, view.root, slider, view.codes())
    gestures.all(2)  # to warm up: the page asks for model and codes once it needs them
    n = round(10 * settings.gesture_seconds)
    seconds = {}
    for switch, state in STATES.items():
        page.evaluate(switch)
        for name, values in gestures.all(n).items():
            seconds[f"{name}; the kernel {state}"] = values
    note = "784-256-4-256-784 in the page, in JupyterLab: from a gesture to its exact picture."
    report.tables.append(Table("In the page: gestures", "ms", seconds, note))
    for name, values in seconds.items():
        slow = 1000 * float(np.percentile(values, 95))
        report.bars.append(Bar(f"In the page, 95th percentile of a {name}", slow, AT_MOST, "ms"))
