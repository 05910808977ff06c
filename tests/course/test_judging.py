"""Right answers, near misses and nonsense, for every exercise."""

import math

import numpy as np
import pandas as pd
import pytest

import vae_widgets as vw
from tests.support.course_answers import right_answers
from vae_widgets.course.exercise_files import exercises
from vae_widgets.course.judging import judge

ALL = exercises()
NUMBERS = [name for name, each in ALL.items() if each.kind == "number"]


def said(name, answer):
    verdict = judge(ALL[name], answer)
    assert not verdict.right, (name, answer)
    return verdict.hint


def test_each_lesson_has_three_exercises_and_answers_are_known():
    assert {name[:2] for name in ALL} == {f"{n}{letter}" for n in range(1, 6) for letter in "abc"}
    assert ALL.keys() == right_answers().keys()
    assert all(each.question.endswith(("?", ".")) for each in ALL.values())


@pytest.mark.parametrize("name", ALL)
def test_the_right_answer_is_right_in_each_form(name):
    answer = right_answers()[name]
    forms = {
        "number": (float, np.float32, lambda a: np.array([a]), lambda a: pd.Series([a])),
        "choice": (str.upper, "({})".format, " {} ".format),
        "set": (set, tuple, np.array, lambda a: np.isin(np.arange(16), a)),
        "place": (list, np.float32, lambda a: a + 0.2),
    }
    for form in (lambda a: a, *forms[ALL[name].kind]):
        verdict = judge(ALL[name], form(answer))
        assert verdict.right, verdict.hint


@pytest.mark.parametrize("name", ALL)
def test_each_near_miss_has_its_own_hint(name):
    hints = [said(name, near.answer) for near in ALL[name].near]
    assert hints == [near.hint for near in ALL[name].near]
    assert len(set(hints)) == len(hints)
    assert ALL[name].wrong not in hints


NONSENSE = [
    *(None, ..., "", "banana", [], {}, (), {"a": 1}, object(), print, True, math.nan, -math.inf),
    *(-17, 1e300, 10**400, 3j, np.zeros((3, 3)), [[1], [2, 3]], ["a", None], pd.DataFrame()),
    *(np.full(2, np.nan), b"b", "b" * 10_000),
]


@pytest.mark.parametrize("name", ALL)
def test_nonsense_gets_a_hint_in_place_of_an_error(name):
    for answer in NONSENSE:
        hint = said(name, answer)
        assert hint.strip().endswith((".", "?")), hint
        assert len(hint) < 300


@pytest.mark.parametrize("name", ALL)
def test_no_hint_tells_the_answer(name):
    each = ALL[name]
    answer = right_answers()[name]
    wrong = [*NONSENSE, *(near.answer for near in each.near)]
    hints = " ".join(said(name, value) for value in wrong)
    if each.kind == "number":
        forms = {f"{factor * answer:.{digits}f}" for factor in (1, 100) for digits in range(2, 6)}
        assert not any(form in hints for form in forms)
    elif each.kind == "choice":
        assert each.options[answer] not in hints
    else:
        assert not any(str(value) in hints for value in (answer, list(answer)))


@pytest.mark.parametrize(
    ("name", "change", "hint"),
    [
        ("3b", lambda a: 1.02 * a, "Close, but"),
        ("3b", lambda a: -a, "sign"),
        ("3b", lambda a: 3 * a, "sum over the 16 dimensions"),
        ("3b", str, "without quotes"),
        ("3b", lambda a: np.full(360, a), "this has 360"),
        ("3b", lambda a: math.inf, "not finite"),
        ("2b", lambda a: 100 * a, "per cent"),
        ("2b", lambda a: 42, "between 0 and 1"),
        ("1b", lambda a: 2, "in quotes"),
        ("1b", lambda a: "e", "none of the options"),
        ("3a", len, "which ones?"),
        ("3a", lambda a: 7, "not how many"),
        ("3a", lambda a: a[1:], "some are missing"),
        ("3a", lambda a: [*a, 0], "so are others"),
        ("3a", lambda a: [v + 1 for v in a], "from 0"),
        ("3a", lambda a: str(a), "a text"),
        ("3a", lambda a: [0.5, 1], "whole numbers"),
        ("2a", lambda a: [], "Nothing has been picked"),
        ("2a", lambda a: a + 0.6, "Close"),
        ("2a", lambda a: a + 3, "legend"),
        ("2a", lambda a: [*a, 0], "2 coordinates"),
        ("2a", lambda a: "here", "scatter.picked"),
        ("1a", lambda a: None, "three dots"),
    ],
)
def test_near_misses_are_told_apart(name, change, hint):
    assert hint in said(name, change(right_answers()[name]))


def test_sensible_wrong_ways_are_near_misses():
    """What students compute by mistake, computed here by the same mistake."""
    plane, deep = (vw.load_pretrained(f"digits-{name}") for name in ("2d", "16d"))
    z_mean, z_log_var = plane.encode(vw.course.samples(plane))
    assert "variance" in said("1c", np.exp(z_log_var)[0, 0])
    assert "log-variance" in said("1c", z_log_var[0, 0])
    assert "a square" in said("2b", (np.abs(z_mean) < 2).all(axis=1).mean())
    assert "share of all" in said("2b", (np.linalg.norm(z_mean, axis=1) < 2).sum())
    assert "prior itself" in said("2b", 1 - math.exp(-2))
    assert "coordinates" in said("2b", (np.abs(z_mean) < 2).mean())
    means = deep.encode(vw.course.samples(deep))[0]
    assert "means vary" in said("3a", np.flatnonzero(means.var(axis=0) > 0.01))
    assert "bits" in said("3b", right_answers()["3b"] / math.log(2))
    xrays = vw.load_pretrained("xrays")
    scores, ill = xrays.anomaly_score(vw.course.samples(xrays)), np.array(xrays.labels) != "normal"
    flagged = scores >= np.percentile(scores[~ill], 90)
    assert "precision" in said("4a", ill[flagged].mean())
    assert "quarter" in said("4b", ill[flagged].mean())
    assert "the ill that is flagged" in said("4b", flagged[ill].mean())


@pytest.mark.parametrize("name", NUMBERS)
def test_the_tolerance_is_narrow_and_wider_than_rounding(name):
    each, answer = ALL[name], right_answers()[name]
    assert each.tolerance <= 0.02 * abs(answer)
    if each.tolerance:
        assert abs(each.answer - answer) < 0.1 * each.tolerance
        assert judge(each, round(answer, 3 if abs(answer) > 0.1 else 4)).right
