"""What a detector's bundle says beside its model: given back, or refused."""

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest

from vae_widgets import BundleError
from vae_widgets.bundle.detector_part import DetectorPart, saturated
from vae_widgets.core.preprocessing import StandardizeFeatures

GOOD = DetectorPart(StandardizeFeatures([1, 2], [3, 4]), {"epochs": 5}, ("a", "b"))


def test_it_comes_back():
    again = DetectorPart.from_json(GOOD.to_json(), (2,), "x.vae")
    assert (again.parameters, again.feature_names) == ({"epochs": 5}, ("a", "b"))
    x = np.array([[4.0, 6.0]])
    np.testing.assert_array_equal(again.preprocess(x, (2,)), [[1, 1]])


@pytest.mark.parametrize(
    "change",
    [
        {"parameters": []},
        {"feature_names": ["a"]},
        {"feature_names": ["a", 2]},
        {"preprocessing": "standardize_features"},
        {"preprocessing": {"name": "Lambda"}},
        {"preprocessing": {"name": "standardize_features", "mean": [0], "deviation": [1]}},
        {"preprocessing": {"name": "standardize_samples", "code": "1"}},
    ],
)
def test_what_is_no_detector_is_refused(change):
    content = json.dumps({**json.loads(GOOD.to_json()), **change}).encode()
    with pytest.raises(BundleError, match=r"x\.vae: part 'detector\.json' is not the one"):
        DetectorPart.from_json(content, (2,), "x.vae")


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff", b"[" * 100_000])
def test_what_is_no_such_json_is_refused(content):
    with pytest.raises(BundleError, match=r"part 'detector\.json' is not the one"):
        DetectorPart.from_json(content, (2,), "x.vae")


def test_samples_of_another_size_are_refused():
    for x in ([[1.0, 2, 3]], [1.0, 2], [[np.nan, 1]]):
        with pytest.raises(ValueError, match="x has"):
            GOOD.preprocess(x, (2,))


def test_columns_must_be_those_of_training_in_their_order():
    table = pd.DataFrame({"a": [4.0], "b": [6.0]})
    np.testing.assert_array_equal(GOOD.preprocess(table, (2,)), [[1, 1]])
    with pytest.raises(ValueError, match=r"from column 0 on, \['b', 'a'\]; expected \['a', 'b'\]"):
        GOOD.preprocess(table[["b", "a"]], (2,))
    with pytest.raises(ValueError, match=r"from column 1 on, \[\]; expected \['b'\].* x\[names\]"):
        GOOD.preprocess(table[["a"]], (2,))
    unnamed = dataclasses.replace(GOOD, feature_names=None)
    np.testing.assert_array_equal(unnamed.preprocess(table, (2,)), [[1, 1]])

    names = [f"x{i}" for i in range(200)]
    wide = DetectorPart(None, {}, tuple(names))
    swapped = pd.DataFrame(np.zeros((1, 200)), columns=[*names[:150], *names[:149:-1]])
    with pytest.raises(ValueError, match=r"from column 150 on, \['x199', .*\.\.\.\]") as caught:
        wide.preprocess(swapped, (200,))
    assert len(str(caught.value)) < 300


def test_scores_that_overflow_rank_highest_and_are_finite():
    scores = saturated(np.array([1, np.inf, np.nan, -5], np.float32))
    assert np.isfinite(scores).all()
    assert scores.argsort().tolist()[:2] == [3, 0]
