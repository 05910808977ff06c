"""Registries: what can be passed by its name, from this package and from others.

Another package adds data sets, renderers, codecs and threshold methods by entry points of the
groups ``vae_widgets.datasets``, ``.renderers``, ``.codecs`` and ``.thresholds``. See
``docs/how_to/plugins.md``.
"""

import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from vae_widgets.core import checks
from vae_widgets.core.entry_points import Point, find_points

T = TypeVar("T")

_WORDS = {"dataset": "data set", "threshold": "threshold method"}
_LONGEST_PROBLEM = 500


@dataclass(frozen=True)
class Plugin:
    """What another package adds to vae_widgets, as `list_plugins` lists it.

    Attributes
    ----------
    package, version : str
        The installed package, as ``pip list`` names it.
    kind : str
        "dataset", "renderer", "codec" or "threshold".
    name : str
        The name of the entry point, by which it is used.
    state : str
        "ready", or "failed: " and the reason.
    """

    package: str
    version: str
    kind: str
    name: str
    state: str


class _Outcome(NamedTuple):
    """What an entry point led to: `value`, or else a `problem` in words."""

    value: Any
    problem: str


class Registry(Mapping[str, T]):
    """Values of one kind by name: those of vae_widgets, then those of other packages.

    Nothing of another package is imported before its value is needed. An entry point that cannot be
    used is left out, and one warning names it with its package and the error.

    Parameters
    ----------
    kind
        "dataset", "renderer", "codec" or "threshold". The group of entry points has its plural.
    own
        The values of vae_widgets, which no other package can replace.
    adopt
        Turns what an entry point names into a value, given its name, its package with the version,
        and the object. It raises if the object is of a wrong type.
    reserved
        More names that no other package may take.
    """

    def __init__(
        self,
        kind: str,
        own: Mapping[str, T],
        adopt: Callable[[str, str, Any], T],
        reserved: Iterable[str] = (),
    ) -> None:
        self.kind = kind
        self._own = own
        self._adopt = adopt
        self._reserved = {*own, *reserved}
        self._points: dict[str, list[Point]] | None = None
        self._outcomes: dict[tuple[Any, ...], _Outcome] = {}

    def __getitem__(self, name: str) -> T:
        if name in self._own:
            return self._own[name]
        value: T | None = self._outcome(name).value
        if value is None:
            raise KeyError(name)
        return value

    def __iter__(self) -> Iterator[str]:
        yield from self._own
        for name in self._found():
            if self._outcome(name).value is not None:
                yield name

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def find(self, argument: str, name: Any) -> T | None:
        """Return the value of a name, or None if there is no such name.

        Raises ``ValueError`` if a plugin has the name, but cannot be used. `argument` is the name
        of the argument for the message.
        """
        if not isinstance(name, str) or (name not in self._own and name not in self._found()):
            return None
        if name in self:
            return self[name]
        raise ValueError(
            f"{argument} is {name!r}, the {self._described(name)}, which cannot be used: "
            f"{self._outcome(name).problem}"
        )

    def look_up(self, argument: str, name: Any) -> T:
        """Return the value of a name as `find`; raise ``ValueError`` for an unknown name."""
        value = self.find(argument, name)
        return self[checks.one_of(argument, name, self)] if value is None else value

    def package_of(self, name: str) -> str | None:
        """Return the package that adds a name; None if vae_widgets has it, or nobody."""
        if name in self._own or name not in self:
            return None
        return self._found()[name][0].package

    def plugins(self) -> list[Plugin]:
        """Return all entry points of the group, of packages that are installed now."""
        self._points = None
        return [
            Plugin(package, version, self.kind, name, f"failed: {problem}" if problem else "ready")
            for name, points in self._found().items()
            for problem in [self._outcome(name).problem]
            for package, version, _ in points
        ]

    def _found(self) -> dict[str, list[Point]]:
        """Return the entry points of the group by name; of one name there should be one."""
        if self._points is None:
            by_name: dict[str, list[Point]] = {}
            for point in find_points(f"vae_widgets.{self.kind}s"):
                by_name.setdefault(point.entry_point.name, []).append(point)
            self._points = by_name
        return self._points

    def _outcome(self, name: str) -> _Outcome:
        """Load a plugin once, and report once if it cannot be used.

        A plugin may ask for the list while it is imported: it is in the list after that.
        """
        points = self._found().get(name)
        if points is None:
            return _Outcome(None, "")
        key = (name, *points)
        if key not in self._outcomes:
            made = self._load(name, points)
            if any(point.is_being_imported() for point in points):
                return _Outcome(None, "its package is still being imported.")
            self._outcomes[key] = made
            if made.problem:
                warnings.warn(
                    f"The {self._described(name)} cannot be used: {made.problem} Everything else "
                    "works; vw.list_plugins() lists what other packages add.",
                    stacklevel=2,
                )
        return self._outcomes[key]

    def _load(self, name: str, points: list[Point]) -> _Outcome:
        if name in self._reserved:
            word = _WORDS.get(self.kind, self.kind)
            return _Outcome(
                None,
                f"vae_widgets has a {word} of this name itself. The author of the package must "
                "choose another name for the entry point.",
            )
        if len({point.source for point in points}) > 1:
            return _Outcome(None, "several packages add this name. Uninstall all but one.")
        if len(points) > 1:
            return _Outcome(None, "the package adds this name more than once.")
        try:
            value = self._adopt(name, points[0].source, points[0].load())
            return _Outcome(value, "")
        except KeyboardInterrupt:
            raise  # the user does not want to wait for a slow import
        except BaseException as error:  # SystemExit, or a panic of a compiled library
            why = " ".join(words_of(error).split())[:_LONGEST_PROBLEM]
            return _Outcome(None, why if why.endswith(".") else f"{why}.")

    def _described(self, name: str) -> str:
        packages = sorted({point.source for point in self._found()[name]})
        plural = "s" if len(packages) > 1 else ""
        word = _WORDS.get(self.kind, self.kind)
        return f"{word} {name!r} of the package{plural} {' and '.join(packages)}"


def words_of(error: BaseException) -> str:
    """Return the type and the text of an error of another package, whose text may fail itself."""
    kind = type(error).__name__
    try:
        return f"{kind}: {error}" if str(error) else kind
    except Exception:
        return f"{kind}, whose text cannot be read"


@contextmanager
def without_exit(who: str) -> Iterator[None]:
    """Turn what says nothing of its origin into ``RuntimeError`` with its name.

    ``SystemExit`` of another package would end the kernel, and a ``RecursionError`` has a thousand
    lines. `who` names what was called, for the message.
    """
    try:
        yield
    except (SystemExit, RecursionError) as error:
        raise RuntimeError(f"{who} failed: {words_of(error)}.") from error
