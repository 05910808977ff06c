"""The arguments of `VAE.fit`, checked before any work is done."""

import math
import pathlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import scipy.sparse
import tensorflow as tf
from numpy.typing import NDArray

from vae_widgets.core import checks
from vae_widgets.core.pairing import shared_index
from vae_widgets.models.data.checked_datasets import check_dataset
from vae_widgets.models.data.row_source import READ_AT_ONCE, RowSource, in_memory, read_in_parts
from vae_widgets.models.data.rules import DataRules
from vae_widgets.models.training.checkpoint import check_checkpoint_path

HOOKS = [
    name
    for name in dir(keras.callbacks.Callback)
    if name.startswith(("set_", "on_train", "on_test", "on_epoch"))
]
"""Methods that a callback must have, whether it is a Keras one or not."""


@dataclass(frozen=True)
class FitArguments:
    """Arguments of `VAE.fit`, valid and complete.

    `x` and `validation` are a float32 array or `RowSource` (n, *sample_shape), or a dataset. Labels
    (n,), or targets (n, ...) of a subclass, and weights (n,) are beside arrays only. `class_weight`
    is for a dataset; of arrays it has become part of `weights`.
    """

    x: Any
    labels: NDArray[Any] | None
    weights: NDArray[np.float32] | None
    class_weight: dict[int, float] | None
    validation: Any
    validation_labels: NDArray[Any] | None
    validation_weights: NDArray[np.float32] | None
    batch_size: int
    epochs: int
    verbose: Any
    callbacks: tuple[Any, ...]
    shuffle: bool
    initial_epoch: int | None
    steps_per_epoch: int | None
    validation_steps: int | None
    validation_batch_size: int
    validation_freq: int | list[int]
    checkpoint: pathlib.Path | None
    checkpoint_every: int

    @property
    def data(self) -> tuple[Any, ...]:
        """The arrays that a batch is gathered from: samples, and labels if there are any."""
        return (self.x,) if self.labels is None else (self.x, self.labels)

    @property
    def validation_arrays(self) -> tuple[Any, ...]:
        """The arrays that validation gathers from."""
        labels = self.validation_labels
        return (self.validation,) if labels is None else (self.validation, labels)

    @property
    def validation_for_keras(self) -> Any:
        """What Keras's own fit takes: a dataset, samples, or a tuple with labels and weights."""
        return for_keras(self.validation, self.validation_labels, self.validation_weights)

    @classmethod
    def check(
        cls,
        rules: DataRules,
        x: Any,
        y: Any,
        *,
        batch_size: int,
        epochs: int,
        verbose: Any,
        callbacks: Any,
        validation_split: float,
        validation_data: Any,
        shuffle: bool,
        class_weight: dict[int, float] | None,
        sample_weight: Any,
        initial_epoch: int | None,
        steps_per_epoch: int | None,
        validation_steps: int | None,
        validation_batch_size: int | None,
        validation_freq: int | list[int],
        checkpoint: Any,
        checkpoint_every: int,
    ) -> "FitArguments":
        """Return the arguments if they are good; raise ``TypeError`` or ``ValueError`` if not."""
        batch_size = checks.positive_int("batch_size", batch_size)
        epochs = checks.positive_int("epochs", epochs)
        if initial_epoch is not None:
            initial_epoch = checks.positive_int("initial_epoch", initial_epoch, minimum=0)
        split = checks.number_between("validation_split", validation_split, 0, 1)
        if is_array(x):
            x, labels = check_rows(rules, "x", x, "y", y)
            if steps_per_epoch is not None:
                raise ValueError(
                    "steps_per_epoch is for datasets; x is an array, which is used whole in each "
                    "epoch. Leave it out, or pass a tf.data.Dataset."
                )
            weights = check_weights(rules, sample_weight, class_weight, labels, len(x))
            class_weight = None
        else:
            x, labels, weights = check_dataset_alone(rules, "x", x, y), None, None
            check_weights_of_dataset(rules, x, sample_weight, class_weight)
        validation_weights: NDArray[np.float32] | None
        if split and validation_data is None:
            if not is_array(x):
                raise ValueError(
                    "validation_split needs an array x; pass validation_data with a dataset."
                )
            kept = int(len(x) * (1 - split))
            if not 0 < kept < len(x):
                raise ValueError(
                    f"validation_split={split:g} of {len(x)} samples leaves {kept} for training; "
                    "both parts need at least one."
                )
            validation, validation_labels = x[kept:], None if labels is None else labels[kept:]
            validation_weights = None if weights is None else weights[kept:]
            x, labels = x[:kept], None if labels is None else labels[:kept]
            weights = None if weights is None else weights[:kept]
        else:
            validation, validation_labels, validation_weights = check_validation(
                rules, validation_data
            )
        validation_batch_size = checks.positive_int(
            "validation_batch_size",
            batch_size if validation_batch_size is None else validation_batch_size,
        )
        if validation_steps is not None:
            validation_steps = checks.positive_int("validation_steps", validation_steps)
            if is_array(validation):
                n = validation_steps * validation_batch_size
                validation, validation_steps = validation[:n], None
                validation_labels = None if validation_labels is None else validation_labels[:n]
                validation_weights = None if validation_weights is None else validation_weights[:n]
        return cls(
            x=x,
            labels=labels,
            weights=weights,
            class_weight=class_weight,
            validation=validation,
            validation_labels=validation_labels,
            validation_weights=validation_weights,
            batch_size=batch_size,
            epochs=epochs,
            verbose=verbose,
            callbacks=check_callbacks(callbacks),
            shuffle=bool(shuffle),
            initial_epoch=initial_epoch,
            steps_per_epoch=steps_per_epoch,
            validation_steps=validation_steps,
            validation_batch_size=validation_batch_size,
            validation_freq=[checks.positive_int("validation_freq", n) for n in validation_freq]
            if isinstance(validation_freq, list)
            else checks.positive_int("validation_freq", validation_freq),
            checkpoint=None if checkpoint is None else check_checkpoint_path(checkpoint),
            checkpoint_every=checks.positive_int("checkpoint_every", checkpoint_every),
        )


