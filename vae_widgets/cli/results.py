"""Scores and flags, written to a CSV or Parquet file row by row."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import numpy as np
from numpy.typing import NDArray

from vae_widgets.core.atomic_file import atomic_file
from vae_widgets.core.optional import import_optional
from vae_widgets.core.spreadsheet_csv import write_csv
from vae_widgets.datasets.rows import Batch

RESULT_SUFFIXES = (".csv", ".parquet")


class Results(Protocol):
    """Writes one row of results for each row of batches."""

    def write(
        self, batch: Batch, scores: NDArray[np.float32], flagged: NDArray[np.bool_] | None
    ) -> None:
        """Write scores (n,), and which are flagged, (n,); empty for rows with a problem."""

    def close(self) -> None:
        """Write what is left."""


@contextmanager
def open_results(path: Path) -> Iterator[Results]:
    """Open a file of results, which appears whole or not at all."""
    with atomic_file(path) as file:
        results = _CsvResults(file) if path.suffix.lower() == ".csv" else _ParquetResults(file)
        yield results
        results.close()


class _CsvResults:
    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._is_new = True

    def write(
        self, batch: Batch, scores: NDArray[np.float32], flagged: NDArray[np.bool_] | None
    ) -> None:
        good = batch.good.tolist()
        # As text, because a float of Python has more digits than one of 32 bits.
        texts = zip(scores.astype(str).tolist(), good, strict=True)
        columns: dict[str, Any] = {
            "row": range(batch.first, batch.first + len(batch)),
            **{name: _as_list(values) for name, values in batch.kept.items()},
            "score": [text if is_good else None for text, is_good in texts],
        }
        if flagged is not None:
            pairs = zip(flagged.tolist(), good, strict=True)
            columns["flagged"] = [is_flagged if is_good else None for is_flagged, is_good in pairs]
        columns["problem"] = [batch.problems.get(row) for row in range(len(batch))]
        text = write_csv(columns)
        if not self._is_new:
            text = text[len(write_csv(dict.fromkeys(columns, ()))) :]
        self._is_new = False
        self._file.write(text.encode())

    def close(self) -> None:
        """Do nothing: all is written."""


class _ParquetResults:
    def __init__(self, file: BinaryIO) -> None:
        import_optional("pyarrow", "parquet", "Writing a Parquet file")
        self._file = file
        self._writer: Any = None

    def write(
        self, batch: Batch, scores: NDArray[np.float32], flagged: NDArray[np.bool_] | None
    ) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        bad = ~batch.good
        columns = {
            "row": pa.array(np.arange(batch.first, batch.first + len(batch))),
            **{name: _as_arrow(values) for name, values in batch.kept.items()},
            "score": pa.array(scores, mask=bad),
        }
        if flagged is not None:
            columns["flagged"] = pa.array(flagged, mask=bad)
        problems = [batch.problems.get(row) for row in range(len(batch))]
        columns["problem"] = pa.array(problems, pa.string())
        part = pa.RecordBatch.from_pydict(columns)
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._file, part.schema)
        self._writer.write_batch(part)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()


def _as_list(values: Any) -> list[Any]:
    return values if isinstance(values, list) else list(values.to_pylist())


def _as_arrow(values: Any) -> Any:
    import pyarrow as pa

    return pa.array(values, pa.string()) if isinstance(values, list) else values
