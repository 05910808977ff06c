"""Swapped ends and other methods are shown at once, without a kernel, and the kernel confirms."""

import numpy as np
import pytest

import vae_widgets as vw
from tests.support.blank_page import BlankPage
from tests.support.onnx_codec import OnnxPcaCodec
from tests.support.pca_codec import PcaCodec, digits
from tests.support.slider_view import current_frame
from vae_widgets.core.latent.paths import arc, latent_path, line
from vae_widgets.rendering import render

X = digits()[0][:60]
RENDERER = vw.ImageRenderer(0, 1)
FRAMES = 9
PATHS = """() => window.mounted.model.get("_content").strips.map(({ path }) =>
  [...new Float32Array(path.data.buffer, path.data.byteOffset, path.data.byteLength / 4)])"""


def paths(page, latent_dim=2):
    return np.reshape(page.evaluate(PATHS), (-1, FRAMES, latent_dim))


def grey(samples):
    return render(RENDERER, samples)[0, ..., 0].astype(int)


def status(page, text):
    page.locator(".vw-interpolation").get_by_role("status").filter(has_text=text).wait_for()


def test_swapped_ends(page):
    """No decoder is needed, so any codec does."""
    codec = PcaCodec(X)
    slider = vw.InterpolationSlider(codec, X[0], X[3], FRAMES, renderer=RENDERER, method="linear")
    slider.value = 0.25
    before, middle = slider.path, slider.sample
    blank = BlankPage(page, slider)
    blank.lose_kernel()
    page.get_by_role("button", name="Swap ends").click()
    status(page, "value 0.750")
    np.testing.assert_array_equal(paths(page)[0], before[::-1])
    assert np.abs(current_frame(page, 8) - grey(middle[np.newaxis])).max() <= 1
    page.keyboard.press("Tab")
    slide = page.get_by_role("slider", name="Position between start and end")
    slide.press("Home")
    status(page, "value 0.000")
    first = codec.decode(before[-1:])
    assert np.abs(current_frame(page, 8) - grey(first)).max() <= 1
    assert slider.value == 0.25

    blank.lose_kernel("there")
    blank.until(lambda: slider.value == 0 and slider.start is not None, "the swap")
    np.testing.assert_array_equal(slider.start, X[3])
    page.wait_for_function("() => !window.mounted.model.get('_content').in_page")
    status(page, "value 0.000")
    assert np.abs(current_frame(page, 8) - grey(first)).max() <= 1
    blank.close()


def test_other_methods(page):
    codec = OnnxPcaCodec(X, 3)
    slider = vw.InterpolationSlider(codec, X[0], X[3], FRAMES, renderer=RENDERER)
    slider.value = 0.5
    blank = BlankPage(page, slider)
    method = page.get_by_role("combobox", name="Path")
    method.hover()
    blank.wait_for_answers()  # the page has the model
    blank.lose_kernel()
    points = slider.path[[0, -1]]
    t = np.arange(FRAMES) / (FRAMES - 1)
    expected = {
        name: latent_path(points, t, leg) for name, leg in {"slerp": arc, "linear": line}.items()
    }

    method.select_option("linear")
    page.wait_for_function("() => window.mounted.model.get('_content').in_page")
    np.testing.assert_allclose(paths(page, 3), [expected["linear"]], atol=1e-5)
    half = np.float32(expected["linear"][FRAMES // 2 : FRAMES // 2 + 1])
    assert np.abs(current_frame(page, 8) - grey(codec.decode(half))).max() <= 1
    page.get_by_role("button", name="Compare").click()
    page.wait_for_function("() => window.mounted.model.get('_content').strips.length === 2")
    np.testing.assert_allclose(paths(page, 3), list(expected.values()), atol=1e-5)
    assert np.abs(current_frame(page, 8) - grey(codec.decode(half))).max() <= 1
    captions = page.locator(".vw-film-start figcaption, .vw-film-end figcaption")
    assert captions.all_inner_texts() == ["Start \u00b7 original", "End \u00b7 original"]
    assert slider.method == "slerp"

    blank.lose_kernel("there")
    blank.until(lambda: slider.compare and slider.method == "linear", "the method")
    page.wait_for_function("() => !window.mounted.model.get('_content').in_page")
    np.testing.assert_allclose(paths(page, 3), list(expected.values()), atol=1e-5)
    blank.close()


@pytest.mark.parametrize("method", ["slerp", "linear"])
def test_a_value_between_two_frames(page, method):
    codec = OnnxPcaCodec(X, 3)
    slider = vw.InterpolationSlider(
        codec, X[0], X[3], FRAMES, via=[X[7]], renderer=RENDERER, method=method
    )
    slider.value = 0.3
    blank = BlankPage(page, slider)
    for value in (0.3, 0.8):
        page.evaluate("value => window.mounted.model.set('value', value)", value)
        place = f"frame {value * (FRAMES - 1) + 1:.1f} of {FRAMES}"
        page.locator(".vw-film-current").get_by_text(place).wait_for()
        blank.lose_kernel()
        slider.value = value  # Python decodes it, of which the page hears nothing
        assert np.abs(current_frame(page, 8) - grey(slider.sample[np.newaxis])).max() <= 1
        z = ", ".join(f"{part:.2f}".replace("-", "\N{MINUS SIGN}") for part in slider.z)
        status(page, f"z\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}({z})")
    page.evaluate("() => window.mounted.model.set('value', 0.5)")
    page.locator(".vw-film-current").get_by_text(f"frame 5 of {FRAMES}").wait_for()
    blank.close()


@pytest.mark.parametrize("what", ["swap", "method"])
def test_what_the_kernel_refuses_is_taken_back(page, what):
    codec = OnnxPcaCodec(X, 3)
    slider = vw.InterpolationSlider(codec, X[0], X[3], FRAMES, renderer=RENDERER)
    slider.value = 0.25
    blank = BlankPage(page, slider)
    before = paths(page, 3)
    method = page.get_by_role("combobox", name="Path")
    method.hover()
    blank.wait_for_answers()

    def fails(z):
        raise RuntimeError("out of memory")

    codec.decode = fails
    if what == "swap":
        page.get_by_role("button", name="Swap ends").click()
    else:
        method.select_option("linear")
    status(page, "out of memory")
    np.testing.assert_array_equal(paths(page, 3), before)
    assert page.evaluate("window.mounted.model.get('value')") == 0.25
    blank.close()
