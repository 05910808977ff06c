"""Which columns of a table hold the values of a sample."""

import collections
import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_MOST_NAMED = 10


@dataclass(frozen=True)
class Columns:
    """A choice of columns.

    Attributes
    ----------
    names
        The columns of a sample, in their order; None for all that are neither kept nor left out.
    keep
        Columns that are kept beside the values, such as an identifier.
    leave_out
        Columns to leave out.
    """

    names: Sequence[str] | None = None
    keep: Sequence[str] = ()
    leave_out: Sequence[str] = ()

    def of(self, path: Path, found: Sequence[str]) -> list[str]:
        """Return the columns of a sample in a file that has the columns `found`."""
        repeated = [name for name, count in collections.Counter(found).items() if count > 1]
        if repeated:
            raise ValueError(
                f"{path} has the column {repeated[0]!r} more than once. Rename one of them."
            )
        wanted = [*(self.names or ()), *self.keep, *self.leave_out]
        missing = [name for name in wanted if name not in found]
        if missing:
            near = difflib.get_close_matches(missing[0], found, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise ValueError(
                f"{path} lacks the column{'s' * (len(missing) > 1)} {_listed(missing)}; it has "
                f"{_listed(found)}.{hint}"
            )
        if self.names is not None:
            return list(self.names)
        chosen = [name for name in found if name not in {*self.keep, *self.leave_out}]
        if not chosen:
            raise ValueError(f"{path} has no columns for the values; it has {_listed(found)}.")
        return chosen


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(map(repr, names[:_MOST_NAMED])) + more
