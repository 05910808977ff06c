"""Docstrings as this package writes them: what of a class is shown, and what its marks mean."""

import inspect
import re
from types import FunctionType
from typing import Any

from docutils import nodes
from numpy.typing import ArrayLike
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.inspect import stringify_signature
from sphinx.util.typing import stringify_annotation

import vae_widgets

# Code as it is, or a mark of reStructuredText that is none here: (n, *sample_shape), |x - x_hat|,
# lambda_ - 1.
NO_MARK = re.compile(r"``.*?``|`[^`]+`|(\*(?=\w+[,)\]])|\||(?<=\w)_(?=[,)\]]| [-+*/]))", re.DOTALL)

# Types of NumPy by the names that the code has for them.
ARRAY_LIKE = stringify_annotation(ArrayLike, "smart")
ND_ARRAY = re.compile(
    r"~?numpy\.ndarray\[~?tuple\[.*?\], ~?numpy\.dtype\[~?(?:numpy|typing)\.(\w+)\]\]"
)
# Between the widgets and their bases.
NOT_FOR_USERS = ("vae_widgets.widgets.base.", "vae_widgets.widgets.still_pictures.saved_picture")


def is_inherited(
    app: Sphinx, what: str, name: str, member: Any, skip: bool, options: Any
) -> bool | None:
    """Leave out what Keras, ipywidgets or scikit-learn define and document."""
    of_property = getattr(member, "fget", None) or getattr(member, "func", None)
    function = of_property or getattr(member, "__func__", member)
    if not isinstance(function, FunctionType):
        return None
    module = function.__module__
    hidden = not module.startswith("vae_widgets") or module.startswith(NOT_FOR_USERS)
    return True if hidden or name == "carried" else None


def name_types(
    app: Sphinx, what: str, name: str, thing: Any, options: Any, arguments: str, returns: str
) -> tuple[str, str] | None:
    """Write the types of NumPy short, and the arguments of a widget, which traitlets hides."""
    types = app.env.current_document.autodoc_annotations.get(name, {})
    for argument, text in types.items():
        types[argument] = ND_ARRAY.sub(r"NDArray[\1]", text.replace(ARRAY_LIKE, "ArrayLike"))
    if what == "class" and arguments == "(*args, **kwargs)":
        of_class = inspect.signature(thing.__init__)
        own = [each for each in of_class.parameters.values() if each.name != "self"]
        short = of_class.replace(parameters=own, return_annotation=inspect.Signature.empty)
        return stringify_signature(short, show_annotation=False), ""
    return None


def escape(app: Sphinx, what: str, name: str, thing: Any, options: Any, lines: list[str]) -> None:
    """Escape what would begin a mark of reStructuredText."""
    text = NO_MARK.sub(lambda found: f"\\{found[1]}" if found[1] else found[0], "\n".join(lines))
    lines[:] = text.split("\n")


def link_public_name(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, text: nodes.TextElement
) -> nodes.Node | None:
    """Link ``vae_widgets.models.vae.VAE`` to the page of `vae_widgets.VAE`, if that is a name.

    Types in signatures are named by the module that defines them.
    """
    target = node.get("reftarget", "")
    name = target.rsplit(".", 1)[-1]
    if name not in vae_widgets.__all__ or not target.startswith("vae_widgets."):
        return None
    python = env.domains.python_domain
    where = node.get("refdoc", "")
    return python.resolve_xref(env, where, app.builder, "obj", f"vae_widgets.{name}", node, text)


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect to autodoc, after its reader of NumPy's style."""
    app.connect("autodoc-skip-member", is_inherited)
    app.connect("autodoc-process-signature", name_types)
    app.connect("autodoc-process-docstring", escape, priority=400)
    app.connect("missing-reference", link_public_name)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
