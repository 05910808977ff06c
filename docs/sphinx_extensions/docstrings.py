"""Docstrings as this package writes them: what of a class is shown, and what its marks mean."""

import inspect
import re
from types import FunctionType
from typing import Any

import traitlets
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
ARRAY_LIKES = {
    stringify_annotation(union, "smart"): name
    for union, name in ((str | ArrayLike, "str | ArrayLike"), (ArrayLike, "ArrayLike"))
}
ND_ARRAY = re.compile(
    r"~?numpy\.ndarray\[~?tuple\[.*?\], ~?numpy\.dtype\[~?(?:numpy|typing)\.(\w+)\]\]"
)
# Files of the documentation, as the help in Python names them.
PAGE = re.compile(r"(?:``)?docs/([\w/]+)\.md(?:``)?")
# Between the widgets and their bases.
NOT_FOR_USERS = ("vae_widgets.widgets.base.", "vae_widgets.widgets.still_pictures.saved_picture")


def is_inherited(
    app: Sphinx, what: str, name: str, member: Any, skip: bool, options: Any
) -> bool | None:
    """Leave out what other packages document, and traits, which are listed as attributes."""
    if isinstance(member, traitlets.TraitType):
        return True
    of_property = getattr(member, "fget", None) or getattr(member, "func", None)
    function = of_property or getattr(member, "__func__", member)
    if not isinstance(function, FunctionType):
        return None
    module = function.__module__
    hidden = not module.startswith("vae_widgets") or module.startswith(NOT_FOR_USERS)
    return True if hidden or name == "carried" else None


def name_arguments(
    app: Sphinx, what: str, name: str, thing: Any, options: Any, arguments: str, returns: str
) -> tuple[str, str] | None:
    """Take the arguments of a class from its ``__init__``.

    traitlets hides those of a widget, and Sphinx takes the type of an attribute of the same name.
    """
    if what != "class":
        return None
    of_class = inspect.signature(thing.__init__)
    types = app.env.current_document.autodoc_annotations.get(name, {})
    for argument in types.keys() & of_class.parameters.keys():
        types[argument] = stringify_annotation(of_class.parameters[argument].annotation, "smart")
    if arguments != "(*args, **kwargs)":
        return None
    own = [each for each in of_class.parameters.values() if each.name != "self"]
    short = of_class.replace(parameters=own, return_annotation=inspect.Signature.empty)
    return stringify_signature(short, show_annotation=False), ""


def name_types(app: Sphinx, domain: str, kind: str, content: nodes.Element) -> None:
    """Write the types of NumPy short, before autodoc puts them into lists of arguments.

    The type of what is returned stands in the docstring.
    """
    for types in app.env.current_document.autodoc_annotations.values():
        types.pop("return", None)
        for argument, text in types.items():
            for union, name in ARRAY_LIKES.items():
                text = text.replace(union, name)
            types[argument] = ND_ARRAY.sub(r"NDArray[\1]", text)


def escape(app: Sphinx, what: str, name: str, thing: Any, options: Any, lines: list[str]) -> None:
    """Escape what would begin a mark of reStructuredText, and link the pages that are named."""
    text = PAGE.sub(r":doc:`/\1`", "\n".join(lines))
    text = NO_MARK.sub(lambda found: f"\\{found[1]}" if found[1] else found[0], text)
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
    app.connect("autodoc-process-signature", name_arguments)
    app.connect("object-description-transform", name_types, priority=400)
    app.connect("autodoc-process-docstring", escape, priority=400)
    app.connect("missing-reference", link_public_name)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
