import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import precision_score

from vae_widgets.core.intervals import wilson_interval
from vae_widgets.core.review_precision import reviewed_precision


def estimate(scores, labels, thresholds, **options):
    scores, labels = np.asarray(scores, float), np.asarray(labels, float)
    parts = (scores, scores[labels == 0], scores[labels == 1])
    return reviewed_precision(*map(np.sort, parts), thresholds, **options)


def stratum_of(scores):
    """Return the stratum of each score by its rank, ties with the lowest of them."""
    n = len(scores)
    edges = [-math.inf]
    k = 1
    while n / 2**k >= 8:
        edges.append(np.sort(scores)[n - math.ceil(n / 2**k)])
        k += 1
    return np.array([max(i for i, edge in enumerate(edges) if score >= edge) for score in scores])


def brute_force(scores, labels, threshold):
    """Weigh each labelled flagged sample by N_h / n_h; return weights, and the share covered."""
    flagged = scores >= threshold
    strata = stratum_of(scores)
    weights = np.zeros(len(scores))
    covered = 0
    for h in np.unique(strata):
        inside = flagged & (strata == h)
        known = inside & ~np.isnan(labels)
        if known.any():
            weights[known] = inside.sum() / known.sum()
            covered += inside.sum()
    return weights, covered / max(1, flagged.sum())


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 200), st.integers(0, 2**31), st.floats(0.02, 1))
def test_it_is_the_precision_with_inverse_probability_weights(n, seed, share_labelled):
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, 40, n).astype(float)  # with ties
    labels = np.where(rng.random(n) < share_labelled, rng.random(n) < scores / 40, np.nan)
    threshold = float(rng.integers(-1, 42))
    found = estimate(scores, labels, threshold)
    weights, covered = brute_force(scores, labels, threshold)
    flagged = scores >= threshold
    known = flagged & ~np.isnan(labels)
    assert (found.n_flagged[0], found.n_labelled[0]) == (flagged.sum(), known.sum())
    if not known.any():
        assert np.isnan(found.precision[0])
        assert (found.low[0], found.high[0]) == (0, 1)
        return
    expected = precision_score(
        labels[known] == 1, np.ones(known.sum()), sample_weight=weights[known], zero_division=np.nan
    )
    assert found.precision[0] == pytest.approx(expected)
    assert found.covered[0] == pytest.approx(covered)
    assert 0 <= found.low[0] <= found.high[0] + 1e-12 <= 1 + 1e-12


def test_with_every_label_it_is_the_precision_itself():
    rng = np.random.default_rng(0)
    scores = rng.normal(size=500)
    labels = rng.random(500) < 0.3
    thresholds = np.sort(scores)[::50]
    found = estimate(scores, labels, thresholds)
    exact = [labels[scores >= t].mean() for t in thresholds]
    assert found.precision == pytest.approx(exact)
    assert found.low == pytest.approx(exact)
    assert found.high == pytest.approx(exact)
    assert found.covered == pytest.approx(1)


def test_the_interval_by_hand():
    # 64 scores: strata of 32, 16, 8 and the top 8. All are flagged; 4 + 2 labels, two strata bare.
    scores = np.arange(64.0)
    labels = np.full(64, np.nan)
    labels[[0, 10, 20, 30]] = [0, 0, 0, 1]
    labels[[32, 47]] = [1, 1]
    found = estimate(scores, labels, 0)
    assert found.precision[0] == pytest.approx((32 * 1 / 4 + 16 * 1) / 48)
    assert found.covered[0] == 48 / 64
    effective = 1 / ((32 / 48) ** 2 * (1 - 4 / 32) / 4 + (16 / 48) ** 2 * (1 - 2 / 16) / 2)
    low, high = wilson_interval(0.5 * effective, effective)
    assert (found.low[0], found.high[0]) == pytest.approx((0.75 * low, 0.75 * high + 0.25))


def test_nothing_flagged_and_a_single_score():
    found = estimate([1.0, 2.0], [0, 1], [3.0])
    assert np.isnan(found.precision[0])
    assert np.isnan(found.covered[0])
    assert estimate([5.0], [1], [5.0]).precision[0] == 1


def test_a_random_review_is_unbiased_and_the_interval_holds_the_truth():
    rng = np.random.default_rng(3)
    n, flagged = 4000, 800
    scores = np.sort(rng.gamma(2, size=n))
    chance = np.clip((np.arange(n) - 3000) / 1000, 0, 1) ** 0.5  # higher scores are worse
    anomalous = rng.random(n) < chance
    threshold = scores[-flagged]
    truth = anomalous[-flagged:].mean()
    estimates, holds, near = [], 0, []
    for _ in range(300):
        reviewed = n - flagged + rng.choice(flagged, 60, replace=False)
        labels = np.full(n, np.nan)
        labels[reviewed] = anomalous[reviewed]
        found = estimate(scores, labels, threshold)
        estimates.append(found.precision[0])
        holds += found.low[0] <= truth <= found.high[0]
        # Beside them the 60 just above the threshold, where there are more false alarms.
        labels[-flagged:][:60] = anomalous[-flagged:][:60]
        known = labels[-flagged:]
        near.append((np.nanmean(known), estimate(scores, labels, threshold).precision[0]))
    assert np.mean(estimates) == pytest.approx(truth, abs=0.01)
    assert holds / 300 >= 0.93
    plain, corrected = np.abs(np.array(near) - truth).mean(axis=0)
    assert corrected < 0.7 * plain


def test_confidence_is_a_share():
    with pytest.raises(ValueError, match="confidence must lie between 0 and 1"):
        estimate([1.0], [1], 1.0, confidence=95)


def test_the_estimate_lies_in_its_interval_with_every_flagged_sample_known():
    scores = np.arange(100.0)
    for n_anomalous in range(19):
        flagged = scores[-18:]
        found = reviewed_precision(scores, flagged[n_anomalous:], flagged[:n_anomalous], 82.0)
        assert found.low[0] <= found.precision[0] <= found.high[0]
