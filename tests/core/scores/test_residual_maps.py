import numpy as np
import pytest
from scipy.ndimage import convolve1d

import vae_widgets as vw

RNG = np.random.default_rng(0)


def test_maps_are_in_deviations_of_normal_samples_at_each_place():
    deviations = np.array([0.1, 1.0, 10.0])
    normal = 5 + deviations * RNG.normal(size=(200, 3))
    residuals = np.array([[6.0, 6.0, 6.0], [4.0, 5.0, 5.0]])
    expected = np.empty((2, 3))
    for place in range(3):
        column = normal[:, place]
        for sample in range(2):
            expected[sample, place] = (residuals[sample, place] - column.mean()) / column.std()
    np.testing.assert_allclose(vw.residual_maps(residuals, normal), expected)
    # Those of the normal samples themselves have mean 0 and deviation 1 at each place.
    own = vw.residual_maps(normal, normal, smooth=2)
    np.testing.assert_allclose(own.mean(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(own.std(axis=0), 1)


def gaussian(x, smooth, axis):
    """Smooth along one axis by the formula, as far as 4 deviations."""
    steps = np.arange(-int(4 * smooth + 0.5), int(4 * smooth + 0.5) + 1)
    weights = np.exp(-(steps**2) / (2 * smooth**2))
    return convolve1d(x, weights / weights.sum(), axis, mode="nearest")


@pytest.mark.parametrize(
    ("shape", "axes"),
    [((30,), (1,)), ((30, 2), (1,)), ((9, 10), (1, 2)), ((9, 10, 1), (1, 2)), ((9, 8, 3), (1, 2))],
)
def test_time_or_height_and_width_are_smoothed_and_no_channels(shape, axes):
    normal, residuals = RNG.normal(size=(20, *shape)), RNG.normal(size=(3, *shape))
    smoothed = [normal, residuals]
    for axis in axes:
        smoothed = [gaussian(x, 1.5, axis) for x in smoothed]
    expected = vw.residual_maps(smoothed[1], smoothed[0])
    np.testing.assert_allclose(vw.residual_maps(residuals, normal, smooth=1.5), expected)


def test_places_where_normal_samples_are_all_alike_are_left_out():
    normal = np.array([[1.0, 0.3], [-1.0, 0.3], [2.0, 0.3]])
    maps = vw.residual_maps([[1.0, 9.0]], normal)
    assert maps[0, 0] != 0
    assert maps[0, 1] == 0
    np.testing.assert_array_equal(vw.residual_maps([[1.0]], [[2.0], [2.0]]), [[0.0]])


@pytest.mark.parametrize(
    ("residuals", "normal", "smooth", "message"),
    [
        (np.zeros((2, 3)), np.zeros((1, 3)), 0, r"normal has shape \(1, 3\); expected .* two"),
        (np.zeros((2, 3)), np.zeros(3), 0, r"normal has shape \(3,\)"),
        (np.zeros((2, 4)), np.zeros((5, 3)), 0, r"residuals .*\(2, 4\)"),
        (np.full((2, 3), np.nan), np.zeros((5, 3)), 0, "residuals"),
        (np.zeros((2, 3)), np.zeros((5, 3)), -1, "smooth"),
    ],
)
def test_what_does_not_fit_is_named(residuals, normal, smooth, message):
    with pytest.raises(ValueError, match=message):
        vw.residual_maps(residuals, normal, smooth=smooth)
