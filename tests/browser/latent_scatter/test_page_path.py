"""A dragged way-point shows the decoded path in the slider at once, without a kernel."""

import numpy as np

import vae_widgets as vw
from tests.support.blank_page import BlankPage
from tests.support.decoded_here import DecodedHere
from tests.support.onnx_codec import OnnxPcaCodec
from tests.support.pca_codec import digits
from tests.support.slider_view import current_frame
from vae_widgets.core.latent.paths import arc, latent_path
from vae_widgets.rendering import render

X, Y = (part[:60] for part in digits())
RENDERER = vw.ImageRenderer(0, 1)
FRAMES = 9


def test_a_dragged_end_shows_its_path(page):
    codec = OnnxPcaCodec(X)
    scatter = vw.LatentScatter(codec, X, Y, RENDERER)
    slider = vw.InterpolationSlider(codec, X[0], X[3], FRAMES, renderer=RENDERER)
    slider.link(scatter)
    film, plane = BlankPage(page, slider), BlankPage(page, scatter)
    here = DecodedHere(plane, RENDERER)
    here.load()
    page.evaluate("window.parts.forEach(({ model }) => model.set('value', 0.5))")
    page.evaluate("window.parts.forEach(({ kernel }) => { kernel.state = 'gone'; })")
    before = slider.end
    box = here.plot.bounding_box()
    x, y = here.pixel(3)
    page.mouse.move(box["x"] + x, box["y"] + y)
    page.mouse.down()
    for to in ((300, 120), (260, 210)):
        page.mouse.move(box["x"] + to[0], box["y"] + to[1])
        ends = np.stack([slider.path[0], here.place(*to)])
        path = latent_path(ends, np.arange(FRAMES) / (FRAMES - 1), arc).astype(np.float32)
        (tile,) = render(RENDERER, codec.decode(path[FRAMES // 2 : FRAMES // 2 + 1]))
        shown = current_frame(page, 8)
        assert np.abs(shown - tile[..., 0].astype(int)).max() <= 1
        drawn = page.evaluate("[...window.parts[0].model.get('_draft').path]")
        np.testing.assert_allclose(np.reshape(drawn, path.shape), path, atol=1e-5)
    page.mouse.up()
    assert slider.end is before
    captions = page.locator(".vw-film-start figcaption, .vw-film-end figcaption")
    assert captions.all_inner_texts() == ["Start · original", "End · from z"]

    # The kernel confirms it: its film takes the place of the page's.
    page.evaluate("window.parts.forEach(({ kernel }) => { kernel.state = 'there'; })")
    plane.until(lambda: slider.end is not before, "the new end")
    np.testing.assert_allclose(slider.end, path[-1], atol=1e-5)
    film.update()
    page.wait_for_function("window.parts[0].model.get('_draft') === null")
    plane.update()

    # The same end once more brings no film, and no draft stays.
    page.mouse.move(box["x"] + to[0], box["y"] + to[1])
    page.mouse.down()
    page.mouse.move(box["x"] + 100, box["y"] + 100)
    page.mouse.move(box["x"] + to[0], box["y"] + to[1])
    assert page.evaluate("window.parts[0].model.get('_draft') !== null")
    page.mouse.up()
    page.wait_for_function("window.parts[0].model.get('_draft') === null")
    plane.close()
