"""A batch of rows, and what a file of rows gives."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

_MOST_ROWS = 2**16
_MOST_NUMBERS = 2**20  # of a batch: 8 MiB


@dataclass
class Batch:
    """Rows of a file.

    Attributes
    ----------
    path : Path
        The file.
    first : int
        Number of the first row; the first row of the file has number 0.
    values : ndarray
        Numbers (n, ...), as in the file. Those of a row with a problem mean nothing.
    share : float
        How much of the file has been read after this batch, from 0 to 1.
    problems : dict
        What is wrong with a row, by its place in the batch.
    kept : dict
        Other columns (n,), by name: a list of texts, or an Arrow array.
    lines : list of int
        The line of a text file where each row ends; empty for other files.
    """

    path: Path
    first: int
    values: NDArray[Any]
    share: float
    problems: dict[int, str] = field(default_factory=dict)
    kept: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    lines: Sequence[int] = ()

    def __len__(self) -> int:
        return len(self.values)

    @property
    def good(self) -> NDArray[np.bool_]:
        """Which rows have no problem, (n,)."""
        good = np.ones(len(self), bool)
        good[list(self.problems)] = False
        return good

    def find_missing(self, names: Sequence[str] | None) -> None:
        """Note each row with a value that is NaN or infinite; `names` are those of its columns."""
        if self.values.dtype.kind != "f":
            return
        flat = self.values.reshape(len(self), -1)
        # Without a temporary of all values where all is well.
        if np.isfinite(flat.min(initial=0.0)) and np.isfinite(flat.max(initial=0.0)):
            return
        bad = ~np.isfinite(flat)
        for row in np.flatnonzero(bad.any(axis=1)).tolist():
            at = int(np.argmax(bad[row]))
            name = f"column {names[at]!r}" if names else f"value {at}"
            self.problems.setdefault(row, f"{name} is {flat[row, at]}; expected a finite number")

    def described(self, row: int) -> str:
        """Return the file, the number of a row, its line, and its problem."""
        line = f" (line {self.lines[row]:,})" if self.lines else ""
        return f"{self.path}: row {self.first + row}{line}: {self.problems[row]}"


class Rows(Protocol):
    """An open file of rows."""

    @property
    def names(self) -> Sequence[str] | None:
        """Names of the columns that have the values; None if they have none."""

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """Shape of the values of one row."""

    @property
    def dtype(self) -> Any:
        """Type of the values."""

    @property
    def kept(self) -> Sequence[str]:
        """Names of the columns that are kept beside the values."""

    def batches(self) -> Iterator[Batch]:
        """Read the file from the beginning, in batches of at least one row."""


def rows_at_once(n_numbers: int) -> int:
    """Return how many rows of `n_numbers` numbers a batch has."""
    return max(1, min(_MOST_ROWS, _MOST_NUMBERS // max(1, n_numbers)))
