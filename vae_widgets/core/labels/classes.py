"""Labels of any kind as indices into a list of class names."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_widgets.core import checks

_TABLE = 10_000  # labels below this are looked up in a table


def index_classes(
    labels: Any, n: int, label_names: Sequence[Any] | None = None, of: str = "x"
) -> tuple[NDArray[np.uint32], list[str]]:
    """Map labels to indices into class names.

    Parameters
    ----------
    labels
        Whole numbers, booleans, texts, or a pandas categorical (n,); None for no labels. None, NaN,
        NaT, NA and masked values are unknown.
    label_names
        The classes: whole numbers index it, texts are looked up. None takes the values in the order
        of `in_order`.

    Returns
    -------
    indices : ndarray
        uint32 (n,), ``len(names)`` where the class is not known; empty for no labels.
    names : list of str

    Raises
    ------
    TypeError, ValueError
        If `labels` has another length or holds fractions, a label has no name, or an argument is no
        list.
    """
    if isinstance(label_names, Mapping):
        raise TypeError(
            "label_names must be a list of names, in the order of the classes; received a "
            f"{type(label_names).__name__}. Pass [names[k] for k in range(len(names))]."
        )
    if isinstance(label_names, str):
        raise TypeError(f"label_names must be a list of names; received the text {label_names!r}.")
    if labels is None:
        return np.zeros(0, np.uint32), []
    codes, levels = _levels(labels, n, of)
    if label_names is None:
        ordered = in_order(levels, categories_of(labels))
        names = [str(level) for level in ordered]
        place = {level: k for k, level in enumerate(ordered)}
        places = [place[level] for level in levels]
    else:
        names = [str(name) for name in label_names]
        places = [_place(level, names) for level in levels]
    indices = np.array([*places, len(names)], np.uint32)[codes]  # index -1 would be the last class
    return indices, names


def in_order(levels: list[Any], categories: list[Any] | None = None) -> list[Any]:
    """Return the different values of labels in the order that users expect.

    As in `categories`, if any. Otherwise numbers and texts that hold numbers by their value, then
    other texts.
    """
    if categories is None:
        return sorted(levels, key=_sort_key)
    place = {category: k for k, category in enumerate(categories)}
    return sorted(levels, key=lambda level: place.get(level, len(place)))


def categories_of(values: Any) -> list[Any] | None:
    """Return the categories of a pandas categorical, ordered or not alphabetical; else None."""
    if not _is_categorical(values):
        return None
    found = values.dtype.categories.tolist()
    by_letters = all(isinstance(one, str) for one in found) and found == sorted(found)
    return None if by_letters and not values.dtype.ordered else found


def _is_categorical(values: Any) -> bool:
    return hasattr(getattr(getattr(values, "dtype", None), "categories", None), "tolist")


def _levels(labels: Any, n: int, of: str) -> tuple[NDArray[np.int64], list[Any]]:
    """Return codes (n,), -1 where a label is missing, and the label that each code means."""
    labels, hidden = checks.unmasked(labels)
    values = checks.labels("labels", labels, n, of)
    mask = np.zeros(n, bool) if hidden is None else hidden
    if _is_categorical(labels):
        return _levels_of_categorical(labels)
    kind = values.dtype.kind
    if kind == "O":
        return _levels_of_objects(values, mask)
    if kind in "fmM":
        mask = mask | np.isnat(values) if kind in "mM" else mask | np.isnan(values)
    known = values[~mask]
    if kind == "f":
        strange = known[(known != np.rint(known)) | np.isinf(known)]
        if strange.size:
            raise _fraction(strange[0])
    different, found = _unique(known)
    codes = np.full(n, -1)
    codes[~mask] = found
    if kind == "f":
        return codes, [int(level) for level in different]
    if kind in "biu":
        return codes, different.tolist()
    return codes, different.astype(str).tolist()


def _unique(values: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the sorted different values, and the place of each value among them.

    As ``np.unique``, which sorts all values; small whole numbers are looked up in a table, which is
    ten times faster.
    """
    if values.dtype.kind in "iu" and values.size:
        low, high = int(values.min()), int(values.max())
        if abs(low) < _TABLE and abs(high) < _TABLE:
            offsets = values.astype(np.int64) - low
            present = np.zeros(high - low + 1, np.int64)
            present[offsets] = 1
            return np.flatnonzero(present) + low, (np.cumsum(present) - 1)[offsets]
    different, found = np.unique(values, return_inverse=True)
    return different, found


def _levels_of_categorical(labels: Any) -> tuple[NDArray[np.int64], list[Any]]:
    codes = np.asarray(getattr(labels, "cat", labels).codes, np.int64)
    used, found = np.unique(codes[codes >= 0], return_inverse=True)
    codes[codes >= 0] = found
    categories = labels.dtype.categories.tolist()
    return codes, [categories[k] for k in used]


def _levels_of_objects(
    values: NDArray[Any], mask: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], list[Any]]:
    missing = mask | np.array([checks.is_missing(value) for value in values.tolist()], bool)
    known = [_plain(value) for value in values[~missing].tolist()]
    if len({type(value) for value in known}) > 1:  # True differs from 1, and "1" is printed like 1
        known = [str(value) for value in known]
    levels: dict[Any, int] = {}
    codes = np.full(len(values), -1)
    codes[~missing] = [levels.setdefault(value, len(levels)) for value in known]
    return codes, list(levels)


def _plain(value: Any) -> bool | int | str:
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        if not float(value).is_integer():
            raise _fraction(float(value))
        return int(value)
    return str(value)


def _fraction(value: float) -> ValueError:
    return ValueError(
        f"labels has fractions such as {value:g}; expected classes. To colour by a quantity, pass "
        "it as color_by."
    )


def _sort_key(level: Any) -> tuple[int, float, str]:
    try:
        number = float(level)
    except (TypeError, ValueError, OverflowError):
        return 1, 0.0, str(level)
    if not math.isfinite(number):
        return 1, 0.0, str(level)
    return 0, number, str(level)


def _place(level: Any, names: list[str]) -> int:
    if isinstance(level, bool | int | np.bool_ | np.integer):
        place = int(level)
    else:
        place = names.index(str(level)) if str(level) in names else -1
    if not 0 <= place < len(names):
        raise ValueError(
            f"labels has {level!r}, which has no name: label_names has {len(names)} names "
            f"({', '.join(names[:5])}{', ...' if len(names) > 5 else ''}). Add its name, or leave "
            "label_names out."
        )
    return place
