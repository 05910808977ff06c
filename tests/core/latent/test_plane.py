import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vae_widgets.core.latent.plane import grid_points, on_plane, padded_bounds


@given(
    arrays(
        np.float32, st.tuples(st.integers(1, 20), st.just(2)), elements=st.floats(-9, 9, width=32)
    )
)
def test_bounds_hold_all_positions_strictly(positions):
    x_min, x_max, y_min, y_max = padded_bounds(positions)
    x, y = positions.T.astype(np.float64)
    assert x_min < x.min() <= x.max() < x_max
    assert y_min < y.min() <= y.max() < y_max


def test_bounds_are_wider_by_the_padding():
    assert padded_bounds([[0, 5], [10, 5]], padding=0.1) == (-1, 11, 4, 6)


def test_points_are_the_centres_of_cells_from_the_top_left():
    points = grid_points((0, 6, 10, 14), columns=3, rows=2)
    np.testing.assert_allclose(points, [[1, 13], [3, 13], [5, 13], [1, 11], [3, 11], [5, 11]])


@pytest.mark.parametrize("dims", [(0, 1), (2, 0)])
def test_points_replace_the_shown_coordinates_only(dims):
    z = on_plane([[1, 2], [3, 4]], dims, slice_at=[7, 8, 9])
    assert z.dtype == np.float32
    expected = np.array([[7, 8, 9], [7, 8, 9]])
    expected[:, dims[0]] = [1, 3]
    expected[:, dims[1]] = [2, 4]
    np.testing.assert_array_equal(z, expected)


def test_with_one_dimension_y_has_no_meaning():
    np.testing.assert_array_equal(on_plane([[1, 2], [3, 4]], (0,), [7]), [[1], [3]])
