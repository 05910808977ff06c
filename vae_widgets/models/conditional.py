"""How the halves of a conditional VAE and its data sets take labels.

Sohn, Lee & Yan, "Learning Structured Output Representation using Deep Conditional Generative
Models" (2015): encoder q(z | x, y) and decoder p(x | z, y) both get the label, one-hot.
"""

from typing import Any

import keras
import tensorflow as tf

from vae_widgets.core import checks


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
