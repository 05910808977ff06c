"""Samples that are read batch by batch, because they may be larger than memory."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from vae_widgets.core.fixed_blocks import ROWS_AT_ONCE, is_stored
from vae_widgets.models.data.row_source import read_in_parts
from vae_widgets.models.data.rules import DataRules

Rows = tuple[NDArray[np.float32], ...]
"""Samples (n, *sample_shape), and one-hot labels (n, n_labels) of a conditional model."""


def as_stream(x: Any) -> Any:
    """Return a stream to read in parts; None for an array in memory."""
    source = read_in_parts(x)
    if source is not None:
        return source
    if isinstance(x, tf.Tensor | list | tuple | str | bytes | dict | set):
        return None
    is_iterable = hasattr(x, "__iter__") and not hasattr(x, "__array__")
    return x if is_stored(x) or is_iterable else None


def stream_blocks(rules: DataRules, x: Any, y: Any) -> Iterator[Rows]:
    """Return the rows of a stream in blocks of up to `ROWS_AT_ONCE`, whatever its batches.

    `x` is what `as_stream` returns; `y` is one label for all, or, beside an array, labels (n,).
    Raises ``TypeError`` or ``ValueError`` if it cannot be a stream, or, while it is read, for a bad
    batch, counted from 0.
    """
    if is_stored(x):
        batches, y = _slices(rules, x, y), None
        if len(x):
            return _checked(rules, batches, y)  # the slices are blocks of this size
    else:
        if np.ndim(y):
            raise TypeError(
                "y is given beside a stream of batches; a stream holds its labels itself, as "
                "batches (x, y). Leave y out, or pass one label for all."
            )
        if y is not None:
            rules.conditions(y, 1)
        if isinstance(x, tf.data.Dataset):
            x = _batched(rules, x)
        batches = ((f"batch {i} of x", batch) for i, batch in enumerate(x))
    return _blocks(_checked(rules, batches, y), ROWS_AT_ONCE)


def _slices(rules: DataRules, x: Any, y: Any) -> Iterator[tuple[str, tuple[Any, ...]]]:
    labels = rules.labels("y", y, len(x), one_for_all=True)
    return (
        (f"x[{i}:{i + ROWS_AT_ONCE}]", (x[part],) if labels is None else (x[part], labels[part]))
        for i in range(0, len(x), ROWS_AT_ONCE)
        for part in [slice(i, i + ROWS_AT_ONCE)]
    )


def _batched(rules: DataRules, dataset: tf.data.Dataset) -> tf.data.Dataset:
    spec = dataset.element_spec
    shape = getattr(spec[0] if isinstance(spec, tuple) else spec, "shape", None)
    if shape is not None and shape.rank == len(rules.sample_shape):
        if shape.is_compatible_with(rules.sample_shape):
            return dataset.batch(ROWS_AT_ONCE)
    elif shape is not None and shape.is_compatible_with((None, *rules.sample_shape)):
        return dataset
    sample = ", ".join(map(str, rules.sample_shape))
    raise ValueError(
        f"x is a dataset of {spec}; expected samples ({sample}) or batches (batch, {sample}), or "
        "tuples with these as the first part."
    )


def _checked(rules: DataRules, batches: Iterable[tuple[str, Any]], y: Any) -> Iterator[Rows]:
    for name, batch in batches:
        parts = batch if isinstance(batch, tuple) else (batch,)
        if not parts or np.shape(parts[0])[:1] == (0,):
            continue
        x = rules.samples(name, parts[0])
        labels = y
        if y is None and rules.n_labels is not None and len(parts) > 1:
            labels = parts[1]
        yield (x, *rules.conditions(labels, len(x), f"y in {name}"))


def _blocks(batches: Iterable[Rows], n: int) -> Iterator[Rows]:
    held: list[Rows] = []
    n_held = 0
    for batch in batches:
        held.append(batch)
        n_held += len(batch[0])
        if n_held >= n:
            whole = _joined(held)
            yield from (
                tuple(part[start : start + n] for part in whole)
                for start in range(0, n_held - n + 1, n)
            )
            n_held %= n
            held = [tuple(part[len(part) - n_held :].copy() for part in whole)]
            del whole
    if not held:
        raise ValueError(
            "x gave no samples; expected at least one batch. An iterator can be read only once: "
            "make a new one."
        )
    if n_held:
        yield _joined(held)


def _joined(batches: list[Rows]) -> Rows:
    return tuple(np.concatenate(parts) for parts in zip(*batches, strict=True))
