"""What the browser tests of the interpolation slider share."""

import numpy as np

# The middle of each pixel of the current frame, which has a thin frame.
PIXELS = """([canvas, side]) => {
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  const scale = Math.floor(Math.min((width - 2) / side, (height - 2) / side));
  const [left, top] = [width, height].map((all) => Math.round((all - side * scale) / 2));
  const context = canvas.getContext("2d");
  const cells = [...Array(side).keys()];
  const [dx, dy] = [left, top].map((edge) => (edge + scale / 2) * devicePixelRatio);
  const step = scale * devicePixelRatio;
  const at = (x, y) => context.getImageData(dx + x * step, dy + y * step, 1, 1);
  return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() =>
    resolve(cells.map((y) => cells.map((x) => at(x, y).data[0]))))));
}"""


def current_frame(page, side):
    """Return the grey of each pixel (side, side) of the frame that a slider shows."""
    canvas = page.locator(".vw-film-current canvas").element_handle()
    return np.array(page.evaluate(PIXELS, [canvas, side]))
