"""Entry points of other packages, also where the files of some package are malformed.

`importlib.metadata` is imported by the first search. With the modules for e-mail that it uses it
takes 10 ms and 2 MB, and a bundle with a renderer of this package does not need it.
"""

from __future__ import annotations

import re
import sys
import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from importlib.metadata import Distribution, EntryPoint, EntryPoints

_VALUE = re.compile(r"\w+(\.\w+)*(\s*:\s*\w+(\.\w+)*)?(\s*\[.*\])?")
_FILE = "entry_points.txt"
_reported: set[str] = set()


class Point(NamedTuple):
    """An entry point, and the package that has it."""

    package: str
    version: str
    entry_point: EntryPoint

    @property
    def source(self) -> str:
        """The package and its version."""
        return f"{self.package} {self.version}"

    def load(self) -> Any:
        """Import what it names. It raises ``ValueError`` if its name or value is malformed."""
        name, value = self.entry_point.name, self.entry_point.value
        if not name or not _VALUE.fullmatch(value):
            raise ValueError(
                "expected an entry point NAME = MODULE:OBJECT, such as "
                f"wine = my_package:load_wine; received {f'{name} = {value}'.strip()!r:.200}."
            )
        return self.entry_point.load()

    def is_being_imported(self) -> bool:
        """Return whether its module, or a package around it, has begun to run but not ended."""
        parts = self.entry_point.value.partition(":")[0].strip().split(".")
        modules = [sys.modules.get(".".join(parts[: n + 1])) for n in range(len(parts))]
        # How the import system marks such a module; there is no public name for it.
        return any(
            getattr(getattr(module, "__spec__", None), "_initializing", False) for module in modules
        )


def find_points(group: str) -> list[Point]:
    """Return the entry points of a group, sorted.

    A package whose file of entry points cannot be read is left out, and one warning names it.
    """
    from importlib.metadata import EntryPoints, entry_points

    try:
        found = entry_points(group=group)
    except Exception:  # one line without "=" in the file of any package
        found = EntryPoints(
            point for each in _readable_distributions() for point in each if point.group == group
        )
    return sorted(map(_with_package, found))


def _readable_distributions() -> list[EntryPoints]:
    """Return the entry points of each package, the first on the path of each name."""
    from importlib.metadata import distributions

    packages: dict[str, Distribution] = {}
    for distribution in distributions():
        packages.setdefault(re.sub(r"[-_.]+", "-", str(distribution.name)).lower(), distribution)
    readable = []
    for name, distribution in packages.items():
        try:
            readable.append(distribution.entry_points)
        except Exception:
            if name not in _reported:
                _reported.add(name)
                warnings.warn(
                    f"The entry points of the package {name} {distribution.version} cannot be "
                    f"used: {_problem(distribution)} Everything else works. The author of the "
                    "package must correct the file.",
                    stacklevel=2,
                )
    return readable


def _problem(distribution: Distribution) -> str:
    lines = (distribution.read_text(_FILE) or "").splitlines()
    for number, line in enumerate(map(str.strip, lines), 1):
        if line and not line.startswith(("[", "#")) and "=" not in line:
            return f"line {number} of {_FILE} is {line!r:.200}; expected NAME = MODULE:OBJECT."
    return f"{_FILE} is malformed; expected lines NAME = MODULE:OBJECT below [GROUP]."


def _with_package(point: EntryPoint) -> Point:
    found = point.dist
    return Point((found and found.name) or "unknown", (found and found.version) or "unknown", point)
