"""Every method by its name: what `choose_threshold` and the widget offer."""

import difflib
import warnings
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_widgets.core import checks
from vae_widgets.core.pairing import shared_index
from vae_widgets.core.registry import Registry
from vae_widgets.core.thresholds.conformal import conformal_threshold
from vae_widgets.core.thresholds.curves import Curve
from vae_widgets.core.thresholds.gesd import gesd_threshold
from vae_widgets.core.thresholds.labelled import (
    cost_threshold,
    f1_threshold,
    f_beta_threshold,
    precision_at_recall_threshold,
    recall_at_precision_threshold,
)
from vae_widgets.core.thresholds.method import Method, method_of_plugin
from vae_widgets.core.thresholds.mixture import mixture_threshold
from vae_widgets.core.thresholds.peaks_over_threshold import peaks_over_threshold
from vae_widgets.core.thresholds.percentile import percentile_threshold, top_k_threshold
from vae_widgets.core.thresholds.pythresh import pythresh_gesd_threshold, pythresh_mad_threshold
from vae_widgets.core.thresholds.reversed import auroc_of_classes, reversed_warning
from vae_widgets.core.thresholds.spread import iqr_threshold, mad_threshold, z_score_threshold
from vae_widgets.core.thresholds.threshold import Threshold

# The methods that square scores, and the size below which squares lose digits to underflow.
_SQUARING = ("pythresh_mad", "z_score", "gesd", "pythresh_gesd", "mixture")
_TOO_SMALL = 1e-150

METHODS: Registry[Method] = Registry(
    "threshold",
    {
        "percentile": Method(percentile_threshold, "Percentile", {"percentile": 95.0}, step=0.5),
        "top_k": Method(top_k_threshold, "Top k", {"k": 50}, step=1),
        "iqr": Method(iqr_threshold, "Interquartile range", {"factor": 1.5}, step=0.5),
        "mad": Method(mad_threshold, "Median deviation (MAD)", {"factor": 3.5}, step=0.5),
        "pythresh_mad": Method(
            pythresh_mad_threshold, "MAD as in pythresh", {"factor": 1.0}, step=0.5
        ),
        "z_score": Method(z_score_threshold, "z-score", {"factor": 3.0}, step=0.5),
        "gesd": Method(
            gesd_threshold,
            "Rosner's test (GESD)",
            {"alpha": 0.05, "max_outliers": None},
            steps={"max_outliers": 1},
        ),
        "pythresh_gesd": Method(
            pythresh_gesd_threshold,
            "GESD as in pythresh",
            {"alpha": 0.05, "max_outliers": None},
            steps={"max_outliers": 1},
        ),
        "mixture": Method(mixture_threshold, "Two distributions", {"probability": 0.5}, step=0.05),
        "peaks_over_threshold": Method(
            peaks_over_threshold,
            "Extreme values (POT)",
            {"rate": 0.001, "tail": 0.1},
            steps={"rate": 0.0005, "tail": 0.05},
        ),
        "conformal": Method(
            conformal_threshold,
            "Conformal bound",
            {"rate": 0.05, "confidence": None},
            labels="used",
            steps={"confidence": 0.05},
        ),
        "f1": Method(f1_threshold, "Best F1", {}, labels="needed", takes_curve=True),
        "f_beta": Method(
            f_beta_threshold,
            "Best F-beta",
            {"beta": 2.0},
            labels="needed",
            step=0.5,
            takes_curve=True,
        ),
        "recall_at_precision": Method(
            recall_at_precision_threshold,
            "Recall at precision",
            {"precision": 0.9},
            labels="needed",
            takes_curve=True,
        ),
        "precision_at_recall": Method(
            precision_at_recall_threshold,
            "Precision at recall",
            {"recall": 0.9},
            labels="needed",
            takes_curve=True,
        ),
        "cost": Method(
            cost_threshold,
            "Lowest cost",
            {
                "false_negative_cost": 10.0,
                "false_positive_cost": 1.0,
                "true_positive_cost": 0.0,
                "true_negative_cost": 0.0,
            },
            labels="needed",
            step=1,
            takes_curve=True,
        ),
    },
    method_of_plugin,
    reserved=("manual",),
)
"""Every method by its name: ours, and those of other packages."""


