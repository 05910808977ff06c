import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

import vae_widgets as vw
from vae_widgets.core.thresholds.reversed import auroc_interval, auroc_of_classes, reversed_warning

RNG = np.random.default_rng(0)
LABELS = RNG.random(300) < 0.2
SCORES = RNG.normal(size=300) + 1.5 * LABELS


@given(
    st.lists(st.tuples(st.integers(0, 4).map(float), st.booleans()), min_size=2).filter(
        lambda rows: len({y for _, y in rows}) == 2
    )
)
def test_the_area_is_that_of_scikit_learn(rows):
    scores, labels = (np.array(column) for column in zip(*rows, strict=True))
    area = auroc_of_classes(np.sort(scores[~labels]), scores[labels])
    assert area == pytest.approx(roc_auc_score(labels, scores))


@given(st.floats(0, 1), st.integers(1, 500), st.integers(1, 500))
def test_the_bounds_of_the_interval_solve_its_equation(area, m, n):
    z = scipy.stats.norm.ppf(0.975)
    for bound in auroc_interval(area, m, n):
        q1, q2 = bound / (2 - bound), 2 * bound**2 / (1 + bound)  # of Hanley and McNeil
        others = (m + n) / 2 - 1
        spread = (q1 - bound**2) * others + (q2 - bound**2) * others
        variance = (bound * (1 - bound) + spread) / (m * n)
        assert abs(bound - area) == pytest.approx(z * np.sqrt(max(0, variance)), abs=1e-7)


@pytest.mark.parametrize(("m", "n"), [(2, 10), (10, 30), (40, 400)])
def test_the_interval_excludes_half_where_the_mann_whitney_test_does(m, n):
    normal = np.arange(n)
    for u in range(m * n // 2):
        # One anomalous sample after another among the normal ones: U is u, without ties.
        places = [min(n, max(0, u - k * n)) - 0.5 for k in range(m)]
        anomalous = np.array(places) + 1e-3 * np.arange(m)
        test = scipy.stats.mannwhitneyu(
            anomalous, normal, method="asymptotic", use_continuity=False
        )
        assert test.statistic == u
        high = auroc_interval(u / (m * n), m, n)[1]
        assert (high < 0.5) == (test.pvalue < 0.05)
        if m == 40 and u > 200:
            break


@pytest.mark.parametrize(("m", "n", "shift"), [(10, 90, 0.0), (30, 270, -0.7), (30, 30, 1.5)])
def test_the_interval_covers_the_truth_in_95_of_100_data_sets(m, n, shift):
    truth = scipy.stats.norm.cdf(shift / np.sqrt(2))
    rng, covered = np.random.default_rng(1), []
    for _ in range(600):
        area = auroc_of_classes(np.sort(rng.normal(size=n)), rng.normal(shift, size=m))
        low, high = auroc_interval(area, m, n)
        covered.append(low <= truth <= high)
    assert 0.92 <= np.mean(covered) <= 0.985  # 0.95 give or take three standard errors


def test_few_samples_or_the_right_way_round_raise_no_alarm():
    assert reversed_warning(0.0, 1, 3) == ""
    assert reversed_warning(0.49, 50, 500) == ""
    assert reversed_warning(0.9, 50, 500) == ""
    assert reversed_warning(np.nan, 0, 5) == ""
    assert reversed_warning(0.0, 5, 5).startswith("AUROC 0.000 (95 % interval 0.000 to 0.")


@pytest.mark.parametrize("method", ["f1", "percentile", "conformal"])
def test_choose_threshold_says_that_scores_are_reversed(method, recwarn):
    vw.choose_threshold(SCORES, LABELS, method)
    assert not recwarn.list
    with pytest.warns(UserWarning, match=r"clearly below 0.5.*Pass `-scores`.*anomaly_score"):
        chosen = vw.choose_threshold(-SCORES, LABELS, method)
    area = roc_auc_score(LABELS, -SCORES)
    assert f" AUROC {area:.3f} (95 % interval " in chosen.explanation
    # The advice holds: scores the other way round, or labels of the other kind.
    vw.choose_threshold(SCORES, LABELS, method)
    vw.choose_threshold(-SCORES, 1 - LABELS, method)
    assert len(recwarn.list) == 0


def test_a_comparison_says_which_score_is_reversed():
    found = vw.compare_scores({"up": SCORES, "down": -SCORES}, {"norm": SCORES**2}, LABELS)
    about = [warning for warning in found.warnings if "reversed" in warning]
    assert len(about) == 1
    assert about[0].startswith("'down' seems to be reversed. AUROC 0.")
    assert about[0] in str(found)
