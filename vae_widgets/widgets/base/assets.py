"""The built front end of a widget, and the identity of this kernel."""

import pathlib
import uuid

KERNEL_ID = uuid.uuid4().hex
"""Identifies this process, so that the page notices a new kernel."""

STATIC = pathlib.Path(__file__).parents[2] / "static"


def bundle(name: str) -> str:
    """Return the text of a bundled front-end file after the code that all widgets share.

    Not its path: anywidget would watch that, by a callback that keeps every widget alive forever.

    Raises
    ------
    FileNotFoundError
        If the front end has not been built.
    """
    return shared_text(pathlib.PurePath(name).suffix) + static_text(name)


def shared_text(suffix: str) -> str:
    """Return the code (".js") or the styles (".css") that all widgets share."""
    return static_text(f"shared{suffix}")


def static_text(name: str) -> str:
    """Return the text of a bundled front-end file alone; see `bundle`."""
    path = STATIC / name
    if not path.is_file():
        raise FileNotFoundError(
            f"{name} is not in {STATIC}: the front end has not been built. In a clone run "
            "`make frontend` or `pip install -e .`; an installed package brings it along."
        )
    return path.read_text(encoding="utf-8")
