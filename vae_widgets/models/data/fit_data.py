"""The data of `VAE.fit` and `evaluate`: samples, labels and weights, checked together."""

import math
from typing import Any, NamedTuple

import keras
import numpy as np
import scipy.sparse
import tensorflow as tf
from numpy.typing import NDArray

from vae_widgets.core import checks
from vae_widgets.core.pairing import shared_index
from vae_widgets.models.data.checked_datasets import check_dataset
from vae_widgets.models.data.parquet_rows import is_parquet
from vae_widgets.models.data.row_source import READ_AT_ONCE, RowSource, in_memory, read_in_parts
from vae_widgets.models.data.rules import DataRules


class Samples(NamedTuple):
    """Checked data.

    `x` is a float32 array or `RowSource` (n, *sample_shape), or a dataset, or None for no data.
    Labels (n,), or targets (n, ...) of a subclass, and weights (n,) are beside arrays only.
    """

    x: Any
    y: NDArray[Any] | None = None
    weights: NDArray[np.float32] | None = None

    @property
    def are_array(self) -> bool:
        """Whether they are an array, and neither a dataset nor none."""
        return is_array(self.x)

    @property
    def arrays(self) -> tuple[Any, ...]:
        """What a batch is gathered from: samples, and labels if there are any."""
        return (self.x,) if self.y is None else (self.x, self.y)

    def part(self, rows: slice) -> "Samples":
        """Return some rows of arrays."""
        return Samples(*(None if part is None else part[rows] for part in self))

    def for_keras(self) -> tuple[Any, ...]:
        """Return (x,), (x, y) or (x, y, weights), of which Keras drops none."""
        x = in_memory(self.x)
        if self.weights is not None:  # without y Keras would forget the weights
            y = np.zeros(len(x), np.float32) if self.y is None else self.y
            return x, y, self.weights
        return (x,) if self.y is None else (x, self.y)


def is_array(x: Any) -> bool:
    """Tell an array, or nested lists of numbers, from a dataset or another stream of batches."""
    return (
        isinstance(x, np.ndarray | tf.Tensor | list | tuple)
        or is_parquet(x)
        or scipy.sparse.issparse(x)
        or (hasattr(x, "__array__") and not hasattr(x, "element_spec"))
    )


def number_of_batches(dataset: Any) -> int | None:
    """Return how many batches a dataset has; None if it does not say."""
    if isinstance(dataset, tf.data.Dataset):
        count = int(dataset.cardinality())
        return count if count >= 0 else None
    return getattr(dataset, "num_batches", None)


def check_rows(
    rules: DataRules, x_name: str, x: Any, y_name: str, y: Any
) -> tuple[NDArray[np.float32] | RowSource, NDArray[Any] | None]:
    """Return samples, and labels or targets, or None; targets that equal `x` count as none."""
    is_none = y is None or y is x or (not rules.uses_targets and _is_same(x, y))
    labels_of = None if is_none else y
    shared_index({x_name: x, y_name: labels_of})
    source = read_in_parts(x)
    if source is None:
        x = rules.samples(x_name, x)
    else:
        if source.shape[1:] != rules.sample_shape:
            rules.samples(x_name, np.broadcast_to(np.float32(0), source.shape))  # raises
        source.check(x_name, rules.samples)
        x = source
    return x, rules.targets(y_name, labels_of, len(x))


