import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from vae_widgets.core.thresholds import conformal_p_values, conformal_threshold

SCORES = st.lists(st.integers(-5, 5).map(float), min_size=1, max_size=40)


@given(SCORES, SCORES)
def test_p_values_match_their_definition(new, normal):
    expected = [(1 + sum(n >= s for n in normal)) / (1 + len(normal)) for s in new]
    assert conformal_p_values(new, normal).tolist() == expected


@given(st.lists(st.integers(-5, 5).map(float), min_size=19, max_size=60), st.integers(1, 12))
def test_flagged_is_what_has_a_p_value_of_at_most_the_rate(normal, twentieths):
    chosen = conformal_threshold(normal, rate=twentieths / 20)
    new = np.arange(-6, 7) + 0.0
    # In whole numbers: 20 (1 + count) <= twentieths (n + 1).
    counts = [sum(n >= s for n in normal) for s in new]
    small = [20 * (1 + count) <= twentieths * (len(normal) + 1) for count in counts]
    assert (new >= chosen.threshold).tolist() == small


@pytest.mark.parametrize(("n", "rate"), [(19, 0.05), (30, 0.05), (150, 0.1)])
def test_the_bound_holds_on_average(n, rate):
    rng = np.random.default_rng(n)
    draws = rng.lognormal(size=(4000, n))
    thresholds = np.array([conformal_threshold(normal, rate=rate).threshold for normal in draws])
    rates = stats.lognorm(1).sf(thresholds)
    expected = np.floor(rate * (n + 1)) / (n + 1)  # exact, as there are no ties
    assert rates.mean() == pytest.approx(expected, abs=4 * rates.std() / np.sqrt(4000))
    assert expected <= rate


@pytest.mark.parametrize(("n", "rate", "confidence"), [(100, 0.05, 0.9), (300, 0.02, 0.95)])
def test_with_confidence_the_bound_holds_that_often(n, rate, confidence):
    draws = np.random.default_rng(0).exponential(size=(3000, n))
    found = [conformal_threshold(normal, rate=rate, confidence=confidence) for normal in draws]
    rates = np.exp([-chosen.threshold for chosen in found])
    held = np.mean(rates <= rate)
    assert held >= confidence - 3 * np.sqrt(confidence * (1 - confidence) / 3000)
    # What is said to hold with 95 % confidence does so exactly.
    said = np.mean(rates <= found[0].estimates["rate_95"])
    assert said == pytest.approx(0.95, abs=4 * np.sqrt(0.95 * 0.05 / 3000))


@pytest.mark.parametrize(
    ("rate", "confidence", "needed"),
    [(0.05, None, 19), (0.01, None, 99), (0.05, 0.95, 59), (0.05, 0.1, 19)],
)
def test_too_few_scores_are_told_how_many_it_takes(rate, confidence, needed):
    scores = np.arange(float(needed))
    with pytest.raises(ValueError, match=f"{needed - 1} normal scores cannot .* least {needed}"):
        conformal_threshold(scores[1:], rate=rate, confidence=confidence)
    # With just enough, only what is beyond all of them is flagged.
    assert conformal_threshold(scores, rate=rate, confidence=confidence).threshold > needed - 1


def test_with_labels_only_the_normal_ones_count():
    scores, labels = np.arange(60.0), [0] * 39 + [1] * 11 + [None] * 10
    chosen = conformal_threshold(scores, labels)
    assert chosen.threshold == np.nextafter(37.0, 38)  # the second highest of 39
    assert chosen.estimates["n_normal"] == 39


def test_constant_scores_are_not_flagged():
    assert conformal_threshold([2.0] * 50).threshold > 2


@pytest.mark.parametrize("labels", [[0, 1, 0], np.array([False, True, False])])
def test_labels_are_no_scores_of_normal_samples(labels):
    scores = np.array([1.0, 5.0, 2.0])
    with pytest.raises(ValueError, match=r"normal holds 0 and 1 alone.*pass scores\[labels == 0\]"):
        conformal_p_values(scores, labels)
    np.testing.assert_allclose(
        conformal_p_values(scores, scores[np.asarray(labels) == 0]), [1, 1 / 3, 2 / 3]
    )
