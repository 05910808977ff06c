import math
import re

import numpy as np
import pandas as pd
import pytest
import scipy.sparse

from vae_widgets.core import checks


def test_arrays_are_cast_and_non_empty():
    assert checks.float_array("x", [[1, 2]]).dtype == np.float32
    with pytest.raises(ValueError, match=r"x is empty \(shape \(0,\)\)"):
        checks.float_array("x", [])
    with pytest.raises(TypeError, match="x must be an array of numbers; received str"):
        checks.float_array("x", "abc")
    with pytest.raises(ValueError, match="x has a number too large for a float"):
        checks.float_array("x", [10**400])


def test_nothing_of_an_array_gets_lost():
    masked = np.ma.array([1.0, 2.0], mask=[False, True])
    with pytest.raises(ValueError, match=r"x has masked values \(1\).*x\.filled\(\.\.\.\)"):
        checks.float_array("x", masked)
    assert checks.float_array("x", masked[:1]).tolist() == [1]
    with pytest.raises(TypeError, match=r"received complex numbers.*np\.abs\(x\)"):
        checks.float_array("x", [1j])
    labels = checks.anomaly_labels("labels", np.ma.array([0, 7, 1], mask=[0, 1, 0]), 3)
    np.testing.assert_array_equal(labels, [0, np.nan, 1])
    for dates in ("m8[s]", "M8[s]"):
        with pytest.raises(TypeError, match="received dates or durations"):
            checks.float_array("x", np.array(["NaT"], dates))
    for x in (np.array(["2024-01-03"], "M8[s]"), np.array([2], "m8[D]")):
        with pytest.raises(TypeError, match="Count them in a unit") as error:
            checks.float_array("x", x)
        code = re.search(r"such as (.*)\.$", str(error.value))[1]
        assert checks.float_array("x", eval(code, {"np": np, "x": x})).tolist() == [2]


@pytest.mark.parametrize(
    ("value", "count"), [([1, math.nan], 1), ([math.inf, -math.inf], 2), ([1e39], 1)]
)
def test_arrays_are_finite(value, count):
    with np.errstate(over="ignore"), pytest.raises(ValueError, match=f"x has {count} NaN or inf"):
        checks.float_array("x", value)


def test_finite_numbers_whose_sum_overflows_are_finite():
    assert checks.float_array("x", [1e308, 1e308], np.float64).tolist() == [1e308, 1e308]


def test_samples_say_how_to_reshape():
    assert checks.samples("x", np.zeros((3, 4, 4)), (4, 4)).shape == (3, 4, 4)
    with pytest.raises(ValueError, match=r"expected \(n, 4, 4\). For one sample, pass x\[np.newax"):
        checks.samples("x", np.zeros((4, 4)), (4, 4))
    with pytest.raises(ValueError, match=r"x.reshape\(-1, 4, 4\) has the right shape"):
        checks.samples("x", np.zeros((3, 16)), (4, 4))


@pytest.mark.parametrize("kind", [list, tuple, np.asarray, pd.DataFrame])
def test_the_advice_of_a_message_works_for_every_kind_of_data(kind):
    space = {"np": np, "x": kind(np.zeros((3, 16)))}
    with pytest.raises(ValueError, match="has the right shape") as error:
        checks.samples("x", space["x"], (4, 4))
    code = re.search(r"expected \(n, 4, 4\)\. (.*) has the right shape", str(error.value))[1]
    assert checks.samples("x", eval(code, space), (4, 4)).shape == (3, 4, 4)

    space["x"] = kind(np.zeros((3, 1)))
    with pytest.raises(ValueError, match="has the right shape") as error:
        checks.scores("x", space["x"])
    code = re.search(r"one score a sample\. (.*) has the right shape", str(error.value))[1]
    assert checks.scores("x", eval(code, space)).shape == (3,)


def test_samples_stay_inside_bounds():
    with pytest.raises(ValueError, match=r"spans \[0, 255\]; the Bernoulli.*Divide pixel"):
        checks.samples("x", [[0.0, 255.0]], (2,), (0, 1), "the Bernoulli likelihood")
    with pytest.raises(ValueError, match=r"spans \[-1, 0\]; it needs values in \[0, 1\]\.$"):
        checks.samples("x", [[0.0, -1.0]], (2,), (0, 1))


def test_tokens():
    good = np.array([[0, 4], [3, 1]], np.float32)
    checks.tokens("x", good, 5, "the model")
    with pytest.raises(ValueError, match=r"x spans \[0, 4\]; the model needs tokens 0 to 3"):
        checks.tokens("x", good, 4, "the model")
    with pytest.raises(ValueError, match=r"x spans \[-1, 3\]"):
        checks.tokens("x", good - 1, 5, "the model")
    with pytest.raises(ValueError, match=r"x holds 0\.5; the model needs .* whole numbers"):
        checks.tokens("x", good + 0.5, 6, "the model")


@pytest.mark.parametrize("make", [scipy.sparse.csr_matrix, scipy.sparse.coo_array])
def test_a_sparse_matrix_is_told_how_to_become_dense(make):
    x = make(np.eye(3))
    with pytest.raises(TypeError, match=r"x must be an array of numbers.*Pass x\.toarray\(\)"):
        checks.samples("x", x, (3,))
    assert checks.samples("x", x.toarray(), (3,)).shape == (3, 3)
