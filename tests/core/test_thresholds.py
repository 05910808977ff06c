import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as sk

from vae_widgets.core import checks
from vae_widgets.core.thresholds import best_f1_threshold, percentile_threshold, threshold_metrics

SCORES = st.lists(st.integers(-4, 4).map(float), min_size=1, max_size=40)
SCORED = st.lists(st.tuples(st.integers(-3, 3).map(float), st.booleans()), min_size=1, max_size=30)


@given(SCORES, st.integers(0, 100))
def test_a_percentile_flags_as_many_as_allowed_and_no_more(scores, percentile):
    scores = np.array(scores)
    flagged = np.count_nonzero(scores >= percentile_threshold(scores, percentile))
    # Whole numbers, so that the comparison is exact.
    possible = [np.count_nonzero(scores >= t) for t in scores] + [0]
    assert flagged == max(k for k in possible if 100 * k <= (100 - percentile) * len(scores))


@pytest.mark.parametrize(
    ("n", "percentile", "flagged"),
    [(100, 95, 5), (1000, 99.9, 1), (1000, 71, 290), (100_000, 99.999, 1), (10, 95, 0), (7, 0, 7)],
)
def test_distinct_scores_are_flagged_at_the_exact_rate(n, percentile, flagged):
    scores = np.random.default_rng(0).permutation(n) / 7
    assert np.count_nonzero(scores >= percentile_threshold(scores, percentile)) == flagged


def test_a_tie_across_the_cut_stays_unflagged():
    scores = [1.0] * 90 + [2.0] * 10
    assert percentile_threshold(scores, 95) > 2  # flagging the tie would be 10 %, not 5 %
    assert percentile_threshold(scores, 90) == 2


@pytest.mark.parametrize("percentile", [-1, 101, float("nan"), "95", None])
def test_a_percentile_outside_0_to_100_is_an_error(percentile):
    with pytest.raises((TypeError, ValueError), match="percentile"):
        percentile_threshold([1.0, 2.0], percentile)


@given(SCORED.filter(lambda rows: any(y for _, y in rows)))
def test_best_f1_matches_brute_force(rows):
    scores, labels = np.array([s for s, _ in rows]), np.array([y for _, y in rows])
    f1 = {t: sk.f1_score(labels, scores >= t) for t in set(scores)}
    best = max(f1.values())
    chosen = best_f1_threshold(scores, labels)
    assert f1[chosen] == pytest.approx(best)
    assert chosen == max(t for t, value in f1.items() if math.isclose(value, best))


def test_best_f1_needs_an_anomalous_sample():
    with pytest.raises(ValueError, match="at least one"):
        best_f1_threshold([1.0, 2.0], [0, 0])


@given(SCORED, st.integers(-4, 4))
def test_metrics_match_scikit_learn(rows, threshold):
    scores, labels = np.array([s for s, _ in rows]), np.array([y for _, y in rows])
    found = threshold_metrics(scores, labels.astype(float), threshold)
    flagged = scores >= threshold
    tn, fp, fn, tp = sk.confusion_matrix(labels, flagged, labels=[False, True]).ravel()
    counts = [
        found[name]
        for name in ("true_positives", "false_positives", "false_negatives", "true_negatives")
    ]
    assert counts == [tp, fp, fn, tn]
    assert found["alert_rate"] == pytest.approx(flagged.mean())
    nan = {"zero_division": np.nan}
    assert found["precision"] == pytest.approx(
        sk.precision_score(labels, flagged, **nan), nan_ok=True
    )
    assert found["recall"] == pytest.approx(sk.recall_score(labels, flagged, **nan), nan_ok=True)
    assert found["f1"] == pytest.approx(sk.f1_score(labels, flagged, **nan), nan_ok=True)


def test_the_alert_rate_counts_all_samples_the_rest_only_labelled_ones():
    scores = np.array([4.0, 3.0, 2.0, 1.0])
    labels = checks.anomaly_labels("labels", [None, 1, 0, None], 4)
    found = threshold_metrics(scores, labels, 2.0)
    assert (found["n_flagged"], found["alert_rate"], found["precision"]) == (3, 0.75, 0.5)


def test_without_labels_there_is_only_the_alert_rate():
    assert threshold_metrics(np.array([1.0, 2.0]), None, 2.0) == {
        "n_flagged": 1,
        "alert_rate": 0.5,
    }
