"""Thresholds that labels choose: best F-beta, precision, recall or cost.

Measured on the labels that chose, each figure is too good; `core.bootstrap` corrects it.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_widgets.core import checks
from vae_widgets.core.thresholds.curves import Curve, curve
from vae_widgets.core.thresholds.threshold import Threshold, above
from vae_widgets.core.ticks import counted

# As a share of the largest cost: costs this near are equal except for rounding.
_ROUNDING = 1e-14
_MOST_BETA = 1e100  # its square must be finite
_ASSUMES = (
    "Assumes that new samples are like the labelled ones; expect worse results on them, much worse "
    "if the labels are few."
)


def f1_threshold(scores: ArrayLike, labels: ArrayLike | Curve) -> Threshold:
    """Choose the score with the highest F1, the harmonic mean of precision and recall.

    The same as `f_beta_threshold` with beta 1.
    """
    return _f_beta("f1", scores, labels, 1.0, {}, "F1")


def f_beta_threshold(scores: ArrayLike, labels: ArrayLike | Curve, beta: float = 2.0) -> Threshold:
    """Choose the score with the highest F-beta; the highest of equals.

    Parameters
    ----------
    scores
        Finite scores (n,), higher = more anomalous.
    labels
        (n,) booleans or 0 and 1, 1 = anomalous; None or NaN = not labelled. Or the `Curve` of both,
        which saves sorting them again.
    beta
        How many times as much recall counts as precision, in (0, 1e100].

    Raises
    ------
    ValueError
        If no sample is labelled anomalous, or none normal.
    """
    beta = checks.number_between("beta", beta, 0, _MOST_BETA, open_low=True)
    return _f_beta("f_beta", scores, labels, beta, {"beta": beta}, f"F-beta (beta {beta:g})")


def recall_at_precision_threshold(
    scores: ArrayLike, labels: ArrayLike | Curve, precision: float = 0.9
) -> Threshold:
    """Choose the highest recall whose precision is at least `precision`.

    Parameters
    ----------
    scores, labels
        As for `f_beta_threshold`.
    precision
        Share of alerts that must be right, in (0, 1].

    Raises
    ------
    ValueError
        If no threshold is that precise, or a kind has no label.
    """
    precision = checks.number_between("precision", precision, 0, 1, open_low=True)
    points = _points(scores, labels)
    enough = points.precision >= precision
    if not enough.any():
        raise ValueError(
            f"no threshold reaches precision {precision:g} on these labels; the best is "
            f"{points.precision.max():.3g}."
        )
    at = int(np.argmax(np.where(enough, points.true_positives, -1)))
    return Threshold(
        float(points.thresholds[at]),
        "recall_at_precision",
        {"precision": precision},
        f"Recall {points.recall[at]:.3f}, the highest with a precision of at least "
        f"{precision:g} on {_counts(points)}.",
        _ASSUMES,
    )


def precision_at_recall_threshold(
    scores: ArrayLike, labels: ArrayLike | Curve, recall: float = 0.9
) -> Threshold:
    """Choose the highest precision whose recall is at least `recall`.

    Parameters
    ----------
    scores, labels
        As for `f_beta_threshold`.
    recall
        Share of the anomalies that must be caught, in (0, 1].
    """
    recall = checks.number_between("recall", recall, 0, 1, open_low=True)
    points = _points(scores, labels)
    at = int(np.argmax(np.where(points.recall >= recall, points.precision, -1)))
    return Threshold(
        float(points.thresholds[at]),
        "precision_at_recall",
        {"recall": recall},
        f"Precision {points.precision[at]:.3f}, the highest with a recall of at least {recall:g} "
        f"on {_counts(points)}.",
        _ASSUMES,
    )


def cost_threshold(
    scores: ArrayLike,
    labels: ArrayLike | Curve,
    false_negative_cost: float = 10.0,
    false_positive_cost: float = 1.0,
    true_positive_cost: float = 0.0,
    true_negative_cost: float = 0.0,
) -> Threshold:
    """Choose the lowest expected cost of a sample; the fewest alerts of equals, perhaps none.

    Parameters
    ----------
    scores, labels
        As for `f_beta_threshold`.
    false_negative_cost, false_positive_cost, true_positive_cost, true_negative_cost
        Costs of an anomaly that is not flagged, a normal sample that is flagged, an anomaly that is
        flagged and a normal sample that is not, in any one unit, each at least 0. To count a gain,
        add one amount to all four costs, which changes no choice.

    Raises
    ------
    ValueError
        If no sample is labelled anomalous, none normal, or the expected cost exceeds what a float
        can hold.
    """
    named = {
        "false_negative_cost": false_negative_cost,
        "false_positive_cost": false_positive_cost,
        "true_positive_cost": true_positive_cost,
        "true_negative_cost": true_negative_cost,
    }
    costs = {name: checks.finite_number(name, cost) for name, cost in named.items()}
    for name, cost in costs.items():
        if cost < 0:
            raise ValueError(
                f"{name} is {cost:g}; expected a cost of at least 0. For a gain, add the same "
                "amount to all four costs, which changes no choice."
            )
    scores = checks.scores("scores", scores)
    points = _points(scores, labels)
    with np.errstate(over="ignore", invalid="ignore"):
        expected = expected_cost(points, **costs)
    if not np.isfinite(expected).all():
        received = ", ".join(f"{name}={cost:g}" for name, cost in costs.items())
        raise ValueError(
            f"the expected cost of {received} is not finite; pass the costs in a larger unit."
        )
    rounding = _ROUNDING * max(map(abs, costs.values()))
    at = int(np.argmax(expected <= expected.min() + rounding))  # the fewest alerts come first
    highest = above(float(scores.max()))
    return Threshold(
        float(points.thresholds[at - 1]) if at else highest,
        "cost",
        costs,
        f"Expected cost {expected[at]:.4g} a sample, the lowest on {_counts(points)}, where a miss "
        f"costs {costs['false_negative_cost']:g} and a false alarm "
        f"{costs['false_positive_cost']:g}." + ("" if at else " No alert pays."),
        "Assumes that new samples are like the labelled ones and anomalies as frequent among them.",
        {"expected_cost": float(expected[at])},
    )


def expected_cost(
    points: Curve,
    false_negative_cost: float,
    false_positive_cost: float,
    true_positive_cost: float = 0.0,
    true_negative_cost: float = 0.0,
) -> NDArray[np.float64]:
    """Return the mean cost of a labelled sample (m + 1,): of no alert, then of each threshold."""
    # In place: ten million thresholds take a tenth of a second for each array more.
    true, false = (np.append(0.0, of) for of in (points.true_positives, points.false_positives))
    total: NDArray[np.float64] = true_positive_cost * true
    total += false_negative_cost * np.subtract(points.n_anomalous, true, out=true)
    total += false_positive_cost * false
    total += true_negative_cost * np.subtract(points.n_normal, false, out=false)
    total /= points.n_anomalous + points.n_normal
    return total


def _f_beta(
    method: str,
    scores: ArrayLike,
    labels: ArrayLike | Curve,
    beta: float,
    parameters: dict[str, float],
    name: str,
) -> Threshold:
    points = _points(scores, labels)
    weighted = beta**2 * points.n_anomalous + points.true_positives + points.false_positives
    score = (1 + beta**2) * points.true_positives / weighted
    at = int(np.argmax(score))
    return Threshold(
        float(points.thresholds[at]),
        method,
        parameters,
        f"Best {name} on these labels, {score[at]:.3f} on {_counts(points)}.",
        _ASSUMES,
    )


def _points(scores: ArrayLike, labels: ArrayLike | Curve) -> Curve:
    points = labels if isinstance(labels, Curve) else curve(scores, labels)
    for kind, count in (("anomalous", points.n_anomalous), ("normal", points.n_normal)):
        if not count:
            raise ValueError(
                f"labels has no {kind} sample; this needs at least one. Label some, or use a "
                "method without labels, such as 'mad'."
            )
    return points


def _counts(points: Curve) -> str:
    return f"{points.n_anomalous:,} anomalous and {counted(points.n_normal, 'normal label')}"
