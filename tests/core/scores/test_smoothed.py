import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vae_widgets.core.scores.smoothed import SmoothedScores

RNG = np.random.default_rng(0)
SCORES = RNG.gamma(2, size=500)
LABELS = np.where(RNG.random(500) < 0.3, np.nan, (RNG.random(500) < 0.2).astype(float))


def drawn(population, n_draws):
    rng = np.random.default_rng(1)
    parts = [population.draw(rng) for _ in range(n_draws)]
    return np.concatenate([scores for scores, _ in parts]), [labels for _, labels in parts]


def test_shares_at_a_threshold_are_those_of_many_draws():
    population = SmoothedScores(SCORES, LABELS)
    scores, parts = drawn(population, 400)
    labels = np.concatenate(parts)
    for threshold in (0.5, 2.0, 4.0, SCORES.max() + 0.5):
        flagged = scores >= threshold
        kinds = (labels == 0, labels == 1, np.isnan(labels))
        expected = [np.mean(flagged & kind) for kind in kinds]
        assert population.at_or_above(threshold) == pytest.approx(expected, abs=0.004)


def test_the_population_is_like_the_samples():
    scores, _ = drawn(SmoothedScores(SCORES, None), 200)
    at = np.linspace(0.05, 0.95, 19)
    assert np.quantile(scores, at) == pytest.approx(np.quantile(SCORES, at), rel=0.15, abs=0.05)
    # Scores beyond the highest occur, but not far beyond.
    assert SCORES.max() < scores.max() < 2 * SCORES.max()


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(-50, 50), min_size=2, max_size=60).filter(lambda x: len(set(x)) > 1),
    st.integers(0, 2**31),
)
def test_any_scores_and_labels_have_a_population(scores, seed):
    scores = np.array(scores, float)
    rng = np.random.default_rng(seed)
    labels = rng.choice([0, 1, np.nan], len(scores))
    population = SmoothedScores(scores, labels)
    some, their = population.draw(rng)
    assert np.isfinite(some).all()
    assert set(their[~np.isnan(their)]) <= set(labels[~np.isnan(labels)])
    shares = [sum(population.at_or_above(t)) for t in np.linspace(-200, 200, 41)]
    assert (np.diff(shares) <= 1e-12).all()
    assert shares[0] <= 1 + 1e-12
    assert shares[-1] >= 0
