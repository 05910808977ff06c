"""A `VAEDetector` as a bundle."""

import os
import pathlib
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vae_widgets.bundle import BundleError, read_archive
from vae_widgets.bundle.detector_part import DETECTOR_PART, DetectorPart
from vae_widgets.bundle.parts import read_policy
from vae_widgets.core.preprocessing import Preprocessing
from vae_widgets.core.scores.policy import ThresholdPolicy
from vae_widgets.models.inference.anomaly_scores import SCORE_KINDS
from vae_widgets.models.serialization.bundle_writer import SUFFIX, save_bundle
from vae_widgets.models.serialization.own_classes import CustomObjects
from vae_widgets.models.vae import VAE


class SavedDetector(NamedTuple):
    """What a bundle holds of a detector; `where` names its file in messages."""

    vae: VAE
    policy: ThresholdPolicy
    part: DetectorPart
    where: str


def write_detector(
    path: str | os.PathLike[str],
    vae: VAE,
    policy: ThresholdPolicy,
    preprocessing: Preprocessing | None,
    feature_names: Any,
    parameters: dict[str, Any],
    samples: NDArray[np.float32] | None = None,
) -> pathlib.Path:
    """Write a bundle with the parts of a detector, and return its path.

    `samples` (n, *sample_shape), preprocessed, are saved as pictures with their codes.
    """
    if pathlib.Path(path).suffix != SUFFIX:
        raise ValueError(f"path is {str(path)!r}; expected a name that ends in {SUFFIX}.")
    part = DetectorPart(
        preprocessing=preprocessing,
        feature_names=None if feature_names is None else tuple(feature_names.tolist()),
        parameters=_as_json(parameters),
    )
    name = None if preprocessing is None else preprocessing.to_json()["name"]
    return save_bundle(vae, path, preprocessing=name, samples=samples, policy=policy, detector=part)


def read_detector(
    path: str | os.PathLike[str], custom_objects: CustomObjects | None = None
) -> SavedDetector:
    """Return what `write_detector` wrote; see `VAEDetector.load` for errors."""
    archive = read_archive(path)
    vae, where = VAE.from_archive(archive, custom_objects), str(archive.path)
    policy = read_policy(archive)
    if DETECTOR_PART not in archive.parts or policy is None or policy.score not in SCORE_KINDS:
        raise BundleError(
            f"{where} holds no detector; expected what VAEDetector.save wrote. "
            "VAE.load(path) gives its model."
        )
    part = DetectorPart.from_json(archive.parts[DETECTOR_PART], vae.sample_shape, where)
    return SavedDetector(vae, policy, part, where)


def _as_json(parameters: dict[str, Any]) -> dict[str, Any]:
    plain = {name: _plain(value) for name, value in parameters.items()}
    for name in ("likelihood", "beta"):
        if not isinstance(plain[name], str | int | float):
            del plain[name]
    return plain


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item) for item in value]
    return value