def _is_same(x: Any, y: Any) -> bool:
    if np.shape(x) != np.shape(y) or scipy.sparse.issparse(x) or scipy.sparse.issparse(y):
        return False
    step = max(1, READ_AT_ONCE // max(1, 8 * math.prod(np.shape(x)[1:])))
    return all(
        np.array_equal(x[at : at + step], y[at : at + step]) for at in range(0, len(x), step)
    )


def check_weights(
    rules: DataRules, sample_weight: Any, class_weight: Any, y: Any, n: int
) -> NDArray[np.float32] | None:
    """Return the weights (n,) of the samples of an array, or None if all weigh 1."""
    if class_weight is None:
        return None if sample_weight is None else checks.weights("sample_weight", sample_weight, n)
    if sample_weight is not None:
        raise ValueError(
            "sample_weight and class_weight are both given; expected one of them. Multiply them: "
            "sample_weight=sample_weight * np.array([class_weight.get(label, 1.0) for label in y])."
        )
    _check_class_weight(rules, class_weight)
    if y is None or y.ndim != 1 or y.dtype.kind not in "iu":
        raise ValueError(
            "class_weight needs labels y (n,), whole numbers; received "
            f"{'none' if y is None else f'{y.dtype} {y.shape}'}. Without labels pass "
            "sample_weight, one number a sample."
        )
    values = [class_weight.get(label, 1.0) for label in y.tolist()]
    return checks.weights("class_weight", values, n)


def check_weights_of_dataset(
    rules: DataRules, dataset: Any, sample_weight: Any, class_weight: Any
) -> None:
    """Raise if a dataset cannot be weighted so."""
    if sample_weight is not None:
        raise ValueError(
            "sample_weight is for arrays; x is a dataset, which holds weights itself, as batches "
            "(x, y, sample_weight). Leave sample_weight out."
        )
    if class_weight is None:
        return
    _check_class_weight(rules, class_weight)
    if not isinstance(dataset, tf.data.Dataset | keras.utils.PyDataset):
        raise ValueError(
            "class_weight is not for generators; x is one. Let it give batches "
            "(x, y, sample_weight), or pass arrays or a tf.data.Dataset."
        )


def _check_class_weight(rules: DataRules, class_weight: Any) -> None:
    if not isinstance(class_weight, dict):
        raise TypeError(
            "class_weight must be a dict such as {0: 1.0, 1: 5.0}; received "
            f"{type(class_weight).__name__}."
        )
    if not rules.uses_targets:
        raise ValueError(
            "class_weight needs labels, and this model takes none. Build a conditional VAE "
            "(n_labels=...), or pass sample_weight, one number a sample."
        )
    for label, weight in class_weight.items():
        n = rules.n_labels
        if not isinstance(label, int | np.integer) or (n is not None and not 0 <= label < n):
            limits = "" if n is None else f" from 0 to {n - 1}"
            raise ValueError(
                f"class_weight has the class {label!r}; expected the labels of y, whole numbers"
                f"{limits}."
            )
        checks.number_between(f"class_weight[{label!r}]", weight, 0)


def check_dataset_alone(rules: DataRules, name: str, dataset: Any, y: Any) -> Any:
    """Return a dataset that is ready to be trained on; raise ``TypeError`` if `y` is given too."""
    if y is not None and y is not dataset:
        raise TypeError(
            "y is given beside a dataset; a dataset holds its labels itself, as batches (x, y). "
            "Leave y out."
        )
    return check_dataset(rules, name, dataset)


def check_validation(rules: DataRules, data: Any) -> Samples:
    """Return validation data; those of None are empty."""
    name, y, weights = "validation_data", None, None
    if isinstance(data, tuple):
        if len(data) not in (1, 2, 3):
            raise ValueError(
                f"validation_data is a tuple of {len(data)}; expected samples, a dataset, or a "
                "tuple (samples, labels) or (samples, labels, sample_weight); labels are None for "
                "a VAE that takes none."
            )
        data, y, weights = (*data, None, None)[:3]
    if data is None:
        return Samples(None)
    if not is_array(data):
        if weights is not None:
            raise ValueError(
                "validation_data has weights beside a dataset, which holds them itself, as batches "
                "(x, y, sample_weight). Pass the dataset alone."
            )
        return Samples(check_dataset_alone(rules, name, data, y))
    x, labels = check_rows(rules, name, data, f"{name}[1]", y)
    if weights is not None:
        weights = checks.weights(f"{name}[2]", weights, len(x))
    return Samples(x, labels, weights)