def for_keras(x: Any, y: Any, weights: Any) -> Any:
    """Return samples alone, (x, y) or (x, y, weights), of which Keras drops none."""
    x = in_memory(x)
    if weights is not None:  # without y Keras would forget the weights
        return x, np.zeros(len(x), np.float32) if y is None else y, weights
    return x if y is None else (x, y)


def is_array(x: Any) -> bool:
    """Tell an array, or nested lists of numbers, from a dataset or another stream of batches."""
    return (
        isinstance(x, np.ndarray | tf.Tensor | list | tuple)
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
    labels_of = None if y is x or (not rules.uses_targets and _is_same(x, y)) else y
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


def check_validation(
    rules: DataRules, data: Any
) -> tuple[Any, NDArray[Any] | None, NDArray[np.float32] | None]:
    """Return validation samples, labels and weights; of a dataset, or of None, only the first."""
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
        return None, None, None
    if not is_array(data):
        if weights is not None:
            raise ValueError(
                "validation_data has weights beside a dataset, which holds them itself, as batches "
                "(x, y, sample_weight). Pass the dataset alone."
            )
        return check_dataset_alone(rules, name, data, y), None, None
    x, labels = check_rows(rules, name, data, f"{name}[1]", y)
    if weights is not None:
        weights = checks.weights(f"{name}[2]", weights, len(x))
    return x, labels, weights


def check_callbacks(callbacks: Any) -> tuple[Any, ...]:
    """Return callbacks, one or several, as a tuple; raise ``TypeError`` for another object."""
    if callbacks is None:
        return ()
    given = tuple(callbacks) if isinstance(callbacks, Sequence) else (callbacks,)
    for callback in given:
        missing = [hook for hook in HOOKS if not hasattr(callback, hook)]
        if missing:
            hint = " Pass its .callback." if hasattr(callback, "callback") else ""
            raise TypeError(
                f"callbacks has a {type(callback).__name__} without {', '.join(missing)}; "
                f"expected Keras callbacks.{hint}"
            )
    return given
