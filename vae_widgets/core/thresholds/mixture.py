"""A threshold between two normal distributions fitted to the scores."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_widgets.core import checks
from vae_widgets.core.thresholds.threshold import Threshold

MIN_SCORES = 10
# The fit sees as many of the sorted scores, evenly spaced: a million would take seconds.
MOST_FITTED = 20_000


def mixture_threshold(scores: ArrayLike, probability: float = 0.5) -> Threshold:
    """Flag what belongs to the upper of two normal distributions with at least `probability`.

    The two are fitted by expectation maximisation (``sklearn.mixture.GaussianMixture``). Where
    the upper one is narrower, the highest scores belong to the lower one again; they are flagged
    too, and the explanation says so.

    Parameters
    ----------
    scores
        Finite scores (n,), at least 10 and not all the same, higher = more anomalous.
    probability
        In (0, 1).

    Raises
    ------
    ValueError
        If there are too few scores, one normal distribution fits as well (BIC), or the upper one
        never has this probability.
    """
    scores = checks.scores("scores", scores)
    probability = checks.open_share("probability", probability)
    if len(scores) < MIN_SCORES or scores.min() == scores.max():
        what = "are all the same" if len(scores) >= MIN_SCORES else f"are only {len(scores)}"
        raise ValueError(
            f"scores {what}; a mixture of two distributions needs at least {MIN_SCORES} that "
            "differ. Use method 'mad' or 'percentile'."
        )
    weights, means, deviations, better = _fit(scores)
    crossings = _crossings(weights, means, deviations, math.log(probability / (1 - probability)))
    if crossings is None or not better:
        why = (
            f"overlap: the upper one never has a probability of {probability:g}"
            if better
            else "fit no better than a single one, by the Bayesian information criterion"
        )
        raise ValueError(
            f"the two normal distributions fitted to the scores {why}. Use method 'mad' or "
            "'percentile'."
        )
    text = f"Upper distribution: {100 * weights[1]:.2g} % of the scores around {means[1]:.4g}"
    threshold, end = crossings
    if end > scores.max():
        text += f", {100 * probability:g} % likely from here."
    else:
        text += (
            f", {100 * probability:g} % likely from here to {end:.4g}; what is above, where the "
            "lower one reaches further, is flagged, too."
        )
    names = ("lower", "upper")
    estimates = {
        f"{name}_{what}": float(values[i])
        for what, values in (("weight", weights), ("mean", means), ("deviation", deviations))
        for i, name in enumerate(names)
    }
    return Threshold(
        threshold,
        "mixture",
        {"probability": probability},
        text,
        "Assumes that normal and anomalous scores follow a normal distribution each.",
        estimates,
    )


def _fit(scores: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
    """Return weights, means, deviations (the lower first); whether two fit better than one."""
    from sklearn.mixture import GaussianMixture

    ordered = np.sort(scores)
    if len(ordered) > MOST_FITTED:
        at = (np.arange(MOST_FITTED) + 0.5) / MOST_FITTED * len(ordered)
        ordered = ordered[at.astype(int)]
    # In units of the spread: the fit regularises in absolute terms.
    middle, scale = float(ordered.mean()), float(ordered.std())
    x = ((ordered - middle) / scale)[:, np.newaxis]
    one = GaussianMixture(1, random_state=0).fit(x)
    # Starts with few, broad anomalies: k-means would cut a single distribution in halves.
    start = np.quantile(x, [0.5, 0.975])
    two = GaussianMixture(
        2,
        tol=1e-5,
        max_iter=500,
        random_state=0,
        weights_init=[0.95, 0.05],
        means_init=start[:, np.newaxis],
        precisions_init=np.full((2, 1, 1), 4.0),
    ).fit(x)
    order = np.argsort(two.means_[:, 0])
    return (
        two.weights_[order],
        two.means_[order, 0] * scale + middle,
        np.sqrt(two.covariances_[order, 0, 0]) * scale,
        two.bic(x) < one.bic(x),
    )


def _crossings(
    weights: NDArray[np.float64],
    means: NDArray[np.float64],
    deviations: NDArray[np.float64],
    log_odds: float,
) -> tuple[float, float] | None:
    """Return where the log odds of the upper distribution rise to `log_odds` and fall below again.

    At x they are a parabola a x^2 + b x + c, here around the lower mean. None if they stay below.
    """
    away = float(means[1] - means[0])
    precisions = 1 / deviations**2
    a = float(precisions[0] - precisions[1]) / 2
    b = float(precisions[1]) * away
    c = math.log(weights[1] / weights[0]) + math.log(deviations[0] / deviations[1])
    c -= float(precisions[1]) * away**2 / 2 + log_odds
    discriminant = b**2 - 4 * a * c
    if discriminant < 0 or b + math.sqrt(discriminant) == 0:
        return None
    # The root with a positive slope comes first; b >= 0, so nothing cancels.
    both = b + math.sqrt(discriminant)
    lower = float(means[0])
    return lower - 2 * c / both, lower - both / (2 * a) if a < 0 else math.inf
