"""The samples of a `VAEDetector`: checked rows, or parts of what may be larger than memory."""

import math
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import numpy as np
import scipy.sparse
import tensorflow as tf
from numpy.typing import NDArray
from sklearn.utils.validation import validate_data

from vae_widgets.core import checks
from vae_widgets.core.preprocessing import PREPROCESSING, Preprocessing, preprocess
from vae_widgets.models.data import row_source
from vae_widgets.models.data.fit_data import is_array, number_of_batches
from vae_widgets.models.data.row_source import RowSource, read_in_parts
from vae_widgets.models.networks.user_models import check_sample_shape

Prepare = Callable[[NDArray[Any]], NDArray[np.float32]]
"""Preprocesses m rows into samples (m, *sample_shape) for the model."""


class Estimator(Protocol):
    """What is read here of a `VAEDetector`, whose fit sets the last two."""

    sample_shape: Any
    preprocessing: str | None
    sample_shape_: tuple[int, ...]
    n_features_in_: int


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
        if n is not None:  # otherwise Keras warns at the end of each epoch
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
        """Return the samples selected by a mask (n,)."""
        return Parts(self._rows.where(kept))

    def prepared(self, prepare: Prepare, sample_shape: tuple[int, ...]) -> RowSource:
        """Return the preprocessed rows."""
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


def in_parts(function: Callable[[Any], NDArray[Any]], X: Any) -> NDArray[Any]:
    """Return what a function gives for samples (n, ...), part by part where they are large."""
    parts = parts_of(X)
    if parts is None:
        return function(X)
    values = [function(part) for part in parts]
    if not values:
        raise ValueError("X gave no samples; expected at least one batch.")
    return np.concatenate(values)


def learn_preprocessing(
    detector: Estimator, X: Any, sample_weight: Any
) -> tuple[Preprocessing | None, Any, NDArray[np.float64] | None]:
    """Return the preprocessing for training samples, these as the model sees them, and weights."""
    kind = None if detector.preprocessing is None else PREPROCESSING[detector.preprocessing]
    parts = parts_of(X)
    first = X if parts is None else next(iter(parts), None)
    if first is None:
        raise ValueError("X gave no samples; expected at least one batch.")
    rows = read_rows(detector, first, reset=True, at_least=2 if parts is None else 1)
    weights = None
    if sample_weight is not None:
        if isinstance(parts, Batches):
            raise TypeError(
                "sample_weight is for arrays; X is a dataset. Leave it out, or pass X as an "
                "array, a memmap or an HDF5 dataset."
            )
        n = len(rows) if parts is None else parts.count()
        weights = checks.weights("sample_weight", sample_weight, n, np.float64, at_least=2)
        counts = weights > 0  # the others may be anything, such as numbers that overflow
        rows, weights = rows[counts[: len(rows)]], weights[counts]
        parts = None if parts is None else parts.where(counts)
    blocks = [rows] if parts is None else (read_rows(detector, block) for block in parts)
    fitted = None if kind is None else kind.of_parts(blocks, weights)
    if parts is None:
        return fitted, preprocess(rows, fitted, detector.sample_shape_), weights

    def prepare(rows: NDArray[Any]) -> NDArray[np.float32]:
        return preprocess(read_rows(detector, rows), fitted, detector.sample_shape_)

    return fitted, parts.prepared(prepare, detector.sample_shape_), weights


def read_rows(
    detector: Estimator, X: Any, *, reset: bool = False, at_least: int = 1
) -> NDArray[Any]:
    """Return samples as rows (n, n_features); `reset` notes their shape and names for a fit."""
    checks.refuse_masked("X", X)
    checks.refuse_strings("X", X)
    if isinstance(X, list | tuple):
        X = np.asarray(X)
    kind = getattr(getattr(X, "dtype", None), "kind", "")
    if hasattr(X, "columns") or kind in "mM":  # scikit-learn names no column, and takes dates
        checks.float_array("X", X, np.float64)
    shape = tuple(getattr(X, "shape", ())[1:])
    if len(shape) > 1:
        X = np.asarray(X).reshape(len(X), math.prod(shape))  # -1 fails where there are none
    # float64, so that standardising large numbers loses nothing; float32 stays as it is.
    rows = validate_data(
        *(detector, X),
        reset=reset,
        dtype=(np.float64, np.float32),
        ensure_min_samples=at_least,
    )
    if reset:
        detector.sample_shape_ = _shape_of_samples(detector, shape)
    elif len(shape) > 1 and shape != detector.sample_shape_:
        raise ValueError(f"X has samples of shape {shape}; expected {detector.sample_shape_}.")
    checked: NDArray[Any] = rows
    return checked


def _shape_of_samples(detector: Estimator, shape: tuple[int, ...]) -> tuple[int, ...]:
    if detector.sample_shape is None:
        return shape or (detector.n_features_in_,)
    asked = check_sample_shape(detector.sample_shape)
    if math.prod(asked) != detector.n_features_in_:
        raise ValueError(
            f"sample_shape {asked} has {math.prod(asked)} values; X has {detector.n_features_in_} "
            "a sample. Leave sample_shape out for the shape that X has."
        )
    return asked
