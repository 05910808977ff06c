import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from vae_widgets.core.thresholds.curves import curve

# Few distinct values, so that ties are common.
SCORED = st.lists(st.tuples(st.integers(-3, 3).map(float), st.booleans()), min_size=1, max_size=30)


@given(SCORED)
def test_counts_match_brute_force(rows):
    scores, labels = np.array([s for s, _ in rows]), np.array([y for _, y in rows])
    points = curve(scores, labels)
    assert points.thresholds.tolist() == sorted(set(scores), reverse=True)
    for i, threshold in enumerate(points.thresholds):
        assert points.true_positives[i] == sum(s >= threshold and y for s, y in rows)
        assert points.false_positives[i] == sum(s >= threshold and not y for s, y in rows)


@given(SCORED)
def test_matches_scikit_learn(rows):
    scores, labels = np.array([s for s, _ in rows]), np.array([y for _, y in rows])
    points = curve(scores, labels)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scikit-learn warns where one class is missing
        precision, recall, thresholds = metrics.precision_recall_curve(labels, scores)
        rate, sensitivity, _ = metrics.roc_curve(labels, scores, drop_intermediate=False)
    np.testing.assert_array_equal(points.thresholds, thresholds[::-1])
    np.testing.assert_allclose(points.precision, precision[:-1][::-1])
    if points.n_anomalous:
        np.testing.assert_allclose(points.recall, recall[:-1][::-1])
        np.testing.assert_allclose(
            points.average_precision, metrics.average_precision_score(labels, scores)
        )
    else:
        assert np.isnan(points.recall).all()
        assert np.isnan(points.average_precision)
    if points.n_anomalous and points.n_normal:
        np.testing.assert_allclose(points.false_positive_rate, rate[1:])
        np.testing.assert_allclose(points.recall, sensitivity[1:])
        np.testing.assert_allclose(points.auroc, metrics.roc_auc_score(labels, scores))
    else:
        assert np.isnan(points.auroc)


def test_one_sample():
    points = curve([2.0], [True])
    assert points.precision.tolist() == points.recall.tolist() == points.f1.tolist() == [1.0]


def test_samples_without_a_label_do_not_count():
    points = curve([4.0, 3.0, 2.0, 1.0], [None, 1, float("nan"), 0])
    assert points.thresholds.tolist() == [3.0, 1.0]
    assert (points.n_anomalous, points.n_normal) == (1, 1)


def test_no_label_at_all_is_an_error():
    with pytest.raises(ValueError, match="at least one labelled"):
        curve([1.0, 2.0], [None, None])
