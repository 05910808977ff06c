from collections import Counter

import numpy as np
import pytest

from tests.support.blank_page import BlankPage
from tests.support.layout import boxes, settle
from vae_widgets.rendering import ImageRenderer
from vae_widgets.widgets.tile_strip import TileStrip

# Sets the width of the widget, and measures its tiles once the rows are broken anew: observers of
# sizes run after the callbacks of a frame, so that the next frame finds all in place.
MEASURE = """async (grid, width) => {
  grid.closest(".vw-widget").parentElement.style.width = `${width}px`;
  for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
  const cut = (element) => element.scrollWidth > element.clientWidth;
  const boxes = [...grid.querySelectorAll(".vw-tile")].map((tile) => tile.getBoundingClientRect());
  return {
    cut: [grid, ...grid.querySelectorAll(".vw-tile-caption")].filter(cut).length,
    widths: boxes.map(({ width }) => width),
    tops: boxes.map(({ y }) => Math.round(y)),
    free: grid.getBoundingClientRect().right - Math.max(...boxes.map(({ right }) => right)),
  };
}"""
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
    assert root.locator(".vw-strip-name").all_inner_texts() == ["dark", "<b>bright</b>"]

    root.locator("button.vw-tile").nth(4).click()
    blank.until(lambda: strip.selected == 4, "the selection")

    strip.show([ImageRenderer()(1 - levels)[:3]])
    blank.update()
    page.wait_for_function("() => document.querySelectorAll('.vw-tile').length === 3")
    assert root.evaluate(MIDDLE_PIXELS) == [255, 204, 153]
    assert strip.selected == -1


def test_a_long_name_is_not_cut_and_short_ones_leave_the_tiles_where_they_are(page):
    strip = TileStrip()
    tiles = np.full((4, 8, 8, 4), 255, np.uint8)
    left = {}
    for name in ("prior", "Just not flagged", "Reconstructions", "m" * 60):
        strip.show([tiles], [name])
        blank = BlankPage(page, strip)
        page.locator(".vw-tile").last.wait_for()
        (named,), (tile, *_) = (
            boxes(page.locator(".vw-strip-name")),
            boxes(page.locator(".vw-tile")),
        )
        assert page.locator(".vw-strip-name").evaluate("e => e.scrollWidth <= e.clientWidth")
        assert named["x"] + named["width"] <= tile["x"]
        left[name] = tile["x"] - named["x"]
        blank.close()
    assert left["prior"] == left["Just not flagged"] == 88 < left["Reconstructions"] < 120
    assert left["m" * 60] == 172


def test_one_long_caption_does_not_make_the_tiles_huge(page):
    strip = TileStrip()
    captions = ["a class with a name of many, many words", *"bcdefghijkl"]
    strip.show([np.full((12, 8, 8, 4), 255, np.uint8)], ["Samples"], captions)
    BlankPage(page, strip)
    page.locator(".vw-tile").last.wait_for()
    assert max(box["width"] for box in boxes(page.locator(".vw-tile"))) < 180
    assert page.locator(".vw-tile").first.get_attribute("title") == f"Samples, {captions[0]}"


def test_rows_take_more_lines_where_they_do_not_fit(page):
    strip = TileStrip()
    tiles = np.full((12, 8, 8, 4), 255, np.uint8)
    strip.show([tiles, tiles], ["Just flagged", "Just not flagged"], ["\u2713 4.967"] * 24)
    BlankPage(page, strip)
    page.locator(".vw-tile").last.wait_for()

    def lines(width):
        measured = page.locator(".vw-strip-grid").evaluate(MEASURE, width)
        assert measured["cut"] == 0
        assert min(measured["widths"]) >= 49  # of the caption
        assert max(measured["widths"]) <= 112.1
        # The tiles fill the width, unless they are large.
        assert measured["free"] < 1 or max(measured["widths"]) > 111.9
        tops = measured["tops"]
        return [
            [line for _, line in sorted(Counter(row).items())] for row in (tops[:12], tops[12:])
        ]

    assert lines(800) == [[12], [12]]
    assert lines(760) == [[12], [12]]
    assert lines(680) == [[6, 6], [6, 6]]
    assert lines(400) == [[4, 4, 4], [4, 4, 4]]
    assert lines(1600) == [[12], [12]]


def test_lines_without_names_fill_the_width(page):
    strip = TileStrip()
    strip.show([np.full((36, 8, 8, 4), 255, np.uint8)])
    BlankPage(page, strip)
    page.locator(".vw-tile").last.wait_for()
    sizes = set()
    for width in (300, 404, 736, 1200):
        measured = page.locator(".vw-strip-grid").evaluate(MEASURE, width)
        first, *_, last = sorted(Counter(measured["tops"]).items())
        fitting = (width - 16 + 4) // (72 + 4)
        assert first[1] == fitting
        assert last[1] == 36 % fitting or fitting
        assert measured["free"] < 1
        sizes.add(len({round(each) for each in measured["widths"]}))
    assert sizes == {1}


def test_a_row_with_few_samples_takes_no_empty_lines(page):
    strip = TileStrip()
    tiles = np.full((12, 8, 8, 4), 255, np.uint8)
    captions = ["4.967"] * 4 + [""] * 8 + ["4.967"] * 12
    strip.show([tiles, tiles], ["Just flagged", "Just not flagged"], captions)
    BlankPage(page, strip)
    page.locator(".vw-tile").last.wait_for()
    page.locator(".vw-strip-grid").evaluate(MEASURE, 400)
    settle(page)
    few, many = boxes(page.locator(".vw-strip-row"))
    assert many["height"] == pytest.approx(2 * few["height"] + 4, abs=1)
