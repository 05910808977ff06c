"""Widgets follow what is set for the page: colours at once, the size of a model when they ask."""

import numpy as np
import pytest

import vae_widgets as vw
from tests.support.blank_page import BlankPage
from tests.support.decoded_here import DecodedHere
from tests.support.onnx_codec import OnnxPcaCodec
from tests.support.pca_codec import digits

X, Y = (part[:60] for part in digits())
RENDERER = vw.ImageRenderer(0, 1)
SET = "([name, value]) => document.body.setAttribute(`data-vw-${name}`, value)"
SWATCHES = """() => [...document.querySelectorAll(".vw-legend-class .vw-swatch")]
  .slice(0, 2).map((one) => getComputedStyle(one).backgroundColor)"""
HAS_COLOUR = """([canvas, colour]) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  for (let i = 0; i < data.length; i += 4)
    if (colour.every((channel, k) => Math.abs(data[i + k] - channel) < 4)) return true;
  return false;
}"""


def test_open_widgets_take_new_colours_at_once(page):
    scatter = vw.LatentScatter(OnnxPcaCodec(X), X, Y, RENDERER)
    scatter.opacity = 1.0
    blank = BlankPage(page, scatter)
    canvas = blank.root.locator(".vw-scatter-plot > canvas").element_handle()
    pink = [255, 0, 128]
    assert not page.evaluate(HAS_COLOUR, [canvas, pink])
    page.evaluate(SET, ["class-colours", " ".join(["#ff0080", "#00ff00", *["#000000"] * 8])])
    page.wait_for_function(HAS_COLOUR, arg=[canvas, pink])
    colours = ["rgb(255, 0, 128)", "rgb(0, 255, 0)"]
    page.wait_for_function(f"colours => `${{({SWATCHES})()}}` === `${{colours}}`", arg=colours)
    blank.close()
    scatter.close()


def test_quantities_take_cividis(page):
    scatter = vw.LatentScatter(OnnxPcaCodec(X), X, color_by=np.arange(60.0))
    blank = BlankPage(page, scatter)
    ramp = blank.root.locator(".vw-colour-ramp")
    assert "rgb(68, 1, 84)" in ramp.evaluate("one => one.style.background")
    page.evaluate(SET, ["quantity-colours", "cividis"])
    page.wait_for_function(
        "one => one.style.background.includes('rgb(0, 34, 78)')", arg=ramp.element_handle()
    )
    blank.close()
    scatter.close()


@pytest.mark.parametrize(("megabytes", "decodes"), [("0", False), ("1", True)])
def test_the_page_takes_no_larger_model_than_is_set(page, megabytes, decodes):
    scatter = vw.LatentScatter(OnnxPcaCodec(X), X, Y, RENDERER)
    blank = BlankPage(page, scatter)
    page.evaluate(SET, ["in-page-megabytes", megabytes])
    here = DecodedHere(blank, RENDERER)
    for x in (100, 110, 120):
        here.hover(x, 100)
        blank.wait_for_answers()
    assert here.sent().count("model") == 1
    blank.lose_kernel()
    assert here.hover(300, 200).startswith("decoded") is decodes
    blank.close()
    scatter.close()
