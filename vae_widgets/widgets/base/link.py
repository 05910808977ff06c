"""What joins two widgets until one of them is closed."""

import sys
from collections.abc import Callable
from typing import Any

from ipywidgets import Widget


class Link:
    """Base of what lets two widgets follow each other until `unlink`, or until one is closed."""

    def __init__(self, *widgets: Widget) -> None:
        self._followed: list[tuple[Widget, str, Callable[[Any], None]]] = []
        for widget in widgets:
            self._follow(widget, "comm", self._end_with)

    def unlink(self) -> None:
        """Leave the widgets alone from now on."""
        for widget, name, handler in self._followed:
            widget.unobserve(handler, name)
        self._followed.clear()

    def _follow(self, widget: Widget, name: str, handler: Callable[[Any], None]) -> None:
        widget.observe(handler, name)
        self._followed.append((widget, name, handler))

    def _end_with(self, change: Any) -> None:
        # ipywidgets has closed the widget; also when Python ends, and then nobody is left to tell.
        if change.new is None and not sys.is_finalizing():
            self.unlink()
