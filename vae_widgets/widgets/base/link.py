"""Links between two widgets, until one of them is closed."""

import sys
from collections.abc import Callable
from typing import Any, Protocol


class Observable(Protocol):
    """The interface that a link needs: traits to observe, among them ``comm``."""

    def observe(self, handler: Callable[[Any], None], names: Any) -> None:
        """Call a function when a trait changes."""

    def unobserve(self, handler: Callable[[Any], None], names: Any) -> None:
        """Stop calling the function."""


class Link:
    """Base of what lets two widgets follow each other until `unlink`, or until one is closed."""

    def __init__(self, *widgets: Observable) -> None:
        self._followed: list[tuple[Observable, str, Callable[[Any], None]]] = []
        for widget in widgets:
            self._follow(widget, "comm", self._end_with)

    def unlink(self) -> None:
        """Remove the link."""
        for widget, name, handler in self._followed:
            widget.unobserve(handler, name)
        self._followed.clear()

    def _follow(self, widget: Observable, name: str, handler: Callable[[Any], None]) -> None:
        widget.observe(handler, name)
        self._followed.append((widget, name, handler))

    def _end_with(self, change: Any) -> None:
        # ipywidgets has closed the widget; also when Python ends, and then nobody is left to tell.
        if change.new is None and not sys.is_finalizing():
            self.unlink()
