"""Showing a widget that is made of others in marimo, whose page has no boxes of ipywidgets."""

import sys

import anywidget
import ipywidgets
import traitlets

from vae_widgets.widgets.base.assets import bundle


def in_marimo() -> bool:
    """Return whether this code runs in a notebook of marimo."""
    marimo = sys.modules.get("marimo")
    return marimo is not None and bool(marimo.running_in_notebook())


class HostedView(anywidget.AnyWidget):
    """A view of a widget, which puts its parts together by itself.

    The host must offer ``host.getWidget`` of anywidget 0.11 to the page, and have the models of all
    widgets there.
    """

    _esm = bundle("hosted_view.js")
    _css = bundle("hosted_view.css")

    root = traitlets.Instance(ipywidgets.Widget, help="The widget that is shown.").tag(
        sync=True, **ipywidgets.widget_serialization
    )
