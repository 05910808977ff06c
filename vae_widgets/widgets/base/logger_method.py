"""A method named like the attribute through which traitlets and ipywidgets log."""

import functools
from collections.abc import Callable
from typing import Any

from traitlets.log import get_logger


class LoggerMethod:
    """Decorator of a widget's method ``log``; its other attributes are those of the logger.

    So ``widget.log.warning(...)`` works too, as ipywidgets calls it.
    """

    def __init__(self, method: Callable[..., Any]) -> None:
        functools.update_wrapper(self, method)
        self._method: Any = method

    def __get__(self, widget: Any, owner: Any = None) -> "LoggerMethod":
        return self if widget is None else LoggerMethod(self._method.__get__(widget))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the method."""
        return self._method(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(get_logger(), name)
