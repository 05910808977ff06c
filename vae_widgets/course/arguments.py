"""Check what was passed to the helpers of the course: a lesson, a folder."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from vae_widgets.core import checks


def lesson_of(value: Any, known: Iterable[str]) -> str:
    """Return the number of a lesson as a text; ``lesson=2`` and ``lesson="2"`` are the same.

    Raises
    ------
    TypeError
        If it is no whole number and no text.
    ValueError
        If there is no such lesson.
    """
    number = value if isinstance(value, str) else str(checks.whole_number("lesson", value))
    return checks.one_of("lesson", number, known)


def folder_of(value: Any) -> Path:
    """Return a folder that exists.

    Raises
    ------
    TypeError
        If it is no path.
    FileNotFoundError
        If there is no such folder.
    """
    if not isinstance(value, str | os.PathLike):
        raise TypeError(
            f"folder must be a path, such as 'handed_in'; received {type(value).__name__}."
        )
    folder = Path(value)
    if not folder.is_dir():
        raise FileNotFoundError(
            f"folder is {str(folder)!r}; expected a folder that exists. Make it first, or "
            'pass "." for that of the notebook.'
        )
    return folder
