"""The formula of an anomaly score, for a page that scores what its reader draws."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_widgets.codec import decode_samples, encode_distribution
from vae_widgets.core.scores.reconstruction import (
    kl_from_prior,
    negative_log_likelihood,
    squared_error,
)

_SAMPLES = 64
_TOLERANCE = 1e-3
"""Of a score, and of how scores differ from each other: the page computes in float32."""


def score_formula(
    codec: Any, x: NDArray[np.float32], scores: NDArray[np.float64]
) -> dict[str, Any] | None:
    """Return the formula that gives the scores (n,) of samples (n, *sample_shape), or None.

    It is found by trying: the formulas that the page knows are compared with the scores of up to 64
    samples. They are, with the reconstruction x_hat from z_mean, ``error`` a sum over dimensions,
    and KL(q(z | x) || N(0, I)) added where ``kl`` is 1::

        squared    weight * sum (x - x_hat)^2 + offset      (a Gaussian of any fixed deviation)
        bernoulli  -sum x log x_hat + (1 - x) log(1 - x_hat)
    """
    rows = np.unique(np.linspace(0, len(x) - 1, _SAMPLES).astype(int))
    x, scores = x[rows], scores[rows]
    try:
        z_mean, z_log_var = encode_distribution(codec, x)
        x_hat = decode_samples(codec, z_mean)
    except Exception:  # of the user's codec, which may score without decoding
        return None
    flat, flat_hat = (np.asarray(of, np.float64).reshape(len(x), -1) for of in (x, x_hat))
    kl = np.zeros(len(x))
    if z_log_var is not None:
        kl = kl_from_prior(z_mean, z_log_var)
    for formula in _candidates(flat, flat_hat, kl, scores, z_log_var is not None):
        found = _evaluate(formula, flat, flat_hat, kl)
        spread = float(np.std(scores)) or 1.0
        if np.allclose(found, scores, rtol=0, atol=_TOLERANCE * spread):
            return formula
    return None


def _candidates(
    x: NDArray[Any], x_hat: NDArray[Any], kl: NDArray[Any], scores: NDArray[Any], variational: bool
) -> Iterator[dict[str, Any]]:
    for with_kl in (1, 0) if variational else (0,):
        rest = scores - with_kl * kl
        if x_hat.min() >= 0 and x_hat.max() <= 1 and x.min() >= 0 and x.max() <= 1:
            yield {"kind": "bernoulli", "kl": with_kl, "weight": 1.0, "offset": 0.0}
        error = squared_error(x, x_hat)
        if np.ptp(error) > 0:
            weight = float(np.polyfit(error, rest, 1)[0])
            for exact in (1.0, 0.5, weight):
                if exact > 0:
                    offset = float(np.mean(rest - exact * error))
                    yield {"kind": "squared", "kl": with_kl, "weight": exact, "offset": offset}


def _evaluate(
    formula: dict[str, Any], x: NDArray[Any], x_hat: NDArray[Any], kl: NDArray[Any]
) -> NDArray[Any]:
    if formula["kind"] == "bernoulli":
        error = negative_log_likelihood("bernoulli", x, x_hat)
    else:
        error = squared_error(x, x_hat)
    scaled: NDArray[Any] = formula["weight"] * error + formula["offset"] + formula["kl"] * kl
    return scaled
