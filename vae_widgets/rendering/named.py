"""Renderers that a file can name, so that a bundle draws as its author did."""

import inspect
from typing import Any

from vae_widgets.rendering.image import ImageRenderer
from vae_widgets.rendering.renderer import Renderer
from vae_widgets.rendering.signal import SignalRenderer

RENDERERS: dict[str, type] = {"image": ImageRenderer, "signal": SignalRenderer}
"""Their arguments are attributes of the same names, and plain values."""


def renderer_to_json(renderer: Renderer) -> dict[str, Any]:
    """Return the name and the arguments of a renderer.

    Raises
    ------
    TypeError
        If it is not one of `RENDERERS`: a file holds no code.
    """
    for name, kind in RENDERERS.items():
        if type(renderer) is kind:
            arguments = inspect.signature(kind).parameters
            return {"name": name, "arguments": {key: getattr(renderer, key) for key in arguments}}
    known = ", ".join(kind.__name__ for kind in RENDERERS.values())
    raise TypeError(
        f"renderer of type {type(renderer).__name__} cannot be saved, for a file holds no code; "
        f"expected one of {known}. Leave it out, and pass yours to each widget."
    )


def renderer_from_json(content: Any) -> Renderer:
    """Make the renderer that `renderer_to_json` described.

    Raises
    ------
    TypeError, ValueError
        If the name is unknown or an argument does not fit.
    """
    name = content.get("name") if isinstance(content, dict) else None
    if not isinstance(name, str) or name not in RENDERERS:
        raise ValueError(f"expected the name of a renderer ({', '.join(RENDERERS)}).")
    arguments = content.get("arguments")
    if not isinstance(arguments, dict):
        raise TypeError("expected the arguments of a renderer.")
    renderer: Renderer = RENDERERS[name](**arguments)
    return renderer
