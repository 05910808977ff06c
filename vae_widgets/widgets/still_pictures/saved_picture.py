"""Where the still picture of a displayed widget is kept: in an output of its own, beside the view.

JupyterLab without a kernel shows "model not found" for a view. ``controls/shell.css`` hides the
picture beside a live view. It is published at the end of the cell, and replaced by its display id
after later cells, when a changed page rests, and once a minute in a long run.
"""

import asyncio
import contextlib
import time
import uuid
from collections.abc import Callable
from typing import Any

from IPython import get_ipython
from IPython.core.displaypub import CapturingDisplayPublisher

Bundle = tuple[dict[str, Any], dict[str, Any]]
"""Data by MIME type, and metadata."""

REST = 2.0
"""Seconds without a change after which a picture is replaced."""
LONGEST = 60.0
"""Seconds after which it is replaced while changes continue."""


def cell_of_output() -> "tuple[Any, str] | None":
    """Return IPython's shell and the id of the cell that runs, if the cell can have two outputs.

    None outside of a Jupyter kernel, while output is captured, in a later callback, and in VS Code
    and Colab, whose pages do not hide the picture.
    """
    shell = get_ipython()
    if getattr(shell, "kernel", None) is None or "__vsc_ipynb_file__" in shell.user_ns:
        return None
    captured = isinstance(shell.display_pub, CapturingDisplayPublisher)
    if captured or "google.colab" in str(type(shell)):
        return None
    request = shell.get_parent().get("header", {})
    return (shell, request["msg_id"]) if request.get("msg_type") == "execute_request" else None


class SavedPicture:
    """The picture of a widget, in the outputs of the cells that displayed it; `draw` returns it."""

    def __init__(self, shell: Any, draw: Callable[[], Bundle]) -> None:
        self._shell, self._draw = shell, draw
        self._id = f"vae_widgets-{uuid.uuid4()}"
        self._cell: str | None = None  # that displays the widget, until it ends
        self._changed = self._waiting = False
        self._first = self._last = 0.0
        try:
            self._loop: asyncio.AbstractEventLoop | None = asyncio.get_running_loop()
        except RuntimeError:
            self._loop = None
        shell.events.register("post_run_cell", self._cell_ended)

    def show(self, cell: str) -> None:
        """Publish the picture at the end of a cell, named by its id."""
        self._cell = cell

    def change(self, soon: bool = True) -> None:
        """Replace the picture: after a rest if `soon`, else within `LONGEST`; from any thread."""
        now = time.monotonic()
        if not self._changed:
            self._changed, self._first = True, now
        self._last = now if soon else float("inf")
        if not self._waiting and self._loop is not None:
            self._waiting = True
            with contextlib.suppress(RuntimeError):  # the kernel is shutting down
                self._loop.call_soon_threadsafe(self._wait)

    def replace(self) -> None:
        """Replace the picture now, if it has changed."""
        if self._changed:
            self._publish(update=True)

    def forget(self) -> None:
        """Stop updating the picture."""
        self._cell, self._changed = None, False
        with contextlib.suppress(ValueError):
            self._shell.events.unregister("post_run_cell", self._cell_ended)

    def _cell_ended(self, result: Any) -> None:
        cell, self._cell = self._cell, None
        if cell is not None and cell == self._shell.get_parent()["header"]["msg_id"]:
            self._publish(update=False)
        else:
            self.replace()

    def _wait(self) -> None:
        left = min(self._last + REST, self._first + LONGEST) - time.monotonic()
        if self._changed and left > 0 and self._loop is not None:
            self._loop.call_later(min(left, REST), self._wait)
            return
        self._waiting = False
        self.replace()

    def _publish(self, update: bool) -> None:
        self._changed = False
        data, metadata = self._draw()
        self._shell.display_pub.publish(
            data, metadata, transient={"display_id": self._id}, update=update
        )
