"""In the kernel of a notebook: a widget is displayed as a frame with its exported page.

An exercise is displayed as a field for its answer: ``assets/exercises.js``.
"""

import base64
import dataclasses
import html
import json
import pathlib
import socket
from typing import Any

import ipywidgets
from IPython import get_ipython

from vae_widgets.course.checking import Shown
from vae_widgets.course.exercise_files import exercise
from vae_widgets.widgets.still_pictures.pictured import Pictured

find_address = socket.getaddrinfo


class LivePages:
    """The widgets that a notebook has displayed, and the pages that show them.

    The pages are written at the end, so that each shows the widget as the notebook left it: with
    the curves of a training that came after it, or the path of a slider that was linked later.

    Parameters
    ----------
    folder
        Where the pages are written.
    name
        What their names begin with.
    root
        The address of the first page of the site, from the page of the notebook.
    """

    def __init__(self, folder: str, name: str, root: str) -> None:
        self._folder, self._name, self._root = pathlib.Path(folder), name, root
        self._widgets: list[Pictured] = []
        formatter = get_ipython().display_formatter.mimebundle_formatter
        for kind in (Pictured, ipywidgets.Widget):
            formatter.for_type(kind, self._displayed)
        formatter.for_type(Shown, exercise_display)
        socket.getaddrinfo = only_this_machine

    def write(self) -> None:
        """Write the page of each widget."""
        for number, widget in enumerate(self._widgets, 1):
            widget.save_html(self._folder / f"{self._name}-{number}.html", type(widget).__name__)

    def _displayed(self, widget: ipywidgets.Widget, *_: Any, **__: Any) -> tuple[dict, dict]:
        return {"text/html": self._html(widget), "text/plain": repr(widget)}, {}

    def _html(self, widget: ipywidgets.Widget) -> str:
        if isinstance(widget, Pictured):
            if widget not in self._widgets:
                self._widgets.append(widget)
            number = self._widgets.index(widget) + 1
            kind, text = type(widget).__name__, html.escape(repr(widget))
            return (
                f'<iframe class="live-widget live-{kind}" loading="lazy" title="{text}" '
                f'src="{self._root}live/{self._name}-{number}.html"></iframe>'
            )
        if isinstance(widget, ipywidgets.Box):
            return "".join(self._html(child) for child in widget.children)
        if isinstance(widget, ipywidgets.HTML):
            return f"<p>{widget.value}</p>"
        raise TypeError(f"no page can show a {type(widget).__name__} without Python")


def exercise_display(shown: Shown, *_: Any, **__: Any) -> tuple[dict, dict]:
    """Return the element that becomes the field; as in the package, no answer is readable in it."""
    content = dataclasses.asdict(exercise(shown.exercise))
    content["options"] = list(content["options"])
    carried = base64.b64encode(json.dumps(content).encode()).decode()
    return {
        "text/html": f'<div class="live-exercise" data-exercise="{carried}"></div>',
        "text/plain": repr(shown),
    }, {}


def only_this_machine(host: Any, *arguments: Any, **options: Any) -> list:
    """Find no other machine: the pages are the same with a network and without one."""
    if host in (None, "localhost", "127.0.0.1", "::1"):
        return find_address(host, *arguments, **options)
    raise socket.gaierror(socket.EAI_NONAME, f"the site is built without a network: {host}")
