"""A CSV file, read in batches."""

import csv
import itertools
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TextIO

import numpy as np
from numpy.typing import NDArray

from vae_widgets.cli.errors import CommandError
from vae_widgets.cli.rows.batch import Batch, rows_at_once
from vae_widgets.cli.rows.cells import read_cells, stray_quote
from vae_widgets.cli.rows.columns import Columns
from vae_widgets.core.atomic_file import open_regular

_DELIMITERS = ",;\t"


class CsvRows:
    """Rows of a CSV file in UTF-8, with columns that ``,``, ``;`` or a tab separates.

    A first row of numbers alone is no header; its columns are then called "0", "1" and so on. With
    ``;`` or a tab between columns, numbers may have a decimal comma. Empty lines are no rows.
    """

    def __init__(self, path: Path, columns: Columns) -> None:
        open_regular(path).close()  # a pipe would wait for its other end
        self._path = path
        self._size = max(1, os.path.getsize(path))
        with self._open() as file:
            first = file.readline()
            self._delimiter = max(_DELIMITERS, key=first.count)
            file.seek(0)
            header = next(filter(None, self._reader(file)), None)
        if header is None:
            raise CommandError(f"{path} is empty; expected rows of numbers, best under a header.")
        try:
            "".join(header).encode()
        except UnicodeEncodeError:
            raise CommandError(f"{path} is not in UTF-8. Save it as CSV UTF-8.") from None
        self._has_header = not _are_numbers(header, self._decimal_comma)
        found = header if self._has_header else [str(i) for i in range(len(header))]
        self.names = columns.of(path, found)
        self.kept = tuple(columns.keep)
        self.sample_shape = (len(self.names),)
        self.dtype = np.dtype(np.float64)
        self._width = len(found)
        self._places = [found.index(name) for name in self.names]
        self._kept_places = {name: found.index(name) for name in self.kept}

    @property
    def _decimal_comma(self) -> bool:
        return self._delimiter != ","

    def batches(self) -> Iterator[Batch]:
        """Read the file from the beginning, in batches of at least one row."""
        first, n = 0, rows_at_once(self._width)
        with self._open() as file:
            lines = self._numbered(file)
            if self._has_header:
                next(lines)
            while part := list(itertools.islice(lines, n)):
                numbers, rows = zip(*part, strict=True)
                share = file.buffer.tell() / self._size
                yield self._batch(first, rows, numbers, share)
                first += len(rows)
        if first == 0:
            raise CommandError(f"{self._path} has a header and no rows.")

    def _batch(
        self, first: int, rows: Sequence[list[str]], lines: Sequence[int], share: float
    ) -> Batch:
        problems: dict[int, str] = {}
        values = self._numbers(rows)
        if values is None:
            values = np.full((len(rows), len(self.names)), np.nan)
            for row, cells in enumerate(rows):
                try:
                    values[row] = self._row(cells)
                except ValueError as error:
                    problems[row] = str(error)
        kept = {
            name: [_as_text(row[place]) if place < len(row) else "" for row in rows]
            for name, place in self._kept_places.items()
        }
        batch = Batch(self._path, first, values, share, problems, kept, lines)
        batch.find_missing(self.names)
        return batch

    def _numbers(self, rows: Sequence[list[str]]) -> NDArray[np.float64] | None:
        """Return all numbers at once, or None if a row has another form."""
        if {len(row) for row in rows} != {self._width}:
            return None
        try:
            cells = [[row[place] for place in self._places] for row in rows]
            return np.array(cells, np.float64)
        except ValueError:
            return None

    def _row(self, cells: list[str]) -> list[float]:
        if len(cells) != self._width:
            more = stray_quote(cells)
            raise ValueError(f"it has {len(cells)} cells; expected {self._width}{more}")
        chosen = [cells[place] for place in self._places]
        return read_cells(self.names, chosen, self._decimal_comma)

    def _numbered(self, file: TextIO) -> Iterator[tuple[int, list[str]]]:
        reader = self._reader(file)
        try:
            for row in reader:
                if row:
                    yield reader.line_num, row
        except csv.Error as error:
            raise CommandError(
                f"{self._path}: line {reader.line_num:,} is not CSV: {error}. Correct the quotes "
                "in it or before it."
            ) from None

    def _reader(self, file: TextIO) -> Any:
        return csv.reader(file, delimiter=self._delimiter)

    def _open(self) -> TextIO:
        # What is not UTF-8 becomes surrogates: it concerns its own row alone.
        return open(self._path, encoding="utf-8-sig", errors="surrogateescape", newline="")


def _are_numbers(cells: list[str], decimal_comma: bool) -> bool:
    try:
        read_cells(cells, cells, decimal_comma)
    except ValueError:
        return False
    return True


def _as_text(cell: str) -> str:
    return cell.encode(errors="surrogateescape").decode(errors="replace")
