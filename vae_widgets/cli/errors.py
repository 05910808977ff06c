"""What a command reports on the error stream, and its exit codes."""

import importlib
import sys
from typing import Any

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


def one_line(text: Any, longest: int = 2000) -> str:
    """Return a text, perhaps from a file, as one line without commands to a terminal."""
    line = " ".join(str(text).split())
    return "".join(c if c.isprintable() else "\ufffd" for c in line[:longest])


def sentence(error: Any) -> str:
    """Return the text of an error of another library as one line with a full stop."""
    return f"{one_line(error).rstrip('.')}."


def import_optional(module: str, extra: str, purpose: str) -> Any:
    """Import a package of an extra of vae_widgets."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        package = module.partition(".")[0]
        raise CommandError(
            f"{purpose} needs {package}, which is not installed ({error}). Install it with "
            f"pip install 'vae_widgets[{extra}]'."
        ) from None
