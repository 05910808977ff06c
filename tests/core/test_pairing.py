import re

import numpy as np
import pandas as pd
import pytest

import vae_widgets as vw
from vae_widgets.core.pairing import shared_index
from vae_widgets.core.scores.bootstrap import bootstrap_threshold
from vae_widgets.core.thresholds import conformal_threshold, f1_threshold, segment_thresholds
from vae_widgets.core.thresholds.curves import curve
from vae_widgets.widgets.training_monitor.widget import TrainingMonitor

SCORES = pd.Series([1.0, 2, 3, 4], index=list("abcd"))
LABELS = pd.Series([1, 0, 0, 0], index=list("dcba"))
BASELINE = {"norm": np.arange(4.0)}
SEGMENTS = pd.Series(list("ssnn"), index=list("dcba"))
X = pd.DataFrame(np.eye(4), index=list("abcd"))


def test_the_index_that_all_have():
    plain = np.arange(4)
    assert shared_index({"a": plain, "b": [1, 2], "c": None}) is None
    assert shared_index({"a": plain, "b": SCORES}) is SCORES.index
    assert shared_index({"a": SCORES, "b": 2 * SCORES}).equals(SCORES.index)


@pytest.mark.parametrize(
    "pair",
    [
        lambda: vw.choose_threshold(SCORES, LABELS, "f1"),
        lambda: vw.choose_threshold(SCORES, LABELS),
        lambda: f1_threshold(SCORES, LABELS),
        lambda: conformal_threshold(SCORES, LABELS, 0.5),
        lambda: curve(SCORES, LABELS),
        lambda: bootstrap_threshold(SCORES, LABELS, vw.choose_threshold(SCORES)),
        lambda: segment_thresholds(SCORES, [1, 1, 2, 2], 1, LABELS),
        lambda: segment_thresholds(SCORES, SEGMENTS, 1),
        lambda: segment_thresholds([1.0], ["n"], 1).apply(SCORES, SEGMENTS),
        lambda: vw.compare_scores(SCORES, BASELINE, LABELS),
        lambda: vw.compare_scores(np.arange(4.0), {"norm": SCORES}, LABELS),
        lambda: vw.AnomalyHistogram(SCORES, LABELS),
        lambda: vw.AnomalyHistogram(SCORES, items=X[::-1]),
        lambda: vw.Dataset("mine", X, X, LABELS),
        lambda: TrainingMonitor(samples=X, labels=LABELS),
    ],
)
def test_other_indices_are_refused(pair):
    with pytest.raises(ValueError, match=r"(labels|segments|items|y_train) has another index than"):
        pair()


@pytest.mark.parametrize(
    ("labels", "message", "passed"),
    [
        (LABELS, r"in row 0 'd' against 'a'.*pass labels.loc\[scores.index\]\.", [0, 0, 0, 1]),
        (LABELS[:2], r"in row 0.*pass labels.reindex\(scores.index\)", [np.nan, np.nan, 0, 1]),
        (pd.Series([1, 0, 0, 0]), r"in row 0 0 against 'a'\). To pair them by position", None),
        (pd.Series([1, 0], list("ab")), r"\(2 rows against 4\)", [1, 0, np.nan, np.nan]),
        (pd.Series([1, 0], list("xy")), r"Expected data of the same rows\.", None),
        (pd.Series([1, 0, 0, 0], list("aabc")), r"in row 1 'a' against 'b'\). To pair", None),
    ],
)
def test_the_message_names_what_pairs_them(labels, message, passed):
    with pytest.raises(ValueError, match=message) as error:
        vw.choose_threshold(SCORES, labels)
    advice = re.findall(r"pass (labels\.[^,]+?)(?:,|\. |\.$)", str(error.value))
    for code in advice:
        given = eval(code, {"labels": labels, "scores": SCORES})
        vw.choose_threshold(SCORES, given)
        if "index" in code:
            np.testing.assert_array_equal(given, passed)
    assert len(advice) == (passed is not None) + (len(labels) == 4)


def test_rows_that_only_one_has_are_left_out_of_both():
    items = pd.DataFrame(np.eye(4), index=list("bcde"))
    with pytest.raises(ValueError, match="items has another index than scores") as error:
        vw.AnomalyHistogram(SCORES, items=items)
    code = re.search(r"take (both = .*) and pass (.*) and (.*?)\. To", str(error.value))
    space = {"scores": SCORES, "items": items}
    exec(code[1], space)
    scores, items = (eval(code[k], space) for k in (2, 3))
    assert list(scores.index) == list(items.index) == list("bcd")
    vw.AnomalyHistogram(scores, items=items)
