import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from vae_widgets.core.thresholds import gesd_threshold
from vae_widgets.core.thresholds.gesd import critical_values, remove_most_deviating

# Rosner (1983), the 54 values that he and the NIST handbook (1.3.5.17.3) work through.
ROSNER = [
    *(-0.25, 0.68, 0.94, 1.15, 1.20, 1.26, 1.26, 1.34, 1.38, 1.43, 1.49, 1.49, 1.55, 1.56, 1.58),
    *(1.65, 1.69, 1.70, 1.76, 1.77, 1.81, 1.91, 1.94, 1.96, 1.99, 2.06, 2.09, 2.10, 2.14, 2.15),
    *(2.23, 2.24, 2.26, 2.35, 2.37, 2.40, 2.47, 2.54, 2.62, 2.64, 2.90, 2.92, 2.92, 2.93, 3.21),
    *(3.26, 3.30, 3.59, 3.68, 4.30, 4.64, 5.34, 5.42, 6.01),
]


def brute_force(scores, alpha, most):
    """Flag by the text of the method: recompute mean and deviation, delete one, again."""
    rest, count, gone = list(scores), 0, []
    for _ in range(most):
        n, mean, deviation = len(rest), np.mean(rest), np.std(rest, ddof=1)
        furthest = max(rest, key=lambda score: abs(score - mean))
        t = stats.t.ppf(1 - alpha / (2 * n), n - 2)
        critical = (n - 1) * t / np.sqrt((n - 2 + t**2) * n)
        rest.remove(furthest)
        gone.append(furthest)
        if deviation > 0 and abs(furthest - mean) / deviation > critical:
            count = len(gone)
    kept = sorted(scores)
    for score in gone[:count]:
        kept.remove(score)
    return [score > kept[-1] for score in scores]


def test_the_published_example():
    statistics, _ = remove_most_deviating(np.sort(ROSNER), 10)
    published = [3.118, 2.942, 3.179, 2.810, 2.815, 2.848, 2.279, 2.310, 2.101, 2.067]
    np.testing.assert_allclose(statistics, published, atol=1e-3)  # the handbook cuts digits off
    critical = [3.158, 3.151, 3.143, 3.136, 3.128, 3.120, 3.111, 3.103, 3.094, 3.085]
    np.testing.assert_allclose(critical_values(54, 10, 0.05), critical, atol=1e-3)
    chosen = gesd_threshold(ROSNER, max_outliers=10)
    assert chosen.threshold == 5.34
    assert chosen.estimates["n_outliers"] == 3


@given(
    st.lists(st.integers(-40, 40), min_size=3, max_size=40, unique=True),
    st.sampled_from([0.01, 0.05, 0.3]),
)
def test_flags_match_brute_force(whole, alpha):
    scores = [value + 0.001 * value**3 for value in whole]
    most = (len(scores) - 1) // 2
    chosen = gesd_threshold(scores, alpha, most)
    assert [s >= chosen.threshold for s in scores] == brute_force(scores, alpha, most)


def test_huge_outliers_cost_no_precision():
    rng = np.random.default_rng(0)
    normal = rng.normal(size=500)
    scores = np.append(normal, [1e15, 2e15, 9.0])
    assert (scores >= gesd_threshold(scores).threshold).tolist() == [False] * 500 + [True] * 3


def test_alpha_is_the_chance_of_a_false_alarm():
    # Two-sided, so half of it on the high side; exact for one outlier (Grubbs' test).
    batches = np.random.default_rng(2).normal(size=(2000, 50))
    alarms = [batch.max() >= gesd_threshold(batch, 0.1, 1).threshold for batch in batches]
    assert np.mean(alarms) == pytest.approx(0.05, abs=3 * np.sqrt(0.05 * 0.95 / 2000))


@pytest.mark.parametrize("scores", [[2.0], [1.0, 9.0], [3.0] * 40])
def test_what_cannot_deviate_is_not_flagged(scores):
    assert gesd_threshold(scores).threshold > max(scores)


def test_a_tie_of_outliers_is_flagged_as_one():
    scores = [*np.random.default_rng(0).normal(size=60), 50.0, 50.0, 50.0]
    assert gesd_threshold(scores).threshold == 50


def test_too_many_outliers_to_look_for_are_an_error():
    with pytest.raises(ValueError, match="at most 4, below half of the 10 scores; received 5"):
        gesd_threshold(np.arange(10.0), max_outliers=5)
