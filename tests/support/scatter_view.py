"""What the browser tests of the scatter share: a light codec, and gestures on a view."""

import numpy as np

from tests.support.layout import settle

CODEC = """
import numpy as np
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from vae_widgets.widgets.latent_scatter.widget import LatentScatter

digits = load_digits()
x = (digits.images[:300] / 16).astype("float32")

class Codec:
    sample_shape = (8, 8)

    def __init__(self, latent_dim=2):
        self.latent_dim = latent_dim
        self.pca = PCA(latent_dim, random_state=0).fit(x.reshape(-1, 64))

    def encode(self, x):
        return self.pca.transform(np.reshape(x, (-1, 64)))

    def decode(self, z):
        return self.pca.inverse_transform(z).reshape(-1, 8, 8)

codec = Codec()
"""
SCATTER = """
scatter = LatentScatter(codec, x, digits.target[:300])
scatter.layout.width = "800px"
scatter
"""
# Keeps the last answer of each kind.
ANSWERS = """
answers = {}

def remember(kind, fields, to=None, post=scatter.post):
    answers[kind] = fields
    post(kind, fields, to)

scatter.post = remember
"""
# Moves a slider to each value, and reads the decoded picture after each.
MOVE = """([slider, canvas, values]) => values.map((value) => {
  slider.value = value;
  slider.dispatchEvent(new Event("input", { bubbles: true }));
  return canvas.toDataURL();
})"""
# A canvas is drawn in the size that it has in the page.
FITS = """(canvas) => ["Width", "Height"].every((side) => canvas[side.toLowerCase()] ===
  Math.round(canvas[`client${side}`] * devicePixelRatio))"""
MARGIN = {"left": 48, "right": 8, "top": 8, "bottom": 40}  # of the plot in its canvas


class View:
    """One view of the scatter in the page, or in an output of it."""

    def __init__(self, nb, number=0, output=None):
        self.nb, self.mouse, self.keyboard = nb, nb.page.mouse, nb.page.keyboard
        self.root = (output or nb.page).locator(".vw-scatter").nth(number)
        self.canvas = self.root.locator(".vw-scatter-plot > canvas")
        self.tooltip = self.root.get_by_role("tooltip")
        self.caption = self.root.locator(".vw-picked figcaption").first
        self.status = self.root.get_by_role("status")
        self.canvas.scroll_into_view_if_needed()
        # Its size follows the width of the widget, once that has been observed.
        settle(nb.page)
        nb.page.wait_for_function(FITS, arg=self.canvas.element_handle())

    def to_screen(self, points):
        """Pixels of the canvas for points (n, 2) of the plane, from the trait alone."""
        x0, x1, y0, y1 = self.nb.kernel.eval("list(scatter.view)")
        box = self.canvas.bounding_box()
        width = box["width"] - MARGIN["left"] - MARGIN["right"]
        height = box["height"] - MARGIN["top"] - MARGIN["bottom"]
        x, y = np.transpose(points)
        return np.stack(
            [
                MARGIN["left"] + (x - x0) / (x1 - x0) * width,
                MARGIN["top"] + (y1 - y) / (y1 - y0) * height,
            ],
            axis=-1,
        )

    def codes(self):
        """Pixels of the canvas for all samples."""
        return self.to_screen(self.nb.kernel.eval("scatter.project(scatter.z_mean).tolist()"))

    def empty_place(self):
        """The place of the plot that is farthest from all points."""
        box = self.canvas.bounding_box()
        xs = np.arange(MARGIN["left"] + 20, box["width"] - MARGIN["right"] - 20, 5)
        ys = np.arange(MARGIN["top"] + 20, box["height"] - MARGIN["bottom"] - 20, 5)
        places = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
        gaps = np.linalg.norm(places[:, None] - self.codes(), axis=-1).min(axis=1)
        return places[gaps.argmax()].tolist()

    def move(self, at):
        self.canvas.scroll_into_view_if_needed()
        box = self.canvas.bounding_box()
        self.mouse.move(box["x"] + at[0], box["y"] + at[1])

    def click(self, at):
        self.move(at)
        self.mouse.down()
        self.mouse.up()

    def draw(self, corners):
        """Drag along a closed polygon."""
        self.move(corners[0])
        self.mouse.down()
        box = self.canvas.bounding_box()
        for x, y in [*corners[1:], corners[0]]:
            self.mouse.move(box["x"] + x, box["y"] + y, steps=15)
        self.mouse.up()

    def press(self, name):
        self.root.get_by_role("button", name=name, exact=True).click()

    def legend(self, number):
        return self.root.locator(".vw-legend-class").nth(number)

    def level(self, role, pixel):
        """Grey level in the middle of a pixel of the decoded picture or of its sample."""
        return self.root.locator(f"canvas[data-role={role}]").evaluate(
            """(canvas, [row, column]) => {
              const side = canvas.width / 8;
              const context = canvas.getContext("2d");
              const at = (k) => Math.floor((k + 0.5) * side);
              return context.getImageData(at(column), at(row), 1, 1).data[0];
            }""",
            list(pixel),
        )

    def wait_for_status(self, text):
        self.status.filter(has_text=text).wait_for()


def lonely(points):
    """Index of the point that is farthest from all others."""
    distance = np.linalg.norm(points[:, None] - points, axis=-1)
    np.fill_diagonal(distance, np.inf)
    return int(distance.min(axis=1).argmax())
