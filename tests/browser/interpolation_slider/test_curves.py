"""The numbers beside the curves under a film strip, and what they say the curves are."""

import pytest

import vae_widgets as vw
from tests.support.alone import show_alone
from tests.support.blank_page import BlankPage
from tests.support.pca_codec import PcaCodec, digits

# Where each text that ends at its place begins and ends, by the text.
RECORD = """
window.drawn = {};
const draw = CanvasRenderingContext2D.prototype.fillText;
CanvasRenderingContext2D.prototype.fillText = function (text, x, y) {
  if (this.font.startsWith("10px")) drawn[text] = [x - this.measureText(text).width, x];
  draw.call(this, text, x, y);
};
"""


@pytest.mark.parametrize("reach", [1e-3, 1.0, 2000.0])
def test_ticks_are_whole_and_reach_at_most_five_pixels_over_the_curve(own_page, reach):
    page = own_page
    x, _ = digits()
    codec = PcaCodec(x[:60])
    slider = vw.InterpolationSlider(codec, [reach, 0], [0, reach * 1.01], steps=12)
    page.add_init_script(RECORD)
    show_alone(page, slider)
    page.wait_for_function("() => '0' in drawn")
    drawn = page.evaluate("drawn")
    axis = drawn["0"][1] + 3
    assert all(start >= 0 and end <= axis + 5.01 for start, end in drawn.values()), drawn


class Tokens(PcaCodec):
    n_classes = 2

    def decode(self, z):
        return super().decode(z).round()


@pytest.mark.parametrize(
    ("codec", "unit"), [(PcaCodec, "RMS, data units"), (Tokens, "share of tokens")]
)
def test_the_change_of_tokens_is_a_share(page, codec, unit):
    x, _ = digits()
    slider = vw.InterpolationSlider(codec(x[:60]), x[0], x[1], steps=12)
    blank = BlankPage(page, slider)
    blank.root.locator(f".vw-film-profile canvas[aria-label$='{unit}.']").wait_for()