def choose_threshold(
    scores: ArrayLike,
    labels: ArrayLike | None = None,
    method: str = "percentile",
    **parameters: Any,
) -> Threshold:
    """Choose a threshold by any method, and explain it.

    Parameters
    ----------
    scores
        Finite scores (n,), higher = more anomalous.
    labels
        (n,) booleans or 0 and 1, 1 = anomalous; None or NaN = not labelled. None without labels.
    method
        Without labels "percentile", "top_k", "iqr", "mad", "pythresh_mad", "z_score", "gesd",
        "pythresh_gesd", "mixture", "peaks_over_threshold" or "conformal" (which takes labels too);
        with labels "f1", "f_beta", "recall_at_precision", "precision_at_recall" or "cost". Or a
        method of another package (``docs/how_to/plugins.md``).
    **parameters
        Those of the method: ``percentile``; ``k``; ``factor`` of the spreads; ``alpha`` and
        ``max_outliers`` of the two GESD; ``probability``; ``rate`` and ``tail``; ``rate`` and
        ``confidence``; ``beta``; ``precision``; ``recall``; ``false_negative_cost``,
        ``false_positive_cost``, ``true_positive_cost`` and ``true_negative_cost``. The functions of
        ``vae_widgets.core.thresholds`` document them.

    Returns
    -------
    Threshold
        A number with its method, parameters, an explanation and what it assumes.

    Warns
    -----
    UserWarning
        If the area under the ROC curve and its 95 % interval are below 0.5: the scores seem
        reversed.

    Raises
    ------
    TypeError, ValueError
        For an unknown method, bad parameters, bad or missing labels, and scores that the method
        cannot work with; the message names the remedy.

    Examples
    --------
    >>> choose_threshold([1, 2, 3, 4, 100], method="iqr").explanation
    '1.5 interquartile ranges above the third quartile of 5 scores.'
    """
    check_method(method, parameters)
    shared_index({"scores": scores, "labels": labels})
    scores = checks.scores("scores", scores)
    known = check_labels(labels, len(scores))
    found = apply_method(scores, known, method, parameters)
    if known is None:
        return found
    normal, anomalous = np.sort(scores[known == 0]), scores[known == 1]
    problem = reversed_warning(auroc_of_classes(normal, anomalous), len(anomalous), len(normal))
    if not problem:
        return found
    warnings.warn(problem, stacklevel=2)
    return replace(found, explanation=f"{found.explanation} {problem}")


def check_method(method: str, parameters: Mapping[str, Any]) -> Method:
    """Return a method by its name; raise for an unknown one, or for an unknown parameter."""
    chosen = METHODS.look_up("method", method)
    checks.reject_unknown(f"method {method!r}", parameters, chosen.parameters)
    return chosen


def check_labels(labels: Any, n: int, of: str = "scores") -> NDArray[np.float64] | None:
    """Return ``labels`` as `checks.anomaly_labels` does, or None; a method's name is explained."""
    if labels is None:
        return None
    near = difflib.get_close_matches(labels.lower(), METHODS) if isinstance(labels, str) else []
    hint = f"Did you mean method={near[0]!r}?" if near else ""
    return checks.anomaly_labels("labels", labels, n, of, hint)


def apply_method(
    scores: NDArray[np.float64],
    labels: NDArray[np.float64] | Curve | None,
    method: str,
    parameters: Mapping[str, Any],
) -> Threshold:
    """Choose a threshold as `choose_threshold` does, from checked scores and labels.

    A method that takes a curve may get it in place of the labels.
    """
    chosen = check_method(method, parameters)
    if labels is None and chosen.labels == "needed":
        raise ValueError(
            f"method={method!r} needs labels; received None. Pass labels, or use a method without, "
            "such as 'mad'."
        )
    try:
        if method in _SQUARING and 0 < np.abs(scores).max() < _TOO_SMALL:
            raise FloatingPointError
        with np.errstate(over="raise"):
            found = chosen.choose(scores, *([labels] if chosen.labels else []), **parameters)
        if not np.isfinite(found.threshold):
            raise FloatingPointError
    except (FloatingPointError, OverflowError):
        given = ", ".join(f"{name}={value!r}" for name, value in parameters.items())
        raise ValueError(
            f"scores from {scores.min():g} to {scores.max():g} are too small, too large or too "
            f"many orders of magnitude apart for method {method!r}{given and f' with {given}'}. "
            f"Pass their logarithm, or bring them to another scale"
            f"{given and '; or pass less extreme parameters'}."
        ) from None
    return found
