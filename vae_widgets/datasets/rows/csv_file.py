"""A CSV file, read in batches."""

import csv
import itertools
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TextIO

import numpy as np
from numpy.typing import NDArray

from vae_widgets.core.atomic_file import open_regular
from vae_widgets.datasets.rows.batch import Batch, rows_at_once
from vae_widgets.datasets.rows.cells import read_cells, stray_quote
from vae_widgets.datasets.rows.columns import Columns

_DELIMITERS = ",;\t"
_ROWS_LOOKED_AT = 1000


class CsvRows:
    """Rows of a CSV file in UTF-8, with columns that ``,``, ``;`` or a tab separates.

    Blanks may separate the columns of a file of numbers alone. A first row of numbers is no header;
    its columns are then called "0", "1" and so on. Where commas do not separate columns, numbers
    may have a decimal comma. Empty lines are no rows.

    Parameters
    ----------
    path
        The file.
    columns
        Which columns are values.
    delimiter
        What separates columns; None finds out.
    """

    def __init__(self, path: Path, columns: Columns, delimiter: str | None = None) -> None:
        open_regular(path).close()  # a pipe would wait for its other end
        self._path = path
        self._size = max(1, os.path.getsize(path))
        with self._open() as file:
            self._delimiter = _delimiter_of(file.readline(), delimiter)
            file.seek(0)
            header = next(filter(None, self._reader(file)), None)
        if header is None:
            raise ValueError(f"{path} is empty; expected rows of numbers, best under a header.")
        try:
            "".join(header).encode()
        except UnicodeEncodeError:
            raise ValueError(f"{path} is not in UTF-8. Save it as CSV UTF-8.") from None
        self.has_header = not _are_numbers(header, self._decimal_comma)
        found = header if self.has_header else [str(i) for i in range(len(header))]
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
            if self.has_header:
                next(lines)
            while part := list(itertools.islice(lines, n)):
                numbers, rows = zip(*part, strict=True)
                share = file.buffer.tell() / self._size
                yield self._batch(first, rows, numbers, share)
                first += len(rows)
        if first == 0:
            raise ValueError(f"{self._path} has a header and no rows.")

    def columns_of_text(self) -> dict[str, str]:
        """Return the columns of values without a number in the first rows, with an example each."""
        with self._open() as file:
            lines = self._numbered(file)
            first = [
                row for _, row in itertools.islice(lines, int(self.has_header) + _ROWS_LOOKED_AT)
            ]
        rows = [row for row in first[int(self.has_header) :] if len(row) == self._width]
        texts = {}
        for name, place in zip(self.names, self._places, strict=True):
            cells = [row[place] for row in rows]
            if cells and not any(_are_numbers([cell], self._decimal_comma) for cell in cells):
                texts[name] = _as_text(max(cells, key=bool))
        return texts

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
            raise ValueError(
                f"{self._path}: line {reader.line_num:,} is not CSV: {error}. Correct the quotes "
                "in it or before it."
            ) from None

    def _reader(self, file: TextIO) -> Any:
        lines: Iterable[str] = file
        if self._delimiter == " ":  # several are one, and those at the ends none
            lines = (f"{line.strip()}\n" for line in file)
        return csv.reader(lines, delimiter=self._delimiter, skipinitialspace=self._delimiter == " ")

    def _open(self) -> TextIO:
        # What is not UTF-8 becomes surrogates: it concerns its own row alone.
        return open(self._path, encoding="utf-8-sig", errors="surrogateescape", newline="")


def _delimiter_of(first_line: str, given: str | None) -> str:
    if given is not None:
        if not isinstance(given, str) or len(given) != 1 or given in '"\n\r':
            raise ValueError(f"sep is {given!r}; expected one character, such as ';', or None.")
        return given
    if not any(delimiter in first_line for delimiter in _DELIMITERS):
        cells = first_line.split()
        if len(cells) > 1 and _are_numbers(cells, decimal_comma=False):
            return " "
    return max(_DELIMITERS, key=first_line.count)


def _are_numbers(cells: list[str], decimal_comma: bool) -> bool:
    try:
        read_cells(cells, cells, decimal_comma)
    except ValueError:
        return False
    return True


def _as_text(cell: str) -> str:
    return cell.encode(errors="surrogateescape").decode(errors="replace")
