"""The series of a training history as tables."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from vae_widgets.core.spreadsheet_csv import write_csv
from vae_widgets.core.training.series import Series

Table = dict[str, list[Any]]


def columns(index: str, table: Mapping[str, Series]) -> Table:
    """Return a column for each series, None where it has no value, and one for `index`."""
    arrays = {name: series.arrays() for name, series in table.items()}
    xs = np.unique(np.concatenate([np.empty(0), *(x for x, _ in arrays.values())]))
    made: Table = {index: [int(x) if x == int(x) else float(x) for x in xs]}
    for name, (x, y) in arrays.items():
        column: list[float | None] = [None] * len(xs)
        for at, value in zip(np.searchsorted(xs, x), y, strict=True):
            column[at] = float(value)
        made[name] = column
    return made


def csv_of(record: dict[str, Any]) -> str:
    """Return what `TrainingHistory.to_dict` returns as CSV; the steps follow the epochs."""
    tables: list[Table] = [{name: of for name, of in record.items() if name != "steps"}]
    if "steps" in record:
        tables.append(record["steps"])
    names = list(dict.fromkeys(name for table in tables for name in table))
    names.sort(key=lambda name: name not in ("epoch", "step"))
    lengths = [len(next(iter(table.values()))) for table in tables]
    joined: Table = {name: [] for name in names}
    for table, length in zip(tables, lengths, strict=True):
        for name in names:
            joined[name] += table.get(name, [None] * length)
    return write_csv(joined)
