import inspect
import subprocess
import sys

import numpy as np
import pytest

import vae_widgets as vw
from vae_widgets.core.thresholds import METHODS, Threshold
from vae_widgets.core.thresholds.curves import curve
from vae_widgets.core.thresholds.methods import apply_method

SCORES = np.random.default_rng(0).gamma(2.0, size=300)
LABELS = SCORES + np.random.default_rng(1).normal(size=300) > 5


@pytest.mark.parametrize("method", METHODS)
def test_every_method_says_what_it_did(method):
    chosen = vw.choose_threshold(SCORES, LABELS, method)
    assert isinstance(chosen, Threshold)
    assert chosen.method == method
    assert np.isfinite(chosen.threshold)
    assert float(chosen) == chosen.threshold
    assert chosen.explanation.endswith((".", ").", "%)."))
    assert chosen.assumes.startswith("Assumes that ")
    assert set(chosen.parameters) == set(METHODS[method].parameters)


@pytest.mark.parametrize("method", METHODS)
def test_the_table_repeats_the_signatures(method):
    signature = inspect.signature(METHODS[method].choose).parameters
    given = {name: p.default for name, p in signature.items() if name not in ("scores", "labels")}
    assert METHODS[method].parameters == given
    assert bool(METHODS[method].labels) == ("labels" in signature)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("bad", [[1.0, np.nan], [np.inf, 1.0], [], [[1.0]], "abc"])
def test_every_method_refuses_what_is_no_score(method, bad):
    with pytest.raises((TypeError, ValueError), match="scores"):
        vw.choose_threshold(bad, [0, 1], method)
    labels = [[0, 1]] if METHODS[method].labels else []
    with pytest.raises((TypeError, ValueError), match="scores"):
        METHODS[method].choose(bad, *labels)


@pytest.mark.parametrize("method", METHODS)
def test_every_method_checks_its_parameter(method):
    for name in METHODS[method].parameters:
        for bad in (np.nan, "1", True):
            with pytest.raises((TypeError, ValueError), match=name):
                vw.choose_threshold(SCORES, LABELS, method, **{name: bad})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"method": "irq"}, "did you mean 'iqr'"),
        ({"method": "iqr", "faktor": 2}, "method 'iqr' got an unknown keyword 'faktor'; did you"),
        ({"method": "f1"}, "method='f1' needs labels; received None"),
        ({"method": "percentile", "percentile": 101}, r"percentile must lie in \[0, 100\]"),
        ({"method": "iqr", "factor": -1}, r"factor must lie in \[0, inf\]"),
        ({"method": "conformal", "rate": 1}, "rate must lie between 0 and 1"),
        ({"method": "top_k", "k": 0}, "k must be at least 1"),
        ({"method": "top_k", "k": 1.5}, "k must be a whole number"),
    ],
)
def test_wrong_arguments_are_errors(arguments, message):
    with pytest.raises((TypeError, ValueError), match=message):
        vw.choose_threshold(SCORES, **arguments)


@pytest.mark.parametrize(
    ("labels", "error", "message"),
    [
        ("iqr", TypeError, r"labels is 'iqr'; expected \(300,\).* Did you mean method='iqr'\?"),
        ("IRQ", TypeError, r"Did you mean method='iqr'\?"),
        (0.95, TypeError, r"labels is 0.95; expected \(300,\).*pass it by its name"),
        (LABELS[:200], ValueError, r"labels has shape \(200,\); expected \(300,\)"),
        (SCORES, ValueError, r"labels must hold booleans or 0 and 1"),
    ],
)
@pytest.mark.parametrize("method", METHODS)
def test_labels_are_checked_by_every_method(labels, error, message, method):
    with pytest.raises(error, match=message):
        vw.choose_threshold(SCORES, labels, method)
    with pytest.raises(error, match=message):
        vw.AnomalyHistogram(SCORES, labels, method=method)


@pytest.mark.parametrize("method", [name for name in METHODS if METHODS[name].labels == "needed"])
@pytest.mark.parametrize(
    ("labels", "kind"), [([1, 1, 1, 1], "normal"), ([0, 0, 0, 0], "anomalous")]
)
def test_labels_of_one_kind_choose_nothing(method, labels, kind):
    with pytest.raises(ValueError, match=f"labels has no {kind} sample"):
        vw.choose_threshold([1.0, 2, 3, 4], labels, method)


@pytest.mark.parametrize("method", ["pythresh_mad", "z_score", "gesd", "pythresh_gesd", "mixture"])
@pytest.mark.parametrize("scores", [np.append(SCORES, 1e200), 1e160 * SCORES, 1e-160 * SCORES])
def test_scores_whose_squares_are_no_floats_are_refused(method, scores):
    message = f"to {scores.max():g} are too small, too large or .* method '{method}'.*logarithm"
    with pytest.raises(ValueError, match=message.replace("+", r"\+")):
        vw.choose_threshold(scores, method=method)


@pytest.mark.parametrize("scores", [np.append(SCORES, 1e200), 1e306 * SCORES])
def test_a_threshold_is_finite(scores):
    with pytest.raises(ValueError, match=r"with rate=1e-300.*less extreme parameters"):
        vw.choose_threshold(scores, method="peaks_over_threshold", rate=1e-300)


@pytest.mark.parametrize("method", METHODS)
def test_scores_whose_squares_are_0_are_refused_or_flagged_as_larger_ones(method):
    tiny, labels = 1e-170 * SCORES, LABELS if METHODS[method].labels else None
    try:
        flagged = tiny >= vw.choose_threshold(tiny, labels, method).threshold
    except ValueError as error:
        if "too small" not in str(error):
            raise
    else:
        expected = vw.choose_threshold(SCORES, labels, method).threshold <= SCORES
        np.testing.assert_array_equal(flagged, expected)


@pytest.mark.parametrize("method", [name for name in METHODS if METHODS[name].takes_curve])
def test_the_curve_of_scores_and_labels_stands_for_the_labels(method):
    labels = np.where(np.arange(len(SCORES)) % 3, LABELS, np.nan)
    by_labels, by_curve = (
        apply_method(SCORES, given, method, METHODS[method].parameters)
        for given in (labels, curve(SCORES, labels))
    )
    assert by_labels == by_curve


def test_choosing_by_quartiles_loads_no_library():
    code = (
        "import vae_widgets as vw, sys; vw.choose_threshold([1, 2, 3], method='iqr');"
        "print({'scipy', 'sklearn', 'ipywidgets'} & set(sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"
