"""Convert tables and object arrays to numbers, and locate what is not a number."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_widgets.core.missing import is_missing

_MOST_NAMED = 5  # columns in a message


def floats_of(name: str, value: Any, array: NDArray[Any], dtype: Any) -> NDArray[Any]:
    """Return an array as numbers; in one of objects, what is missing becomes NaN.

    `value` is what was passed, perhaps with names of columns and rows for the ``TypeError``. Raises
    ``OverflowError`` if a whole number is too large.
    """
    try:
        return array.astype(dtype, copy=False)
    except (TypeError, ValueError):
        expected = f"{name} must be an array of numbers; "
        if array.ndim == 0:
            raise TypeError(f"{expected}received {type(value).__name__}.") from None
    numbers = np.full(array.shape, np.nan, dtype)
    strange: dict[int, tuple[int, Any]] = {}  # column -> first row and value
    for place, one in np.ndenumerate(array):
        try:
            numbers[place] = np.nan if is_missing(one) else one
        except (TypeError, ValueError):
            column = place[1] if len(place) > 1 else 0
            plain = one.item() if isinstance(one, np.generic) else one
            strange.setdefault(column, (place[0], plain))
    if not strange:
        return numbers
    columns = _columns(value, array)
    if columns is None:
        row, one = strange[min(strange)]
        raise TypeError(
            f"{expected}received {type(value).__name__} with {one!r:.80} in {_row(value, row)}."
        )
    found = [
        f"{columns[column]!r} has {_kind(one)} ({one!r:.60} in {_row(value, row)})"
        for column, (row, one) in strange.items()
    ]
    names = [columns[column] for column in strange]
    pronoun = "them" if len(names) > 1 else "it"
    listed = ", ".join(found[:_MOST_NAMED]) + (", ..." if len(found) > _MOST_NAMED else "")
    raise TypeError(
        f"{expected}column{'s' * (len(found) > 1)} {listed}. Turn {pronoun} into numbers, or leave "
        f"{pronoun} out with {name}.drop(columns={names!r})."
    )


def where_not_finite(value: Any, array: NDArray[Any]) -> str:
    """Return in which columns and rows of a table or Series values are not finite."""
    columns = _columns(value, array)
    if columns is None:
        row = _row(value, int(np.argmax(~np.isfinite(array)))) if array.ndim == 1 else ""
        return f", the first in {row}" if "index" in row else ""
    bad = ~np.isfinite(array)
    counts = bad.sum(axis=0)
    found = [
        f"{columns[column]!r} ({counts[column]}, the first in "
        f"{_row(value, int(np.argmax(bad[:, column])))})"
        for column in np.flatnonzero(counts)
    ]
    listed = ", ".join(found[:_MOST_NAMED]) + (", ..." if len(found) > _MOST_NAMED else "")
    return f", in column{'s' * (len(found) > 1)} {listed}"


def _columns(value: Any, array: NDArray[Any]) -> list[Any] | None:
    columns = getattr(value, "columns", None)
    if columns is None or array.ndim != 2 or len(columns) != array.shape[1]:
        return None
    return list(columns)


def _row(value: Any, row: int) -> str:
    index = getattr(value, "index", None)
    if not hasattr(value, "iloc") or index is None:
        return f"row {row}"
    entry = index[row]
    return (
        f"row {row}"
        if repr(entry) in (str(row), f"np.int64({row})")
        else (f"row {row}, index {entry!r}")
    )


def _kind(value: Any) -> str:
    return "text" if isinstance(value, str) else f"values of type {type(value).__name__}"
