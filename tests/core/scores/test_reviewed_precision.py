import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vae_widgets.core.scores.intervals import wilson_interval
from vae_widgets.core.scores.labelled_scores import LabelledScores
from vae_widgets.core.scores.reviewed_precision import precision_text, reviewed_precision


def estimate(n_flagged, labelled, drawn, **options):
    def as_arrays(counts):
        return tuple(np.array([count]) for count in counts)

    return reviewed_precision(
        np.array([n_flagged]), as_arrays(labelled), as_arrays(drawn), **options
    )


def test_drawn_samples_stand_for_the_rest_and_others_for_themselves():
    # Of 100 flagged 10 are known, 8 of them anomalous; of the other 90 are 20 drawn, 5 anomalous.
    found = estimate(100, (2 + 15, 8 + 5), (15, 5))
    assert found.precision[0] == pytest.approx((8 + 90 * 5 / 20) / 100)
    effective = 20 / (1 - 20 / 90)
    low, high = wilson_interval(effective / 4, effective)
    assert found.low[0] == pytest.approx((8 + 90 * low) / 100)
    assert found.high[0] == pytest.approx((8 + 90 * high) / 100)
    assert (found.covered[0], found.n_labelled[0], found.n_drawn[0]) == (1, 30, 20)
    assert "0.305, 95 % interval" in precision_text(found)
    assert precision_text(found).endswith("judged by 20 drawn at random.")


def test_without_a_draw_nothing_is_known_of_the_rest():
    found = estimate(100, (2, 8), (0, 0))
    assert np.isnan(found.precision[0])
    assert (found.low[0], found.high[0], found.covered[0]) == (0.08, 0.98, 0.1)
    assert precision_text(found) == (
        "Precision of all 100 flagged: from 0.080 to 0.980. The 10 labelled samples were not "
        "drawn at random, so they say nothing about the others. Review some in random order for an "
        "estimate."
    )
    assert (
        "The 1 labelled sample was not drawn at random, so it says nothing about"
        in precision_text(estimate(9, (0, 1), (0, 0)))
    )
    assert (
        precision_text(estimate(9, (0, 0), (0, 0))) == "9 flagged samples, none with a label yet."
    )


def test_with_every_label_it_is_the_precision_itself():
    for labelled, drawn in (((6, 4), (0, 0)), ((6, 4), (3, 1)), ((6, 4), (6, 4))):
        found = estimate(10, labelled, drawn)
        assert found.precision[0] == found.low[0] == found.high[0] == pytest.approx(0.4)
        assert precision_text(found) == (
            "Precision of all 10 flagged: 0.400; all of them have a label."
        )


def test_nothing_flagged():
    found = estimate(0, (0, 0), (0, 0))
    assert np.isnan(found.precision[0])
    assert (found.low[0], found.high[0]) == (0, 1)
    assert "undefined" in precision_text(found)


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 20), st.integers(0, 20), st.data())
def test_the_estimate_lies_in_its_interval(n_unknown, n_known, normal, anomalous, data):
    known = data.draw(st.integers(0, n_known))
    labelled = (normal + n_known - known, anomalous + known)
    found = estimate(n_unknown + sum(labelled), labelled, (normal, anomalous))
    low, high = found.low[0], found.high[0]
    assert 0 <= low <= high <= 1 + 1e-12
    if not np.isnan(found.precision[0]):
        assert low - 1e-12 <= found.precision[0] <= high + 1e-12


def population(rng, n=4000, flagged=800):
    scores = np.sort(rng.gamma(2, size=n))
    chance = np.clip((np.arange(n) - 3000) / 1000, 0, 1) ** 0.5  # higher scores are worse
    return scores, (rng.random(n) < chance).astype(float), scores[-flagged]


@pytest.mark.parametrize("before", ["nothing", "the nearest", "the highest"])
def test_a_random_review_is_unbiased_whatever_was_labelled_before(before):
    rng = np.random.default_rng(3)
    scores, anomalous, threshold = population(rng)
    truth = anomalous[-800:].mean()
    estimates, holds = [], []
    for _ in range(200):
        data = LabelledScores(scores)
        first = {"nothing": [], "the nearest": range(3200, 3260), "the highest": range(3940, 4000)}
        rows = np.array(first[before], int)
        data.label(rows, anomalous[rows])
        rest = np.setdiff1d(np.arange(3200, 4000), rows)
        drawn = rng.choice(rest, 60, replace=False)
        data.label(drawn, anomalous[drawn], np.full(60, threshold))
        found = data.reviewed_precision(threshold)
        estimates.append(found.precision[0])
        holds.append(found.low[0] <= truth <= found.high[0])
    assert np.mean(estimates) == pytest.approx(truth, abs=0.015)
    assert np.mean(holds) >= 0.9


def test_what_is_drawn_from_a_lower_threshold_on_is_random_above_it_and_not_below():
    rng = np.random.default_rng(0)
    scores, anomalous, threshold = population(rng)
    data = LabelledScores(scores)
    drawn = np.arange(3200, 4000, 10)
    data.label(drawn, anomalous[drawn], np.full(len(drawn), threshold))
    at = np.array([scores[3000], threshold, scores[3600], scores[3999] + 1])
    assert data.reviewed_precision(at).n_drawn.tolist() == [0, 80, 40, 0]
    assert data.has_drawn
    # A label by another choice leaves no random rest; what is drawn from then on is random again.
    data.label(np.array([3999]), anomalous[[3999]])
    assert data.reviewed_precision(at).n_drawn.tolist() == [0, 0, 0, 0]
    assert not data.has_drawn
    data.label(np.array([3201]), np.array([1.0]), np.array([threshold]))
    assert data.reviewed_precision(threshold).n_drawn.tolist() == [1]
    data.label(np.array([3201]), np.array([np.nan]), np.array([threshold]))
    assert not data.has_drawn


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 60), st.integers(0, 2**31))
def test_counts_match_a_count_by_hand(n, seed):
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, 12, n).astype(float)  # with ties
    labels = rng.choice([0, 1, np.nan], n)
    since = np.where(rng.random(n) < 0.5, np.minimum(scores, rng.integers(0, 12, n)), np.nan)
    data = LabelledScores(scores)
    data.label(np.arange(n), labels, since)
    for threshold in (-1.0, 3.0, 7.5, 20.0):
        found = data.reviewed_precision(threshold)
        flagged = scores >= threshold
        assert found.n_flagged[0] == flagged.sum()
        assert found.n_labelled[0] == (flagged & ~np.isnan(labels)).sum()
        assert found.n_drawn[0] == (flagged & ~np.isnan(labels) & (since <= threshold)).sum()


def test_confidence_is_a_share():
    with pytest.raises(ValueError, match="confidence must lie between 0 and 1"):
        estimate(1, (0, 1), (0, 0), confidence=95)
