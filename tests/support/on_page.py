"""Gestures and pictures of a page, whatever shows the widgets in it."""

from playwright.sync_api import Locator, Page

IS_DRAWN = """(canvas) => canvas.width > 0 && canvas.getContext("2d")
  .getImageData(0, 0, canvas.width, canvas.height).data.some((level) => level > 0)"""
PIXELS = """async (canvas) => {
  await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  return canvas.toDataURL();
}"""


class OnPage:
    """What a test does on a page and reads from it."""

    page: Page

    def drag(
        self,
        target: Locator,
        start: tuple[float, float],
        end: tuple[float, float],
        steps: int = 10,
        release: bool = True,
    ) -> None:
        """Press at `start`, move to `end` (CSS pixels inside the target), release."""
        target.scroll_into_view_if_needed()
        box = target.bounding_box()
        assert box, "the target is not in the page"
        mouse = self.page.mouse
        mouse.move(box["x"] + start[0], box["y"] + start[1])
        mouse.down()
        mouse.move(box["x"] + end[0], box["y"] + end[1], steps=steps)
        if release:
            mouse.up()

    def pixels(self, canvas: Locator) -> str:
        """The picture of a canvas as a data URL to compare, with what the next frame draws."""
        return canvas.evaluate(PIXELS)

    def wait_for_other_pixels(self, canvas: Locator, than: str) -> str:
        """Wait until a canvas shows another picture; return it."""
        self.page.wait_for_function(
            "([canvas, than]) => canvas.toDataURL() !== than", arg=[canvas.element_handle(), than]
        )
        return self.pixels(canvas)
