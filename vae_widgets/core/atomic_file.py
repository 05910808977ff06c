"""Write a file whole or not at all, and read regular files only."""

import contextlib
import os
import pathlib
import re
import stat
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
_SCRATCH = re.compile(r"\.vae_widgets-[0-9a-f]{32}\.tmp")


@contextmanager
def atomic_file(path: str | os.PathLike[str], suffix: str = "") -> Iterator[BinaryIO]:
    """Open a binary file that takes the place of `path` once the block ends without an error.

    After an error or a crash, a file that was there before is untouched. A file that is replaced
    keeps its mode, and a symbolic link its target. Scratch files of killed processes are removed.
    Raises what `check_target` raises.
    """
    target = check_target(path, suffix)
    scratch = None
    try:
        _remove_stale(target.parent)
        before = target.stat() if target.exists() else None
        scratch, file = _open_scratch(target.parent, 0o600 if before else 0o666)
        try:
            with file:
                yield file
                file.flush()
                if before:
                    _keep_owner_and_mode(file.fileno() if fcntl else scratch, before)
                os.fsync(file.fileno())
                if fcntl:  # the lock is held until the scratch file has its name
                    os.replace(scratch, target)
            if not fcntl:  # Windows renames closed files only
                os.replace(scratch, target)
        finally:
            with contextlib.suppress(OSError):
                os.unlink(scratch)
        sync_folder(target.parent)
    except OSError as error:
        own = error.filename is None or _SCRATCH.fullmatch(os.path.basename(error.filename))
        if error.errno is None or not own:
            raise
        raise OSError(error.errno, error.strerror, os.fspath(path)) from error


def check_target(path: str | os.PathLike[str], suffix: str = "") -> pathlib.Path:
    """Return where a file is to be written, which is not `path` where that is a symbolic link.

    Raises ``OSError`` if `path` is a folder, a device or a pipe, or in no folder or one in which no
    files may be made, and ``ValueError`` if it does not end in `suffix`.
    """
    path = pathlib.Path(path)
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        _check_regular(path)
    if suffix and path.suffix.lower() != suffix:
        raise ValueError(
            f"path is {str(path)!r}; expected a name that ends in {suffix}: "
            f"{str(path.with_suffix(suffix))!r}."
        )
    target = pathlib.Path(os.path.realpath(path))
    if not target.parent.is_dir():
        raise FileNotFoundError(f"{path} cannot be written: there is no folder {target.parent}.")
    if not os.access(target.parent, os.W_OK | os.X_OK):
        raise PermissionError(
            f"{path} cannot be written: you may not make files in the folder {target.parent}."
        )
    return target


def open_regular(path: str | os.PathLike[str]) -> BinaryIO:
    """Open a file for reading; ``OSError`` for a folder, a device or a pipe, which may block."""
    path = pathlib.Path(path)
    _check_regular(path)
    return open(path, "rb")


def read_file(path: str | os.PathLike[str]) -> bytes:
    """Return the content of a regular file; see `open_regular`."""
    with open_regular(path) as file:
        return file.read()


@contextmanager
def locked(file: Any) -> Iterator[bool]:
    """Lock a file against other users of this function; yield False if it cannot be locked."""
    is_locked = bool(_lock(file, wait=True))
    try:
        yield is_locked
    finally:
        if is_locked:
            fcntl.flock(file, fcntl.LOCK_UN)


def sync_folder(folder: pathlib.Path) -> None:
    """Flush a folder to disk, so that new file names survive a crash of the machine."""
    with contextlib.suppress(OSError):  # Windows opens no folders
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _check_regular(path: pathlib.Path) -> None:
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(f"{path} is a folder; expected the name of a file.")
    if not stat.S_ISREG(mode):
        raise OSError(f"{path} is a device, a pipe or a socket; expected a regular file.")


def _open_scratch(folder: pathlib.Path, mode: int) -> tuple[str, BinaryIO]:
    while True:
        name = str(folder / f".vae_widgets-{uuid.uuid4().hex}.tmp")
        file = os.fdopen(os.open(name, _NEW, mode), "wb")
        # Another process may have removed it as stale before it was locked.
        if _lock(file) is not False and os.path.exists(name):
            return name, file
        file.close()


def _lock(file: Any, wait: bool = False) -> bool | None:
    """Return whether a file could be locked; None if its file system has no locks."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except (OSError, AttributeError):
        return None
    return True


def _remove_stale(folder: pathlib.Path) -> None:
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if _SCRATCH.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                with contextlib.suppress(OSError), open(entry.path, "r+b") as file:
                    if _lock(file):
                        os.unlink(entry.path)


def _keep_owner_and_mode(scratch: str | int, before: os.stat_result) -> None:
    with contextlib.suppress(OSError, AttributeError):
        os.chown(scratch, before.st_uid, before.st_gid)
    os.chmod(scratch, stat.S_IMODE(before.st_mode))
