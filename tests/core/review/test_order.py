import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vae_widgets.core.review.order import ORDERS, review_order


def everything(ranks):
    return np.ones(len(ranks), bool)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 20), min_size=1, max_size=60),
    st.integers(-1, 22),
    st.integers(1, 70),
    st.sampled_from(ORDERS),
    st.randoms(use_true_random=False),
)
def test_it_is_the_order_of_a_full_sort(scores, threshold, size, order, random):
    scores = np.sort(np.array(scores, float))
    closed = {i for i in range(len(scores)) if random.random() < 0.4}
    left = [i for i in range(len(scores)) if i not in closed]
    is_open = lambda ranks: np.array([rank not in closed for rank in ranks], bool)  # noqa: E731
    found = review_order(order, scores, threshold, size, is_open).tolist()
    assert len(set(found)) == len(found)
    if order == "highest":
        assert found == left[::-1][:size]
    elif order == "nearest":
        distances = sorted(abs(scores[i] - threshold) for i in left)
        assert [abs(scores[i] - threshold) for i in found] == distances[:size]
        assert set(found) <= set(left)
    else:
        flagged = [i for i in left if scores[i] >= threshold]
        assert set(found) <= set(flagged)
        assert len(found) == min(size, len(flagged))


def test_every_flagged_sample_is_as_likely_to_be_drawn():
    scores = np.arange(60.0)
    drawn = np.zeros(60)
    for seed in range(1000):
        drawn[review_order("random", scores, 40, 5, everything, seed)] += 1
    assert drawn[:40].sum() == 0
    # Each is binomial with mean 250 and deviation 13.7.
    assert np.abs(drawn[40:] - 250).max() < 4 * 13.7
    again = review_order("random", scores, 40, 5, everything, 7)
    assert again.tolist() == review_order("random", scores, 40, 5, everything, 7).tolist()


@pytest.mark.parametrize("order", ORDERS)
def test_of_many_scores_few_are_looked_at(order):
    scores = np.arange(1_000_000.0)
    looked_at = []

    def is_open(ranks):
        looked_at.extend(ranks)
        return ranks % 2 == 0

    assert len(review_order(order, scores, 950_000, 100, is_open)) == 100
    assert len(looked_at) < 1000
