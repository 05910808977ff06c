"""The gestures on the scatter of an exported page, from the disk and without a network."""

import numpy as np
import pytest

import vae_widgets as vw
from tests.support.exported_page import PIXELS, OpenedPage
from tests.support.layout import settle
from tests.support.pca_codec import OnnxPcaCodec, digits
from tests.support.scatter_view import MARGIN
from vae_widgets.rendering import render, render_compared

X, Y = (part[:150] for part in digits())
RENDERER = vw.ImageRenderer(0, 1)
WIDTH = "canvas => new Promise((resolve) => requestAnimationFrame(() => resolve(canvas.width)))"
# The plot in the frame after the next.
PICTURE = """(canvas) => new Promise((resolve) =>
  requestAnimationFrame(() => requestAnimationFrame(() => resolve(canvas.toDataURL()))))"""


class Plot:
    """The plot of the scatter in an exported page; `scatter` has the same view in Python."""

    def __init__(self, page, scatter):
        self.page, self.scatter, self.root = page, scatter, page.locator(".vw-scatter")
        self.canvas = self.root.locator(".vw-scatter-plot canvas").first
        self.canvas.scroll_into_view_if_needed()

    def pixels(self, places):
        """Return where places (n, 2) of the plane are in the page."""
        x0, x1, y0, y1 = self.scatter.view
        box = self.canvas.bounding_box()
        width = box["width"] - MARGIN["left"] - MARGIN["right"]
        height = box["height"] - MARGIN["top"] - MARGIN["bottom"]
        x, y = np.transpose(places)
        left, top = box["x"] + MARGIN["left"], box["y"] + MARGIN["top"]
        right, down = (x - x0) / (x1 - x0) * width, (y1 - y) / (y1 - y0) * height
        return np.stack([left + right, top + down], axis=-1).astype(float)

    def samples(self):
        return self.pixels(self.scatter._positions)

    def empty_places(self, n):
        """Return places (n, 2) of the plane, each far from all samples and each other."""
        x0, x1, y0, y1 = self.scatter.view
        steps = np.linspace(0.1, 0.9, 40)
        xs, ys = x0 + steps * (x1 - x0), y0 + steps * (y1 - y0)
        places = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
        taken, found = self.samples(), []
        for _ in range(n):
            gaps = self.pixels(places)[:, np.newaxis] - taken
            found.append(places[np.linalg.norm(gaps, axis=-1).min(axis=1).argmax()])
            taken = np.concatenate([taken, self.pixels(found[-1:])])
        return np.array(found)

    def latent(self, places):
        return self.scatter._space.from_plane(places, self.scatter.dims, self.scatter.slice_at)

    def press(self, name):
        self.root.get_by_role("button", name=name, exact=True).click()

    def picture(self):
        self.page.mouse.move(0, 0)
        return self.canvas.evaluate(PICTURE)

    def until_picture(self, is_as_wanted):
        for _ in range(100):
            if is_as_wanted(self.picture()):
                return
        raise AssertionError("the plot did not change as expected")

    def until_tile(self, role, expected):
        """Wait until an enlarged tile shows these grey levels (8, 8), to within one."""
        canvas = self.root.locator(f"canvas[data-role={role}]")
        for _ in range(100):
            side = int(canvas.evaluate(WIDTH))
            grey = np.reshape(canvas.evaluate(PIXELS), (-1, side))
            step = side // 8
            middles = (side - 8 * step) // 2 + step // 2 + step * np.arange(8)
            shown = grey[np.ix_(middles, middles)].astype(int)
            if np.abs(shown - expected).max() <= 1:
                return
        raise AssertionError(f"{role} shows {shown.tolist()}; expected {expected.tolist()}")


@pytest.fixture(scope="module")
def explorer():
    return vw.Explorer(OnnxPcaCodec(X, 3), X, labels=Y, renderer=RENDERER)


