import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from vae_widgets.rendering import ImageRenderer, renderer_for


@given(hnp.arrays(np.float32, (2, 3, 4), elements=st.floats(-3, 3, width=32)))
def test_grey_levels_follow_the_value_and_are_opaque(images):
    tiles = ImageRenderer(vmin=-1, vmax=1)(images)
    assert tiles.shape == (2, 3, 4, 4)
    assert tiles.dtype == np.uint8
    expected = np.clip((images.astype(float) + 1) / 2 * 255, 0, 255)
    for channel in range(3):
        assert np.abs(tiles[..., channel] - expected).max() <= 0.501
    assert (tiles[..., 3] == 255).all()


def test_colour_alpha_and_flat_images():
    rgb = np.zeros((1, 2, 2, 3))
    rgb[..., 1] = 1
    assert (ImageRenderer()(rgb)[0, 0, 0] == [0, 255, 0, 255]).all()
    rgba = np.ones((1, 2, 2, 4))
    rgba[..., 3] = 0
    assert (ImageRenderer()(rgba)[0, 0, 0] == [255, 255, 255, 0]).all()
    flat = np.arange(6).reshape(1, 6) / 5
    assert ImageRenderer(shape=(2, 3))(flat)[0, 1, 2, 0] == 255


def test_invert_draws_ink_on_paper():
    assert (ImageRenderer(invert=True)(np.ones((1, 1, 1)))[0, 0, 0] == [0, 0, 0, 255]).all()


def test_nan_is_drawn_black_and_values_beyond_the_range_are_clipped():
    values = np.array([np.nan, -np.inf, -2, 0.2, 3, np.inf]).reshape(-1, 1, 1)
    assert ImageRenderer(0, 1)(values)[:, 0, 0, 0].tolist() == [0, 0, 0, 51, 255, 255]


def test_bad_input():
    with pytest.raises(ValueError, match=r"vmax must be above vmin=1"):
        ImageRenderer(vmin=1, vmax=1)
    with pytest.raises(TypeError, match="did you mean 'invert'"):
        ImageRenderer(inverted=True)
    with pytest.raises(ValueError, match=r"shape \(3, 5\).*expected images"):
        ImageRenderer()(np.zeros((3, 5)))
    with pytest.raises(ValueError, match=r"shape=\(8, 8\) needs samples of 64 numbers"):
        ImageRenderer(shape=(8, 8))(np.zeros((3, 81)))
    with pytest.raises(TypeError, match=r"shape must be \(height, width\)"):
        ImageRenderer(shape=(64,))


def test_flattened_colour_images():
    images = np.random.default_rng(0).random((2, 8, 9, 3))
    tiles = ImageRenderer(shape=(8, 9, 3))(images.reshape(2, -1))
    np.testing.assert_array_equal(tiles, ImageRenderer()(images))


def test_channels_first_is_recognised_and_both_remedies_work():
    images = np.random.default_rng(0).random((2, 3, 32, 32))
    with pytest.raises(ValueError, match=r"channels_first=True, or move them with np.moveaxis\(x"):
        ImageRenderer()(images)
    moved = ImageRenderer()(np.moveaxis(images, 1, -1))
    np.testing.assert_array_equal(ImageRenderer(channels_first=True)(images), moved)
    np.testing.assert_array_equal(renderer_for((3, 32, 32))(images), moved)
