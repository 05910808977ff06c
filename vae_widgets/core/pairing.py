"""Check that data are paired row by row, by the index of pandas."""

import json
import sys
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

_MAY_BE_MISSING = ("labels", "color_by", "quantities")  # arguments of which some may be NaN


def index_of(value: Any) -> Any:
    """Return the index of a pandas Series or DataFrame; None for anything else."""
    pd = sys.modules.get("pandas")  # if pandas was not imported, it cannot be one
    return value.index if pd and isinstance(value, pd.Series | pd.DataFrame) else None


def with_index(values: Any, index: Any) -> Any:
    """Return values as a pandas Series with an index, or unchanged if the lengths differ."""
    fits = index is not None and np.shape(values) == (len(index),)
    return sys.modules["pandas"].Series(values, index) if fits else values


def shared_index(arguments: Mapping[str, Any]) -> Any:
    """Return the index that all arguments with one have, or None.

    Raises ``ValueError`` for different indices or orders, as rows are paired by their position.
    """
    name, index = "", None
    for other_name, value in arguments.items():
        other = index_of(value)
        if other is None:
            continue
        if index is None:
            name, index = other_name, other
        else:
            check_index(other_name, value, index, name)
    return index


def check_index(name: str, value: Any, index: Any, of: str) -> None:
    """Raise ``ValueError`` if `value` and `of` have different indices."""
    other = index_of(value)
    if index is not None and other is not None and not index.equals(other):
        raise ValueError(_difference(of, index, name, other))


def rows_with(label: str, index: Any) -> NDArray[np.intp]:
    """Return the rows (k,) of a pandas index whose entry is `label`, as text."""
    return np.flatnonzero(np.fromiter((str(entry) == label for entry in index), bool, len(index)))


def index_to_json(index: Any) -> bytes | None:
    """Return the entries of a pandas index, as text, as a JSON list; None without an index."""
    return None if index is None else json.dumps([str(entry) for entry in index]).encode()


def _difference(name: str, index: Any, other_name: str, other: Any) -> str:
    text = f"{other_name} has another index than {name}"
    for row, (theirs, ours) in enumerate(zip(other, index, strict=False)):
        if repr(theirs) != repr(ours):  # == of a missing entry is neither true nor false
            text += f" (in row {row} {theirs!r:.80} against {ours!r:.80})"
            break
    else:
        text += f" ({len(other):,} rows against {len(index):,})"
    remedies = []
    found = index.isin(other)
    if index.is_unique and other.is_unique and found.any():
        if found.all():
            by_index = f"pass {other_name}.loc[{name}.index]"
        elif other_name.startswith(_MAY_BE_MISSING):
            by_index = f"pass {other_name}.reindex({name}.index), in which the others are missing"
        else:
            both = f"{name}.index.intersection({other_name}.index)"
            by_index = f"take both = {both} and pass {name}.loc[both] and {other_name}.loc[both]"
        remedies.append(f"To pair them by index {by_index}.")
    if len(index) == len(other):
        remedies.append(f"To pair them by position pass {other_name}.to_numpy().")
    return " ".join([f"{text}.", *(remedies or ["Expected data of the same rows."])])
