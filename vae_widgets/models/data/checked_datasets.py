"""Datasets and generators whose batches are checked like arrays while they are read."""

from collections.abc import Iterable, Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from vae_widgets.core.image_shapes import axes_to_move
from vae_widgets.models.data.rules import DataRules


def check_dataset(rules: DataRules, name: str, dataset: Any) -> Any:
    """Return a stream of batches from the argument called `name`, which checks what is read.

    Raises ``TypeError`` or ``ValueError`` if it cannot be one; for an iterable that can be read
    again after a look at its first batch.
    """
    if isinstance(dataset, str | bytes | dict) or not (
        hasattr(dataset, "__iter__") or isinstance(dataset, keras.utils.PyDataset)
    ):
        raise TypeError(f"{name} must be an array or a dataset; received {type(dataset).__name__}.")
    if isinstance(dataset, tf.data.Dataset):
        _check_elements(rules, name, dataset.element_spec)
    needs_size = getattr(rules.objective, "needs_dataset_size", False)
    if needs_size and getattr(rules.objective, "dataset_size", None) is None:
        raise ValueError(
            f"{name} is a dataset, which does not tell its size; the objective "
            f"{rules.objective!r} needs it. Pass objective=BetaTC(dataset_size=...), or an array."
        )
    if isinstance(dataset, tf.data.Dataset):
        return _checked_in_graph(rules, name, dataset)
    if isinstance(dataset, keras.utils.PyDataset):
        return _CheckedPyDataset(rules, name, dataset)
    if isinstance(dataset, tf.distribute.DistributedDataset):
        return dataset  # only Keras can read it
    if iter(dataset) is dataset:  # a generator, or another iterator
        return _checked_generator(rules, name, dataset)
    return _checked_loader(rules, name, dataset)


class _CheckedPyDataset(keras.utils.PyDataset):
    def __init__(self, rules: DataRules, name: str, dataset: keras.utils.PyDataset) -> None:
        super().__init__(dataset.workers, dataset.use_multiprocessing, dataset.max_queue_size)
        self._rules = rules
        self._name = name
        self._dataset = dataset

    @property
    def num_batches(self) -> int | None:
        """Number of batches; None for an infinite dataset."""
        n: int | None = self._dataset.num_batches
        return n

    def __getitem__(self, index: int) -> Any:
        return _checked_batch(self._rules, f"batch {index} of {self._name}", self._dataset[index])

    def on_epoch_begin(self) -> None:
        self._dataset.on_epoch_begin()

    def on_epoch_end(self) -> None:
        self._dataset.on_epoch_end()


def _checked_generator(rules: DataRules, name: str, batches: Iterator[Any]) -> Iterator[Any]:
    for i, batch in enumerate(batches):
        yield _checked_batch(rules, f"batch {i} of {name}", batch)


def _checked_loader(rules: DataRules, name: str, loader: Iterable[Any]) -> tf.data.Dataset:
    first = next(_checked_generator(rules, name, iter(loader)), None)
    if first is None:
        raise ValueError(f"{name} gives no batches; expected at least one.")
    dataset = tf.data.Dataset.from_generator(
        lambda: _checked_generator(rules, name, iter(loader)),
        output_signature=tuple(
            tf.TensorSpec((None, *part.shape[1:]), part.dtype) for part in map(np.asarray, first)
        ),
    )
    try:
        n_batches = len(loader)  # type: ignore[arg-type]
    except TypeError:  # unknown, as for a loader of a stream
        return dataset
    return dataset.apply(tf.data.experimental.assert_cardinality(n_batches))


def _checked_batch(rules: DataRules, name: str, batch: Any) -> tuple[Any, ...]:
    x, *others = batch if isinstance(batch, tuple | list) else (batch,)
    x = rules.samples(name, x)
    if rules.n_labels is not None:
        y, *others = others or [None]
        others = [rules.labels(f"y in {name}", y, len(x)), *others]
    return (x, *others)


def _check_elements(rules: DataRules, name: str, spec: Any) -> None:
    x, *others = spec if isinstance(spec, tuple) else (spec,)
    if not isinstance(x, tf.TensorSpec) or not _is_number(x.dtype):
        raise ValueError(
            f"{name} is a dataset of elements {spec}; expected batches of samples x, or tuples "
            "(x, y), of tensors of numbers."
        )
    if not x.shape.is_compatible_with((None, *rules.sample_shape)):
        hint = " Call .batch(128) on it." if x.shape.is_compatible_with(rules.sample_shape) else ""
        if x.shape.rank and (move := axes_to_move(tuple(x.shape[1:]), rules.sample_shape)):
            hint = f" Move the axes: .map(lambda x: tf.experimental.numpy.{move.format('x')})."
        expected = ", ".join(["batch", *map(str, rules.sample_shape)])
        raise ValueError(
            f"{name} is a dataset of elements of shape {x.shape}; expected batches of samples, "
            f"({expected}).{hint}"
        )
    if rules.n_labels is None:
        return
    y = others[0] if others else None
    if isinstance(y, tf.TensorSpec):
        if y.shape.is_compatible_with((None,)) and y.dtype.is_integer:
            return
        received = f"{y.dtype.name} {y.shape}"
    else:
        received = "missing" if y is None else repr(y)
    raise ValueError(
        f"{name} is a dataset whose labels are {received}; expected batches (x, y) with y of "
        f"shape (batch,), whole numbers from 0 to {rules.n_labels - 1}."
    )


def _is_number(dtype: tf.DType) -> bool:
    return bool(dtype.is_floating or dtype.is_integer or dtype.is_bool)


def _checked_in_graph(rules: DataRules, name: str, dataset: tf.data.Dataset) -> tf.data.Dataset:
    likelihood, n_labels = rules.likelihood, rules.n_labels
    low, high = likelihood.bounds or (-np.inf, np.inf)
    kind = "finite"
    if likelihood.n_classes is not None:
        low, high, kind = 0.0, likelihood.n_classes - 1.0, "whole"
    bad_values = (
        f"{name} has values that the {likelihood.name} likelihood cannot take: expected {kind} "
        f"numbers in [{low:g}, {high:g}]; received, lowest and highest"
    )

    def checked(x: Any, *others: Any) -> Any:
        values = tf.cast(x, tf.float32)
        good = tf.math.is_finite(values) & (values >= low) & (values <= high)
        if likelihood.n_classes is not None:
            good &= values == tf.floor(values)
        received = [bad_values, tf.reduce_min(values), tf.reduce_max(values)]
        checks = [tf.debugging.Assert(tf.reduce_all(good), received)]
        if n_labels is not None:
            y = others[0]
            in_range = tf.reduce_all((y >= 0) & (y < tf.cast(n_labels, y.dtype)))
            bad_labels = f"{name} has labels outside 0 to {n_labels - 1} (n_labels={n_labels})"
            checks.append(tf.debugging.Assert(in_range, [bad_labels, y]))
        with tf.control_dependencies(checks):
            x = tf.identity(x)
        return (x, *others) if others else x

    return dataset.map(checked)
