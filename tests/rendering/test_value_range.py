import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from vae_widgets.rendering import ImageRenderer, SignalRenderer, note_of, render_compared
from vae_widgets.rendering.value_range import data_range, pixel_range

DIGIT = np.linspace(0, 1, 64).reshape(1, 8, 8)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (DIGIT, (0, 1)),
        (0.3 * DIGIT, (0, 1)),  # dark, but within [0, 1]
        (DIGIT * (1 + 1e-6), (0, 1)),  # beyond by rounding
        (DIGIT > 0.5, (0, 1)),
        ((DIGIT * 255).astype("uint8"), (0, 255)),
        ((DIGIT * 100).astype("uint8"), (0, 255)),
        ((DIGIT > 0.5).astype("uint8"), (0, 1)),  # a mask
        ((DIGIT * 16).astype("uint8"), (0, 16)),  # scikit-learn's digits
        ((DIGIT * 4095).astype("uint16"), (0, 4095)),
        ((DIGIT * 60000).astype("uint16"), (0, 65535)),
        ((DIGIT * 255).astype("uint16"), (0, 255)),
        ((DIGIT * 9).astype("int64"), (0, 9)),  # class indices
        ((DIGIT * 255).astype("int64"), (0, 255)),
        ((DIGIT * 4000 - 1000).astype("int16"), (-1000, 3000)),  # Hounsfield units
        (np.zeros((2, 8, 8), "int64"), (0, 1)),
        (np.zeros((2, 8, 8), "uint8"), (0, 1)),
        (DIGIT * 255, (0, 255)),
        (4 * DIGIT - 2, (-2, 2)),
        (np.array([np.nan, -np.inf, 7.0, -3.0]), (-3, 7)),
        (np.full(4, 7.0), (6.5, 7.5)),
        (np.full(4, np.nan), (0, 1)),
    ],
)
def test_the_range_of_pixels(data, expected):
    assert pixel_range(data) == pytest.approx(expected)


@given(hnp.arrays(np.float64, hnp.array_shapes(max_dims=3), elements=st.floats(-1e9, 1e9)))
def test_the_range_of_data_is_found_in_blocks(data):
    assert data_range(data) == (data.min(), data.max())


def test_of_large_data_every_block_counts(monkeypatch):
    monkeypatch.setattr("vae_widgets.rendering.value_range._BLOCK", 8)
    data = np.zeros((50, 4))
    data[33, 2], data[49, 3], data[7, 0] = -5, 9, np.nan
    assert data_range(data) == (-5, 9)


@pytest.mark.parametrize("kind", ["uint8", "uint16", "int64"])
def test_integers_are_drawn_as_the_same_picture_in_0_to_1(kind):
    top = {"uint8": 255, "uint16": 65535, "int64": 255}[kind]
    tiles = ImageRenderer()((DIGIT * top).round().astype(kind))
    off = tiles.astype(int) - ImageRenderer()(DIGIT)
    assert np.abs(off).max() <= 1


def test_standardised_images_are_not_clipped():
    tiles = ImageRenderer()((DIGIT - 0.5) / 0.2)
    assert np.abs(tiles.astype(int) - ImageRenderer()(DIGIT)).max() <= 1


@pytest.mark.parametrize("kind", [ImageRenderer, SignalRenderer])
def test_one_range_for_all_that_is_drawn_after_the_data(kind):
    data = np.array([-1.0, 2.0]).repeat(32).reshape(1, 8, 8)
    fixed = kind().for_data(data)
    assert (fixed.vmin, fixed.vmax) == (-1, 2)
    assert fixed.for_data(100 * data) is fixed
    faint, strong = 0.1 * data, 0.9 * data
    assert not np.array_equal(fixed(faint), fixed(strong))
    # A tile does not depend on its neighbours.
    np.testing.assert_array_equal(fixed(np.concatenate([faint, strong]))[0], fixed(faint)[0])
    assert kind().vmin is None


def test_a_range_of_the_users_own_stays():
    assert ImageRenderer(vmin=-1, vmax=1).for_data(DIGIT * 9).vmax == 1
    half = ImageRenderer(vmax=4).for_data(DIGIT - 3)
    assert (half.vmin, half.vmax) == (-3, 4)


def test_residuals_have_the_range_of_the_data_and_zero_at_its_end():
    x = np.array([[[-2.0, 2.0], [0.0, 1.0]]])
    x_hat = np.array([[[-2.0, 0.0], [1.0, 1.0]]])
    tiles = render_compared(ImageRenderer(vmin=-2, vmax=2), x, x_hat)
    # |x - x_hat| = 0, 2, 1, 0, of 4 from black to white.
    np.testing.assert_array_equal(tiles[2, ..., 0], np.rint([[0, 127.5], [63.75, 0]]))
    assert (tiles[..., 3] == 255).all()
    rgba = np.ones((1, 8, 8, 4))
    assert (render_compared(ImageRenderer(), rgba, rgba)[2, ..., 3] == 255).all()


def test_the_range_is_told_where_it_is_not_obvious():
    assert note_of(ImageRenderer()) == ""
    assert note_of(ImageRenderer().for_data(DIGIT)) == ""
    assert note_of(ImageRenderer().for_data((DIGIT * 255).astype("uint8"))) == ""
    assert (
        note_of(ImageRenderer().for_data(4.5 * DIGIT - 2.25))
        == "black \N{MINUS SIGN}2.25, white 2.25"
    )
    inverted = ImageRenderer(invert=True).for_data((DIGIT * 4095).astype("uint16"))
    assert note_of(inverted) == "white 0, black 4,095"
    assert note_of(SignalRenderer().for_data(DIGIT * 1.9)) == "bottom 0, top 1.9"
    assert note_of(lambda batch: batch) == ""
