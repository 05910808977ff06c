import re
import sys

import numpy as np
import pandas as pd
import pytest

from tests.support.pca_codec import digits
from vae_widgets.rendering import (
    ImageRenderer,
    Renderer,
    SignalRenderer,
    TableRenderer,
    TextRenderer,
    check_renderer,
    detail_of,
    note_of,
    render,
    render_compared,
    renderer_for,
)
from vae_widgets.rendering.renderer import drawings_of
from vae_widgets.rendering.sound import sound_of


@pytest.mark.parametrize(
    ("shape", "kind"),
    [
        ((8, 8), ImageRenderer),
        ((28, 28, 1), ImageRenderer),
        ((64, 48, 3), ImageRenderer),
        ((3, 28, 28), ImageRenderer),
        ((784,), SignalRenderer),
        ((64,), SignalRenderer),
        ((81,), SignalRenderer),
        ((100,), SignalRenderer),
        ((128, 2), SignalRenderer),
        ((31,), TableRenderer),
        ((16,), TableRenderer),
        ((5, 5, 2), SignalRenderer),
    ],
)
def test_renderer_for_draws_samples_of_that_shape(shape, kind):
    renderer = renderer_for(shape)
    assert isinstance(renderer, kind)
    assert isinstance(renderer, Renderer)
    tiles = render(renderer, np.random.default_rng(0).random((3, *shape)))
    assert tiles.shape[0] == 3


def test_a_wrong_renderer_is_named():
    with pytest.raises(TypeError, match=r"renderer must be callable.*received int"):
        check_renderer(3, (8, 8))
    with pytest.raises(TypeError, match=r"renderer returned float64 of shape \(2, 8, 8\)"):
        render(lambda batch: batch, np.zeros((2, 8, 8)))
    with pytest.raises(ValueError, match="1 tiles for 2 samples"):
        render(lambda batch: np.zeros((1, 8, 8, 4), np.uint8), np.zeros((2, 8, 8)))


def test_a_renderer_without_pixels_is_named():
    with pytest.raises(TypeError, match=r"renderer returned uint8 of shape \(2, 0, 8, 4\)"):
        render(lambda batch: np.zeros((2, 0, 8, 4), np.uint8), np.zeros((2, 8, 8)))


def test_tiles_of_different_shapes_are_named():
    with pytest.raises(TypeError, match=r"list of arrays of different shapes; expected uint8 RGBA"):
        render(lambda batch: [np.zeros((4, 4)), np.zeros((4, 5))], np.zeros((2, 8, 8)))


def test_a_renderer_cannot_end_the_kernel():
    class Exits:
        def __call__(self, batch):
            return np.zeros((len(batch), 4, 4, 4), np.uint8)

        def leave(self, *_):
            sys.exit(2)

        detail = difference = for_data = leave

    x = np.zeros((2, 8, 8))
    for call in (
        lambda: render(lambda batch: sys.exit(2), x),
        lambda: render_compared(Exits(), x, x),
        lambda: detail_of(Exits(), x[0]),
        lambda: sound_of(Exits(), x[0]),
        lambda: check_renderer(Exits(), (8, 8), x),
    ):
        with pytest.raises(RuntimeError, match=r"renderer failed: SystemExit: 2"):
            call()


def test_a_renderer_that_calls_itself_without_end_is_a_short_error():
    def draw(batch):
        return draw(batch)

    with pytest.raises(RuntimeError, match=r"renderer failed: RecursionError: maximum") as raised:
        render(draw, np.zeros((2, 8, 8)))
    assert not isinstance(raised.value, RecursionError)


def test_a_renderer_may_change_its_batch():
    class Scaling:
        def __call__(self, batch):
            batch -= batch.mean()
            return np.zeros((len(batch), 4, 4, 4), np.uint8)

        def difference(self, x, x_hat):
            x -= x_hat
            return self(x)

    x, x_hat = np.ones((2, 8, 8)), np.zeros((2, 8, 8))
    render(Scaling(), x)
    render_compared(Scaling(), x, x_hat)
    np.testing.assert_array_equal(x, np.ones((2, 8, 8)))


