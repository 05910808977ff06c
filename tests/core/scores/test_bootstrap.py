import numpy as np
import pytest
from scipy import stats

from vae_widgets.core.scores.bootstrap import bootstrap_threshold, quick_resamples
from vae_widgets.core.scores.intervals import wilson_interval
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
    # It was luck that it could choose here: nothing is claimed.
    assert np.isnan([ends for _, ends in _metrics(found)]).all()
    assert "precision is unknown; recall is unknown." in found.verdict


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


@pytest.mark.parametrize("method", ["f1", "recall_at_precision"])
def test_intervals_hold_what_a_threshold_chosen_by_labels_does_in_the_population(method):
    # One in ten is anomalous, N(2, 1) beside N(0, 1): what a threshold does is known exactly.
    held, optimism, bias = [], [], []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        labels = rng.random(300) < 0.1
        scores = rng.normal(size=300) + 2 * labels
        chosen = choose_threshold(scores, labels, method)
        found = bootstrap_threshold(scores, labels, chosen, n_resamples=60)
        caught, false = 0.1 * stats.norm.sf(float(chosen) - 2), 0.9 * stats.norm.sf(float(chosen))
        truth = {
            "alert_rate": caught + false,
            "precision": caught / (caught + false),
            "recall": caught / 0.1,
            "f1": 2 * caught / (caught + false + 0.1),
        }
        assert not found.enough
        assert "Too few labels" in found.verdict
        if np.isnan(found.corrected["precision"]):  # it was luck that the method could choose
            continue
        held.append([low <= truth[name] <= high for name, (low, high) in _metrics(found)])
        optimism.append(found.measured["precision"] - truth["precision"])
        bias.append(found.corrected["precision"] - truth["precision"])
    assert len(held) > 40
    # 0.95 in the long run (docs/explanation/coverage.md); 0.85 is three standard errors below.
    assert np.mean(held, axis=0).min() >= 0.85
    assert np.mean(optimism) > 0.03
    assert abs(np.mean(bias)) < np.mean(optimism) / 2


def _metrics(found):
    return [(name, ends) for name, ends in found.intervals.items() if name != "threshold"]


def test_of_a_fixed_threshold_the_intervals_are_those_of_wilson():
    found = bootstrap_threshold(SCORES, LABELS, by_hand(1.5), confidence=0.9)
    flagged = SCORES >= 1.5
    true, false, missed = (
        int(part.sum()) for part in (flagged & LABELS, flagged & ~LABELS, ~flagged & LABELS)
    )
    assert found.intervals["recall"] == wilson_interval(true, true + missed, 0.9)
    assert found.intervals["alert_rate"] == wilson_interval(true + false, 2000, 0.9)
    shares = wilson_interval(true, true + false + missed, 0.9)
    assert found.intervals["f1"] == pytest.approx([2 * share / (1 + share) for share in shares])
    assert found.corrected == {name: found.measured[name] for name in found.corrected}


@pytest.mark.parametrize("method", ["f1", "percentile", "mad", "cost"])
def test_the_unit_of_the_scores_does_not_matter(method):
    scores, labels = SCORES[:200], LABELS[:200]
    found, scaled = (
        bootstrap_threshold(x, labels, choose_threshold(x, labels, method), n_resamples=20)
        for x in (scores, 1024 * scores)
    )
    for name, ends in _metrics(found):
        assert scaled.intervals[name] == pytest.approx(ends, nan_ok=True)
    assert scaled.corrected == pytest.approx(found.corrected, nan_ok=True)


def test_what_the_samples_do_not_tell_is_unknown():
    found = bootstrap_threshold([1.0, 2.0, 3.0], [0, 0, None], by_hand(2.5))
    assert np.isnan([*found.intervals["precision"], *found.intervals["recall"]]).all()
    assert found.verdict == "Too few labels (0 anomalous): precision is unknown; recall is unknown."


def test_constant_scores_have_intervals():
    chosen = choose_threshold(np.ones(50), method="percentile")
    found = bootstrap_threshold(np.ones(50), None, chosen)
    assert found.intervals["alert_rate"] == wilson_interval(0, 50)


def test_many_scores_and_slow_methods_are_resampled_less_often():
    assert quick_resamples(300, "f1") == 200
    assert quick_resamples(10**7, "f1") == 20
    assert quick_resamples(300, "mixture") == 200
    assert quick_resamples(20_000, "mixture") == 50
    assert quick_resamples(100_000, "mixture") == 40


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
    assert of_samples.verdict.startswith("Too few samples (40): the threshold may be anything")
    assert ", which flags " in of_samples.verdict
    assert "Too few labels (4 anomalous): precision is " in of_samples.verdict
    of_labels = bootstrap_threshold(scores, labels, choose_threshold(scores, labels, method="f1"))
    assert "samples" not in of_labels.verdict
    assert "the threshold may be anything from" in of_labels.verdict
