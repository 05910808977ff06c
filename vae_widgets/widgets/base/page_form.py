"""Widgets that a page without ipywidgets shows in another form."""

from typing import Any, Protocol, runtime_checkable


@runtime_checkable
class HasPageForm(Protocol):
    """A widget of ipywidgets or bqplot that has a module of ours in its place.

    An exported page, a viewer, marimo and MyST have no ipywidgets manager. There a model with
    `page_state` stands in the place of the widget, under its own ``model_id``.
    """

    def page_state(self) -> dict[str, Any]:
        """Return the state of that model, arrays in wire form (`traits.array.array_to_json`).

        It has ``_esm`` and ``_css`` where there is something to see. Of the widget it takes
        ``layout`` and ``_dom_classes``, and nothing else. ``IPY_MODEL_...`` in it, at any depth,
        names another model, which the page then needs, too: the module asks for it by
        ``model.widget_manager.get_model``, reads it, listens to it, and calls its ``set_state``,
        which sets traits and triggers ``change:NAME`` without a message to the kernel.
        """
