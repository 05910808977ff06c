import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vae_widgets.core.thresholds import percentile_threshold, top_k_threshold

SCORES = st.lists(st.integers(-4, 4).map(float), min_size=1, max_size=40)


def n_flagged(scores, threshold):
    return np.count_nonzero(np.asarray(scores) >= float(threshold))


@given(SCORES, st.integers(0, 100))
def test_a_percentile_flags_as_many_as_allowed_and_no_more(scores, percentile):
    flagged = n_flagged(scores, percentile_threshold(scores, percentile))
    # Whole numbers, so that the comparison is exact.
    possible = [n_flagged(scores, t) for t in scores] + [0]
    assert flagged == max(k for k in possible if 100 * k <= (100 - percentile) * len(scores))


@pytest.mark.parametrize(
    ("n", "percentile", "flagged"),
    [(100, 95, 5), (1000, 99.9, 1), (1000, 71, 290), (100_000, 99.999, 1), (10, 95, 0), (7, 0, 7)],
)
def test_distinct_scores_are_flagged_at_the_exact_rate(n, percentile, flagged):
    scores = np.random.default_rng(0).permutation(n) / 7
    assert n_flagged(scores, percentile_threshold(scores, percentile)) == flagged


def test_a_tie_across_the_cut_stays_unflagged():
    scores = [1.0] * 90 + [2.0] * 10
    assert percentile_threshold(scores, 95).threshold > 2  # flagging the tie would be 10 %, not 5 %
    assert percentile_threshold(scores, 90).threshold == 2


@given(SCORES, st.integers(1, 50))
def test_top_k_flags_as_many_as_allowed_and_no_more(scores, k):
    possible = [n_flagged(scores, t) for t in scores] + [0]
    chosen = top_k_threshold(scores, k)
    assert n_flagged(scores, chosen) == max(count for count in possible if count <= k)


def test_the_explanation_says_what_was_promised():
    text = percentile_threshold(np.arange(200.0), 95).explanation
    assert text == "Flags at most the top 5 % of 200 samples."
    assert percentile_threshold(np.arange(9.0), 95).explanation.endswith("room for none.")


def test_a_tie_that_leaves_no_room_is_told_of():
    for chosen in (percentile_threshold([1, 2, 3, 3], 50 + 1), top_k_threshold([1, 2, 3, 3], 1)):
        assert chosen.threshold > 3
        assert ": none, for the highest score is that of 2 samples." in chosen.explanation
    for chosen in (percentile_threshold([1, 2, 2, 3], 50), top_k_threshold([1, 2, 3, 3], 2)):
        assert "none" not in chosen.explanation
