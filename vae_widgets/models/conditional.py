"""Labels of a conditional VAE, and the codec that one label makes of it.

Sohn, Lee & Yan, "Learning Structured Output Representation using Deep Conditional Generative
Models" (2015): encoder q(z | x, y) and decoder p(x | z, y) both get the label, one-hot.
"""

from typing import Any, Protocol

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike, NDArray

from vae_widgets.core import checks


class ConditionalModel(Protocol):
    """What a `GivenLabel` needs: a conditional `VAE`."""

    n_labels: int | None
    latent_dim: int
    sample_shape: tuple[int, ...]

    def encode(self, x: ArrayLike, y: Any = None) -> Any:
        """Map samples and labels to (z_mean, z_log_var)."""

    def decode(self, z: ArrayLike, y: Any = None) -> NDArray[np.float32]:
        """Map codes and labels to samples."""

    def sample(self, n: int, y: Any = None, seed: int | None = None) -> NDArray[np.float32]:
        """Decode draws from the prior."""


class GivenLabel:
    """A codec for the widgets: a conditional VAE with its label fixed; `VAE.given` makes one.

    It holds the model itself and no copy, so it follows as the model trains.
    """

    def __init__(self, model: ConditionalModel, label: int) -> None:
        self._model = model
        self.label = label

    @property
    def latent_dim(self) -> int:
        """Number of latent dimensions."""
        return self._model.latent_dim

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """Shape of one sample."""
        return self._model.sample_shape

    def encode(self, x: ArrayLike) -> Any:
        """Map samples (n, *sample_shape) to (z_mean, z_log_var), as if they had the label."""
        return self._model.encode(x, self.label)

    def decode(self, z: ArrayLike) -> NDArray[np.float32]:
        """Map codes (n, latent_dim) to samples (n, *sample_shape) with the label."""
        return self._model.decode(z, self.label)

    def sample(self, n: int, seed: int | None = None) -> NDArray[np.float32]:
        """Decode `n` draws from the prior to samples (n, *sample_shape) with the label."""
        return self._model.sample(n, self.label, seed=seed)

    def __repr__(self) -> str:
        return f"<{type(self._model).__name__} given label {self.label}>"


def check_labels(
    name: str, y: Any, n: int | None, n_labels: int, one_for_all: bool = False
) -> NDArray[np.int32]:
    """Return labels as int32.

    Parameters
    ----------
    name
        The argument's name, for the message.
    y
        Whole numbers from 0 to n_labels - 1, (n,).
    n
        Number of labels expected; None for one label, whose result has shape ().
    n_labels
        Number of labels that there are.
    one_for_all
        Whether one label is welcome as well, for all n rows.

    Raises
    ------
    TypeError, ValueError
        If they are no whole numbers, of another length, or outside the range.
    """
    try:
        given = np.asarray(y)
    except ValueError:  # nested lists of unequal length
        given = np.asarray(y, dtype=object)
    if given.dtype.kind not in "iufb":
        raise TypeError(
            f"{name} must hold whole numbers from 0 to {n_labels - 1}; received {given.dtype} "
            f"values. For named classes pass np.unique(names, return_inverse=True)[1]."
        )
    if one_for_all and given.ndim == 0:
        given = np.full(n or (), given)
    if given.shape != (() if n is None else (n,)):
        expected = "one label" if n is None else f"({n},), one label for each row"
        hint = ""
        if n is not None and given.shape == (n, n_labels):
            hint = f" One-hot labels become numbers by {name}.argmax(axis=1)."
        raise ValueError(f"{name} has shape {given.shape}; expected {expected}.{hint}")
    wrong = given[~((given >= 0) & (given < n_labels) & (given == np.floor(given)))]
    if wrong.size:
        raise ValueError(
            f"{name} holds {wrong.flat[0]:g}; this VAE has n_labels={n_labels}, so labels are "
            f"whole numbers from 0 to {n_labels - 1}."
        )
    return given.astype(np.int32)


def one_hot(labels: NDArray[np.int32], n_labels: int) -> NDArray[np.float32]:
    """Return labels (n,) as float32 (n, n_labels)."""
    hot: NDArray[np.float32] = np.eye(n_labels, dtype=np.float32)[labels]
    return hot


def missing_labels(name: str, n_labels: int) -> TypeError:
    """Return the error for a conditional model that was given no labels."""
    return TypeError(
        f"{name} is missing; this VAE was built with n_labels={n_labels} and needs labels, whole "
        f"numbers from 0 to {n_labels - 1}, one for each row. vae.given(label) fixes one for "
        "widgets."
    )


def check_labelled_dataset(name: str, dataset: tf.data.Dataset, n_labels: int) -> tf.data.Dataset:
    """Return a dataset of (x, y, ...) that checks the range of its labels as it is read.

    Raises
    ------
    ValueError
        If its elements hold no labels (batch,), whole numbers.
    """
    spec = dataset.element_spec
    labels = spec[1] if isinstance(spec, tuple) and len(spec) > 1 else None
    if (
        labels is None
        or not labels.shape.is_compatible_with((None,))
        or not labels.dtype.is_integer
    ):
        received = "missing" if labels is None else f"{labels.dtype.name} {labels.shape}"
        raise ValueError(
            f"{name} is a dataset whose labels are {received}; expected batches (x, y) with y of "
            f"shape (batch,), whole numbers from 0 to {n_labels - 1}."
        )

    def checked(x: Any, y: Any, *others: Any) -> tuple[Any, ...]:
        in_range = tf.reduce_all((y >= 0) & (y < tf.cast(n_labels, y.dtype)))
        message = f"{name} has labels outside 0 to {n_labels - 1} (n_labels={n_labels})"
        with tf.control_dependencies([tf.debugging.Assert(in_range, [message, y])]):
            return (tf.identity(x), y, *others)

    return dataset.map(checked)


def n_labels_of(encoder: keras.Model, decoder: keras.Model, n_labels: int | None) -> int | None:
    """Return the number of labels that both halves take as their second input; None for none.

    Raises
    ------
    ValueError
        If only one half takes labels, or they disagree about the number.
    """
    if n_labels is not None:
        n_labels = checks.positive_int("n_labels", n_labels)
    widths = {"encoder": _label_width(encoder), "decoder": _label_width(decoder)}
    known = {role: width for role, width in widths.items() if width is not None}
    wanted = n_labels or max(known.values(), default=0)
    for role, width in known.items():
        if width != wanted:
            other = "n_labels" if n_labels else "the other half"
            takes = f"labels of width {width}" if width else "no labels"
            raise ValueError(
                f"{role} takes {takes}, but {other} says {wanted}; expected two inputs of both "
                f"halves: encoder (x, y) and decoder (z, y), with one-hot y (n, {wanted})."
            )
    return wanted or None


def _label_width(half: keras.Model) -> int | None:
    """Return the width of the second input, 0 if there is none, None if it is not known yet."""
    inputs = getattr(half, "inputs", None)
    if not inputs:
        return None
    return int(inputs[1].shape[-1]) if len(inputs) == 2 else 0
