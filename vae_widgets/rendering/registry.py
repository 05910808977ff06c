"""Renderers by name, from this package and from others."""

import inspect
from typing import Any

from vae_widgets.core.registry import Registry, without_exit
from vae_widgets.rendering.image import ImageRenderer
from vae_widgets.rendering.molecule import MoleculeRenderer
from vae_widgets.rendering.piano_roll import PianoRollRenderer
from vae_widgets.rendering.signal import SignalRenderer
from vae_widgets.rendering.table import TableRenderer
from vae_widgets.rendering.text import TextRenderer


def _class_of_plugin(name: str, package: str, kind: Any) -> type:
    """Return a class of renderers of another package; raise ``TypeError`` if it is none."""
    if not isinstance(kind, type) or not any("__call__" in vars(base) for base in kind.__mro__):
        raise TypeError(f"expected a class with a method __call__(batch); received {kind!r:.100}.")
    for parameter in inspect.signature(kind).parameters.values():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            raise TypeError(
                f"the class must name its arguments, so that a file can hold them; it has "
                f"{parameter}."
            )
    return kind


RENDERERS: Registry[type] = Registry(
    "renderer",
    {
        "image": ImageRenderer,
        "molecule": MoleculeRenderer,
        "piano_roll": PianoRollRenderer,
        "signal": SignalRenderer,
        "table": TableRenderer,
        "text": TextRenderer,
    },
    _class_of_plugin,
)
"""Their arguments are attributes of the same names: plain values, or a `Vocabulary`."""


def renderer_by_name(name: str) -> Any:
    """Return the renderer of a name, with the defaults of its arguments.

    Raises ``ValueError`` for an unknown name, and ``TypeError`` for a renderer that needs
    arguments.
    """
    kind = RENDERERS.look_up("renderer", name)
    parameters = inspect.signature(kind).parameters.values()
    needed = [each.name for each in parameters if each.default is each.empty]
    if needed:
        raise TypeError(
            f"renderer is {name!r}, which needs {', '.join(needed)}; pass the renderer itself: "
            f"{kind.__name__}({', '.join(f'{each}=...' for each in needed)})."
        )
    with without_exit(f"the renderer {name!r}"):
        return kind()
