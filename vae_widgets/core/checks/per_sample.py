"""One value for each sample, (n,): labels, weights and scores."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_widgets.core.checks.arrays import any_array, as_array, float_array, unmasked
from vae_widgets.core.missing import is_missing


def labels(name: str, value: Any, n: int, of: str = "x", hint: str = "") -> NDArray[Any]:
    """Return `value` as a 1-D array of `n` labels, one for each row of `of`; `hint`: the remedy."""
    array = any_array(name, value)
    if array.ndim == 0:  # such as a text, if arguments were passed in the wrong order
        raise TypeError(
            f"{name} is {value!r:.80}; expected ({n},), one label for each row of {of}. "
            f"{hint or 'If it is another argument, pass it by its name.'}"
        )
    if array.ndim != 1 or len(array) != n:
        if array.size == n == max(array.shape):
            hint = f"{as_array(name, value)}.ravel() has the right shape."
        raise ValueError(
            f"{name} has shape {array.shape}; expected ({n},), one label for each row of {of}."
            f"{hint and ' '}{hint}"
        )
    return array


def weights(
    name: str, value: ArrayLike, n: int, dtype: Any = np.float32, at_least: int = 1
) -> NDArray[Any]:
    """Return `value` as weights (n,) of samples, none below zero and at least `at_least` above."""
    array = float_array(name, value, dtype)
    if array.shape != (n,):
        raise ValueError(f"{name} has shape {array.shape}; expected ({n},), one for each sample.")
    if array.min() < 0 or np.count_nonzero(array) < at_least:
        raise ValueError(
            f"{name} spans [{array.min():g}, {array.max():g}]; expected numbers of at least 0, "
            f"some of them above zero: {at_least} or more, received {np.count_nonzero(array)}. "
            "Drop the samples that must not count."
        )
    return array


def scores(name: str, value: ArrayLike) -> NDArray[np.float64]:
    """Return `value` as finite scores of shape (n,), n >= 1: float64, to compare exactly."""
    array = float_array(name, value, np.float64)
    if array.ndim != 1:
        hint = (
            f" {as_array(name, value)}.ravel() has the right shape."
            if array.size == max(array.shape, default=0)
            else ""
        )
        raise ValueError(
            f"{name} has shape {array.shape}; expected (n,), one score a sample.{hint}"
        )
    low, high = float(array.min()), float(array.max())
    if not np.isfinite(high - low):
        raise ValueError(
            f"{name} reach from {low:g} to {high:g}, further than float64 can subtract; rescale "
            "them, for example by 1e-10."
        )
    return array


def anomaly_labels(
    name: str, value: Any, n: int, of: str = "scores", hint: str = ""
) -> NDArray[np.float64]:
    """Return labels as float64 (n,): 1 anomalous, 0 normal, NaN where there is no label.

    Takes booleans or 0 and 1, and None, NaN, pandas' NA or masked values. -1 is refused: it means
    "outlier" in scikit-learn and "unlabelled" elsewhere.
    """
    value, hidden = unmasked(value)
    given = labels(name, value, n, of, hint)
    if given.dtype.kind in "biuf":
        numbers = given.astype(np.float64)
    elif given.dtype == object:
        numbers = np.array([_label(one) for one in given])
    else:
        numbers = np.full(n, np.inf)
    if hidden is not None:
        numbers[hidden] = np.nan
    strange = np.flatnonzero(~np.isnan(numbers) & (numbers != 0) & (numbers != 1))
    if not strange.size:
        return numbers
    hint, first = "", numbers[strange[0]]
    is_number = given.dtype.kind == "f" or np.isfinite(first)
    value_there = given[strange[0]].item() if given.dtype.kind in "US" else given[strange[0]]
    received = f"{first:g}" if is_number else f"{value_there!r:.80}"
    if -1 in numbers:
        own = as_array(name, value)
        hint = f" For scikit-learn's -1 (outlier) and +1 pass {own} == -1."
    elif not is_number:
        own = as_array(name, value)
        hint = f" For named classes pass {own} == 'the anomalous class'."
    raise ValueError(
        f"{name} must hold booleans or 0 and 1 (1 = anomalous; None or NaN = not labelled); "
        f"received {received}.{hint}"
    )


def _label(value: Any) -> float:
    """Return a label as a number: NaN if it is missing, infinity if it is not a number."""
    if is_missing(value):
        return np.nan
    try:
        return np.inf if isinstance(value, str | bytes) else float(value)
    except (TypeError, ValueError, OverflowError):
        return np.inf
