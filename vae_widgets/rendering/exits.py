"""Keeps a renderer of the user from ending the kernel, which draws for the page."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_exits() -> Iterator[None]:
    """Raise ``RuntimeError`` where a renderer calls ``sys.exit``, or itself without end."""
    try:
        yield
    except SystemExit as error:
        raise RuntimeError(
            "renderer called sys.exit; expected an error of another type."
        ) from error
    except RecursionError as error:
        raise RuntimeError(f"renderer failed: RecursionError: {error}.") from error
