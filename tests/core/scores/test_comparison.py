"""Comparing scores with baselines: agreement with SciPy and scikit-learn, and plain warnings."""

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from vae_widgets import compare_scores
from vae_widgets.core.scores.comparison import average_ranks

RNG = np.random.default_rng(0)
NORM = RNG.gamma(3, size=200)
OTHER = RNG.normal(size=200)
LABELS = RNG.random(200) < 0.2


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=2, max_size=40))
@settings(max_examples=100, deadline=None)
def test_ranks_and_correlation_with_ties_are_those_of_scipy(pairs):
    a, b = np.array(pairs, float).T
    np.testing.assert_array_equal(average_ranks(a), scipy.stats.rankdata(a))
    found = compare_scores(a, {"baseline": b}).spearman["score"]["baseline"]
    if len(set(a)) == 1 or len(set(b)) == 1:
        assert np.isnan(found)
    else:
        assert found == pytest.approx(scipy.stats.spearmanr(a, b).statistic, abs=1e-12)


def test_auroc_is_that_of_scikit_learn_over_the_labelled():
    ties = np.round(NORM)
    labels = np.where(np.arange(200) % 3, LABELS, np.nan)
    known = ~np.isnan(labels)
    found = compare_scores({"elbo": ties}, {"norm": OTHER}, labels).auroc
    for name, scores in {"elbo": ties, "norm": OTHER}.items():
        assert found[name] == pytest.approx(roc_auc_score(labels[known], scores[known]))


@pytest.mark.parametrize(
    ("scores", "words"),
    [
        (np.log(NORM), "just that by 'norm' (Spearman 1.000)"),
        (-(NORM**2), "just that by 'norm' upside down (Spearman -1.000)"),
    ],
)
def test_a_ranking_that_is_just_the_norm_is_said_so(scores, words):
    found = compare_scores({"elbo": scores}, {"norm": NORM, "PCA residual": OTHER})
    (warning,) = found.warnings
    assert warning.startswith(f"The ranking by 'elbo' is {words}: ")
    assert warning in str(found)


def test_the_warning_begins_above_0_99():
    noise = RNG.normal(size=200)
    for size in (0.1, 0.3):
        scores = scipy.stats.zscore(NORM) + size * noise
        correlation = scipy.stats.spearmanr(scores, NORM).statistic
        warnings = compare_scores(scores, {"norm": NORM}).warnings
        assert bool(warnings) == (correlation > 0.99)
    assert correlation < 0.99 < scipy.stats.spearmanr(NORM + 0.1 * noise, NORM).statistic


@pytest.mark.parametrize("n", [2, 9, 10])
def test_few_samples_may_agree_by_chance(n):
    found = compare_scores(np.arange(n), {"norm": np.arange(n)})
    assert found.spearman["score"]["norm"] == pytest.approx(1)
    assert bool(found.warnings) == (n >= 10)


def test_a_score_that_does_not_beat_its_best_baseline():
    good, better = LABELS + RNG.normal(size=(2, 200)) * [[2.0], [0.5]]
    found = compare_scores(
        {"elbo": good, "iwae": better + LABELS}, {"a": OTHER, "b": better}, LABELS
    )
    assert found.auroc["elbo"] < found.auroc["b"] < found.auroc["iwae"]
    assert found.warnings == (
        f"'elbo' does not beat the baseline 'b': AUROC {found.auroc['elbo']:.3f} against "
        f"{found.auroc['b']:.3f}.",
    )


@pytest.mark.parametrize("labels", [np.zeros(200), np.ones(200)])
def test_labels_of_one_kind_judge_nothing(labels):
    found = compare_scores({"elbo": OTHER}, {"norm": NORM}, labels)
    assert np.isnan(list(found.auroc.values())).all()
    assert found.warnings == ("The labels are of one kind, or none is known: AUROC is undefined.",)
    assert "nan" in str(found)


def test_the_table_as_text_and_html():
    found = compare_scores({"<elbo>": OTHER}, {"norm": NORM}, LABELS)
    rho = f"{scipy.stats.spearmanr(OTHER, NORM).statistic:.3f}"
    auroc = {name: f"{value:.3f}" for name, value in found.auroc.items()}
    lines = [line.split() for line in str(found).splitlines()]
    assert lines[:3] == [
        ["AUROC", "Spearman", "with", "<elbo>"],
        ["<elbo>", auroc["<elbo>"]],
        ["baseline:", "norm", auroc["norm"], rho],
    ]
    html = found._repr_html_()
    assert f"<tr><th>baseline: norm</th><td>{auroc['norm']}</td><td>{rho}</td></tr>" in html
    assert "&lt;elbo&gt;" in html
    assert "<elbo>" not in html
    without = compare_scores({"elbo": OTHER}, {"norm": NORM})
    assert [line.split() for line in str(without).splitlines()] == [
        ["Spearman", "with", "elbo"],
        ["baseline:", "norm", rho],
    ]


@pytest.mark.parametrize(
    ("scores", "baselines", "labels", "error", "message"),
    [
        (OTHER, {}, None, ValueError, "baselines is empty"),
        ({}, {"norm": NORM}, None, ValueError, "scores is empty"),
        ({1: OTHER}, {"norm": NORM}, None, TypeError, "scores must map names.* received 1 as a"),
        (
            OTHER,
            {None: NORM},
            None,
            TypeError,
            "baselines must map names.* received None as a name",
        ),
        (OTHER, NORM, None, TypeError, r"baselines must map names.*ndarray.*baseline_scores"),
        ({"norm": OTHER}, {"norm": NORM}, None, ValueError, "names both a score and a baseline"),
        (OTHER[:5], {"norm": NORM}, None, ValueError, "'norm' has 200 scores, others have 5"),
        (OTHER, {"norm": NORM * np.nan}, None, ValueError, r"baselines\['norm'\] has 200 NaN"),
        (OTHER, {"norm": NORM}, LABELS[:3], ValueError, r"labels has shape \(3,\)"),
    ],
)
def test_bad_arguments(scores, baselines, labels, error, message):
    with pytest.raises(error, match=message):
        compare_scores(scores, baselines, labels)
