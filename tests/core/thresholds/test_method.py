import sys

import numpy as np
import pytest

from vae_widgets.core.thresholds import Threshold
from vae_widgets.core.thresholds.method import method_of_plugin

SCORES = np.arange(10.0)


def a_threshold(threshold=4.5, parameters=(), explanation="As in the test.", assumes=""):
    return Threshold(threshold, "another name", dict(parameters), explanation, assumes)


def adopt(function):
    return method_of_plugin("half_way-up", "their_package 1.0", function)


def fail_without_words():
    class SilentError(Exception):
        def __str__(self):
            raise RuntimeError

    raise SilentError


def test_the_signature_says_all_that_the_page_needs():
    def choose(scores, labels, factor=3.5, k=50, rate=0.05, none=None, zero=0.0):
        return a_threshold()

    method = adopt(choose)
    assert method.title == "Half way up"
    assert method.labels == "needed"
    assert method.parameters == {"factor": 3.5, "k": 50, "rate": 0.05, "none": None, "zero": 0.0}
    steps = {name: method.step_of(name) for name in method.parameters}
    assert steps == pytest.approx(
        {"factor": 0.1, "k": 1, "rate": 0.001, "none": 0.01, "zero": 0.01}
    )
    assert adopt(lambda scores, labels=None: a_threshold()).labels == "used"
    assert adopt(lambda scores: a_threshold()).labels == ""


@pytest.mark.parametrize(
    ("function", "why"),
    [
        (3, "expected a function of scores; received the int '3'"),
        (Threshold, "expected a function of scores; received the class 'Threshold'"),
        (lambda: None, "the first parameter must be scores; received None"),
        (lambda x: None, "the first parameter must be scores; received x"),
        (lambda scores, k=1, labels=None: None, "labels must come right after scores"),
        (lambda scores, k: None, "the default of k must be a number or None; received no default"),
        (lambda scores, k="a": None, "the default of k must be a number or None; received 'a'"),
        (lambda scores, k=True: None, "the default of k must be a number or None; received True"),
        (lambda scores, method=1: None, "a parameter must not be called method"),
        (lambda scores, self=1: None, "a parameter must not be called self"),
        (lambda scores, **more: None, r"\*\*more must be one that can be passed by its name"),
        (lambda scores, *more: None, r"\*more must be one that can be passed by its name"),
    ],
)
def test_what_is_no_method_is_refused(function, why):
    with pytest.raises(TypeError, match=why):
        adopt(function)


def test_the_result_has_the_name_of_the_entry_point_and_all_parameters():
    def choose(scores, k=2, factor=None, rate=0.5):
        return a_threshold(np.float32(4.5), {"factor": np.float64(7), "other": 1})

    found = adopt(choose).choose(SCORES, k=np.int64(3))
    assert found.method == "half_way-up"
    assert found.parameters == {"k": 3, "factor": 7.0, "rate": 0.5}
    assert [type(value) for value in found.parameters.values()] == [int, float, float]
    assert found.threshold == 4.5


@pytest.mark.parametrize(
    ("choose", "error", "why"),
    [
        (
            lambda scores: 4.5,
            TypeError,
            r"their_package 1\.0 returned the float '4\.5'; expected a",
        ),
        (lambda scores: a_threshold(np.nan), ValueError, "must be a finite number; received nan"),
        (
            lambda scores: a_threshold("4"),
            TypeError,
            r"threshold of .*their_package 1\.0 must be a n",
        ),
        (lambda scores: a_threshold(explanation=None), TypeError, "whose explanation or assumes"),
        (lambda scores: {}[3], ValueError, r"'half_way-up' of .*1\.0 failed: KeyError: 3"),
        (lambda scores: 1 / 0, ValueError, "failed: ZeroDivisionError: division by zero"),
        (lambda scores: sys.exit("no luck"), ValueError, "failed: SystemExit: no luck"),
        (
            lambda scores: fail_without_words(),
            ValueError,
            "failed: SilentError, whose text cannot be",
        ),
        (lambda scores: scores[99], ValueError, "failed: IndexError: index 99 is out of bounds"),
    ],
)
def test_a_fault_of_the_method_is_an_error_that_widgets_show(choose, error, why):
    with pytest.raises(error, match=why):
        adopt(choose).choose(SCORES)


def test_a_method_may_change_its_arrays():
    def choose(scores, labels):
        scores.sort()
        labels[:] = 0
        return a_threshold(scores[-2])

    scores, labels = SCORES[::-1].copy(), np.ones(10)
    assert adopt(choose).choose(scores, labels).threshold == 8
    np.testing.assert_array_equal(scores, SCORES[::-1])
    np.testing.assert_array_equal(labels, np.ones(10))


def test_labels_that_are_not_there_are_none():
    def choose(scores, labels=None):
        assert labels is None
        return a_threshold()

    assert adopt(choose).choose(SCORES, None).threshold == 4.5


@pytest.mark.parametrize("k", [np.nan, np.inf])
def test_a_default_is_finite(k):
    with pytest.raises(ValueError, match="the default of k must be a finite number"):
        adopt(lambda scores, k=k: a_threshold())


def test_its_own_refusal_passes():
    def choose(scores):
        raise ValueError("there must be a hundred scores.")

    with pytest.raises(ValueError, match=r"^there must be a hundred scores\.$"):
        adopt(choose).choose(SCORES)


@pytest.mark.parametrize("bad", [np.nan, "1", True, None])
def test_parameters_are_checked_before_it_is_asked(bad):
    def choose(scores, k=1):
        raise AssertionError

    with pytest.raises((TypeError, ValueError), match="k must be a"):
        adopt(choose).choose(SCORES, k=bad)
