"""What setting a threshold, a method or a percentile leads to, as one table."""

import numpy as np
import pytest

from vae_widgets.core.scores.labelled_scores import LabelledScores
from vae_widgets.core.scores.threshold_choice import TRANSITIONS, Request, first_choice
from vae_widgets.core.thresholds import METHODS, choose_threshold

SCORES = np.arange(20.0)
LABELS = (SCORES >= 15).astype(float)
BEST_F1 = 15.0
MANY = np.random.default_rng(0).gamma(2.0, size=200)


def start(labels=LABELS, **arguments):
    data = LabelledScores(SCORES, labels)
    options = {"threshold": None, "method": None, "parameters": None, "percentile": 95.0}
    return data, first_choice(data, **{**options, **arguments})


def top(percentile):
    return choose_threshold(SCORES, method="percentile", percentile=percentile).threshold


BY_HAND, BY_F1, BY_PERCENTILE = {"threshold": 3.0}, {"method": "f1"}, {"method": "percentile"}


@pytest.mark.parametrize(
    ("before", "name", "request_", "after"),
    [
        # A threshold is set by hand, whatever was before.
        (BY_HAND, "threshold", (7.0, "manual", 95.0), (7.0, "manual", 95.0)),
        (BY_F1, "threshold", (7.0, "f1", 95.0), (7.0, "manual", 95.0)),
        (BY_PERCENTILE, "threshold", (7.0, "percentile", 95.0), (7.0, "manual", 95.0)),
        # A percentile is applied, also the one that it is already.
        (BY_HAND, "percentile", (3.0, "manual", 90.0), (top(90), "percentile", 90.0)),
        (BY_HAND, "percentile", (3.0, "manual", 95.0), (top(95), "percentile", 95.0)),
        (BY_F1, "percentile", (BEST_F1, "f1", 90.0), (top(90), "percentile", 90.0)),
        (BY_PERCENTILE, "percentile", (top(95), "percentile", 0.0), (top(0), "percentile", 0.0)),
        # A method is applied with its last parameters; "manual" keeps the threshold.
        (BY_HAND, "method", (3.0, "f1", 95.0), (BEST_F1, "f1", 95.0)),
        (BY_F1, "method", (BEST_F1, "f1", 95.0), (BEST_F1, "f1", 95.0)),
        (BY_F1, "method", (BEST_F1, "manual", 95.0), (BEST_F1, "manual", 95.0)),
        (BY_F1, "method", (BEST_F1, "percentile", 95.0), (top(95), "percentile", 95.0)),
        # Set together: the percentile with its method, the threshold with "manual".
        (BY_F1, "method", (BEST_F1, "percentile", 80.0), (top(80), "percentile", 80.0)),
        (BY_F1, "method", (7.0, "manual", 95.0), (7.0, "manual", 95.0)),
        (BY_PERCENTILE, "method", (7.0, "f1", 95.0), (BEST_F1, "f1", 95.0)),
    ],
)
def test_what_setting_leads_to(before, name, request_, after):
    data, now = start(**before)
    state = now.state
    then = now.after(data, name, Request(*request_))
    assert then.state == after
    assert then.chosen.method == after[1]
    assert now.state == state  # immutable


def test_every_trait_that_can_be_set_has_a_transition():
    assert tuple(TRANSITIONS) == Request._fields


@pytest.mark.parametrize("method", METHODS)
def test_a_method_keeps_the_parameters_it_had_last(method):
    data = LabelledScores(MANY, (MANY > 4).astype(float))
    now = first_choice(data, 1.0, None, None, 95.0)
    then = now.by_method(data, method)
    again = then.by_hand(1.0).by_method(data, method)
    assert again.chosen == then.chosen
    expected = choose_threshold(MANY, data.labels, method, **then.chosen.parameters)
    assert again.state.threshold == expected.threshold


def test_some_parameters_are_given_and_the_others_stay():
    data, now = start()
    first = now.by_method(data, "cost", {"false_negative_cost": 3, "false_positive_cost": 2})
    then = first.by_hand(1.0).by_method(data, "cost", {"false_negative_cost": 5})
    costs = then.chosen.parameters
    assert (costs["false_negative_cost"], costs["false_positive_cost"]) == (5, 2)


@pytest.mark.parametrize(
    ("labels", "arguments", "state"),
    [
        (LABELS, {}, (BEST_F1, "f1", 95.0)),
        (None, {}, (top(95), "percentile", 95.0)),
        (np.ones(20), {"percentile": 80}, (top(80), "percentile", 80.0)),
        (None, {"threshold": 4}, (4.0, "manual", 95.0)),
        (None, {"threshold": 4, "method": "manual"}, (4.0, "manual", 95.0)),
        (None, {"method": "top_k", "parameters": {"k": 3}}, (17.0, "top_k", 95.0)),
    ],
)
def test_the_first_choice(labels, arguments, state):
    assert start(labels, **arguments)[1].state == state


@pytest.mark.parametrize(
    ("labels", "method", "given", "message"),
    [
        (None, "f1", {}, "needs labels with a normal and an anomalous sample"),
        (np.ones(20), "cost", {}, "needs labels with a normal and an anomalous sample"),
        (None, "manual", {}, "set threshold instead"),
        (None, "percentil", {}, "did you mean 'percentile'"),
        (None, "iqr", {"faktor": 3}, "did you mean 'factor'"),
        (None, "percentile", {"percentile": 101}, r"percentile must lie in \[0, 100\]"),
    ],
)
def test_what_cannot_be_chosen_is_an_error(labels, method, given, message):
    data, now = start(labels, threshold=3.0)
    with pytest.raises((TypeError, ValueError), match=message):
        now.by_method(data, method, given)
