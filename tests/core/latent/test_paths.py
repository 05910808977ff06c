import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial import geometric_slerp

from vae_widgets.core.latent.paths import arc, latent_path, line

T = np.linspace(0, 1, 13)
ENTRIES = st.floats(-20, 20).map(lambda x: 0.0 if abs(x) < 1e-3 else x)


def linear_path(start, end, t):
    return latent_path([start, end], t, line)


def slerp_path(start, end, t):
    return latent_path([start, end], t, arc)


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
    for path in (linear_path, slerp_path):
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


@given(st.integers(2, 6), st.integers(1, 5), st.integers(0, 1000))
def test_a_path_through_points_is_its_legs_one_after_the_other(m, dim, seed):
    points = np.random.default_rng(seed).normal(size=(m, dim))
    for leg in (line, arc):
        t = np.arange(10 * (m - 1) + 1) / (10 * (m - 1))
        path = latent_path(points, t, leg)
        for i in range(m - 1):
            expected = leg(points[i], points[i + 1], np.arange(11) / 10)
            np.testing.assert_allclose(path[10 * i : 10 * i + 11], expected, atol=1e-12)


def test_at_a_stop_is_exactly_its_point():
    points = np.random.default_rng(0).normal(size=(4, 3))
    stops = np.array([0, 5, 21, 63]) / 63
    for leg in (line, arc):
        path = latent_path(points, np.arange(64) / 63, leg, stops)
        np.testing.assert_array_equal(path[[0, 5, 21, 63]], points)
        # Halfway between stops is halfway on the leg.
        np.testing.assert_allclose(path[13], leg(points[1], points[2], np.array([0.5]))[0])


def test_arcs_through_quarter_turns_are_a_circle():
    points = [[1, 0], [0, 1], [-1, 0], [0, -1], [1, 0]]
    t = np.linspace(0, 1, 41)
    circle = np.array([np.cos(2 * np.pi * t), np.sin(2 * np.pi * t)]).T
    np.testing.assert_allclose(latent_path(points, t, arc), circle, atol=1e-15)


def test_a_path_rests_where_a_point_is_repeated():
    path = latent_path([[1, 2], [1, 2], [3, 4]], [0, 0.2, 0.5, 1], arc)
    np.testing.assert_array_equal(path, [[1, 2], [1, 2], [1, 2], [3, 4]])


@pytest.mark.parametrize(
    ("points", "t", "stops", "message"),
    [
        ([[0, np.nan], [0, 1]], T, None, "points has 1 NaN"),
        ([[0, 1]], T, None, r"points has shape \(1, 2\); expected \(m, latent_dim\), m >= 2"),
        ([0, 1], T, None, r"points has shape \(2,\)"),
        ([], T, None, "points is empty"),
        ([[0], [1]], [0.5, 1.5], None, r"t spans \[0.5, 1.5\]; expected positions in \[0, 1\]"),
        ([[0], [1]], [[0.5]], None, r"t has shape \(1, 1\); expected one dimension"),
        ([[0], [1], [2]], T, [0, 1], "expected 3 rising positions"),
        ([[0], [1], [2]], T, [0, 0, 1], "expected 3 rising positions"),
        ([[0], [1], [2]], T, [0, 0.5, 0.9], "expected 3 rising positions"),
    ],
)
def test_bad_input_is_named(points, t, stops, message):
    for leg in (line, arc):
        with pytest.raises(ValueError, match=message):
            latent_path(points, t, leg, stops)
