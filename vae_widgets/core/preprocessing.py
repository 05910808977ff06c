"""Preprocessing of samples for a detector: fitted once, saved, and applied anywhere."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from vae_widgets.core import checks

_ROUNDING = 10 * np.finfo(np.float64).eps
"""Values are treated as equal if they differ by less than this share of their size."""


class Preprocessing(Protocol):
    """A function of rows with what it learned from the training data."""

    def __call__(self, x: NDArray[Any]) -> NDArray[np.float32]:
        """Return rows (n, n_features) as the model takes them."""

    def check(self, n_features: int) -> None:
        """Raise ``ValueError`` if it is for rows of another length."""

    def to_json(self) -> dict[str, Any]:
        """Return what `preprocessing_from_json` reads."""


class StandardizeFeatures:
    """Bring every feature to mean 0 and deviation 1 over the training samples; for tables.

    `mean` and `deviation` (n_features,) are of the training samples. Constant features are centred
    only.
    """

    name = "standardize_features"

    def __init__(self, mean: Any, deviation: Any) -> None:
        self.mean = checks.float_array("mean", mean, np.float64)
        self.deviation = checks.float_array("deviation", deviation, np.float64)
        if self.mean.ndim != 1 or self.mean.shape != self.deviation.shape:
            raise ValueError(
                f"mean and deviation have shapes {self.mean.shape} and {self.deviation.shape}; "
                "expected (n_features,) twice."
            )
        if (self.deviation <= 0).any():
            raise ValueError(f"deviation must be above 0; received {self.deviation.min():g}.")

    @classmethod
    def of(cls, x: NDArray[Any]) -> "StandardizeFeatures":
        """Fit to training samples x (n, n_features)."""
        return cls.of_parts([x])

    @classmethod
    def of_parts(
        cls, parts: Iterable[NDArray[Any]], weights: NDArray[np.float64] | None = None
    ) -> "StandardizeFeatures":
        """Fit to training samples in parts (m, n_features), which are read once.

        Chan, Golub & LeVeque, "Updating Formulae and a Pairwise Algorithm for Computing Sample
        Variances" (1979), equations 2.1. `weights` (n,) are those of all samples, None for 1 each.
        """
        n, start = 0.0, 0
        mean = squares = np.zeros(0)
        for x in parts:
            w = np.ones(len(x)) if weights is None else weights[start : start + len(x)]
            start += len(x)
            m = float(w.sum())
            if m == 0:
                continue
            of_part = np.average(x, axis=0, weights=w).astype(np.float64)
            within = (w[:, np.newaxis] * (x - of_part) ** 2).sum(axis=0, dtype=np.float64)
            if n == 0:
                n, mean, squares = m, of_part, within
                continue
            step = of_part - mean
            squares = squares + within + step**2 * (n * m / (n + m))
            n, mean = n + m, mean + step * (m / (n + m))
        deviation = np.sqrt(squares / n)
        return cls(mean, np.where(deviation > _ROUNDING * np.abs(mean), deviation, 1.0))

    def __call__(self, x: NDArray[Any]) -> NDArray[np.float32]:
        """Return x (n, n_features) standardised, float32."""
        self.check(x.shape[1])  # one number would do for any, by broadcasting
        standardised: NDArray[np.float32] = ((x - self.mean) / self.deviation).astype(np.float32)
        return standardised

    def check(self, n_features: int) -> None:
        """Raise ``ValueError`` if it is for rows of another length."""
        if n_features != len(self.mean):
            raise ValueError(
                f"rows have {n_features} features; expected {len(self.mean)}, as in training."
            )

    def to_json(self) -> dict[str, Any]:
        """Return what `preprocessing_from_json` reads."""
        return {
            "name": self.name,
            "mean": self.mean.tolist(),
            "deviation": self.deviation.tolist(),
        }


class StandardizeSamples:
    """Bring every sample to mean 0 and deviation 1 over its own features; for images and signals.

    A constant sample becomes zeros.
    """

    name = "standardize_samples"

    @classmethod
    def of(cls, x: NDArray[Any]) -> "StandardizeSamples":
        """Return a new one; there is nothing to fit."""
        return cls()

    @classmethod
    def of_parts(
        cls, parts: Iterable[NDArray[Any]], weights: NDArray[np.float64] | None = None
    ) -> "StandardizeSamples":
        """Return a new one without reading the samples."""
        return cls()

    def __call__(self, x: NDArray[Any]) -> NDArray[np.float32]:
        """Return x (n, n_features) standardised, float32."""
        # In C order, because the rounding of NumPy's sums depends on the memory layout.
        x = np.ascontiguousarray(x, np.float64)
        mean = x.mean(axis=1, keepdims=True)
        deviation = x.std(axis=1, keepdims=True)
        varies = deviation > _ROUNDING * np.abs(mean)
        return np.where(varies, (x - mean) / np.where(varies, deviation, 1.0), 0.0).astype(
            np.float32
        )

    def check(self, n_features: int) -> None:
        """Take rows of any length."""

    def to_json(self) -> dict[str, Any]:
        """Return what `preprocessing_from_json` reads."""
        return {"name": self.name}


PREPROCESSING: dict[str, type[StandardizeFeatures] | type[StandardizeSamples]] = {
    kind.name: kind for kind in (StandardizeFeatures, StandardizeSamples)
}


def preprocessing_from_json(content: Any) -> Preprocessing:
    """Return what `to_json` described; raise ``TypeError`` or ``ValueError`` for anything else."""
    if not isinstance(content, Mapping):
        raise TypeError(f"expected a mapping; received {type(content).__name__}.")
    arguments = dict(content)
    return PREPROCESSING[checks.one_of("name", arguments.pop("name", None), PREPROCESSING)](
        **arguments
    )


def preprocess(
    x: NDArray[Any], preprocessing: Preprocessing | None, sample_shape: tuple[int, ...]
) -> NDArray[np.float32]:
    """Return samples (n, ...) as (n, *sample_shape), float32, preprocessed and finite."""
    rows = x.reshape(len(x), -1)
    ready = rows.astype(np.float32) if preprocessing is None else preprocessing(rows)
    hint = "Scale them, or drop samples that are far out."
    return checks.float_array("x, preprocessed,", ready, if_not_finite=hint).reshape(
        -1, *sample_shape
    )
