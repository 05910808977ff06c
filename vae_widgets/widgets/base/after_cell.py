"""What can wait until a cell has shown its output."""

from collections.abc import Callable
from typing import Any

from IPython import get_ipython


def after_cell(call: Callable[[], None]) -> None:
    """Call a function once the cell that runs has shown its last value; at once outside of a cell.

    The next cell finds it done. The page is not kept waiting: it has the widget already.
    """
    shell = get_ipython()
    parent = shell.get_parent() if getattr(shell, "kernel", None) is not None else {}
    if parent.get("header", {}).get("msg_type") != "execute_request" or parent["content"]["silent"]:
        return call()

    def ended(result: Any) -> None:
        shell.events.unregister("post_run_cell", ended)
        call()

    shell.events.register("post_run_cell", ended)
