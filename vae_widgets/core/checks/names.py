"""Names: keywords, attributes and choices. A misspelt one is answered with the nearest."""

import difflib
import functools
import inspect
from collections.abc import Callable, Iterable
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def suggest_keywords(function: Callable[P, R]) -> Callable[P, R]:
    """Make a misspelt keyword argument of `function` raise ``TypeError`` with the nearest name."""
    parameters = inspect.signature(function).parameters
    known = [
        name
        for name, parameter in parameters.items()
        if name not in ("self", "cls") and parameter.kind is not parameter.POSITIONAL_ONLY
    ]
    is_method = "self" in parameters and function.__name__ != "__init__"

    @functools.wraps(function)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        if kwargs:
            owner = function.__qualname__.removesuffix(".__init__")
            if is_method and args:  # the user's object may be of a derived class
                owner = f"{type(args[0]).__name__}.{function.__name__}"
            reject_unknown(owner, kwargs, known)
        return function(*args, **kwargs)

    return checked


def reject_unknown(owner: str, given: Iterable[str], known: Iterable[str]) -> None:
    """Raise ``TypeError`` for the first name in `given` that is not in `known`."""
    known = list(known)
    for name in given:
        if name not in known:
            raise TypeError(
                f"{owner} got an unknown keyword {name!r}; {_did_you_mean(name, known)}"
            )


def reject_unknown_attribute(owner: type, name: str, package: str) -> None:
    """Raise ``AttributeError`` if a class of a package declares no attribute of that name.

    Names with an underscore, and classes of other packages, may have any.
    """
    if name.startswith("_") or hasattr(owner, name):
        return
    if owner.__module__.partition(".")[0] != package:
        return
    ours = [base for base in owner.__mro__ if base.__module__.partition(".")[0] == package]
    declared = {one for base in ours for one in inspect.get_annotations(base)}
    if name in declared:
        return
    known = declared | {one for base in ours for one in vars(base) if _may_be_set(base, one)}
    public = sorted(one for one in known if not one.startswith("_"))
    raise AttributeError(
        f"{owner.__name__} has no attribute {name!r}; {_did_you_mean(name, public)}"
    )


def _may_be_set(owner: type, name: str) -> bool:
    value = vars(owner)[name]
    if isinstance(value, property):
        return value.fset is not None
    return not callable(value) and not isinstance(value, classmethod | staticmethod)


def one_of(name: str, value: Any, choices: Iterable[str]) -> str:
    """Return `value` if it is one of `choices`; raise ``ValueError`` naming the nearest one."""
    choices = list(choices)
    if not isinstance(value, str) or value not in choices:
        raise ValueError(f"{name} is {value!r}; {_did_you_mean(value, choices)}")
    return str(value)


def _did_you_mean(name: Any, known: list[str]) -> str:
    near = difflib.get_close_matches(str(name), known, n=1)
    listed = ", ".join(one or "''" for one in known)
    if near:
        return f"did you mean {near[0]!r}? Expected one of: {listed}."
    return f"expected one of: {listed}."
