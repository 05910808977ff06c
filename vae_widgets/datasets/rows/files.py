"""Open a file of rows by its suffix."""

from pathlib import Path

from vae_widgets.datasets.rows.batch import Rows
from vae_widgets.datasets.rows.columns import Columns
from vae_widgets.datasets.rows.csv_file import CsvRows
from vae_widgets.datasets.rows.npy_file import NpyRows
from vae_widgets.datasets.rows.parquet_file import ParquetRows

ARRAY_SUFFIXES = (".npy", ".npz")
"""Files whose columns have no names."""
DATA_SUFFIXES = (".csv", ".tsv", *ARRAY_SUFFIXES, ".parquet")


def open_rows(path: Path, columns: Columns) -> Rows:
    """Open a file of rows; raise ``ValueError`` or ``OSError`` if it has none to read."""
    if not path.exists():
        raise FileNotFoundError(f"{path} does not exist; expected a file of samples.")
    suffix = path.suffix.lower()
    if suffix in ARRAY_SUFFIXES:
        asked = [*(columns.names or ()), *columns.keep, *columns.leave_out]
        if asked:
            raise ValueError(
                f"{path} is an array, whose columns have no names; received {asked[0]!r}. Leave "
                "the names out, or write a CSV or Parquet file."
            )
        return NpyRows(path)
    if suffix in (".csv", ".tsv"):
        return CsvRows(path, columns)
    if suffix == ".parquet":
        return ParquetRows(path, columns)
    raise ValueError(
        f"{path} has the suffix {suffix!r}; expected one of {', '.join(DATA_SUFFIXES)}."
    )
