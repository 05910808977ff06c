"""The right answers to the exercises of the course, computed here from the models and formulas."""

import functools
import math
from typing import Any

import numpy as np

import vae_widgets as vw

DOMAINS = ("faces", "chorales", "xrays", "molecules")


@functools.cache
def right_answers() -> dict[str, Any]:
    """Return the right answer to each exercise by its name."""
    plane = vw.load_pretrained("digits-2d")
    z_mean, z_log_var = plane.encode(vw.course.samples(plane))
    sixes = z_mean[np.array(plane.labels) == "6"]
    deep = vw.load_pretrained("digits-16d")
    kl = kl_of(*deep.encode(vw.course.samples(deep)))
    answers = {
        "1a": sum(array.shape[1] for array in (z_mean, z_log_var)),
        "1b": "b",
        "1c": math.sqrt(math.exp(z_log_var[0, 0])),
        "2a": np.median(sixes, axis=0),
        "2b": sum(math.hypot(*z) < 2 for z in z_mean) / len(z_mean),
        "2c": "b",
        "3a": [k for k in range(16) if kl[:, k].mean() > 0.1],
        "3b": kl.sum() / len(kl),
        "3c": "b",
        **of_the_thresholds(),
        "5c": "c",
    }
    for name in DOMAINS:
        codec = vw.load_pretrained(name)
        if name == "xrays":
            x = vw.course.samples(codec)
        elif name == "molecules":
            x = codec.sample(50, seed=0)
        else:
            x = codec.decode(codec.latents)
        answers[f"5a-{name}"] = math.prod(codec.sample_shape) / codec.latent_dim
        answers[f"5b-{name}"] = kl_of(*codec.encode(x)).sum() / len(x)
    return answers


def kl_of(z_mean: np.ndarray, z_log_var: np.ndarray) -> np.ndarray:
    """Return KL(N(mean, variance) || N(0, 1)) in nats (Kingma and Welling 2014, appendix B)."""
    mean, log_var = z_mean.astype(float), z_log_var.astype(float)
    return -0.5 * (1 + log_var - mean**2 - np.exp(log_var))


def of_the_thresholds() -> dict[str, Any]:
    codec = vw.load_pretrained("xrays")
    scores = codec.anomaly_score(vw.course.samples(codec))
    ill = np.array(codec.labels) == "pneumonia"
    cut = np.percentile(scores[~ill], 90)
    recall = np.count_nonzero(scores[ill] >= cut) / ill.sum()
    false_alarms = np.count_nonzero(scores[~ill] >= cut) / (~ill).sum()
    people = 100_000
    flagged_ill, flagged_healthy = recall * 0.01 * people, false_alarms * 0.99 * people
    cheapest = [_cheapest(scores, ill, of_a_miss) for of_a_miss in (1, 20)]
    return {
        "4a": recall,
        "4b": flagged_ill / (flagged_ill + flagged_healthy),
        "4c": "acb"[np.sign(cheapest[1] - cheapest[0]).astype(int) + 1],
    }


def _cheapest(scores: np.ndarray, ill: np.ndarray, of_a_miss: float) -> float:
    costs = [
        of_a_miss * np.count_nonzero(scores[ill] < cut) + np.count_nonzero(scores[~ill] >= cut)
        for cut in scores
    ]
    return float(scores[np.argmin(costs)])
