"""The threshold of a `VAEDetector`: chosen from scores, and kept as a policy."""

import hashlib
import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_widgets.core import checks
from vae_widgets.core.preprocessing import Preprocessing
from vae_widgets.core.scores.drift import reference_quantiles
from vae_widgets.core.scores.policy import ThresholdPolicy, hash_data
from vae_widgets.core.thresholds import METHODS, choose_threshold, threshold_metrics
from vae_widgets.models.losses.divergence import NaNScoresError
from vae_widgets.models.vae import VAE


def threshold_method(contamination: float | str) -> tuple[str, dict[str, Any]]:
    """Return the method and the parameters that `contamination` stands for."""
    if isinstance(contamination, str):
        free = [name for name, method in METHODS.items() if method.labels != "needed"]
        return checks.one_of("contamination", contamination, free), {}
    share = checks.number_between("contamination", contamination, 0, 0.5, open_low=True)
    return "percentile", {"percentile": 100 * (1 - share)}


def scores_of(vae: VAE, x: NDArray[np.float32], kind: str) -> NDArray[np.float64]:
    """Return scores (n,), with NaN where the model overflows: so far out is a sample."""
    try:
        return vae.anomaly_score(x, kind).astype(np.float64)
    except NaNScoresError as error:
        return error.scores.astype(np.float64)


def chosen_policy(
    scores: NDArray[np.float64],
    score_kind: str,
    known: NDArray[np.float64] | None,
    method: str,
    parameters: dict[str, Any],
    model_hash: str,
) -> ThresholdPolicy:
    """Return the threshold that a method chooses from scores (n,) and labels (n,), if known."""
    chosen = choose_threshold(scores, known, method, **parameters)
    threshold = clear_of(scores, chosen.threshold)
    return ThresholdPolicy(
        threshold=threshold,
        method=chosen.method,
        score=score_kind,
        metrics=threshold_metrics(scores, known, threshold),
        parameters=chosen.parameters,
        n_scores=len(scores),
        n_labelled=0 if known is None else int((~np.isnan(known)).sum()),
        reference=reference_quantiles(scores),
        data_hash=hash_data(scores, known),
        model_hash=model_hash,
    )


def check_policy(policy: Any, present: ThresholdPolicy) -> None:
    """Raise if a policy is none, or not for the score and the model of the present one."""
    if not isinstance(policy, ThresholdPolicy):
        raise TypeError(f"policy must be a ThresholdPolicy; received {type(policy).__name__}.")
    if policy.score != present.score:
        raise ValueError(
            f"policy is for the score {policy.score!r}; this detector gives {present.score!r}. "
            "Name it where the threshold is chosen: AnomalyHistogram(scores, "
            f"score_name={present.score!r})."
        )
    if policy.model_hash not in ("", present.model_hash):
        raise ValueError(
            f"policy is for the model {policy.model_hash:.12}...; this one is "
            f"{present.model_hash:.12}.... Choose a threshold on scores of this one."
        )


def offset_of(policy: ThresholdPolicy) -> float:
    """Return the threshold of scikit-learn's negated scores."""
    # A sample is flagged when its anomaly score is at least the threshold, and in scikit-learn when
    # its negated score is below the offset: the same, with the next number for an offset.
    return float(np.nextafter(-policy.threshold, np.inf))


def clear_of(scores: NDArray[np.float64], threshold: float) -> float:
    """Return a threshold that flags the same scores (n,), but has none on it or right beside it."""
    # Those of a saved bundle differ by about 1e-6 of their size, which would flip the sample whose
    # own score a method has chosen, or has stayed just above. Not the middle of the gap, however
    # wide: methods such as "conformal" promise something about new scores that lie in it.
    below = scores[scores < threshold].max(initial=-np.inf)
    flagged = scores[scores >= threshold].min(initial=np.inf)
    margin = min((flagged - below) / 2, 1e-5 * max(1.0, abs(threshold)))
    return float(np.clip(threshold, below + margin, flagged - margin))


def hash_of(vae: VAE, preprocessing: Preprocessing | None) -> str:
    """Return a digest of the weights of a model, and of what happens to samples before it."""
    described = None if preprocessing is None else preprocessing.to_json()
    digest = hashlib.sha256(json.dumps(described).encode())
    for weight in vae.get_weights():
        digest.update(weight.tobytes())
    return digest.hexdigest()
