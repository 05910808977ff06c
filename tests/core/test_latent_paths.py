import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial import geometric_slerp

from vae_widgets.core.latent_paths import PATHS, linear_path, slerp_path

T = np.linspace(0, 1, 13)
ENTRIES = st.floats(-20, 20).map(lambda x: 0.0 if abs(x) < 1e-3 else x)


@st.composite
def pairs(draw, min_dim=1):
    dim = draw(st.integers(min_dim, 12))
    return tuple(draw(arrays(np.float64, dim, elements=ENTRIES)) for _ in range(2))


def angle(a, b):
    """The angle between vectors, without the loss of arccos near 0 and pi."""
    a, b = a / np.linalg.norm(a), b / np.linalg.norm(b)
    return 2 * np.arctan2(np.linalg.norm(a - b), np.linalg.norm(a + b))


@given(pairs())
def test_both_paths_reproduce_their_ends_exactly(ends):
    for path in PATHS.values():
        points = path(*ends, T)
        assert points.shape == (len(T), len(ends[0]))
        np.testing.assert_array_equal(points[[0, -1]], ends)
        assert np.isfinite(points).all()


@given(pairs(min_dim=2))
def test_slerp_of_unit_vectors_is_scipys(ends):
    assume(all(np.linalg.norm(end) for end in ends))
    a, b = (end / np.linalg.norm(end) for end in ends)
    assume(1e-3 < angle(a, b) < np.pi - 1e-3)  # scipy's own formula loses digits beyond
    np.testing.assert_allclose(slerp_path(a, b, T), geometric_slerp(a, b, T), atol=1e-9)


@given(pairs(min_dim=2))
def test_slerp_turns_at_a_constant_rate_and_its_length_grows_linearly(ends):
    a, b = ends
    assume(np.linalg.norm(a) and np.linalg.norm(b))
    points = slerp_path(a, b, T)
    whole = angle(a, b)
    lengths = np.linalg.norm(points, axis=1)
    expected = (1 - T) * np.linalg.norm(a) + T * np.linalg.norm(b)
    np.testing.assert_allclose(lengths, expected, rtol=1e-9)
    np.testing.assert_allclose([angle(a, p) for p in points], T * whole, atol=1e-8)
    np.testing.assert_allclose([angle(p, b) for p in points], (1 - T) * whole, atol=1e-8)


def test_slerp_over_a_right_angle_is_a_quarter_circle():
    points = slerp_path([1, 0], [0, 2], T)
    quarter = (1 + T) * np.array([np.cos(T * np.pi / 2), np.sin(T * np.pi / 2)])
    np.testing.assert_allclose(points, quarter.T, atol=1e-15)


@given(st.integers(2, 9), st.integers(0, 1000), st.floats(0.1, 10))
def test_opposite_vectors_go_around_the_origin(dim, seed, stretch):
    a = np.random.default_rng(seed).normal(size=dim)
    a /= np.linalg.norm(a)
    points = slerp_path(a, -stretch * a, T)
    np.testing.assert_allclose([angle(a, p) for p in points], T * np.pi, atol=1e-7)
    # Halfway it points along the axis on which `a` is smallest, as far as a right angle allows.
    axis = np.eye(dim)[np.argmin(np.abs(a))]
    sideways = axis - (axis @ a) * a
    np.testing.assert_allclose(angle(points[6], sideways), 0, atol=1e-7)


@pytest.mark.parametrize("offset", [0, 1e-15, 1e-12, 1e-9, 1e-6, 1e-3])
@pytest.mark.parametrize("sign", [1, -1])
def test_nearly_parallel_and_nearly_opposite_vectors_keep_their_length(offset, sign):
    a = np.array([3.0, 4.0, 0.0])
    b = sign * np.array([3.0, 4.0, offset])
    points = slerp_path(a, b, T)
    np.testing.assert_allclose(np.linalg.norm(points, axis=1), 5, rtol=1e-6)
    if sign == 1:
        np.testing.assert_allclose(points, linear_path(a, b, T), atol=1e-6)


@pytest.mark.parametrize(
    ("a", "b"),
    [([0, 0], [3, 4]), ([3, 4], [0, 0]), ([0, 0], [0, 0]), ([1, 1], [3, 3]), ([2], [-3])],
)
def test_slerp_is_the_straight_line_where_there_is_no_arc(a, b):
    straight = np.outer(1 - T, a) + np.outer(T, b)
    np.testing.assert_allclose(slerp_path(a, b, T), straight, atol=1e-12)


@given(pairs())
def test_linear_is_the_straight_line(ends):
    a, b = ends
    np.testing.assert_allclose(linear_path(a, b, T), np.outer(1 - T, a) + np.outer(T, b))


def test_tiny_vectors_keep_their_direction():
    points = slerp_path([1e-200, 0], [0, 1e-200], [0.5])
    np.testing.assert_allclose(points, [[np.sqrt(0.5) * 1e-200] * 2], rtol=1e-12)


@pytest.mark.parametrize("path", PATHS.values())
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([0, np.nan], [0, 1], T), "start has 1 NaN"),
        (([0, 1], [0, 1, 2], T), r"end has shape \(3,\); expected that of start, \(2,\)"),
        (([[0, 1]], [0, 1], T), r"start has shape \(1, 2\); expected one dimension"),
        (([0, 1], [0, 1], [0.5, 1.5]), r"t spans \[0.5, 1.5\]; expected positions in \[0, 1\]"),
        (([], [], T), "start is empty"),
    ],
)
def test_bad_input_is_named(path, arguments, message):
    with pytest.raises(ValueError, match=message):
        path(*arguments)
