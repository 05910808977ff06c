"""Samples of a `VAEDetector` that are read in parts, because they may be larger than memory."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import scipy.sparse
import tensorflow as tf
from numpy.typing import NDArray

from vae_widgets.models.data import row_source
from vae_widgets.models.data.row_source import RowSource, read_in_parts
from vae_widgets.models.training.fit_arguments import is_array, number_of_batches

Prepare = Callable[[NDArray[Any]], NDArray[np.float32]]
"""Makes samples (m, *sample_shape) as the model sees them of m rows as they are given."""


class Batches:
    """A ``tf.data.Dataset``, a `keras.utils.PyDataset` or another iterable of batches.

    Batches are x (m, ...), or tuples that begin with x, and readable again and again.
    """

    def __init__(self, batches: Any) -> None:
        if iter(batches) is batches:
            raise TypeError(
                f"X is a {type(batches).__name__}, which can be read only once; a detector reads "
                "its samples several times. Pass an array, a tf.data.Dataset or a PyDataset."
            )
        self._batches = batches

    def __iter__(self) -> Iterator[NDArray[Any]]:
        for batch in self._batches:
            x = batch[0] if isinstance(batch, tuple) else batch
            yield np.asarray(x)

    def count(self) -> int:
        """Return the number of samples."""
        return sum(map(len, self))

    def prepared(self, prepare: Prepare, sample_shape: tuple[int, ...]) -> tf.data.Dataset:
        """Return a dataset of the batches as the model sees them."""
        dataset = tf.data.Dataset.from_generator(
            lambda: (prepare(x) for x in self),
            output_signature=tf.TensorSpec((None, *sample_shape), tf.float32),
        )
        n = number_of_batches(self._batches)
        if n is not None:  # else Keras warns of the end of each epoch
            dataset = dataset.apply(tf.data.experimental.assert_cardinality(n))
        return dataset.prefetch(1)


class Parts:
    """An array that is read in parts."""

    def __init__(self, rows: RowSource) -> None:
        self._rows = rows

    def __iter__(self) -> Iterator[NDArray[Any]]:
        return map(self._rows.raw, self._rows.parts(row_source.CONVERT_AT_ONCE))

    def count(self) -> int:
        """Return the number of samples."""
        return len(self._rows)

    def where(self, kept: NDArray[np.bool_]) -> "Parts":
        """Return those samples alone that are kept, (n,)."""
        return Parts(self._rows.where(kept))

    def prepared(self, prepare: Prepare, sample_shape: tuple[int, ...]) -> RowSource:
        """Return the rows as the model sees them."""
        return self._rows.converted(prepare, sample_shape)


def parts_of(X: Any) -> Batches | Parts | None:
    """Return samples that are read in parts; None for those that are read as a whole."""
    if scipy.sparse.issparse(X):  # scikit-learn refuses these
        return None
    rows = read_in_parts(X, converts_float32=True)
    if rows is not None:
        return Parts(rows)
    is_whole = is_array(X) or isinstance(X, str | bytes | dict | set) or not hasattr(X, "__iter__")
    return None if is_whole else Batches(X)
