"""Cells that run in this process, with their widgets on a blank page.

What a test reads and does is as in `tests.browser.conftest.Notebook`, in a third of its time: there
is neither JupyterLab nor a kernel. Widgets of several parts (`CompositeWidget`) need a `Notebook`.
"""

import ast
import json
from collections.abc import Callable
from typing import Any

import anywidget
from playwright.sync_api import Page

from tests.support.blank_page import BlankPage
from tests.support.jupyterlab import wait_for
from tests.support.on_page import OnPage


class Cells(OnPage):
    """Some cells that ran one after the other. Widgets at their ends are shown.

    Parameters
    ----------
    page
        A page of Playwright.
    sources
        The Python code of each cell; `display` shows several widgets.
    """

    def __init__(self, page: Page, sources: list[str]) -> None:
        self.page = page
        self.kernel = self
        self._names: dict[str, Any] = {"display": self._display}
        self._parts: list[_Part] = []
        self._shown: list[anywidget.AnyWidget] = []
        for source in sources:
            self._run(source)
        # As in JupyterLab, a view may ask for the model of a widget that is shown after it.
        self.page.evaluate("ids => { window.coming = ids; }", [w.model_id for w in self._shown])
        for widget in self._shown:
            self._show(widget)

    def eval(self, expression: str) -> Any:
        """Return the value of a Python expression that JSON can hold."""
        self._receive()
        value = json.loads(json.dumps(eval(expression, self._names)))
        self._hand_over()
        return value

    def until(self, expression: str, timeout: float = 30) -> Any:
        """Wait until a Python expression is true; return its value."""
        return wait_for(lambda: self.eval(expression), timeout, expression)

    def comm_messages(self) -> int:
        """How many widget messages the page has sent so far."""
        self._receive()
        return sum(part.taken for part in self._parts)

    def close(self) -> None:
        """Take the views out of the page, and close their widgets."""
        for part in self._parts:
            self.page.evaluate("id => window.parts.find((part) => part.id === id).end?.()", part.id)
            part.widget.close()

    def _run(self, source: str) -> None:
        tree = ast.parse(source)
        last = tree.body[-1]
        if isinstance(last, ast.Expr):
            tree.body.pop()
        exec(compile(tree, "<cell>", "exec"), self._names)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), "<cell>", "eval"), self._names)
            if isinstance(value, anywidget.AnyWidget):
                self._display(value)

    def _display(self, *widgets: anywidget.AnyWidget) -> None:
        self._shown.extend(widgets)

    def _show(self, widget: anywidget.AnyWidget) -> None:
        if any(part.widget is widget for part in self._parts):
            self.page.evaluate(
                "id => window.parts.find((part) => part.id === id).show()", widget.model_id
            )
        else:
            self._parts.append(_Part(self.page, widget, self._hand_over))

    def _receive(self) -> None:
        """Take what the page has sent, which Playwright hands over only while it is called."""
        self.page.evaluate("0")

    def _hand_over(self) -> None:
        """Give the page what the widgets have sent."""
        for part in self._parts:
            part.hand_over()


class _Part(BlankPage):
    """A widget on the page. What a message changes in other widgets reaches the page, too."""

    def __init__(
        self, page: Page, widget: anywidget.AnyWidget, hand_over: Callable[[], None]
    ) -> None:
        self.id, self.taken, self._hand_over_all = widget.model_id, 0, hand_over
        super().__init__(page, widget)

    def hand_over(self) -> None:
        if self._out:
            self.update()

    def _take(self, content: Any, buffers: list[str]) -> list[dict[str, Any]]:
        self.taken += 1
        answers = super()._take(content, buffers)
        self._hand_over_all()
        return answers