def test_the_users_renderer_is_kept():
    mine = ImageRenderer(invert=True)
    assert check_renderer(mine, (8, 8)) is mine


def test_a_flat_vector_says_how_to_draw_it_as_a_picture():
    note = note_of(renderer_for((784,)))
    assert note == "for pictures pass renderer=vw.ImageRenderer(shape=(28, 28))"
    flat = np.random.default_rng(0).random((3, 784))
    with pytest.raises(ValueError, match=re.escape("pass vw.ImageRenderer(shape=(28, 28)).")):
        ImageRenderer()(flat)
    tiles = ImageRenderer(shape=(28, 28))(flat)  # as the note and the message say
    np.testing.assert_array_equal(tiles, ImageRenderer()(flat.reshape(3, 28, 28)))
    assert note_of(renderer_for((50,))) == ""


def test_signals_of_square_lengths_are_not_taken_for_pictures():
    pictures = digits()[0].reshape(-1, 64)
    assert "shape=(8, 8)" in note_of(check_renderer(None, (64,), pictures))
    assert "shape=(8, 8)" in note_of(check_renderer(None, (64,), pictures - pictures.mean(axis=0)))
    random = np.random.default_rng(0)
    for length in (64, 256, 784, 1024):
        time = np.linspace(0, 1, length)
        phase = random.random((200, 1))
        waves = np.sin(2 * np.pi * (random.integers(1, 6, (200, 1)) * time + phase))
        peaks = np.exp(-((((5 * time + phase) % 1) - 0.5) ** 2) / 0.002)
        walks = np.cumsum(random.normal(size=(200, length)), axis=1)
        for signals in (waves, peaks, walks, random.random((200, length)), np.full((3, length), 2)):
            assert "ImageRenderer" not in note_of(check_renderer(None, (length,), signals))
    assert note_of(renderer_for((64,))) == note_of(renderer_for((1024,))) == ""


def test_data_choose_the_renderer_where_their_shape_says_too_little():
    frame = pd.DataFrame(np.zeros((4, 100)), columns=[f"f{i}" for i in range(100)])
    assert check_renderer(None, (100,), frame).columns[99] == "f99"
    assert isinstance(check_renderer(None, (), np.array(["a", "bc"])), TextRenderer)
    assert isinstance(check_renderer(None, (), np.array(["a", "bc"], object)), TextRenderer)


def test_a_codec_brings_its_renderer():
    class Codec:
        renderer = ImageRenderer(invert=True)

    assert check_renderer(None, (8, 8), codec=Codec()) is Codec.renderer
    assert not check_renderer(ImageRenderer(), (8, 8), codec=Codec()).invert


def test_a_function_draws_residuals_like_samples_in_one_batch():
    seen = []

    def own(batch):
        seen.append(batch)
        return np.zeros((len(batch), 2, 2, 4), np.uint8)

    x, x_hat = np.array([[1.0, 5.0]]), np.array([[2.0, 3.0]])
    assert len(render_compared(own, x, x_hat)) == 3
    np.testing.assert_array_equal(seen[0], [[1, 5], [2, 3], [1, 2]])


def test_equal_samples_are_drawn_once_and_one_without_a_drawing_has_none():
    asked = []

    class Renderer:
        def __call__(self, batch):
            return np.zeros((len(batch), 8, 8, 4), np.uint8)

        def svg(self, sample):
            asked.append(float(sample[0]))
            if sample[0] < 0:
                raise ValueError("nothing to draw")
            return f"<svg>{sample[0]:g}</svg>"

    batch = np.array([[1.0], [2.0], [1.0], [-1.0]])
    assert drawings_of(Renderer(), batch) == ["<svg>1</svg>", "<svg>2</svg>", "<svg>1</svg>", ""]
    assert asked == [1, 2, -1]
    assert drawings_of(ImageRenderer(), batch) == []
