"""What a command reports on the error stream, and its exit codes."""

import sys

from vae_widgets.core.one_line import one_line

OK = 0
SOME_BAD = 1
NOT_DONE = 2
BUG = 3
INTERRUPTED = 130

EXIT_CODES = """\
exit codes:
  0    done
  1    done, but some rows, pictures or plugins could not be used; each is named
  2    not done: an argument or a file is wrong, and nothing was written
  3    an unexpected error, which is a bug
  130  interrupted, and nothing was written"""


class CommandError(Exception):
    """A command cannot do its work; the text says why, and what to do."""


def report(text: str) -> None:
    """Print one line on the error stream."""
    print(f"vae-widgets: {one_line(text)}", file=sys.stderr)
