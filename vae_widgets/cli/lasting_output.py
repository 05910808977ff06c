"""A standard output that may be closed while a command works."""

import io
import os
from typing import TextIO


class LastingOutput(io.TextIOBase):
    """Standard output that drops its text when nobody reads it.

    The reader may end early, as ``head`` does, or there may be no standard output at all. Neither
    is a reason to lose a model that trains for an hour.
    """

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write a text; return its length."""
        if self._stream is not None:
            try:
                self._stream.write(text)
            except BrokenPipeError:
                self._drop()
        return len(text)

    def flush(self) -> None:
        """Write what waits."""
        if self._stream is not None:
            try:
                self._stream.flush()
            except BrokenPipeError:
                self._drop()

    def isatty(self) -> bool:
        """Return whether a person reads along in a terminal."""
        return self._stream is not None and self._stream.isatty()

    def _drop(self) -> None:
        """Let what waits, and all that follows, go nowhere."""
        assert self._stream is not None
        os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())
