"""Rules for the samples and labels of a model."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_widgets.core import checks
from vae_widgets.core.labels.conditioning import check_class_labels, missing_labels, one_hot
from vae_widgets.core.pairing import shared_index
from vae_widgets.models.losses.likelihood import Likelihood
from vae_widgets.models.losses.objective import Objective


@dataclass
class DataRules:
    """The requirements of a model on its data; each method returns valid data, or raises.

    `n_labels` is None if it takes none; `takes_targets` says whether a subclass trains with its
    own. Only `objective` may change.
    """

    sample_shape: tuple[int, ...]
    likelihood: Likelihood
    objective: Objective
    n_labels: int | None
    takes_targets: bool = False

    @property
    def uses_targets(self) -> bool:
        """Whether training needs labels or targets."""
        return self.takes_targets or self.n_labels is not None

    def samples(self, name: str, x: Any) -> NDArray[np.float32]:
        """Return samples (n, *sample_shape) from the argument called `name`."""
        why = f"the {self.likelihood.name.capitalize()} likelihood"
        x = checks.samples(name, x, self.sample_shape, self.likelihood.bounds, why)
        self.likelihood.check_samples(name, x)
        checked: NDArray[np.float32] = x
        return checked

    def labels(
        self, name: str, y: Any, n: int, *, one_for_all: bool = False
    ) -> NDArray[np.int32] | None:
        """Return labels (n,), or None for a model that takes none."""
        if self.n_labels is None:
            if y is not None:
                raise TypeError(
                    f"{name} is given; a VAE learns to reproduce x, and takes no targets but x "
                    f"itself. Leave {name} out, or pass None; for labels that condition the model, "
                    "build it with n_labels."
                )
            return None
        if y is None:
            raise missing_labels(name, self.n_labels)
        return check_class_labels(name, y, n, self.n_labels, one_for_all)

    def targets(self, name: str, y: Any, n: int) -> NDArray[Any] | None:
        """Return the labels, or the targets of a subclass, for training."""
        if y is None or self.n_labels is not None or not self.takes_targets:
            return self.labels(name, y, n)
        targets = checks.any_array(name, y)
        if targets.dtype.kind not in "biuf":
            raise TypeError(f"{name} must be an array of numbers; received {targets.dtype}.")
        if targets.shape[:1] != (n,):
            raise ValueError(
                f"{name} has shape {targets.shape}; expected ({n}, ...), a target for each sample."
            )
        return targets.astype(np.float32 if targets.dtype.kind == "f" else np.int32)

    def rows(self, x: Any, y: Any) -> tuple[NDArray[np.float32], ...]:
        """Return samples, and one-hot labels of a conditional model, for compiled functions."""
        shared_index({"x": x, "y": y})
        x = self.samples("x", x)
        return (x, *self.conditions(y, len(x)))

    def conditions(self, y: Any, n: int, name: str = "y") -> tuple[NDArray[np.float32], ...]:
        """Return one-hot labels (n, n_labels) in a tuple, which is empty if there are none."""
        labels = self.labels(name, y, n, one_for_all=True)
        return () if labels is None else (one_hot(labels, self.n_labels or 0),)
