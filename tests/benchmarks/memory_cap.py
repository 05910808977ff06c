"""A limit on the memory of a process and its children, by the control groups of Linux.

``ulimit -v`` limits addresses, of which TensorFlow reserves many times what it uses. What exceeds
a limit of a control group is ended by the kernel, as on Binder. Files that were read count, too,
but are dropped first.
"""

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

GROUPS = Path("/sys/fs/cgroup")
_KINDS = (("memory", "memory.limit_in_bytes"), ("", "memory.max"))
"""Folder and file of the limit, in versions 1 and 2."""


@contextlib.contextmanager
def capped(megabytes: float) -> Iterator["Cap | None"]:
    """Yield a group with a limit, or None where this user may not make one."""
    for folder, file in _KINDS:
        group = GROUPS / folder / f"vae_widgets-{os.getpid()}-{time.monotonic_ns()}"
        try:
            group.mkdir()
        except OSError:
            continue
        try:
            try:
                (group / file).write_text(str(int(megabytes * 1e6)))
            except OSError:  # a group without control of memory
                continue
            yield Cap(group)
            return
        finally:
            _remove(group)
    yield None


class Cap:
    """A control group with a limit."""

    def __init__(self, group: Path) -> None:
        self._processes = group / "cgroup.procs"

    def add(self, pid: int) -> None:
        """Put a process under the limit, with the children that it will have."""
        self._processes.write_text(str(pid))


def _remove(group: Path) -> None:
    """Remove a group once its processes have ended."""
    for _ in range(100):
        try:
            return group.rmdir()
        except OSError:
            time.sleep(0.1)
