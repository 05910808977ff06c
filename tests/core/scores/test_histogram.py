import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vae_widgets.core.scores.histogram import MAX_BINS, score_grid

FINITE = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e300, max_value=1e300)


def bins_of(grid):
    return (len(grid.thresholds) - 1) // grid.steps_per_bin


# Numbers of which neighbours differ by little more than the resolution of a float.
CLOSE = FINITE.flatmap(
    lambda at: st.lists(
        st.integers(-99, 99).map(lambda k: at + k * float(np.spacing(at))), min_size=1, max_size=50
    )
)


@given(st.lists(FINITE, min_size=1, max_size=50) | CLOSE, st.booleans())
@example([1.6e191, -5e-135], True)
@example([1.412678969169265e227, 1.4126789691692559e227], True)
def test_counts_are_exact_for_any_finite_scores(values, full_range):
    scores = np.sort(np.array(values))
    grid = score_grid([scores], full_range=full_range)
    assert (np.diff(grid.thresholds) > 0).all()
    assert (len(grid.thresholds) - 1) % grid.steps_per_bin == 0
    assert 1 <= bins_of(grid) <= MAX_BINS + 2
    expected = [np.count_nonzero(scores >= t) for t in grid.thresholds]
    assert grid.at_or_above[0].tolist() == expected
    if full_range:
        assert grid.thresholds[0] <= scores[0]
        assert grid.thresholds[-1] > scores[-1]


def test_bins_match_numpy():
    rng = np.random.default_rng(0)
    classes = [np.sort(rng.normal(0, 1, 500)), np.sort(rng.normal(3, 1, 40))]
    grid = score_grid(classes)
    edges = grid.thresholds[:: grid.steps_per_bin]
    for scores, counts in zip(classes, grid.at_or_above, strict=True):
        in_bins = -np.diff(counts[:: grid.steps_per_bin].astype(int))
        np.testing.assert_array_equal(in_bins, np.histogram(scores, edges)[0])


def test_thresholds_are_round_numbers():
    grid = score_grid([np.sort(np.random.default_rng(0).normal(150, 10, 1000))])
    step = grid.thresholds[1] - grid.thresholds[0]
    assert all(len(f"{t:.10f}".rstrip("0").split(".")[1]) <= 4 for t in grid.thresholds)
    assert step == pytest.approx(0.125, abs=0.1)


@pytest.mark.parametrize(("spread", "bars"), [(1e-6, 8), (1e-3, 10), (1, 10)])
def test_large_scores_that_differ_by_little_have_many_bars(spread, bars):
    scores = np.sort(1e9 + spread * np.random.default_rng(0).normal(size=500))
    grid = score_grid([scores])
    counts = -np.diff(grid.at_or_above[0][:: grid.steps_per_bin].astype(int))
    assert counts.sum() == 500
    assert np.count_nonzero(counts) >= bars


def test_an_extreme_outlier_does_not_squeeze_the_rest():
    scores = np.sort(np.append(np.random.default_rng(0).normal(size=500), 1e9))
    near, full = score_grid([scores]), score_grid([scores], full_range=True)
    assert near.clipped
    assert near.thresholds[-1] < 10
    assert near.at_or_above[0][-1] == 1
    assert not full.clipped
    assert full.thresholds[-1] > 1e9


def test_a_mild_tail_is_shown_whole():
    assert not score_grid([np.sort(np.random.default_rng(0).exponential(size=300))]).clipped


def test_scores_that_are_not_negative_have_no_bins_below_zero():
    scores = np.sort(np.random.default_rng(0).exponential(size=40))
    grid = score_grid([scores])
    assert grid.thresholds[0] == 0
    assert bins_of(grid) >= 10


@pytest.mark.parametrize("value", [0.0, 3.2, -5e7, 1e-12])
def test_identical_scores_lie_inside_the_picture(value):
    grid = score_grid([np.full(5, value)])
    assert grid.thresholds[0] <= value < grid.thresholds[-1]
    assert (grid.at_or_above[0][0], grid.at_or_above[0][-1]) == (5, 0)


def test_the_size_does_not_depend_on_the_number_of_scores():
    grid = score_grid([np.sort(np.random.default_rng(0).lognormal(size=100_000))])
    assert len(grid.thresholds) < 2000
