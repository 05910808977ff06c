"""Renderers that a file can name, so that a bundle draws as its author did."""

import inspect
from typing import Any

from vae_widgets.core.vocabulary import Vocabulary
from vae_widgets.rendering.image import ImageRenderer
from vae_widgets.rendering.renderer import Renderer
from vae_widgets.rendering.signal import SignalRenderer
from vae_widgets.rendering.table import TableRenderer
from vae_widgets.rendering.text import TextRenderer

RENDERERS: dict[str, type] = {
    "image": ImageRenderer,
    "signal": SignalRenderer,
    "table": TableRenderer,
    "text": TextRenderer,
}
"""Their arguments are attributes of the same names: plain values, or a `Vocabulary`."""

TWINS = ("image", "signal")
"""Those that draw in the page, too (``frontend/src/rendering/twins.ts``)."""

_LONGEST_NAME = 200


def renderer_to_json(renderer: Renderer) -> dict[str, Any]:
    """Return the name and the arguments of a renderer; only the name of one that is not ours."""
    for name, kind in RENDERERS.items():
        if type(renderer) is kind:
            arguments = {key: getattr(renderer, key) for key in inspect.signature(kind).parameters}
            for key, value in arguments.items():
                if isinstance(value, Vocabulary):
                    arguments[key] = value.to_json()
            return {"name": name, "arguments": arguments}
    own = getattr(renderer, "__qualname__", type(renderer).__qualname__)
    return {"own": str(own)[:_LONGEST_NAME]}


def own_renderer(content: Any) -> str | None:
    """Return the name of a renderer that the file could not hold; None if it holds another."""
    own = content.get("own") if isinstance(content, dict) else None
    return own if isinstance(own, str) and 0 < len(own) <= _LONGEST_NAME else None


def renderer_from_json(content: Any) -> Renderer:
    """Make the renderer that `renderer_to_json` described; raise for anything else."""
    name = content.get("name") if isinstance(content, dict) else None
    if not isinstance(name, str) or name not in RENDERERS:
        raise ValueError(f"expected the name of a renderer ({', '.join(RENDERERS)}).")
    arguments = content.get("arguments")
    if not isinstance(arguments, dict):
        raise TypeError("expected the arguments of a renderer.")
    if isinstance(arguments.get("vocabulary"), dict):
        vocabulary = Vocabulary.from_json(arguments["vocabulary"])
        arguments = {**arguments, "vocabulary": vocabulary}
    renderer: Renderer = RENDERERS[name](**arguments)
    return renderer
