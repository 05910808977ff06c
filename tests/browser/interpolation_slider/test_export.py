"""Files that the slider saves without a kernel, compared with what Python says and writes."""

import csv
import io

import numpy as np
import pytest
from PIL import Image, ImageSequence

import vae_widgets as vw
from tests.support.blank_page import BlankPage
from tests.support.pca_codec import PcaCodec, digits

X = digits()[0][:60]


def frames_of(gif):
    """Frames as RGB (n, height, width, 3), and how long each lasts in ms."""
    made = [
        (np.asarray(frame.convert("RGB")), frame.info["duration"])
        for frame in ImageSequence.Iterator(gif)
    ]
    return np.stack([frame for frame, _ in made]).astype(int), [duration for _, duration in made]


@pytest.mark.parametrize("colour", [False, True])
def test_a_saved_gif_is_that_of_save_gif(page, tmp_path, colour):
    x = np.random.default_rng(0).random((9, 20, 20, 3)).astype("float32") if colour else X
    slider = vw.InterpolationSlider(PcaCodec(x), x[0], x[4], steps=24, compare=True)
    slider.method = "linear"
    blank = BlankPage(page, slider)
    blank.lose_kernel()
    for repeat, speed in (("none", "1"), ("ping-pong", "2")):
        blank.root.get_by_role("combobox", name="Repeat").select_option(repeat)
        blank.root.get_by_role("combobox", name="Speed").select_option(speed)
        name, data = blank.save("Animation (GIF)")
        assert name == "interpolation.gif"
        saved = Image.open(io.BytesIO(data))
        assert saved.info["loop"] == 0
        slider.save_gif(tmp_path / "x.gif", 3 / int(speed), ping_pong=repeat == "ping-pong")
        frames, durations = frames_of(saved)
        expected, same_durations = frames_of(Image.open(tmp_path / "x.gif"))
        assert durations == same_durations
        tiles = slider._shown.film.shown.tiles[..., :3].astype(int)
        if repeat == "ping-pong":
            tiles = np.concatenate([tiles, tiles[-2:0:-1]])
        zoom = expected.shape[1] // tiles.shape[1]
        error = np.abs(frames - tiles.repeat(zoom, 1).repeat(zoom, 2))
        assert frames.shape == expected.shape
        # Up to 256 colours are exact; 400 different ones share 256.
        assert error.max() <= 24 if colour else error.max() == 0
        assert not colour or error.mean() < 3


@pytest.mark.parametrize("kind", ["signals", "table"])
def test_saved_data_are_the_path_of_python(page, kind):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(40, 64 if kind == "signals" else 3)).astype("float32")
    names = [f"x[{k}]" for k in range(64)] if kind == "signals" else ["=age", "a,b", "c"]
    renderer = None if kind == "signals" else vw.TableRenderer(names)
    slider = vw.InterpolationSlider(PcaCodec(x), x[0], x[1], 9, renderer=renderer)
    blank = BlankPage(page, slider)
    blank.lose_kernel()
    name, data = blank.save("Data (CSV)")
    assert name == "interpolation.csv"
    head, *rows = csv.reader(io.StringIO(data.decode(), newline=""))
    n = slider.path.shape[1]
    assert head[: n + 2] == ["frame", "value", *(f"z[{k}]" for k in range(n))]
    assert head[n + 2 : n + 4] == ["log_prior", "change_to_next"]
    assert [text.lstrip("'") for text in head[n + 4 :]] == names
    table = np.array([[cell or "nan" for cell in row] for row in rows])
    exactly = np.testing.assert_array_equal
    exactly(table[:, 0].astype(int), np.arange(9))
    exactly(table[:, 1].astype(float), np.arange(9) / 8)
    exactly(table[:, 2 : n + 2].astype("float32"), slider.path)
    exactly(table[:, n + 2].astype(float), slider.log_prior)
    exactly(table[:, n + 3].astype(float), [*slider.step_size, np.nan])
    exactly(table[:, n + 4 :].astype("float32"), slider.frames)


def test_a_saved_picture_has_the_frame_that_is_seen(page):
    slider = vw.InterpolationSlider(PcaCodec(X), X[0], X[4], steps=12)
    slider.value = 1.0
    blank = BlankPage(page, slider)
    blank.root.get_by_text("frame 12 of 12").wait_for()
    blank.lose_kernel()
    frame = blank.root.bounding_box()
    box = blank.root.locator(".vw-film-current canvas").bounding_box()
    name, data = blank.save("Picture (PNG)")
    assert name == "interpolation.png"
    picture = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
    assert picture.shape[1] == round(frame["width"])
    tile = slider._shown.film.shown.tiles[-1, :, :, :3]
    zoom = int(box["height"] - 2) // tile.shape[0]
    left = round(box["x"] - frame["x"] + (box["width"] - zoom * tile.shape[1]) / 2)
    top = round(box["y"] - frame["y"] + (box["height"] - zoom * tile.shape[0]) / 2)
    middles = zoom * np.arange(len(tile)) + zoom // 2
    seen = picture[top + middles][:, left + middles]
    np.testing.assert_array_equal(seen, tile)
