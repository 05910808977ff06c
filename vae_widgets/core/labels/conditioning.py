"""Labels that condition a model: whole numbers outside, one-hot for its encoder and decoder."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_widgets.core import checks


def check_class_labels(
    name: str, y: Any, n: int | None, n_labels: int, one_for_all: bool = False
) -> NDArray[np.int32]:
    """Return labels as int32: whole numbers from 0 to n_labels - 1, (n,), or () where `n` is None.

    `one_for_all` allows one label for all n rows.
    """
    given = checks.any_array(name, y)
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
            hint = f" One-hot labels become numbers by {checks.as_array(name, y)}.argmax(axis=1)."
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
        f"numbers from 0 to {n_labels - 1}, one for each row. vae.condition_on(label) fixes one "
        "for widgets."
    )
