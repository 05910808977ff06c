import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as sk
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.model_selection import TunedThresholdClassifierCV

from vae_widgets.core.thresholds import (
    choose_threshold,
    cost_threshold,
    f1_threshold,
    f_beta_threshold,
    precision_at_recall_threshold,
    recall_at_precision_threshold,
)

SCORED = st.lists(
    st.tuples(st.integers(-3, 3).map(float), st.booleans()), min_size=1, max_size=30
).filter(lambda rows: len({y for _, y in rows}) == 2)
RNG = np.random.default_rng(0)
LABELS = RNG.random(400) < 0.2
SCORES = np.round(RNG.normal(size=400) + 1.5 * LABELS, 1)  # with ties


def split(rows):
    return np.array([s for s, _ in rows]), np.array([y for _, y in rows])


class Given(ClassifierMixin, BaseEstimator):
    """A fitted classifier whose decisions are the scores it is given."""

    def fit(self, X, y):
        self.classes_ = np.array([0, 1])
        return self

    def decision_function(self, X):
        return X[:, 0]


def tuned(scorer):
    """Return what scikit-learn chooses among the scores, and how good it finds it."""
    scores = np.append(np.unique(SCORES), SCORES.max() + 1)
    model = TunedThresholdClassifierCV(
        Given().fit(None, None), scoring=scorer, cv="prefit", refit=False, thresholds=scores
    ).fit(SCORES[:, np.newaxis], LABELS.astype(int))
    return model.best_threshold_, model.best_score_


@given(SCORED, st.sampled_from([0.5, 1.0, 2.0]))
def test_f_beta_matches_brute_force(rows, beta):
    scores, labels = split(rows)
    found = {t: sk.fbeta_score(labels, scores >= t, beta=beta) for t in set(scores)}
    chosen = f_beta_threshold(scores, labels, beta).threshold
    best = pytest.approx(max(found.values()))
    assert found[chosen] == best
    assert chosen == max(t for t, value in found.items() if value == best)
    if beta == 1:
        assert f1_threshold(scores, labels).threshold == chosen


@pytest.mark.parametrize("beta", [0.5, 1, 2])
def test_f_beta_is_what_scikit_learn_tunes(beta):
    threshold, score = tuned(sk.make_scorer(sk.fbeta_score, beta=beta))
    chosen = f_beta_threshold(SCORES, LABELS, beta).threshold
    assert sk.fbeta_score(LABELS, chosen <= SCORES, beta=beta) == score
    assert chosen == threshold


@pytest.mark.parametrize(
    "costs",
    [
        {"false_negative_cost": 10.0},
        {"false_negative_cost": 3.0, "false_positive_cost": 2.0},
        {
            "false_negative_cost": 21.0,
            "false_positive_cost": 6.0,
            "true_positive_cost": 5.0,
            "true_negative_cost": 0.5,
        },
    ],
)
def test_cost_is_what_scikit_learn_tunes(costs):
    full = {
        "false_positive_cost": 1.0,
        "true_positive_cost": 0.0,
        "true_negative_cost": 0.0,
    } | costs

    def gain(labels, flagged):
        tn, fp, fn, tp = sk.confusion_matrix(labels, flagged, labels=[0, 1]).ravel()
        total = full["true_positive_cost"] * tp + full["false_negative_cost"] * fn
        return -(total + full["false_positive_cost"] * fp + full["true_negative_cost"] * tn) / len(
            labels
        )

    threshold, score = tuned(sk.make_scorer(gain))
    chosen = cost_threshold(SCORES, LABELS, **costs)
    assert gain(LABELS.astype(int), chosen.threshold <= SCORES) == pytest.approx(score)
    assert chosen.estimates["expected_cost"] == pytest.approx(-score)
    assert chosen.threshold == threshold


@pytest.mark.parametrize("kind", ["false_negative", "true_positive"])
def test_negative_costs_are_refused(kind):
    with pytest.raises(ValueError, match=f"{kind}_cost is -2; expected a cost of at least 0"):
        cost_threshold(SCORES, LABELS, **{f"{kind}_cost": -2})


def test_of_equal_costs_but_for_rounding_the_fewest_alerts_are_chosen():
    rng = np.random.default_rng(168)
    scores, labels = rng.permutation(40), rng.random(40) < 0.3
    labels[:2] = True, False
    whole = cost_threshold(scores, labels, 3, 1)
    assert cost_threshold(scores, labels, 0.3, 0.1).threshold == whole.threshold


def test_numbers_too_large_are_named():
    with pytest.raises(
        ValueError, match=r"cost of false_negative_cost=1e\+308, .* is not finite; pass .*unit"
    ):
        choose_threshold(SCORES, LABELS, "cost", false_negative_cost=1e308)
    with pytest.raises(ValueError, match=r"beta must lie in \(0, 1e\+100\]"):
        f_beta_threshold(SCORES, LABELS, 1e200)


def test_where_no_alert_pays_none_is_raised():
    chosen = cost_threshold(
        [1.0, 2.0, 3.0], [1, 0, 0], false_negative_cost=1, false_positive_cost=9
    )
    assert chosen.threshold > 3
    assert chosen.explanation.endswith("No alert pays.")


@given(SCORED, st.integers(1, 20).map(lambda k: k / 20))
def test_precision_and_recall_match_the_curve_of_scikit_learn(rows, asked):
    scores, labels = split(rows)
    precision, recall, thresholds = sk.precision_recall_curve(labels, scores)
    precision, recall = precision[:-1], recall[:-1]
    chosen = precision_at_recall_threshold(scores, labels, asked).threshold
    assert precision[thresholds == chosen] == precision[recall >= asked].max()
    assert recall[thresholds == chosen] >= asked
    if (precision >= asked).any():
        chosen = recall_at_precision_threshold(scores, labels, asked).threshold
        assert recall[thresholds == chosen] == recall[precision >= asked].max()
        assert precision[thresholds == chosen] >= asked
    else:
        with pytest.raises(
            ValueError, match=f"no threshold reaches precision {asked:g} .* best is"
        ):
            recall_at_precision_threshold(scores, labels, asked)


@pytest.mark.parametrize(
    "method",
    [
        f1_threshold,
        f_beta_threshold,
        recall_at_precision_threshold,
        precision_at_recall_threshold,
        cost_threshold,
    ],
)
def test_labels_of_one_kind_are_nothing_to_choose_by(method):
    with pytest.raises(ValueError, match="labels has no anomalous sample"):
        method([1.0, 2.0], [0, 0])
    with pytest.raises(ValueError, match="labels has no normal sample"):
        method([1.0, 2.0, 3.0], [1, 1, None])
    assert method([1.0, 2.0], [0, 1]).threshold == 2
    assert method(
        [5.0, 5.0], [0, 1], **({"precision": 0.5} if "at_prec" in method.__name__ else {})
    )
