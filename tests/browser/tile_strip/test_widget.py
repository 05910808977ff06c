import numpy as np

from tests.support.blank_page import BlankPage
from vae_widgets.rendering import ImageRenderer
from vae_widgets.widgets.tile_strip import TileStrip

MIDDLE_PIXELS = """strip => [...strip.querySelectorAll("canvas")].map(
  (canvas) => canvas.getContext("2d").getImageData(4, 4, 1, 1).data[0])"""


def test_tiles_show_their_pixels_and_a_click_selects(page):
    levels = np.linspace(0, 1, 6).reshape(6, 1, 1) * np.ones((1, 8, 8))
    strip = TileStrip(title="Grey levels", selectable=True, placeholder="No tiles yet")
    strip.show(np.split(ImageRenderer()(levels), 2), ["dark", "<b>bright</b>"], list("abcdef"))
    blank = BlankPage(page, strip)
    root = page.locator(".vw-strip")
    page.wait_for_function("() => document.querySelectorAll('.vw-tile').length === 6")
    assert root.evaluate(MIDDLE_PIXELS) == [0, 51, 102, 153, 204, 255]
    # Text that comes from data is text, never HTML.
    assert root.locator(".vw-strip-row").all_inner_texts() == ["dark", "<b>bright</b>"]

    root.locator("button.vw-tile").nth(4).click()
    blank.until(lambda: strip.selected == 4, "the selection")

    strip.show([ImageRenderer()(1 - levels)[:3]])
    blank.update()
    page.wait_for_function("() => document.querySelectorAll('.vw-tile').length === 3")
    assert root.evaluate(MIDDLE_PIXELS) == [255, 204, 153]
    assert strip.selected == -1
