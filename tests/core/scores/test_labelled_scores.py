import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import precision_recall_curve

from vae_widgets.core.scores.labelled_scores import LabelledScores
from vae_widgets.core.thresholds import threshold_metrics


@given(
    st.lists(
        st.tuples(st.integers(0, 9), st.sampled_from([0, 1, np.nan])), min_size=1, max_size=40
    ),
    st.lists(
        st.lists(st.tuples(st.integers(0, 39), st.sampled_from([0, 1, np.nan])), max_size=5),
        max_size=4,
    ),
    st.integers(-1, 11),
)
def test_changed_labels_count_as_if_they_had_been_given(samples, changes, threshold):
    scores, labels = np.array(samples, float).T
    found = LabelledScores(scores, None if np.isnan(labels).all() else labels.copy())
    for some in changes:
        indices = np.array([index for index, _ in some], int) % len(labels)
        changed = np.array([label for _, label in some], float)
        for index, label in zip(indices, changed, strict=True):
            labels[index] = label
        if found.n_labelled:
            found.curve()  # which new labels change
        found.label(indices, changed)
    expected = None if np.isnan(labels).all() else labels
    np.testing.assert_equal(found.labels, expected)
    np.testing.assert_equal(
        found.metrics(threshold), threshold_metrics(scores, expected, threshold)
    )
    assert found.n_labelled == np.sum(~np.isnan(labels))
    assert found.partly_labelled == (0 < found.n_labelled < len(labels))
    assert found.has_both_kinds == ({0, 1} <= set(labels))
    kinds = {"normal": labels == 0, "anomalous": labels == 1, "not labelled": np.isnan(labels)}
    if expected is None:
        kinds = {"samples": np.isnan(labels)}
    elif not kinds["not labelled"].any():
        del kinds["not labelled"]
    assert found.totals() == {name: of.sum() for name, of in kinds.items()}
    above = [[np.sum(scores[of] >= t) for t in (threshold, 4.5)] for of in kinds.values()]
    assert found.at_or_above(np.array([threshold, 4.5])).tolist() == above
    assert scores[found.order].tolist() == found.ascending.tolist()
    if found.has_both_kinds:
        known = ~np.isnan(labels)
        precision, recall, thresholds = precision_recall_curve(labels[known] == 1, scores[known])
        curve = found.curve()
        assert curve.thresholds[::-1].tolist() == thresholds.tolist()
        assert curve.precision[::-1] == pytest.approx(precision[:-1])
        assert curve.recall[::-1] == pytest.approx(recall[:-1])


def test_the_labels_that_were_given_are_left_alone():
    given = np.array([0.0, 1.0, np.nan])
    found = LabelledScores(np.arange(3.0), given)
    found.label(np.array([2]), np.array([1.0]))
    assert np.isnan(given[2])
    assert found.labels[2] == 1
