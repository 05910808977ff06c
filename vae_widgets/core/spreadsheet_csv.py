"""CSV files that survive being opened and saved in a spreadsheet."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from numbers import Number
from typing import Any

# A spreadsheet may take text that begins with these for a formula (OWASP, "CSV Injection").
_FORMULA = tuple("=+-@\t\r\n'\uff1d\uff0b\uff0d\uff20")
# Text that is a number is none, and stays a number in the spreadsheet.
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)


def write_csv(columns: Mapping[str, Sequence[Any]]) -> str:
    """Return columns as CSV with a header; text that looks like a formula gets an apostrophe.

    None is an empty cell.
    """
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(map(_cell, columns))
    for row in zip(*columns.values(), strict=True):
        rows.writerow([_cell(value) for value in row])
    return text.getvalue()


def read_csv(content: bytes) -> tuple[list[str], Iterator[tuple[int, dict[str, str]]]]:
    """Return the header of a CSV file in UTF-8, and its rows with the line where each ends.

    ``,``, ``;`` or a tab may separate columns. Rows are as they were given to `write_csv`.

    Raises ``ValueError`` if it is not CSV in UTF-8, for a row when it is read.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"it is not in UTF-8 ({error}); save it as CSV UTF-8.") from None
    first = text.partition("\n")[0]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count))

    def numbered() -> Iterator[tuple[int, dict[str, str]]]:
        try:
            for row in rows:
                if row:
                    yield rows.line_num, dict(zip(header, map(_value, row), strict=False))
        except csv.Error as error:
            raise ValueError(f"line {rows.line_num} is not CSV: {error}.") from None

    try:
        header = [*map(_value, next(rows, []))]
    except csv.Error:
        header = []
    return header, numbered()


def read_number(text: str) -> float:
    """Return the number of a cell, also with a decimal comma."""
    return float(text.replace(",", "."))


def _cell(value: Any) -> Any:
    if isinstance(value, Number) or value is None:
        return value
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text


def _value(text: str) -> str:
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text
