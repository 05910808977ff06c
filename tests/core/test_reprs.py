"""What a cell shows of results: one line with their figures, whatever the amount of data."""

import copy
import pickle

import numpy as np
import pytest

from vae_widgets.core.scores.bootstrap import bootstrap_threshold
from vae_widgets.core.scores.comparison import compare_scores
from vae_widgets.core.scores.drift import reference_quantiles
from vae_widgets.core.scores.policy import ThresholdPolicy
from vae_widgets.core.thresholds import METHODS, choose_threshold
from vae_widgets.core.training.history import TrainingHistory

SCORES = np.random.default_rng(0).gamma(3, size=2_000)
LABELS = SCORES > 8


def policy():
    return ThresholdPolicy(
        8.25,
        "f1",
        "negative ELBO",
        {"alert_rate": 0.05, "precision": 0.9, "recall": 1.0},
        n_scores=2_000,
        reference=tuple(reference_quantiles(SCORES)),
    )


def history():
    made = TrainingHistory()
    for epoch in range(3):
        made.begin_epoch(epoch)
        made.log_batch(0, {"loss": 10.0 - epoch})
        made.log_epoch(epoch, {"loss": 10.0 - epoch, "val_loss": 11.0 - epoch})
    return made


def test_a_policy_says_what_it_flags_and_how_it_was_chosen():
    assert repr(policy()) == (
        "<ThresholdPolicy: negative ELBO >= 8.25 by f1, chosen on 2,000 scores, alert rate 5 %, "
        "precision 0.900, recall 1.000>"
    )


def test_a_history_says_how_far_it_went_and_the_last_values():
    assert repr(history()) == ("<TrainingHistory: 3 epochs, step 3; last loss 8, val_loss 9>")
    assert repr(TrainingHistory()) == "<TrainingHistory: nothing logged>"
    loop = TrainingHistory()
    loop.log_step(7, dict.fromkeys("abcdef", 1.5))
    assert repr(loop) == ("<TrainingHistory: step 7; last a 1.5, b 1.5, c 1.5, d 1.5 and 2 more>")


@pytest.mark.parametrize("name", METHODS)
def test_a_chosen_threshold_has_one_line(name):
    chosen = choose_threshold(SCORES, LABELS, name)
    assert repr(chosen).startswith(f"<Threshold {chosen.threshold:.6g} by {name}: ")
    assert len(repr(chosen)) <= 200


@pytest.mark.parametrize(
    "made",
    [
        policy(),
        history(),
        policy().replay(SCORES),
        choose_threshold(SCORES),
        bootstrap_threshold(SCORES, None, choose_threshold(SCORES), 20),
        compare_scores({"elbo": SCORES}, {"norm": SCORES**2}),
    ],
    ids=lambda made: type(made).__name__,
)
def test_reprs_are_short(made):
    assert len(repr(made)) <= 200
    assert "\n" not in repr(made)


@pytest.mark.parametrize("made", [policy(), choose_threshold(SCORES)])
def test_copies_are_equal(made):
    assert copy.deepcopy(made) == pickle.loads(pickle.dumps(made)) == made
