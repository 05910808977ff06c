"""Numbers of any size are shown whole, with digits that tell them apart."""

import numpy as np

import vae_widgets as vw
from tests.support.blank_page import BlankPage
from tests.support.layout import settle
from tests.support.pca_codec import PcaCodec
from tests.support.scatter_view import FITS

X = np.random.default_rng(0).normal(size=(30, 4))
# Opaque pixels at the left rim of a canvas, where a number that is cut off would end.
AT_RIM = """(canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, 1, canvas.height);
  return data.filter((level, i) => i % 4 === 3 && level).length;
}"""


def test_ticks_of_large_codes_are_whole(page):
    codes = 1.5e12 * X
    BlankPage(page, vw.LatentScatter(PcaCodec(codes), codes))
    canvas = page.locator(".vw-scatter-plot > canvas")
    settle(page)
    page.wait_for_function(FITS, arg=canvas.element_handle())
    assert canvas.evaluate(AT_RIM) == 0


def test_the_card_of_a_sample_shows_the_digits_of_a_small_quantity(page):
    losses = np.linspace(1.234567e-6, 2e-6, 30)
    scatter = vw.LatentScatter(PcaCodec(X), X, quantities={"loss": losses})
    blank = BlankPage(page, scatter)
    scatter.hovered = 0
    blank.update()
    page.get_by_role("tooltip").get_by_text("loss 0.000001235").wait_for()