def test_every_gesture_works_from_the_disk(page, explorer, tmp_path):
    explorer.save_html(tmp_path / "digits.html")
    opened = OpenedPage(page, tmp_path / "digits.html")
    scatter, codec, mouse = explorer.scatter, explorer._codec, page.mouse
    plot = Plot(page, scatter)

    # Hover a place: it is decoded. Hover a sample: its picture, reconstruction and residual.
    (empty, *ends) = plot.empty_places(3)
    mouse.move(*plot.pixels([empty])[0])
    caption = plot.root.locator(".vw-picked-figure figcaption").first
    caption.filter(has_text="decoded").wait_for()
    decoded = render(RENDERER, codec.decode(plot.latent([empty])))
    plot.until_tile("decoded", decoded[0, ..., 0].astype(int))
    hover_sample(plot, codec, lonely(plot.samples()))

    # Lasso: what lies inside is selected, and shown below.
    points = plot.samples()
    left, top = np.quantile(points, 0.25, axis=0)
    right, bottom = np.quantile(points, 0.75, axis=0)
    page.keyboard.down("Shift")
    mouse.move(left, top)
    mouse.down()
    for corner in ((right, top), (right, bottom), (left, bottom), (left, top)):
        mouse.move(*corner, steps=4)
    mouse.up()
    page.keyboard.up("Shift")
    depth = np.minimum.reduce([*(points - [left, top]).T, *([right, bottom] - points).T])
    facts = plot.root.locator(".vw-scatter-facts").filter(has_text="selected")
    facts.wait_for()
    settle(page)
    count = int(facts.inner_text().partition(", ")[2].split()[0])
    assert (depth > 1).sum() <= count <= (depth > -1).sum()
    page.get_by_role("tab", name="Selection").locator(".vw-tab-count").filter(
        has_text=str(count)
    ).wait_for()
    plot.press("Clear")

    # Grid and density: each is drawn behind the points, and goes again.
    facts.wait_for(state="detached")
    plain = plot.picture()
    for layer in ("Grid", "Density"):
        plot.press(layer)
        plot.until_picture(lambda picture: picture != plain)
        plot.press(layer)
        plot.until_picture(lambda picture: picture == plain)

    # The path: two clicks give it new ends, and the slider its frames.
    plot.press("Path ends")
    for place in plot.pixels(ends):
        mouse.click(*place)
    plot.root.get_by_role("status").filter(has_text="The path now connects").wait_for()
    page.get_by_role("tab", name="Slide").click()
    distance = np.linalg.norm(np.subtract(*plot.latent(ends)))
    text = f"latent distance 0.00 from start, {distance:.2f} to end"
    page.locator(".vw-interpolation").get_by_role("status").filter(has_text=text).wait_for()

    # Another projection: the samples are at other places.
    scatter.projection = "pca" if scatter.projection != "pca" else "latent"
    plot.press("Dimensions")
    axes = plot.root.get_by_role("combobox", name="Coordinates that are shown")
    axes.select_option(scatter.projection)
    plot.root.get_by_role("status").filter(has_text="Hover or drag").wait_for()
    hover_sample(plot, codec, lonely(plot.samples()))
    opened.check()


def hover_sample(plot, codec, index):
    plot.page.mouse.move(*plot.samples()[index])
    plot.root.get_by_role("tooltip").filter(has_text=f"#{index}\n").wait_for()
    x, z = X[index : index + 1], plot.scatter.z_mean[index : index + 1]
    tiles = render_compared(RENDERER, x, codec.decode(z))[..., 0].astype(int)
    for role, expected in zip(("input", "reconstruction", "residual"), tiles, strict=True):
        plot.until_tile(role, expected)


def lonely(points):
    """Return the index of the point that is farthest from all others."""
    distance = np.linalg.norm(points[:, np.newaxis] - points, axis=-1)
    np.fill_diagonal(distance, np.inf)
    return int(distance.min(axis=1).argmax())
