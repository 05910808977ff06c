import math
import re

import numpy as np
import pandas as pd
import pytest
import scipy.sparse

from vae_widgets.core import checks


def test_a_misspelt_keyword_names_the_nearest_right_one():
    @checks.suggest_keywords
    def build(latent_dim=2, beta=1.0):
        return latent_dim, beta

    assert build(3, beta=2.0) == (3, 2.0)
    with pytest.raises(TypeError, match=r"build got an unknown keyword 'laten_dim'.*'latent_dim'"):
        build(laten_dim=3)
    with pytest.raises(TypeError, match=r"expected one of: latent_dim, beta\."):
        build(zzz=3)


def test_a_misspelt_keyword_of_a_method_names_the_users_class():
    class Base:
        @checks.suggest_keywords
        def fit(self, epochs=1):
            return epochs

    class Mine(Base):
        pass

    assert Mine().fit(epochs=3) == 3
    with pytest.raises(TypeError, match=r"Mine\.fit got an unknown keyword 'epoch'.*'epochs'"):
        Mine().fit(epoch=3)


def test_a_misspelt_choice_names_the_nearest_right_one():
    assert checks.one_of("method", "slerp", ["slerp", "linear"]) == "slerp"
    with pytest.raises(ValueError, match=r"method is 'slurp'; did you mean 'slerp'\?"):
        checks.one_of("method", "slurp", ["slerp", "linear"])


@pytest.mark.parametrize("value", [1, 1.5, np.float32(2), np.int64(3)])
def test_numbers_are_numbers(value):
    assert checks.finite_number("beta", value) == float(value)


@pytest.mark.parametrize("value", ["1.5", b"1", None, True, np.True_, [1, 2], {}])
def test_what_is_not_a_number_is_a_type_error(value):
    with pytest.raises(TypeError, match="beta must be a number; received"):
        checks.finite_number("beta", value)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 10**400])
def test_numbers_must_be_finite(value):
    with pytest.raises(ValueError, match="beta must be a finite number"):
        checks.finite_number("beta", value)


def test_bounds_are_inclusive_unless_open():
    assert checks.number_between("beta", 0, 0, 1) == 0
    with pytest.raises(ValueError, match=r"beta must lie in \(0, 1\]; received 0"):
        checks.number_between("beta", 0, 0, 1, open_low=True)
    with pytest.raises(ValueError, match=r"beta must lie in \[0, 1\]; received 1.5"):
        checks.number_between("beta", 1.5, 0, 1)


def test_whole_numbers():
    assert checks.positive_int("n", np.int32(4)) == 4
    for value in (True, 2.0, "2"):
        with pytest.raises(TypeError, match="n must be a whole number"):
            checks.positive_int("n", value)
    with pytest.raises(ValueError, match="n must be at least 1; received 0"):
        checks.positive_int("n", 0)


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


def test_what_is_no_text_is_none_of_the_choices():
    with pytest.raises(ValueError, match=r"method is array.*expected one of: mad, f1"):
        checks.one_of("method", np.array(["mad", "f1"]), ["mad", "f1"])


def test_labels_of_unequal_length_are_an_error():
    with pytest.raises(ValueError, match=r"labels must hold booleans or 0 and 1.*received \[0\]"):
        checks.anomaly_labels("labels", [[0], 1, 1], 3)


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


def test_samples_stay_inside_bounds():
    with pytest.raises(ValueError, match=r"spans \[0, 255\]; the Bernoulli.*Divide pixel"):
        checks.samples("x", [[0.0, 255.0]], (2,), (0, 1), "the Bernoulli likelihood")
    with pytest.raises(ValueError, match=r"spans \[-1, 0\]; it needs values in \[0, 1\]\.$"):
        checks.samples("x", [[0.0, -1.0]], (2,), (0, 1))


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


def test_tokens():
    good = np.array([[0, 4], [3, 1]], np.float32)
    checks.tokens("x", good, 5, "the model")
    with pytest.raises(ValueError, match=r"x spans \[0, 4\]; the model needs tokens 0 to 3"):
        checks.tokens("x", good, 4, "the model")
    with pytest.raises(ValueError, match=r"x spans \[-1, 3\]"):
        checks.tokens("x", good - 1, 5, "the model")
    with pytest.raises(ValueError, match=r"x holds 0\.5; the model needs .* whole numbers"):
        checks.tokens("x", good + 0.5, 6, "the model")


def test_an_empty_choice_is_shown_as_one():
    with pytest.raises(ValueError, match=r"mark is 'true'; expected one of: normal, ''\."):
        checks.one_of("mark", "true", ["normal", ""])


@pytest.mark.parametrize("make", [scipy.sparse.csr_matrix, scipy.sparse.coo_array])
def test_a_sparse_matrix_is_told_how_to_become_dense(make):
    x = make(np.eye(3))
    with pytest.raises(TypeError, match=r"x must be an array of numbers.*Pass x\.toarray\(\)"):
        checks.samples("x", x, (3,))
    assert checks.samples("x", x.toarray(), (3,)).shape == (3, 3)
