"""Texts of errors as one line."""

from typing import Any


def one_line(text: Any, longest: int = 2000) -> str:
    """Return a text, perhaps from a file, as one line without commands to a terminal."""
    line = " ".join(str(text).split())
    return "".join(c if c.isprintable() else "\ufffd" for c in line[:longest])


def sentence(error: Any) -> str:
    """Return the text of an error of another library as one line with a full stop."""
    return f"{one_line(error).rstrip('.')}."
