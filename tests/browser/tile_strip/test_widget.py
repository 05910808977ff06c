CELL = """
import numpy as np
from vae_widgets.rendering import ImageRenderer
from vae_widgets.widgets.tile_strip.widget import TileStrip
levels = np.linspace(0, 1, 6).reshape(6, 1, 1) * np.ones((1, 8, 8))
strip = TileStrip(title="Grey levels", selectable=True, placeholder="No tiles yet")
strip.show(np.split(ImageRenderer()(levels), 2), ["dark", "<b>bright</b>"], list("abcdef"))
strip
"""

MIDDLE_PIXELS = """strip => [...strip.querySelectorAll("canvas")].map(
  (canvas) => canvas.getContext("2d").getImageData(4, 4, 1, 1).data[0])"""


def test_tiles_show_their_pixels_and_a_click_selects(notebook):
    nb = notebook([CELL])
    strip = nb.page.locator(".vw-strip")
    nb.page.wait_for_function("() => document.querySelectorAll('.vw-tile').length === 6")
    assert strip.evaluate(MIDDLE_PIXELS) == [0, 51, 102, 153, 204, 255]
    # Text that comes from data is text, never HTML.
    assert strip.locator(".vw-strip-row").all_inner_texts() == ["dark", "<b>bright</b>"]

    strip.locator("button.vw-tile").nth(4).click()
    nb.kernel.until("strip.selected == 4")

    nb.kernel.eval("strip.show([1 * ImageRenderer()(1 - levels)[:3]])")
    nb.page.wait_for_function("() => document.querySelectorAll('.vw-tile').length === 3")
    assert strip.evaluate(MIDDLE_PIXELS) == [255, 204, 153]
    assert nb.kernel.eval("strip.selected") == -1
