import math
import re

import numpy as np
import pandas as pd
import pytest

from vae_widgets.core import checks


def test_labels_of_unequal_length_are_an_error():
    with pytest.raises(ValueError, match=r"labels must hold booleans or 0 and 1.*received \[0\]"):
        checks.anomaly_labels("labels", [[0], 1, 1], 3)


@pytest.mark.parametrize("kind", [list, np.asarray, pd.Series])
@pytest.mark.parametrize(
    ("labels", "wanted"),
    [([1, -1, 1], [0, 1, 0]), (["ok", "the anomalous class", "ok"], [0, 1, 0])],
)
def test_the_advice_for_other_anomaly_labels_works(kind, labels, wanted):
    space = {"np": np, "labels": kind(labels)}
    with pytest.raises(ValueError, match=r"pass .*==") as error:
        checks.anomaly_labels("labels", space["labels"], 3)
    code = re.search(r" pass (.* == .*)\.$", str(error.value))[1]
    assert checks.anomaly_labels("labels", eval(code, space), 3).tolist() == wanted


def test_labels_match_in_number():
    assert checks.labels("labels", ["a", "b"], 2).tolist() == ["a", "b"]
    with pytest.raises(ValueError, match=r"labels has shape \(2,\); expected \(3,\)"):
        checks.labels("labels", ["a", "b"], 3)
    with pytest.raises(ValueError, match=r"\(3, 1\).* np.asarray\(labels\).ravel\(\) has"):
        checks.labels("labels", pd.DataFrame({"label": [1, 0, 1]}), 3)


def test_scores_are_one_float64_a_sample():
    scores = checks.scores("scores", np.array([0.1], np.float32))
    assert scores.dtype == np.float64
    assert scores[0] == np.float32(0.1)
    with pytest.raises(ValueError, match=r"\(3, 1\); expected \(n,\).*scores.ravel\(\)"):
        checks.scores("scores", np.zeros((3, 1)))
    with pytest.raises(ValueError, match=r"shape \(\); expected"):
        checks.scores("scores", 3.0)
    with pytest.raises(ValueError, match=r"from -1\.5e\+308 to 1e\+308.*rescale"):
        checks.scores("scores", [1e308, -1.5e308])


@pytest.mark.parametrize(
    "labels",
    [
        [True, False, None],
        [1, 0, math.nan],
        np.array([1, 0, None], object),
        np.array([True, False, math.nan], object),
        pd.array([True, False, None], dtype="boolean"),
        pd.Series([1, 0, None], dtype="Int64"),
        [True, False, pd.NA],
    ],
)
def test_anomaly_labels_may_be_partial(labels):
    found = checks.anomaly_labels("labels", labels, 3)
    np.testing.assert_array_equal(found, [1.0, 0.0, math.nan])


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([1, -1], r"received -1\. For scikit-learn's -1 .*\(labels\) == -1"),
        ([0, 2], r"received 2\.$"),
        (["ok", "bad"], r"received .*'ok'.*For named classes pass np.asarray\(labels\) == "),
        ([0, object()], "received <object"),
        (np.array([0, "1"], object), "received '1'"),
        (pd.Series(["0", "1"], dtype=object), "received '0'"),
        (np.array([0, 1], "m8[s]"), "received .*timedelta64"),
        ([0, 1j], "received .*0j"),
        ([0, math.inf], r"received inf\.$"),
        ([0, 1, 1], r"shape \(3,\); expected \(2,\), one label for each row of scores"),
    ],
)
def test_other_anomaly_labels_are_errors(labels, message):
    with pytest.raises(ValueError, match=message):
        checks.anomaly_labels("labels", labels, 2)
