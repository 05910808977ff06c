import numpy as np
import pytest
from scipy import stats

from vae_widgets.core.bootstrap import bootstrap_threshold
from vae_widgets.core.thresholds import METHODS, Threshold, choose_threshold

RNG = np.random.default_rng(0)
LABELS = RNG.random(2000) < 0.2
SCORES = RNG.normal(size=2000) + 2 * LABELS


def by_hand(threshold):
    return Threshold(threshold, "manual", {}, "", "")


def test_intervals_match_scipy():
    found = bootstrap_threshold(SCORES, LABELS, by_hand(1.5), n_resamples=2000)

    def precision(scores, labels, axis):
        flagged = scores >= 1.5
        return (flagged & labels).sum(axis) / flagged.sum(axis)

    expected = stats.bootstrap(
        (SCORES, LABELS),
        precision,
        paired=True,
        n_resamples=2000,
        method="percentile",
        rng=np.random.default_rng(1),
    ).confidence_interval
    assert found.intervals["precision"] == pytest.approx((expected.low, expected.high), abs=0.005)
    flagged = int((SCORES >= 1.5).sum())
    exact = stats.binom(2000, flagged / 2000).ppf([0.025, 0.975]) / 2000
    assert found.intervals["alert_rate"] == pytest.approx(exact, abs=0.004)
    assert found.intervals["threshold"] == (1.5, 1.5)


def test_the_interval_of_a_percentile_matches_its_order_statistics():
    chosen = choose_threshold(SCORES, method="percentile", percentile=90)
    found = bootstrap_threshold(SCORES, None, chosen, n_resamples=1000)
    # In a resample, the number of scores above x is binomial.
    ranks = stats.binom(2000, 0.1).ppf([0.975, 0.025]).astype(int)
    expected = np.sort(SCORES)[::-1][ranks]
    assert found.intervals["threshold"] == pytest.approx(expected, abs=0.04)
    assert sorted(found.intervals) == ["alert_rate", "threshold"]


def test_the_interval_covers_the_truth_as_often_as_it_says():
    # Recall of the threshold 1 where anomalies are N(2, 1): known in closed form.
    truth = stats.norm.sf(-1)
    covered = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        labels = np.arange(300) < 150
        scores = rng.normal(size=300) + 2 * labels
        found = bootstrap_threshold(scores, labels, by_hand(1.0), 100, 0.9, seed)
        low, high = found.intervals["recall"]
        covered.append(low <= truth <= high)
    assert np.mean(covered) == pytest.approx(0.9, abs=0.07)


def test_many_labels_are_enough_and_few_are_not():
    chosen = choose_threshold(SCORES, LABELS, "f1")
    enough = bootstrap_threshold(SCORES, LABELS, chosen)
    assert enough.enough
    assert enough.verdict == f"Enough labels ({LABELS.sum()} anomalous)."
    few = np.where(np.arange(2000) < 30, LABELS, None)
    chosen = choose_threshold(SCORES, few, "f1")
    found = bootstrap_threshold(SCORES, few, chosen)
    assert not found.enough
    assert found.verdict.startswith("Too few labels (")
    assert "recall is" in found.verdict


def test_a_method_that_fails_in_resamples_is_told_of():
    labels = np.zeros(2000)
    labels[np.argmax(SCORES)] = 1  # missing from about a third of the resamples
    chosen = choose_threshold(SCORES, labels, "f1")
    found = bootstrap_threshold(SCORES, labels, chosen)
    assert found.n_failed / found.n_resamples == pytest.approx(np.exp(-1), abs=0.12)
    assert "of the resamples f1 found none" in found.verdict


@pytest.mark.parametrize("method", METHODS)
def test_every_method_can_be_resampled(method):
    labels = LABELS[:300]
    scores = SCORES[:300] + 4 * labels
    chosen = choose_threshold(scores, labels, method)
    found, again = (bootstrap_threshold(scores, labels, chosen, n_resamples=20) for _ in range(2))
    assert found == again  # repeatable
    low, high = found.intervals["threshold"]
    assert low <= high
    assert found.n_failed == 0


@pytest.mark.parametrize(
    "labels", [None, [None, None], [0, 0], [1, 1], [0, 1]], ids=lambda labels: str(labels)
)
def test_two_samples_are_too_few_or_undefined_but_no_error(labels):
    found = bootstrap_threshold([1.0, 2.0], labels, by_hand(2.0))
    assert not found.enough or labels is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n_resamples": 5}, "n_resamples must be at least 20"),
        ({"confidence": 1}, "confidence must lie between 0 and 1"),
        ({"seed": -1}, "seed must be at least 0"),
    ],
)
def test_wrong_arguments_are_errors(arguments, message):
    with pytest.raises(ValueError, match=message):
        bootstrap_threshold(SCORES, LABELS, by_hand(1.0), **arguments)


def test_what_is_too_few_hangs_on_what_the_method_looks_at():
    rng = np.random.default_rng(0)
    scores, labels = rng.gamma(2, size=40), np.arange(40) < 4
    of_samples = bootstrap_threshold(scores, labels, choose_threshold(scores, method="iqr"))
    assert of_samples.verdict.startswith("Too few samples (40): they do not tell thresholds")
    assert " apart, which flag " in of_samples.verdict
    assert "Too few labels (4 anomalous): precision is " in of_samples.verdict
    assert of_samples.verdict.endswith(" (Wilson).")
    of_labels = bootstrap_threshold(scores, labels, choose_threshold(scores, labels, method="f1"))
    assert "samples" not in of_labels.verdict
    assert "they do not tell thresholds" in of_labels.verdict
