"""Write a file whole or not at all, so that no reader ever meets half of one."""

import os
import pathlib
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO


@contextmanager
def atomic_file(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Open a binary file that takes the place of `path` once the block ends without an error.

    The content goes to a temporary file in the same folder, reaches the disk, and is then renamed.
    After an error, or a crash, a file that was there before is untouched.

    Raises
    ------
    OSError
        If `path` is a folder, lies in no folder, or cannot be written.
    """
    target = check_target(path)
    scratch = target.with_name(f".{target.name}.{uuid.uuid4().hex}")
    try:
        with open(scratch, "xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(scratch, target)
    finally:
        scratch.unlink(missing_ok=True)


def check_target(path: str | os.PathLike[str]) -> pathlib.Path:
    """Return where a file is to be written; raise ``OSError`` if it is a folder, or in none."""
    target = pathlib.Path(path)
    if target.is_dir():
        raise IsADirectoryError(f"{target} is a folder; expected the name of a file to write.")
    if not target.parent.is_dir():
        raise FileNotFoundError(f"{target} cannot be written: there is no folder {target.parent}.")
    return target
