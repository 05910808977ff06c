"""Which samples, labels and datasets a model takes."""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from vae_widgets.core import checks
from vae_widgets.core.labels import check_labels, missing_labels, one_hot
from vae_widgets.models.conditional import check_labelled_dataset
from vae_widgets.models.likelihoods import Likelihood
from vae_widgets.models.objectives import Objective


@dataclass(frozen=True)
class DataRules:
    """What a model says about its data; each method returns data that are good, or raises.

    Attributes
    ----------
    sample_shape
        Shape of one sample.
    likelihood
        Knows which values are allowed.
    objective
        May need the size of the data set.
    n_labels
        Number of labels of a conditional model; None if it takes none.
    """

    sample_shape: tuple[int, ...]
    likelihood: Likelihood
    objective: Objective
    n_labels: int | None

    def samples(self, name: str, x: Any) -> NDArray[np.float32]:
        """Return samples (n, *sample_shape) from the argument called `name`."""
        why = f"the {self.likelihood.name.capitalize()} likelihood"
        x = checks.samples(name, x, self.sample_shape, self.likelihood.bounds, why)
        self.likelihood.check_samples(name, x)
        return x

    def labels(
        self, name: str, y: Any, n: int, *, one_for_all: bool = False
    ) -> NDArray[np.int32] | None:
        """Return labels (n,), or None for a model that takes none."""
        if self.n_labels is None:
            if y is not None:
                raise TypeError(
                    f"{name} is given; a VAE learns to reproduce x, and takes no targets. Leave y "
                    "out; for labels that condition the model, build it with n_labels."
                )
            return None
        if y is None:
            raise missing_labels(name, self.n_labels)
        return check_labels(name, y, n, self.n_labels, one_for_all)

    def dataset(self, name: str, dataset: Any) -> Any:
        """Return a dataset, or another stream of batches."""
        if isinstance(dataset, str | bytes | dict) or not (
            hasattr(dataset, "__iter__") or isinstance(dataset, keras.utils.PyDataset)
        ):
            raise TypeError(
                f"{name} must be an array or a dataset; received {type(dataset).__name__}."
            )
        if isinstance(dataset, tf.data.Dataset):
            self._check_elements(name, dataset)
            dataset = self._checked_as_read(name, dataset)
        needs_size = getattr(self.objective, "needs_n_samples", False)
        if needs_size and getattr(self.objective, "n_samples", None) is None:
            raise ValueError(
                f"{name} is a dataset, which does not tell its size; the objective "
                f"{self.objective!r} needs it. Pass objective=BetaTC(n_samples=...), or an array."
            )
        if self.n_labels is not None and isinstance(dataset, tf.data.Dataset):
            return check_labelled_dataset(name, dataset, self.n_labels)
        return dataset

    def rows(self, x: Any, y: Any) -> tuple[NDArray[np.float32], ...]:
        """Return samples, and one-hot labels of a conditional model, for compiled functions."""
        x = self.samples("x", x)
        return (x, *self.conditions(y, len(x)))

    def conditions(self, y: Any, n: int, name: str = "y") -> tuple[NDArray[np.float32], ...]:
        """Return one-hot labels (n, n_labels) in a tuple, which is empty if there are none."""
        labels = self.labels(name, y, n, one_for_all=True)
        return () if labels is None else (one_hot(labels, self.n_labels or 0),)

    def _check_elements(self, name: str, dataset: tf.data.Dataset) -> None:
        spec = dataset.element_spec
        samples = spec[0] if isinstance(spec, tuple) else spec
        if not isinstance(samples, tf.TensorSpec):
            raise ValueError(
                f"{name} is a dataset of elements {spec}; expected batches of samples x, or tuples "
                "(x, y), of tensors."
            )
        shape = samples.shape
        if not shape.is_compatible_with((None, *self.sample_shape)):
            hint = " Call .batch(128) on it." if shape.is_compatible_with(self.sample_shape) else ""
            expected = ", ".join(["batch", *map(str, self.sample_shape)])
            raise ValueError(
                f"{name} is a dataset of elements of shape {shape}; expected batches of samples, "
                f"({expected}).{hint}"
            )

    def _checked_as_read(self, name: str, dataset: tf.data.Dataset) -> tf.data.Dataset:
        """Return a dataset that checks its samples' values as it is read, as arrays are checked."""
        n_classes = self.likelihood.n_classes
        low, high = self.likelihood.bounds or (-np.inf, np.inf)
        if n_classes is not None:
            low, high = 0.0, n_classes - 1.0
        kind = "whole" if n_classes is not None else "finite"
        message = (
            f"{name} has values that the {self.likelihood.name} likelihood cannot take: expected "
            f"{kind} numbers in [{low:g}, {high:g}]; received, lowest and highest"
        )

        def checked(x: Any, *others: Any) -> Any:
            values = tf.cast(x, tf.float32)
            good = tf.math.is_finite(values) & (values >= low) & (values <= high)
            if n_classes is not None:
                good &= values == tf.floor(values)
            received = [message, tf.reduce_min(values), tf.reduce_max(values)]
            with tf.control_dependencies([tf.debugging.Assert(tf.reduce_all(good), received)]):
                x = tf.identity(x)
            return (x, *others) if others else x

        return dataset.map(checked)
