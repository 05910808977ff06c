"""A threshold between two normal distributions fitted to the scores."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_widgets.core import checks
from vae_widgets.core.thresholds.threshold import Threshold

MIN_SCORES = 10
# The fit sees as many of the sorted scores, evenly spaced: a million would take seconds.
MOST_FITTED = 20_000
# Those of scikit-learn, and its defaults.
_MOST_STEPS = 500
_LEAST_GAIN = 1e-5  # of the mean log density in a step
_ADDED_VARIANCE = 1e-6
_ADDED_COUNT = 10 * np.finfo(float).eps


def mixture_threshold(scores: ArrayLike, probability: float = 0.5) -> Threshold:
    """Flag what belongs to the upper of two normal distributions with at least `probability`.

    The two are fitted by expectation maximisation (Dempster, Laird and Rubin, 1977), with what
    ``sklearn.mixture.GaussianMixture`` finds from the same start. Where the upper one is narrower,
    the highest scores belong to the lower one again; they are flagged too, and the explanation says
    so.

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


def _fit(
    scores: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], bool]:
    """Return weights, means, deviations (the lower first); whether two fit better than one."""
    ordered = np.sort(scores)
    if len(ordered) > MOST_FITTED:
        at = (np.arange(MOST_FITTED) + 0.5) / MOST_FITTED * len(ordered)
        ordered = ordered[at.astype(int)]
    # In units of the spread: the fit regularises in absolute terms.
    middle, scale = float(ordered.mean()), float(ordered.std())
    x = (ordered - middle) / scale
    n = len(x)
    # Mean log density of x under one normal distribution; x has mean 0 and variance 1.
    variance = 1 + _ADDED_VARIANCE
    one = -(math.log(2 * math.pi * variance) + 1 / variance) / 2
    weights, means, variances, two = _two_distributions(x)
    order = np.argsort(means)
    # The Bayesian information criterion; one distribution has 2 parameters and two have 5.
    better = -2 * n * two + 5 * math.log(n) < -2 * n * one + 2 * math.log(n)
    return (
        weights[order],
        means[order] * scale + middle,
        np.sqrt(variances[order]) * scale,
        better,
    )


def _two_distributions(
    x: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], float]:
    """Return weights, means and variances (2,) fitted to x (n,), and the mean log density.

    Sums over the first are what those over the second lack to the sums over all.
    """
    powers = np.array([np.ones_like(x), x, x**2])
    mean_powers = powers.mean(axis=1)
    # Starts with few, broad anomalies: k-means would cut a single distribution in halves.
    weights, variances = np.array([0.95, 0.05]), np.array([0.25, 0.25])
    means = np.quantile(x, [0.5, 0.975])
    density = -np.inf
    for _ in range(_MOST_STEPS):
        before = density
        density, second = _densities(powers, mean_powers, weights, means, variances)
        of_second = powers @ second / len(x)
        sums = np.array([mean_powers - of_second, of_second])
        weights = sums[:, 0] + _ADDED_COUNT / len(x)
        means = sums[:, 1] / weights
        variances = np.maximum(sums[:, 2] / weights - means**2, 0) + _ADDED_VARIANCE
        weights = weights / weights.sum()
        if abs(density - before) < _LEAST_GAIN:
            break
    density, _ = _densities(powers, mean_powers, weights, means, variances)
    return weights, means, variances, density


def _densities(
    powers: NDArray[np.float64],
    mean_powers: NDArray[np.float64],
    weights: NDArray[np.float64],
    means: NDArray[np.float64],
    variances: NDArray[np.float64],
) -> tuple[float, NDArray[np.float64]]:
    """Return the mean log density at x, and the probabilities (n,) of the second distribution.

    `powers` (3, n) are 1, x and x^2, of which the log odds of the second are a weighted sum: a step
    needs one exponential and one logarithm for each x.
    """
    # Log of weight * density of each distribution, in powers of x: (2, 3).
    constant = np.log(weights) - (np.log(2 * np.pi * variances) + means**2 / variances) / 2
    logs = np.stack([constant, means / variances, -0.5 / variances], axis=1)
    log_odds = (logs[1] - logs[0]) @ powers
    small = np.exp(-np.abs(log_odds))  # which cannot overflow
    # log(first + second) = log(first) + log(1 + odds).
    log_density = logs[0] @ mean_powers + (np.maximum(log_odds, 0) + np.log(1 + small)).mean()
    return float(log_density), np.where(log_odds > 0, 1, small) / (1 + small)


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
