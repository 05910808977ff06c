"""Extreme value theory: a threshold for alerts rarer than a sample could show."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_widgets.core import checks
from vae_widgets.core.thresholds.threshold import Threshold

MIN_EXCESSES = 10
_NORMAL_95 = 1.6448536269514722
_MOST_EXPONENT = 300.0  # its exponential squared is still finite


def peaks_over_threshold(scores: ArrayLike, rate: float = 0.001, tail: float = 0.1) -> Threshold:
    """Flag what occurs at an estimated rate of `rate`, by the shape of the tail.

    The excesses over a high quantile follow a generalised Pareto distribution (Pickands, Balkema
    and de Haan), whose quantile is the threshold: ``start + scale / shape * ((rate /
    share)^(-shape) - 1)``, `share` being the share of scores above the start (Siffer et al., KDD
    2017, eq. 1).

    The rate is an estimate, not a bound. ``estimates["rate_95"]`` is the rate that later scores
    exceed with a chance of 5 % (Smith, Biometrika 72, 1985; ``docs/explanation/coverage.md`` has
    simulations).

    Parameters
    ----------
    scores
        Finite scores (n,), higher = more anomalous.
    rate
        Estimated share of alerts, in (0, share of the scores in the tail]. Far below 1/n it is
        uncertain.
    tail
        Share of the scores that the tail is fitted to, in (0, 1): smaller is truer to the theory,
        larger is steadier.

    Raises
    ------
    ValueError
        If fewer than 10 scores lie in the tail, as with few or tied scores, or `rate` exceeds their
        share.
    """
    scores = checks.scores("scores", scores)
    rate = checks.open_share("rate", rate)
    tail = checks.open_share("tail", tail)
    start = float(np.quantile(scores, 1 - tail))
    excesses = np.sort(scores[scores > start]) - start
    if len(excesses) < MIN_EXCESSES:
        raise ValueError(
            f"only {len(excesses)} of {len(scores):,} scores lie above the start of the tail, "
            f"{start:.6g}; a tail needs at least {MIN_EXCESSES}. Pass more scores or a larger "
            "tail, or use method 'percentile'."
        )
    share = len(excesses) / len(scores)
    if rate > share:
        raise ValueError(
            f"rate must be at most {share:.4g}, the share of scores in the tail; received {rate:g}."
        )
    shape, scale = fit_generalized_pareto(excesses)
    depth = math.log(share / rate)
    factor = math.expm1(shape * depth) / shape if abs(shape) > 1e-9 else depth
    deviation = _deviation_of_log_rate(shape, depth, len(excesses), share)
    rate_95 = min(share, rate * math.exp(min(_NORMAL_95 * deviation, _MOST_EXPONENT)))
    bounded = f", which ends at {start - scale / shape:.4g}" if shape < 0 else ""
    return Threshold(
        start + scale * factor,
        "peaks_over_threshold",
        {"rate": rate, "tail": tail},
        f"{100 * rate:.3g} % of alerts estimated (with 95 % confidence at most "
        f"{100 * rate_95:.2g} %), by a tail of shape {shape:.2f} fitted to "
        f"{len(excesses):,} scores above {start:.4g}{bounded}.",
        "Assumes that the tail holds no anomalies yet and that later scores follow it too.",
        {
            "start": start,
            "shape": shape,
            "scale": scale,
            "n_tail": len(excesses),
            "rate_95": rate_95,
        },
    )


def _deviation_of_log_rate(shape: float, depth: float, n: int, share: float) -> float:
    """Return the standard deviation of the logarithm of the rate at a threshold: delta method.

    `depth` is the logarithm of `share` / rate; `n` and `share` are of the scores in the tail.
    """
    by_shape, by_scale = depth**2 / 2, depth
    if abs(shape) > 1e-4:
        by_scale = -math.expm1(min(-shape * depth, _MOST_EXPONENT)) / shape
        by_shape = (depth - by_scale) / shape
    factor = 1 + max(shape, -0.5)  # the variances hold above -0.5
    variance = factor * (factor * by_shape**2 - 2 * by_shape * by_scale + 2 * by_scale**2) / n
    return math.sqrt(variance + (1 - share) / n)


def fit_generalized_pareto(excesses: NDArray[np.float64]) -> tuple[float, float]:
    """Estimate shape and scale of a generalised Pareto distribution of ascending `excesses`.

    Zhang and Stephens (Technometrics 51, 2009, 316-325): as efficient as maximum likelihood, and
    always defined. ``P(X > x) = (1 + shape * x / scale)^(-1 / shape)``: their k is -shape, their
    sigma our scale.
    """
    n = len(excesses)
    unit = float(excesses[-1])
    x = excesses / unit
    candidates = 20 + math.isqrt(n)
    j = np.arange(1, candidates + 1)
    quarter = max(x[math.floor(n / 4 + 0.5) - 1], 1e-290)
    theta = 1 + (1 - np.sqrt(candidates / (j - 0.5))) / (3 * quarter)
    theta[np.abs(theta) < 1e-12] = 1e-12  # the exponential distribution, as a limit
    k = -np.log1p(-theta[:, np.newaxis] * x).mean(axis=1)
    log_likelihood = n * (np.log(theta / k) + k - 1)
    weights = np.exp(log_likelihood - log_likelihood.max())
    best = float(np.sum(theta * weights) / weights.sum())
    best = best if abs(best) > 1e-12 else 1e-12
    k_best = -float(np.log1p(-best * x).mean())
    return -k_best, k_best / best * unit
