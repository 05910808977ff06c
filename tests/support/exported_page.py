"""Opens exported pages from the disk, without a network."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Page

# The red of all pixels of a canvas. A copy is read: Chromium warns of many reads of a canvas.
PIXELS = """(canvas) => {
  const { width, height } = canvas;
  const context = new OffscreenCanvas(width, height).getContext("2d");
  context.drawImage(canvas, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  return data.filter((_, i) => i % 4 === 0);
}"""


class Encoded(NamedTuple):
    """What the panel "Try your own" shows of a drawing.

    Parameters
    ----------
    row
        The nearest sample.
    score
        Its score; None if the page knows no formula.
    code
        The first eight latent coordinates, to four digits.
    pixels
        What the model gets (n,), 0 to 255, row by row.
    """

    row: int
    score: float | None
    code: NDArray[np.float64]
    pixels: NDArray[np.float64]


class OpenedPage:
    """An exported page of a widget; `requests` are those for anything but the file itself."""

    def __init__(self, page: Page, path) -> None:
        self.page = page
        self.errors: list[str] = []
        self.requests: list[str] = []
        page.set_default_timeout(10_000)
        page.context.set_offline(True)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._listen)
        page.on("request", self._request)
        self.address = path.as_uri()
        page.goto(self.address)
        page.locator(".vw-page-body > *, .vw-page-problems > *").first.wait_for()

    def _listen(self, message) -> None:
        if message.type in ("error", "warning"):
            self.errors.append(message.text)

    def _request(self, request) -> None:
        if request.url != self.address and not request.url.startswith(("blob:", "data:")):
            self.requests.append(request.url)

    def draw(self, strokes: Iterable[NDArray[Any]], side: float, share: float = 1.0) -> Encoded:
        """Draw lines on the panel "Try your own" with the mouse, after what was there.

        Parameters
        ----------
        strokes
            For each line its points (m, 2) of x and y, from 0 to `side`.
        side
            The width of the whole drawing.
        share
            How much of the canvas is used.
        """
        own, mouse = self.page.locator(".vw-own"), self.page.mouse
        own.get_by_role("button", name="Clear").click()
        canvas = own.locator(".vw-own-canvas")
        box = canvas.bounding_box()
        assert box
        scale = share * box["width"] / side
        for line in strokes:
            places = (scale * line + [box["x"], box["y"]]).tolist()
            mouse.move(*places[0])
            mouse.down()
            for place in places[1:]:
                mouse.move(*place)
            mouse.up()
        # The drawing is encoded in the next frame.
        self.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => done()))")
        facts = own.locator(".vw-own-facts")
        facts.locator(".vw-own-fact").first.wait_for()
        code = facts.get_by_text("z = (").inner_text().replace("\u2212", "-")
        numbers = code.partition("(")[2].rstrip(")").replace(", \u2026", "").split(", ")
        score = facts.get_attribute("data-score")
        return Encoded(
            row=int(facts.get_attribute("data-row") or -1),
            score=None if score is None else float(score),
            code=np.array(numbers, float),
            pixels=np.array(own.locator(".vw-own-tile").first.evaluate(PIXELS), float),
        )

    def check(self) -> None:
        """Fail if the page asked for anything, or reported an error."""
        assert self.requests == []
        assert self.errors == []
        assert self.page.locator(".vw-page-problems").inner_text() == ""
