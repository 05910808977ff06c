"""All tiles of a widget are drawn on one range of values, that of its data."""

import io

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import vae_widgets as vw
from tests.support.pca_codec import PcaCodec, digits
from vae_widgets.rendering import ImageRenderer
from vae_widgets.widgets.training_monitor.snapshots import TrainingPictures

IMAGES = digits()[0][:60]
STANDARDISED = (8 * IMAGES - 4).astype(np.float32)
SCORES = np.linspace(0, 1, 60)


class Waves:
    """One latent dimension: the amplitude of a sine."""

    latent_dim, sample_shape = 1, (50,)
    _wave = np.sin(np.linspace(0, 6, 50)).astype(np.float32)

    def encode(self, x):
        return np.asarray(x)[:, 12:13] / self._wave[12]

    def decode(self, z):
        return np.asarray(z, np.float32) * self._wave


def tiles_of(atlas):
    """Cut an atlas into its tiles, RGBA (n, h, w, 4)."""
    sheet = np.asarray(Image.open(io.BytesIO(atlas["png"])).convert("RGBA"))
    h, w, columns = atlas["tile_height"], atlas["tile_width"], atlas["columns"]
    return np.array(
        [sheet[h * (i // columns) :][:h, w * (i % columns) :][:, :w] for i in range(atlas["count"])]
    )


def same(tiles, samples, low, high):
    np.testing.assert_array_equal(tiles, ImageRenderer(low, high)(samples))


@pytest.fixture(scope="module")
def codec():
    return PcaCodec(STANDARDISED)


@pytest.mark.parametrize("kind", ["uint8", "uint16", "int32"])
def test_items_of_whole_numbers_are_drawn_with_their_range(kind):
    top = {"uint8": 255, "uint16": 4095, "int32": 1000}[kind]
    items = np.rint(IMAGES * top).astype(kind)
    histogram = vw.AnomalyHistogram(SCORES, items=items)
    content = histogram._view.strip._content
    same(tiles_of(content["atlas"])[:12], items[::-1][:12], 0, top)
    assert content["note"] == ("" if top == 255 else f"black 0, white {top:,}")


def test_scatter_draws_samples_reconstructions_and_places_on_the_range_of_x(codec):
    scatter = vw.LatentScatter(codec, STANDARDISED)
    same(tiles_of(scatter._tiles), STANDARDISED, -4, 4)
    assert scatter._range_note == "black \N{MINUS SIGN}4, white 4"
    scatter.pick(3)
    same(tiles_of(scatter._pick["tiles"]), np.stack([scatter.decoded, STANDARDISED[3]]), -4, 4)
    x, x_hat = STANDARDISED[3], codec.decode(codec.encode(STANDARDISED[3:4]))[0]
    tiles = tiles_of(scatter._pictures.detail(3, [0, 1])["tiles"])
    same(tiles[:2], np.stack([x, x_hat]), -4, 4)
    same(tiles[2:], np.abs(x - x_hat)[np.newaxis], 0, 8)


def test_slider_keeps_its_range_on_another_path():
    small, large = np.float32([0.15]), np.float32([1.9])
    slider = vw.InterpolationSlider(Waves(), small, -small, latents=np.linspace(-2, 2, 99)[:, None])
    renderer = slider._maker.renderer
    assert renderer.vmax == pytest.approx(2, abs=0.05)
    first = tiles_of(slider._content["atlas"])[0]
    slider.start = large
    assert slider._maker.renderer is renderer
    assert slider._content["note"].startswith("bottom \N{MINUS SIGN}")
    # Each frame is as tall as its amplitude says.
    heights = [
        np.ptp(np.flatnonzero((tile[..., 3] > 127).any(axis=1)))
        for tile in (first, tiles_of(slider._content["atlas"])[0])
    ]
    assert heights[1] > 52
    assert heights[0] < 8


def test_slider_between_pictures_takes_the_range_of_its_ends():
    codec = PcaCodec(IMAGES)
    slider = vw.InterpolationSlider(codec, IMAGES[0], IMAGES[1], steps=3)
    assert slider._content["note"] == ""
    same(tiles_of(slider._content["atlas"])[:3], slider.frames, 0, 1)
    bytes_ = np.rint(255 * IMAGES).astype("uint8")
    slider = vw.InterpolationSlider(PcaCodec(bytes_), bytes_[0], bytes_[1], steps=3)
    same(tiles_of(slider._content["atlas"])[:3], slider.frames, 0, 255)


def test_review_queue_draws_residuals_from_zero(codec):
    histogram = vw.AnomalyHistogram(SCORES, items=STANDARDISED)
    queue = vw.ReviewQueue(histogram, codec=codec, order="highest", size=4)
    window = queue._window
    x = STANDARDISED[window["indices"]]
    n = len(x)
    tiles = tiles_of(window["tiles"])
    same(tiles[:n], x, -4, 4)
    same(tiles[2 * n :], np.abs(x - codec.decode(codec.encode(x))), 0, 8)
    assert window["note"] == "black \N{MINUS SIGN}4, white 4"


def test_a_review_says_what_the_colours_of_a_residual_stand_for():
    class Notes:
        latent_dim, sample_shape = 1, (8, 4)

        def encode(self, x):
            return np.asarray(x)[:, 0, :1]

        def decode(self, z):
            return np.tile(np.reshape(z, (-1, 1, 1)), (1, 8, 4))

    rows = np.random.default_rng(0).integers(0, 40, (10, 8, 4))
    histogram = vw.AnomalyHistogram(np.arange(10.0), items=rows, renderer=vw.PianoRollRenderer())
    notes = vw.ReviewQueue(histogram, order="highest")._window["note"]
    assert notes == histogram.renderer.note  # voices in blue and orange
    compared = vw.ReviewQueue(histogram, Notes(), order="highest")._window["note"]
    assert compared.startswith(notes)
    assert "in the residual, notes of both in grey, of the input alone in blue" in compared


def test_explorer_has_one_range_in_all_of_its_parts(codec):
    explorer = vw.Explorer(codec, STANDARDISED)
    notes = {
        explorer.scatter._range_note,
        explorer.slider._content["note"],
        explorer.histogram._view.strip._content["note"],
    }
    assert notes == {"black \N{MINUS SIGN}4, white 4"}
    explorer.scatter.selection = [5, 7]
    assert explorer._strip._content["note"] == "black \N{MINUS SIGN}4, white 4"
    same(tiles_of(explorer._strip._content["atlas"]), STANDARDISED[[5, 7]], -4, 4)


def test_monitor_draws_every_frame_on_the_range_of_the_samples(codec):
    monitor = vw.TrainingMonitor(samples=STANDARDISED[:10], codec=codec)
    pictures = monitor._session.pictures
    pictures.begin()
    pictures.make(0.0)
    content = pictures.frames[0].content
    same(tiles_of(content["atlas"])[:10], STANDARDISED[:10], -4, 4)
    assert content["note"] == "black \N{MINUS SIGN}4, white 4"


def test_without_samples_the_range_of_the_monitor_never_shrinks():
    class Growing(Waves):
        gain = 1.0

        def decode(self, z):
            return self.gain * super().decode(z)

    model = Growing()
    pictures = TrainingPictures(codec=model)
    notes = []
    for model.gain in (1.0, 10.0, 0.1):
        pictures.make(model.gain)
        notes.append(pictures.frames[-1].content["note"])
    assert notes[0] != notes[1] == notes[2]
    pictures.begin()
    pictures.make(0.0)
    assert pictures.frames[-1].content["note"] not in notes


def test_a_data_frame_is_drawn_as_a_table_with_its_names():
    frame = pd.DataFrame(IMAGES.reshape(60, 64)[:, 20:24], columns=["a", "b", "c", "d"])
    codec = PcaCodec(frame.to_numpy())
    scatter = vw.LatentScatter(codec, frame)
    text = scatter._pictures.detail(0, [0, 1])["text"]
    assert all(f"<td>{name}</td>" in text for name in frame)
    histogram = vw.AnomalyHistogram(SCORES, items=frame)
    assert histogram.renderer.columns == ["a", "b", "c", "d"]
    assert "<td>b</td>" in vw.ReviewQueue(histogram, order="highest")._window["details"][0]
    slider = vw.InterpolationSlider(codec, [0, 0], [1, 1], renderer=histogram.renderer)
    assert "<td>d</td>" in slider._detail


def test_items_may_be_texts():
    histogram = vw.AnomalyHistogram(SCORES[:3], items=["CCO", "c1ccccc1", "CBr"])
    window = vw.ReviewQueue(histogram, order="highest")._window
    assert "<code>CBr</code>" in window["details"]
