"""The page decodes with the model itself: at once, exactly, and without a message."""

import numpy as np
import pytest
from playwright.sync_api import expect

import vae_widgets as vw
from tests.support.blank_page import BlankPage
from tests.support.decoded_here import DecodedHere
from tests.support.jupyterlab import wait_for
from tests.support.layout import boxes
from tests.support.onnx_codec import OnnxPcaCodec
from tests.support.pca_codec import digits
from vae_widgets.codec import OnnxModel
from vae_widgets.rendering import render_compared

X, Y = (part[:60] for part in digits())
RENDERER = vw.ImageRenderer(0, 1)


def show(page, codec, **options):
    scatter = vw.LatentScatter(codec, X, Y, RENDERER, **options)
    blank = BlankPage(page, scatter)
    here = DecodedHere(blank, RENDERER)
    here.load()
    here.forget()
    return scatter, blank, here


def test_hover_and_pick_show_the_exact_picture_without_a_kernel(page):
    codec = OnnxPcaCodec(X)
    scatter, blank, here = show(page, codec)
    blank.lose_kernel()
    for x, y in ((300, 200), (120, 60), (500, 300)):
        assert here.hover(x, y).startswith("decoded")
        here.assert_shows(codec.decode([here.place(x, y)]))
    assert here.sent() == []
    x, y = here.pixel(7)
    here.plot.click(position={"x": x, "y": y})
    expect(here.caption).to_have_text("reconstruction")
    here.assert_shows(codec.decode(scatter.z_mean[7:8]))
    # Other places can be looked at before the kernel has confirmed it.
    assert here.hover(300, 200).startswith("decoded")
    here.assert_shows(codec.decode([here.place(300, 200)]))
    page.mouse.move(0, 0)
    here.assert_shows(codec.decode(scatter.z_mean[7:8]))
    wait_for(here.sent, 10, "the message")
    assert {*here.sent()} == {"pick"}  # which is tried until the kernel confirms it
    blank.lose_kernel("there")
    blank.until(lambda: scatter.picked_index == 7, "the kernel confirms")
    here.assert_shows(scatter.decoded[np.newaxis])
    blank.close()


def test_a_hovered_sample_is_compared_without_a_kernel(page):
    codec = OnnxPcaCodec(X)
    scatter, blank, here = show(page, codec)
    blank.lose_kernel()
    page.mouse.move(0, 0)
    (box,) = boxes(here.plot)
    x, y = here.pixel(7)
    page.mouse.move(box["x"] + x, box["y"] + y)
    tooltip = blank.root.get_by_role("tooltip").filter(has_text="#7\n")
    tooltip.get_by_text("ellipse: 95 % of q(z | x)").wait_for()
    tiles = render_compared(RENDERER, X[7:8], codec.decode(scatter.z_mean[7:8]))
    for role, tile in zip(
        ("input", "reconstruction", "residual"), tiles[..., 0].astype(int), strict=True
    ):
        wait_for(
            lambda role=role, tile=tile: np.abs(here.shown_in(role)[..., 0] - tile).max() <= 1,
            10,
            role,
        )
    blank.close()


@pytest.mark.parametrize("projection", ["latent", "pca"])
def test_grid_and_traversals_are_decoded_here(page, projection):
    codec = OnnxPcaCodec(X, 3)
    scatter, blank, here = show(page, codec, projection=projection)
    blank.lose_kernel()
    page.evaluate("""() => {
      window.mounted.model.set("_dims_shown", true);
      window.mounted.model.set("grid", true);
    }""")
    assert here.hover(300, 200).startswith("decoded")
    other = next(i for i in range(3) if i not in scatter.dims)
    sliders = blank.root.locator(".vw-dims input[type=range]")
    sliders.filter(visible=True).first.press("End")
    slice_at = np.array(
        page.evaluate("""() => {
      const { data } = window.mounted.model.get("slice_at");
      return [...new Float32Array(data.buffer, data.byteOffset, 3)];
    }"""),
        np.float32,
    )
    assert slice_at[other] != scatter.slice_at[other]
    z = scatter._space.inverse_project(slice_at[np.newaxis])
    far = "\nfar from data" if scatter.far_from_data(z)[0] else ""
    expect(here.caption).to_have_text(f"decoded{far}", use_inner_text=True)
    here.assert_shows(codec.decode(z))
    assert here.sent() == []
    blank.close()


def test_a_second_view_needs_nothing_more(page):
    codec = OnnxPcaCodec(X)
    _, blank, first = show(page, codec)
    blank.show_again()
    second = DecodedHere(blank, RENDERER, number=1)
    second.load()
    blank.lose_kernel()
    assert second.hover(300, 200).startswith("decoded")
    second.assert_shows(codec.decode([second.place(300, 200)]))
    assert {"model", "codes"}.isdisjoint(first.sent())
    blank.close()


def test_newer_weights_take_the_place_of_older_ones(page, monkeypatch):
    monkeypatch.setattr("vae_widgets.widgets.base.in_page.SHORTEST_OFFER", 1e6)
    codec = OnnxPcaCodec(X)
    scatter, blank, here = show(page, codec)
    codec.shift = 0.25  # it has been trained, and told nobody
    x, y = here.pixel(7)
    here.plot.click(position={"x": x, "y": y})
    blank.until(lambda: scatter.picked_index == 7, "the kernel confirms")
    here.assert_shows(codec.decode(scatter.z_mean[7:8]))
    here.load()  # the page asks again
    blank.lose_kernel()
    assert here.hover(300, 200).startswith("decoded")
    here.assert_shows(codec.decode([here.place(300, 200)]))
    codec.shift = 0.0
    blank.lose_kernel("there")
    scatter.pick(3)
    blank.update()
    assert scatter._model == {}  # too soon after the change before
    blank.lose_kernel("busy")  # which would decode
    assert here.hover(310, 210).startswith("preview")
    blank.close()


ALTERED = {
    "a byte of the graph": (lambda content: content.replace(b"MatMul", b"MatMux"), "MatMux"),
    "an operator that is not in the page": (lambda content: content.replace(b"Add", b"Det"), "Det"),
    "an end that is missing": (lambda content: content[:-40], ""),
    "a script": (lambda content: b"<script>window.attacked = true</script>", ""),
}


@pytest.mark.parametrize("what", ALTERED)
def test_a_model_that_was_changed_is_named_and_the_kernel_decodes(page, what):
    alter, named = ALTERED[what]
    codec = OnnxPcaCodec(X)
    whole = codec.to_onnx()
    codec.to_onnx = lambda *, convert: OnnxModel(alter(whole.decoder))
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    scatter = vw.LatentScatter(codec, X, Y, RENDERER)
    blank = BlankPage(page, scatter)
    here = DecodedHere(blank, RENDERER)
    here.hover(300, 200)
    status = blank.root.get_by_role("status").filter(has_text="The kernel decodes.")
    status.wait_for()
    assert "The model OnnxPcaCodec does not run in the page: " in here.status()
    assert named in here.status()
    here.caption.filter(has_text="decoded").wait_for()
    here.assert_shows(codec.decode([here.place(300, 200)]))
    assert "place" in here.sent()
    assert page.evaluate("window.attacked") is None
    assert errors == []
    blank.close()
