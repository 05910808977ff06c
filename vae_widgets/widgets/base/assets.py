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
    return _static_text(f"shared{pathlib.PurePath(name).suffix}") + _static_text(name)


def _static_text(name: str) -> str:
    path = STATIC / name
    if not path.is_file():
        raise FileNotFoundError(
            f"{name} is not in {STATIC}: the front end has not been built. In a clone run "
            "`make frontend` or `pip install -e .`; an installed package brings it along."
        )
    return path.read_text(encoding="utf-8")
