import numpy as np
import pandas as pd
import pytest

from vae_widgets.core.quantities import numbers_or_unknown


@pytest.mark.parametrize(
    "values",
    [
        [0.5, None, 2],
        [0.5, np.nan, 2.0],
        np.array([0.5, pd.NaT, True + 1], object),
        pd.Series([0.5, pd.NA, 2], dtype=object),
        pd.array([0.5, pd.NA, 2], "Float64"),
        np.ma.array([0.5, 99.0, 2.0], mask=[0, 1, 0]),
    ],
)
def test_what_is_missing_is_nan(values):
    found = numbers_or_unknown("score", values, 3)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, np.float32([0.5, np.nan, 2]))


def test_booleans_and_whole_numbers_are_numbers():
    assert numbers_or_unknown("score", [True, False], 2).tolist() == [1, 0]
    assert numbers_or_unknown("score", pd.Series([3, 4]), 2).tolist() == [3, 4]


@pytest.mark.parametrize(
    ("values", "error", "message"),
    [
        ([1.0], ValueError, r"score has shape \(1,\); expected \(2,\)"),
        ([[1.0], [1.0, 2.0]], TypeError, r"score has \[1.0\] in row 0; expected numbers"),
        (["a", "b"], TypeError, "score has 'a' in row 0.*make the scatter with them as labels"),
        (np.array([1, "b"], object), TypeError, "score has 'b' in row 1"),
        ([1.0, np.inf], ValueError, "score has 1 infinite value of 2"),
        ([1e300, 1e300], ValueError, "score has 2 infinite values of 2, or beyond float32"),
        (np.array(["2024-01-03", "NaT"], "M8[s]"), TypeError, "score must be numbers.*timedelta64"),
    ],
)
def test_what_is_no_quantity(values, error, message):
    with pytest.raises(error, match=message):
        numbers_or_unknown("score", values, 2)


@pytest.mark.parametrize("kind", [np.asarray, pd.Series])
def test_the_advice_for_dates_holds(kind):
    score = kind(np.array(["2024-01-03", "NaT"], "M8[s]"))
    days = (score - np.datetime64("2024-01-01")) / np.timedelta64(1, "D")
    np.testing.assert_array_equal(numbers_or_unknown("score", days, 2), np.float32([2, np.nan]))
