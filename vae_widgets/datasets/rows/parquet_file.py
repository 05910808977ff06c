"""A Parquet file, read in batches."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_widgets.core.atomic_file import open_regular
from vae_widgets.core.one_line import sentence
from vae_widgets.core.optional import import_optional
from vae_widgets.datasets.rows.batch import Batch, rows_at_once
from vae_widgets.datasets.rows.cells import read_cell
from vae_widgets.datasets.rows.columns import Columns

_BUFFER = 2**20  # bytes of a column that are read at once, however large its row group


class ParquetRows:
    """Rows of a Parquet file. Columns of text are read as numbers, where they are some."""

    def __init__(self, path: Path, columns: Columns) -> None:
        open_regular(path).close()
        import_optional("pyarrow", "parquet", f"Reading {path}")
        import pyarrow as pa
        import pyarrow.parquet as pq

        self._path = path
        try:
            self._file = pq.ParquetFile(path, buffer_size=_BUFFER, pre_buffer=False)
        except pa.ArrowInvalid as error:
            raise ValueError(f"{path} is not a Parquet file: {sentence(error)}") from None
        schema = self._file.schema_arrow
        self.names = columns.of(path, schema.names)
        self.kept = tuple(columns.keep)
        for name in self.names:
            _check_type(path, name, schema.field(name).type)
        self.sample_shape = (len(self.names),)
        self.dtype = np.dtype(np.float64)
        self._n = self._file.metadata.num_rows
        if self._n == 0:
            raise ValueError(f"{path} has no rows.")

    def batches(self) -> Iterator[Batch]:
        """Read the file from the beginning, in batches of at least one row."""
        first = 0
        wanted = list(dict.fromkeys([*self.names, *self.kept]))
        n = rows_at_once(len(wanted))
        for part in self._file.iter_batches(batch_size=n, columns=wanted, use_threads=False):
            if len(part) == 0:
                continue
            problems: dict[int, str] = {}
            values = np.empty((len(part), len(self.names)))
            for at, name in enumerate(self.names):
                values[:, at] = _numbers(name, part.column(name), problems)
            kept = {name: part.column(name) for name in self.kept}
            share = (first + len(part)) / self._n
            batch = Batch(self._path, first, values, share, problems, kept)
            batch.find_missing(self.names)
            yield batch
            first += len(part)


def _check_type(path: Path, name: str, kind: Any) -> None:
    from pyarrow import types

    if types.is_dictionary(kind):
        kind = kind.value_type
    numeric = (types.is_integer, types.is_floating, types.is_boolean, types.is_decimal)
    texts = (types.is_string, types.is_large_string)
    if not any(is_one(kind) for is_one in (*numeric, *texts)):
        raise ValueError(
            f"{path}: column {name!r} has values of type {kind}; expected numbers. Leave it out, "
            "or write it as numbers."
        )


def _numbers(name: str, column: Any, problems: dict[int, str]) -> NDArray[np.float64]:
    """Return a column as numbers, (n,), and note what is none."""
    import pyarrow as pa
    from pyarrow import compute

    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        numbers = np.full(len(column), np.nan)
        for row, cell in enumerate(column.to_pylist()):
            try:
                numbers[row] = read_cell(cell)
            except ValueError as error:
                problems.setdefault(row, f"column {name!r} {error}")
        return numbers
    floats = column.cast(pa.float64(), safe=False)
    if floats.null_count:
        for row in compute.indices_nonzero(floats.is_null()).to_pylist():
            problems.setdefault(row, f"column {name!r} is missing; expected a number")
        floats = floats.fill_null(np.nan)
    # Not to_numpy, which imports pandas: 40 MB.
    return np.from_dlpack(floats).astype(np.float64, copy=False)
