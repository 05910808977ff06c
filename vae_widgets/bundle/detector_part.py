"""The part ``detector.json`` of a bundle: what a `VAEDetector` is beside its model."""

import json
import math
import reprlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_widgets.bundle.errors import BundleError
from vae_widgets.core import checks
from vae_widgets.core.preprocessing import Preprocessing, preprocess, preprocessing_from_json
from vae_widgets.core.strict_json import read_json

DETECTOR_PART = "detector.json"
SCORE_PART = "score.onnx"


@dataclass(frozen=True)
class DetectorPart:
    """What a detector does to samples before its model gets them, and its parameters.

    `parameters` has those that JSON can hold; `feature_names` those of the columns in training.
    """

    preprocessing: Preprocessing | None
    parameters: dict[str, Any]
    feature_names: tuple[str, ...] | None = None

    def to_json(self) -> bytes:
        """Return the part."""
        content = {
            "preprocessing": None if self.preprocessing is None else self.preprocessing.to_json(),
            "parameters": self.parameters,
            "feature_names": self.feature_names,
        }
        return json.dumps(content, indent=2, allow_nan=False).encode()

    @classmethod
    def from_json(cls, content: bytes, sample_shape: tuple[int, ...], where: str) -> "DetectorPart":
        """Read what `to_json` wrote; raise ``BundleError`` for anything else."""
        where = f"{where}: part {DETECTOR_PART!r}"
        n_features = math.prod(sample_shape)
        try:
            found = read_json(content)
            parameters, names = found["parameters"], found["feature_names"]
            if not isinstance(parameters, dict):
                raise ValueError("expected an object as 'parameters'")
            if names is not None and not _are_names(names, n_features):
                raise ValueError(f"expected null or {n_features} texts as 'feature_names'")
            preprocessing = None
            if found["preprocessing"] is not None:
                preprocessing = preprocessing_from_json(found["preprocessing"])
                preprocessing.check(n_features)
        except (ValueError, TypeError, KeyError) as error:
            raise BundleError(f"{where} is not the one of a detector: {error!r:.300}.") from None
        return cls(preprocessing, parameters, None if names is None else tuple(names))

    def preprocess(self, x: ArrayLike, sample_shape: tuple[int, ...]) -> NDArray[np.float32]:
        """Return raw samples, (n, *sample_shape) or (n, n_features), as the model takes them.

        Raises ``TypeError`` or ``ValueError`` if they have another shape, are not finite, or are a
        table with other columns than in training.
        """
        if self.feature_names is not None and hasattr(x, "columns"):
            _check_columns(list(x.columns), list(self.feature_names))
        raw = checks.float_array("x", x, np.float64)
        if raw.shape[1:] == (math.prod(sample_shape),):
            raw = raw.reshape(-1, *sample_shape)
        raw = checks.samples("x", raw, sample_shape, dtype=np.float64)
        return preprocess(raw, self.preprocessing, sample_shape)


def saturated(scores: NDArray[Any]) -> NDArray[Any]:
    """Return scores in which overflow is the largest float32 number, so that they can be ranked."""
    largest = float(np.finfo(np.float32).max)
    finite: NDArray[Any] = np.nan_to_num(scores, copy=False, nan=largest, posinf=largest)
    return finite


def _are_names(names: Any, n: int) -> bool:
    return isinstance(names, list) and len(names) == n and all(isinstance(x, str) for x in names)


def _check_columns(found: list[Any], expected: list[str]) -> None:
    if found == expected:
        return
    pairs = enumerate(zip(found, expected, strict=False))
    at = next((i for i, (ours, theirs) in pairs if ours != theirs), min(len(found), len(expected)))
    raise ValueError(
        f"x has, from column {at} on, {reprlib.repr(found[at:])}; expected "
        f"{reprlib.repr(expected[at:])}, as in training. Pass x[names], with the names of the "
        f"{len(expected)} columns of training in their order."
    )
