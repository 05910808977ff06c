"""A file with a row of attributes for each picture of a folder."""

import csv
import difflib
from dataclasses import dataclass
from pathlib import Path

from vae_widgets.core.atomic_file import read_file

_MOST_NAMED = 10


@dataclass(frozen=True)
class Attributes:
    """Attributes by the name of the picture, in the order of `names`."""

    path: Path
    names: list[str]
    rows: dict[str, list[str]]

    def column(self, name: str) -> dict[str, str]:
        """Return one attribute of each picture; raise ``ValueError`` if there is none."""
        if name not in self.names:
            near = difflib.get_close_matches(str(name), self.names, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            more = f" and {len(self.names) - _MOST_NAMED} more"
            listed = ", ".join(map(repr, self.names[:_MOST_NAMED]))
            raise ValueError(
                f"label is {name!r}; {self.path} has {listed}"
                f"{more * (len(self.names) > _MOST_NAMED)}.{hint}"
            )
        at = self.names.index(name)
        return {picture: values[at] for picture, values in self.rows.items()}


def read_attributes(path: Path) -> Attributes:
    """Read the names of pictures, each with its attributes, under a header.

    Columns are separated by ``,``, ``;``, tabs or blanks. As in the files of CelebA, a first line
    may count the rows, and the header may leave out the column of the pictures.

    Raises ``OSError`` if there is no such file, and ``ValueError`` if it is of another form.
    """
    try:
        lines = read_file(path).decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not in UTF-8. Save it as text in UTF-8.") from None
    lines = [line for line in lines if line.strip()]
    if lines and lines[0].strip().isdigit():
        del lines[0]
    if len(lines) < 2:
        raise ValueError(f"{path} has no rows; expected a header and a row for each picture.")
    separator = max(",;\t", key=lines[1].count)
    if separator in lines[1]:
        cells = list(csv.reader(lines, delimiter=separator))
    else:
        cells = [line.split() for line in lines]
    header, rows = cells[0], cells[1:]
    width = len(rows[0])
    if len(header) == width:
        del header[0]
    for number, row in enumerate(rows):
        if len(row) != len(header) + 1:
            raise ValueError(
                f"{path}: row {number} has {len(row)} cells; expected the name of a picture and "
                f"{len(header)} attributes."
            )
    return Attributes(path, header, {row[0].strip(): [v.strip() for v in row[1:]] for row in rows})
