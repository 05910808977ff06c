"""A Parquet file as rows of numbers, read by row groups."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def is_parquet(x: Any) -> bool:
    """Tell an open ``pyarrow.parquet.ParquetFile``, without importing pyarrow."""
    return type(x).__module__.startswith("pyarrow.") and hasattr(x, "read_row_group")


class ParquetRows:
    """The rows of a table (n, n_columns): of the columns of an open ``ParquetFile``, in order.

    Raises ``ValueError`` if a column has no numbers.
    """

    def __init__(self, file: Any) -> None:
        self._file = file
        types = [(field.name, field.type.to_pandas_dtype()) for field in file.schema_arrow]
        for name, kind in types:
            if np.dtype(kind).kind not in "biuf":
                raise ValueError(
                    f"x is a Parquet file whose column {name!r} has no numbers, but "
                    f"{file.schema_arrow.field(name).type}; expected numbers in all columns. Write "
                    "it without that column."
                )
        self.dtype = np.result_type(*(kind for _, kind in types))
        groups = [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)]
        self.chunks = (tuple(groups), (len(types),))
        self.shape = (sum(groups), len(types))
        self._edges = np.concatenate([[0], np.cumsum(groups)])

    def __len__(self) -> int:
        return int(self.shape[0])

    def __getitem__(self, rows: slice) -> NDArray[Any]:
        start, stop, _ = rows.indices(len(self))
        first = int(np.searchsorted(self._edges, start, side="right")) - 1
        last = int(np.searchsorted(self._edges, stop))
        table = self._file.read_row_groups(range(first, last), use_threads=False)
        table = table.slice(start - self._edges[first], stop - start)
        columns = (column.to_numpy() for column in table.columns)
        return np.stack([np.asarray(column, self.dtype) for column in columns], axis=1)
