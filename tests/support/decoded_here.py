"""What the page of a scatter decodes itself: when it can, and the pixels that it shows."""

import numpy as np

from tests.support.jupyterlab import wait_for
from tests.support.scatter_view import MARGIN
from vae_widgets.rendering import render

# Shows the widget again, in a view whose messages are counted.
COUNT = """() => {
  window.sent = [];
  window.mounted.end();
  const { model } = window.mounted;
  const send = model.send;
  model.send = (content, ...others) => {
    window.sent.push(content.kind);
    return send(content, ...others);
  };
  window.mounted.show();
}"""
# The middle of each pixel of a tile that is enlarged with sharp edges.
PIXELS = """([canvas, width, height]) => {
  const scale = canvas.width / Math.max(width, height);
  const [left, top] = [width, height].map((side) => (canvas.width - side * scale) / 2);
  const context = canvas.getContext("2d");
  const rows = [...Array(height).keys()].map((y) => [...Array(width).keys()].map((x) =>
    [...context.getImageData(left + (x + 0.5) * scale, top + (y + 0.5) * scale, 1, 1).data]));
  return rows;
}"""
# Moves the pointer over a plot, and tells what is shown in the next frame.
HOVER = """async ([plot, x, y, caption]) => {
  const box = plot.getBoundingClientRect();
  const at = { clientX: box.left + x, clientY: box.top + y, bubbles: true, pointerId: 1 };
  plot.dispatchEvent(new PointerEvent("pointermove", at));
  await new Promise(requestAnimationFrame);
  return caption.textContent;
}"""


class DecodedHere:
    """The decoded picture of a scatter on a `BlankPage`."""

    def __init__(self, blank, renderer, number=0):
        self._blank, self._scatter, self._page = blank, blank.widget, blank.page
        self._renderer = renderer
        self._root = blank.page.locator(".vw-scatter").nth(number)
        if number == 0:
            self._page.evaluate(COUNT)
        self.plot = self._root.locator(".vw-scatter-plot canvas").first
        self.canvas = self._root.locator("canvas[data-role=decoded]")
        self.caption = self._root.locator(".vw-picked-figure figcaption").first

    def load(self):
        """Hover until the page decodes what is hovered itself."""
        for step in range(200):
            caption = self.hover(100 + step, 100)
            self._blank.wait_for_answers()  # also for the codes, which it asks for then
            if caption.startswith("decoded"):
                break
        else:
            raise AssertionError(f"the page does not decode: {self.status()}")

    def forget(self):
        """Count messages from now on."""
        self._page.evaluate("() => { window.sent.length = 0; }")

    def status(self):
        """Return what the status line says."""
        return self._root.get_by_role("status").first.inner_text()

    def hover(self, x, y):
        """Move the pointer; return the caption of the decoded picture in the next frame."""
        elements = self.plot.element_handle(), x, y, self.caption.element_handle()
        return self._page.evaluate(HOVER, list(elements))

    def sent(self):
        """Return the kinds of messages that decode."""
        kinds = {"pick", "place", "grid", "traversals", "model", "codes"}
        return [kind for kind in self._page.evaluate("window.sent") if kind in kinds]

    def place(self, x, y):
        """Return the place on the plane of a point of the plot in pixels."""
        x0, x1, y0, y1 = self._scatter.view
        left, top, width, height = self._box()
        place = x0 + (x - left) / width * (x1 - x0), y1 - (y - top) / height * (y1 - y0)
        return np.array(place, np.float32)

    def pixel(self, index):
        """Return where the point of a sample is, in whole pixels of the plot."""
        x0, x1, y0, y1 = self._scatter.view
        x, y = self._scatter._positions[index]
        left, top, width, height = self._box()
        at = left + (x - x0) / (x1 - x0) * width, top + (y1 - y) / (y1 - y0) * height
        return tuple(round(float(side)) for side in at)

    def _box(self):
        box = self.plot.bounding_box()
        margin = MARGIN
        width = box["width"] - margin["left"] - margin["right"]
        return (
            margin["left"],
            margin["top"],
            width,
            box["height"] - margin["top"] - margin["bottom"],
        )

    def shown_in(self, role):
        """Return the pixels (height, width, 4) of the tile on the canvas with a role."""
        canvas = self._root.locator(f"canvas[data-role={role}]").first.element_handle()
        _, height, width, _ = render(self._renderer, self._scatter.x[:1]).shape
        return np.array(self._page.evaluate(PIXELS, [canvas, width, height]))

    def assert_shows(self, samples):
        """Wait until the picture is that of the renderer for these samples, within a level."""
        (tile,) = render(self._renderer, samples)
        colours = tile[..., :3].astype(int)
        assert colours.std() > 1  # a picture at all
        wait_for(
            lambda: np.abs(self.shown_in("decoded")[..., :3] - colours).max() <= 1,
            10,
            "the picture of what was decoded",
        )
