import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as sk

from vae_widgets.core import checks
from vae_widgets.core.thresholds import threshold_metrics

SCORED = st.lists(st.tuples(st.integers(-3, 3).map(float), st.booleans()), min_size=1, max_size=30)


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
