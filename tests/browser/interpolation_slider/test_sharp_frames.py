"""Frames that are drawn larger than their tiles are as sharp as the screen."""

import numpy as np
import pytest

import vae_widgets as vw
from tests.support.alone import show_alone
from tests.support.layout import settle

WIDTH = "document.querySelector('.vw-widget').parentElement.style.width = '1100px'"
# How much of each pixel of one colour channel is covered, as the paper is white. A typed array:
# Playwright takes 20 s of processor time for two million numbers in another one.
COVERED = """canvas => {
  const { width, height } = canvas;
  const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  return { width, height, red: Uint8Array.from({ length: width * height }, (_, i) => data[4 * i]) };
}"""
BLUE = 63  # red of the first colour of lines


class Levels:
    """Decodes z to what `make` returns."""

    latent_dim = 1

    def __init__(self, make):
        self.make, self.sample_shape = make, make(0.0).shape

    def encode(self, x):
        return np.zeros((len(x), 1), np.float32), np.zeros((len(x), 1), np.float32)

    def decode(self, z):
        return np.stack([self.make(float(each[0])) for each in z]).astype(np.float32)


@pytest.fixture
def red_of(page):
    """The red channel (height, width) of the large frame of a slider, in pixels."""

    def show(slider):
        show_alone(page, slider)
        page.evaluate(WIDTH)
        page.locator("[aria-valuenow='0.500']").wait_for()
        settle(page)
        got = page.locator(".vw-film-current canvas").evaluate(COVERED)
        return np.array(got["red"]).reshape(got["height"], got["width"]) / 255

    return show


def slider_at_half(codec, renderer):
    slider = vw.InterpolationSlider(codec, [-1.0], [1.0], 33, "linear", renderer=renderer)
    slider.value = 0.5
    return slider


def test_a_signal_is_a_thin_line_at_its_values(red_of):
    renderer = vw.SignalRenderer(vmin=-2, vmax=2)
    slopes = np.linspace(-1, 1, 50)
    red = red_of(slider_at_half(Levels(lambda z: z + slopes), renderer))
    height, width = red.shape
    scale = width / renderer.width  # the tile has a frame of a pixel
    assert scale > 3
    covered = (1 - red[2:-2, 4:-4]) / (1 - BLUE / 255)
    # As thick as the line of a tile, times the root of the scale; a slanted one is cut at an angle.
    slope = (renderer.height - 3) / 4 * 2 / (renderer.width - 1.5)
    thick = 1.5 * np.sqrt(scale) * np.hypot(1, slope)
    middle = covered[:, 50:-50]
    np.testing.assert_allclose(middle.sum(axis=0), thick, atol=0.4)
    # Blurred, more than the pixels at both edges would be covered in part.
    partly = (middle > 0.02) & (middle < 0.98)
    assert partly.sum(axis=0).max() <= 4
    rows = np.arange(2, height - 2)[:, np.newaxis] + 0.5
    centre = (middle * rows).sum(axis=0) / middle.sum(axis=0)
    at = (np.arange(4, width - 4)[50:-50] + 0.5 - 1) / ((width - 2) / renderer.width)
    value = -1 + 2 * (at - 0.75) / (renderer.width - 1.5)
    y = renderer.height - 1.5 - (renderer.height - 3) * (value + 2) / 4
    np.testing.assert_allclose(centre, 1 + y * (width - 2) / renderer.width, atol=1)


def test_a_note_of_a_piano_roll_has_sharp_edges(red_of):
    renderer = vw.PianoRollRenderer(lowest=60, highest=83)
    pitch = np.full((32, 1), 8.0)  # the eighth pitch from the bottom, held
    codec = Levels(lambda z: pitch)
    codec.n_classes = 25
    red = red_of(slider_at_half(codec, renderer))
    height, width = red.shape
    scale = (width - 2) / (32 * renderer.step_width)
    # Between two lines of the grid.
    column = (1 - red[:, 1 + int(16.5 * renderer.step_width * scale)]) / (1 - BLUE / 255)
    rows = np.arange(height) + 0.5
    note = column * (np.abs(rows - height / 2 - (16 + 0.5 - 12) * 2 * scale) < 6)
    assert note.sum() == pytest.approx(renderer.pitch_height * scale, abs=0.2)
    # The 17th of 24 pitches from the top; the tile lies in the middle, to within half a pixel.
    middle = (note * rows).sum() / note.sum()
    assert middle == pytest.approx(
        height / 2 + (16.5 - 12) * renderer.pitch_height * scale, abs=1.1
    )
    assert ((note > 0.02) & (note < 0.98)).sum() <= 2


class Bars:
    """Black from the left up to a value in the drawing; the tiles are white."""

    def __call__(self, batch):
        return np.full((len(batch), 96, 96, 4), 255, np.uint8)

    def svg(self, sample):
        if sample[0] > 1:
            raise ValueError("no drawing")
        return (
            '<svg xmlns="http://www.w3.org/2000/svg" width="96" height="96">'
            f'<rect width="{96 * sample[0]}" height="96"/></svg>'
        )


def test_the_drawings_of_a_renderer_are_sharp_and_stay_with_their_frames(browser):
    page = browser.new_page(device_scale_factor=2, viewport={"width": 1200, "height": 900})
    codec = Levels(lambda z: np.array([z]))
    slider = vw.InterpolationSlider(codec, [0.0], [1.25], 6, "linear", renderer=Bars())
    show_alone(page, slider)
    page.evaluate(WIDTH)

    def black():
        settle(page)
        got = page.locator(".vw-film-current canvas").evaluate(COVERED)
        middle = np.array(got["red"]).reshape(got["height"], got["width"])[got["height"] // 2]
        side = got["height"] - 4  # a frame of a pixel
        assert side > 3 * 96
        left = (got["width"] - side) // 2
        row = middle[left + 2 : left + side - 2] / 255
        assert ((row > 0.02) & (row < 0.98)).sum() <= 1, "one pixel at its edge"
        return (1 - row).sum() / side

    for value, share in ((0.2, 0.25), (0.6, 0.75), (1.0, 0)):  # the last one has no drawing
        page.evaluate("value => window.model.set('value', value)", value)
        page.locator(f"[aria-valuenow='{value:.3f}']").wait_for()
        assert black() == pytest.approx(share, abs=0.02)
    page.evaluate("window.model.set('value', 0.2)")
    page.get_by_role("button", name="Swap ends").click()
    page.locator("[aria-valuenow='0.800']").wait_for()
    assert black() == pytest.approx(0.25, abs=0.02)
    page.context.close()


def test_characters_stand_in_the_cells_of_the_tile(red_of):
    vocabulary = vw.Vocabulary(list("MW "), length=9)
    renderer = vw.TextRenderer(vocabulary, columns=4, lines=2)
    tokens = vocabulary.encode(["MW MWM"])[0]
    codec = Levels(lambda z: tokens)
    red = red_of(slider_at_half(codec, renderer))
    height, width = red.shape
    scale = min((width - 2) / 28, (height - 2) / 26)
    left, top = (width - 28 * scale) / 2, (height - 26 * scale) / 2
    ink = np.array(
        [
            [
                (1 - red[int(top + y * scale) :, int(left + x * scale) :])[
                    : int(11 * scale), : int(6 * scale)
                ].mean()
                for x in range(2, 26, 6)
            ]
            for y in (2, 13)
        ]
    )
    np.testing.assert_array_equal(ink > 0.1, [[1, 1, 0, 1], [1, 1, 0, 0]])
