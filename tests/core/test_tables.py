import re

import numpy as np
import pandas as pd
import pytest

import vae_widgets as vw
from vae_widgets.core import checks
from vae_widgets.core.missing import is_missing

TABLE = pd.DataFrame(
    {
        "age": [1.0, 2.0, 3.0],
        "city": ["Rome", None, "Oslo"],
        "when": pd.to_datetime(["2020", "2021", None]),
        "kind": pd.Categorical(["x", "y", "x"]),
        "count": pd.array([1, None, 3], "Int64"),
        "open": [True, False, True],
        "size": pd.Categorical([3, 1, 3]),
        "mixed": np.array([1, 2.5, True], object),
        "text": ["1", "2.5", "-3e2"],
    },
    index=["p1", "p2", "p3"],
)


def test_columns_of_numbers_of_any_type_are_numbers():
    table = TABLE[["age", "open", "size", "mixed", "text"]]
    wanted = [[1, 1, 3, 1, 1], [2, 0, 1, 2.5, 2.5], [3, 1, 3, 1, -300]]
    assert checks.float_array("x", table).tolist() == wanted
    assert checks.float_array("x", table.astype(object)).tolist() == wanted
    assert checks.scores("scores", TABLE["mixed"]).tolist() == [1, 2.5, 1]
    assert checks.scores("scores", pd.array([1, 2], "Int64")).tolist() == [1, 2]


@pytest.mark.parametrize(
    ("columns", "error", "message"),
    [
        (["age", "city"], TypeError, r"column 'city' has text \('Rome' in row 0, index 'p1'\)"),
        (["age", "kind"], TypeError, r"column 'kind' has text \('x' in row 0, index 'p1'\)"),
        (["age", "when"], TypeError, r"column 'when' has values of type Timestamp \(Timest"),
        (["when"], TypeError, r"column 'when' has values of type Timestamp"),
        (["kind", "city"], TypeError, r"columns 'kind' has text .*, 'city' has text"),
        (["age", "count"], ValueError, r"x has 1 NaN .* of 6, in column 'count' \(1, the first in"),
        (["open", "count"], ValueError, r"in column 'count' \(1, the first in row 1, index 'p2'\)"),
    ],
)
def test_columns_of_something_else_are_named(columns, error, message):
    for table in (TABLE[columns], TABLE[columns].astype(object)):
        with pytest.raises(error, match=message):
            checks.samples("x", table, (len(columns),))


def test_the_advice_leaves_numbers_alone():
    with pytest.raises(TypeError) as error:
        checks.float_array("x", TABLE)
    code = re.search(r"leave them out with (x\.drop.*\))\.$", str(error.value))
    rest = eval(code[1], {"x": TABLE})
    assert list(rest) == ["age", "count", "open", "size", "mixed", "text"]
    with pytest.raises(ValueError, match="in column 'count'"):
        checks.float_array("x", rest)
    assert checks.float_array("x", rest.dropna()).shape == (2, 6)


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        (TABLE["city"], TypeError, "scores must be an .* Series with 'Rome' in row 0, index 'p1'"),
        (TABLE["count"], ValueError, "scores has 1 NaN .*, the first in row 1, index 'p2'; exp"),
        (TABLE["count"].reset_index(drop=True), ValueError, "1 NaN or infinite value of 3; exp"),
        ([1.0, "b"], TypeError, "received list with '?.*b' in row 1"),
        ([1.0, pd.NA], ValueError, "scores has 1 NaN"),
        (np.array([1, 10**400], object), ValueError, "too large for a float"),
    ],
)
def test_scores_of_something_else(value, error, message):
    for use in (vw.choose_threshold, vw.AnomalyHistogram):
        with pytest.raises(error, match=message):
            use(value)


@pytest.mark.parametrize("value", [None, np.nan, pd.NA, pd.NaT, np.datetime64("NaT"), np.ma.masked])
def test_missing(value):
    assert is_missing(value)


@pytest.mark.parametrize("value", [0, "", True, False, np.True_, np.zeros(2), [], "nan"])
def test_not_missing(value):
    assert not is_missing(value)
