"""The decoded plane behind the points follows the size of the plot."""

import vae_widgets as vw
from tests.support.blank_page import BlankPage
from tests.support.pca_codec import PcaCodec, digits

X = digits()[0][:60]
STYLE = """style => Object.assign(
  document.querySelector(".vw-widget").parentElement.style, style)"""
# Comes after a shorter time that began before.
SETTLED = "() => new Promise((done) => setTimeout(done, 320))"


def test_pictures_of_the_grid_stay_square_and_none_is_decoded_out_of_sight(page):
    page.set_viewport_size({"width": 1300, "height": 900})
    scatter = vw.LatentScatter(PcaCodec(X), X, renderer=vw.ImageRenderer(0, 1))
    scatter.grid = True
    blank = BlankPage(page, scatter)
    canvas = blank.root.locator(".vw-scatter-plot > canvas")

    def has_square_cells():
        width, height = canvas.evaluate("e => [e.clientWidth - 56, e.clientHeight - 48]")
        cell = width / scatter._grid["columns"], height / scatter._grid["rows"]
        return abs(cell[0] - 28) < 2 and abs(cell[1] - 28) < 2

    blank.until(has_square_cells, "the grid of the first size")
    first = scatter._grid["columns"]
    page.evaluate(STYLE, {"width": "1200px"})
    blank.until(lambda: scatter._grid["columns"] > first and has_square_cells(), "a wider grid")

    wider = scatter._grid
    page.evaluate(STYLE, {"display": "none"})
    scatter.view = (-1, 1, -1, 1)
    blank.update()
    page.evaluate(SETTLED)
    blank.update()
    blank.wait_for_answers()
    assert scatter._grid is wider
    page.evaluate(STYLE, {"display": ""})
    blank.until(lambda: scatter._grid is not wider and has_square_cells(), "the grid of the view")
