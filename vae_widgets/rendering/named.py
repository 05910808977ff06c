"""Renderers that a file can name, so that a bundle draws as its author did."""

import inspect
import json
import re
from dataclasses import dataclass
from typing import Any

from vae_widgets.core.registry import without_exit
from vae_widgets.core.vocabulary import Vocabulary
from vae_widgets.rendering.registry import RENDERERS
from vae_widgets.rendering.renderer import Renderer

TWINS = ("image", "piano_roll", "signal")
"""Those that draw in the page, too (``frontend/src/rendering/twins.ts``)."""
PAINTED = ("piano_roll", "signal")
"""Those of them that draw sharp at any size there, by a method ``paint``."""

_LONGEST_NAME = 200
_PACKAGE = re.compile(r"[A-Za-z0-9][\w.-]{0,199}", re.ASCII)


@dataclass(frozen=True)
class AbsentRenderer:
    """A renderer that a file names, but that cannot be made here.

    `reason` and `remedy` are sentences.
    """

    name: str
    reason: str
    remedy: str = "Pass yours to each widget: renderer=..."


def renderer_to_json(renderer: Renderer) -> dict[str, Any]:
    """Return the name and the arguments of a renderer, and its package if that is another one.

    Of a renderer that has no entry point, or whose arguments a file cannot hold, only the name.
    """
    for name, kind in RENDERERS.items():
        if type(renderer) is kind:
            package = RENDERERS.package_of(name)
            if package is None:
                return {"name": name, "arguments": _arguments(renderer)}
            try:
                arguments = _arguments(renderer)
                json.dumps(arguments, allow_nan=False)
            except (AttributeError, TypeError, ValueError):
                break
            return {"name": name, "arguments": arguments, "package": package}
    own = getattr(renderer, "__qualname__", type(renderer).__qualname__)
    return {"own": str(own)[:_LONGEST_NAME]}


def renderer_from_json(content: Any) -> Renderer | AbsentRenderer:
    """Make the renderer that `renderer_to_json` described; raise for anything else."""
    content = content if isinstance(content, dict) else {}
    own = content.get("own")
    if isinstance(own, str) and 0 < len(own) <= _LONGEST_NAME:
        return AbsentRenderer(own, "Its code is not in the file.")
    name, package = content.get("name"), content.get("package")
    known = isinstance(name, str) and name in RENDERERS
    if package is None:
        if not known or RENDERERS.package_of(name):
            ours = [each for each in RENDERERS if not RENDERERS.package_of(each)]
            raise ValueError(f"expected the name of a renderer ({', '.join(ours)}).")
    elif not isinstance(name, str) or not 0 < len(name) <= _LONGEST_NAME:
        raise ValueError("expected the name of a renderer.")
    elif not isinstance(package, str) or not _PACKAGE.fullmatch(package):
        raise ValueError("expected the name of the package of a renderer.")
    arguments = content.get("arguments")
    if not isinstance(arguments, dict):
        raise TypeError("expected the arguments of a renderer.")
    if package is None:
        return _made(name, arguments)
    if not known or RENDERERS.package_of(name) != package:
        return AbsentRenderer(
            name,
            f"It is from the package {package}, which does not add it here.",
            "Install that package if you trust it, or pass another renderer to each widget.",
        )
    try:
        return _made(name, arguments)
    except Exception as error:  # another version of the package may take other arguments
        why = f"{type(error).__name__}: {error}"[:_LONGEST_NAME]
        return AbsentRenderer(name, f"The package {package} refuses its arguments: {why}.")


def _arguments(renderer: Renderer) -> dict[str, Any]:
    values = {key: getattr(renderer, key) for key in inspect.signature(type(renderer)).parameters}
    return {
        key: value.to_json() if isinstance(value, Vocabulary) else value
        for key, value in values.items()
    }


def _made(name: str, arguments: dict[str, Any]) -> Renderer:
    if isinstance(arguments.get("vocabulary"), dict):
        vocabulary = Vocabulary.from_json(arguments["vocabulary"])
        arguments = {**arguments, "vocabulary": vocabulary}
    with without_exit(f"the renderer {name!r}"):
        renderer: Renderer = RENDERERS[name](**arguments)
    return renderer
