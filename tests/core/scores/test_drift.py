import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from vae_widgets.core.scores.drift import ks_distance, population_stability, reference_quantiles
from vae_widgets.core.scores.policy import ThresholdPolicy

FEW = st.lists(st.integers(-4, 4).map(float), min_size=1, max_size=50)


@given(FEW, FEW)
def test_with_few_reference_scores_the_distance_is_exact(reference, scores):
    distance, _ = ks_distance(reference_quantiles(reference), len(reference), np.array(scores))
    expected = max(
        abs(np.mean(np.array(reference) <= x) - np.mean(np.array(scores) <= x))
        for x in range(-4, 5)
    )
    assert distance == pytest.approx(expected)


@pytest.mark.parametrize("shift", [0.0, 0.1, 0.3])
def test_with_many_it_is_close(shift):
    rng = np.random.default_rng(0)
    reference, scores = rng.normal(size=20_000), rng.normal(size=3000) + shift
    found = ks_distance(reference_quantiles(reference), len(reference), scores)
    exact = stats.ks_2samp(reference, scores, method="asymp")
    assert found[0] == pytest.approx(exact.statistic, abs=0.002)
    assert np.log10(found[1]) == pytest.approx(np.log10(exact.pvalue), rel=0.2, abs=0.1)


@pytest.mark.parametrize("of", [[3.0] * 1000, np.repeat([1.0, 2.0], 500), np.arange(1000) % 7])
def test_the_same_scores_are_no_distance_away_even_with_ties(of):
    distance, p_value = ks_distance(reference_quantiles(of), len(of), np.array(of, float))
    assert distance < 0.0051  # one quantile
    assert p_value == pytest.approx(1)


@given(FEW, FEW)
def test_population_stability_matches_its_definition(reference, scores):
    # The k-th decile: the lowest score with k tenths of all at or below it.
    up_to = {score: sum(other <= score for other in reference) for score in reference}
    edges = sorted(
        {
            min(score for score in reference if 10 * up_to[score] >= k * len(reference))
            for k in range(1, 10)
        }
    )
    cells = []
    for low, high in itertools.pairwise([-np.inf, *edges, np.inf]):
        if reference.count(high) > 1:  # a tie, which is a cell of its own
            cells += [
                lambda value, low=low, high=high: low < value < high,
                lambda value, high=high: value == high,
            ]
        else:
            cells.append(lambda value, low=low, high=high: low < value <= high)
    total = 0.0
    for cell in cells:
        e, a = (max(1e-4, sum(map(cell, of)) / len(of)) for of in (reference, scores))
        total += (a - e) * np.log(a / e)
    found = population_stability(reference_quantiles(reference), np.array(scores))
    assert found == pytest.approx(total)


@pytest.mark.parametrize(
    ("reference", "scores"),
    [
        ([0.0] * 150 + [1.0] * 150, [-50.0] * 150 + [0.001] * 150),
        ([1.0] * 300, [0.0] * 300),
        ([1.0] * 300, [2.0] * 300),
    ],
)
def test_scores_beside_ties_are_not_taken_for_them(reference, scores):
    assert population_stability(reference_quantiles(reference), np.array(scores)) > 1
    policy = ThresholdPolicy(20.0, n_scores=300, reference=reference_quantiles(reference))
    assert policy.replay(scores).drifted
    assert not policy.replay(reference).drifted
