"""Training runs in a file that survives a crash: one line of JSON an entry (JSON Lines).

A run begins with a header line, ``{"kind": "run", "schema": 1, "name": ..., "started": ...}``. Each
further line is one thing that happened: ``begin_epoch``, ``step``, ``epoch``, ``setting``,
``action``, ``latents`` (KL of each dimension, in nats), ``end``, or ``missing``: how many
``entries`` could not be written before it. ``time`` is in seconds since the epoch of Unix. Values
that JSON has no number for are the texts "NaN", "Infinity" and "-Infinity", which ``float`` takes.

A file may hold several runs. ``run`` in each line is the id of its run, so that processes may write
at the same time; lines without it, of earlier versions, belong to the last header before them. A
line that a killed process has torn is followed by an empty one.
"""

import json
import math
import os
import pathlib
import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from vae_widgets.core.atomic_file import check_target, locked, open_regular, sync_folder
from vae_widgets.core.history import Entry, TrainingHistory

SCHEMA = 1
_LONGEST_HEADER = 100_000
# A crash of the machine, not of Python, may cost this many seconds.
_SYNC_PERIOD = 5.0


class RunLog:
    """Appends entries to a file, each at once; several processes may write to one file.

    After a full disk it goes on when there is room again, and notes how much is missing.

    Parameters
    ----------
    path
        The file. One that is there must hold runs, and is appended to.

    Raises
    ------
    ValueError
        If the file holds something else.
    OSError
        If it cannot be written.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = pathlib.Path(path)
        if not self.path.parent.is_dir():
            raise FileNotFoundError(
                f"log is {str(path)!r}, but there is no folder {str(self.path.parent)!r}; make it "
                "first, or name another file."
            )
        folder = check_target(path).parent
        # Open as long as the run. Without a buffer a line is one write, which is appended whole.
        self._file = self.path.open("ab+", buffering=0)
        self._file.seek(0)
        first = self._file.read(_LONGEST_HEADER).partition(b"\n")[0]
        if first and not _is_header(_parse(first)):
            self._file.close()
            raise ValueError(
                f"log is {str(path)!r}, which is there already and is no log of training runs; "
                "expected a new file, or one that a TrainingMonitor wrote."
            )
        sync_folder(folder)
        self._synced = time.monotonic()
        self._run = ""  # its id
        self._header: bytes | None = None  # until it is in the file
        self.missing = 0
        """Number of entries of this run that could not be written and are not noted in the file."""

    def begin(self, name: str, **about: Any) -> None:
        """Start a run; `about` goes into its header."""
        self._run, self.missing = uuid.uuid4().hex[:12], 0
        started = datetime.now(UTC).isoformat(timespec="seconds")
        self._header = self._line(
            {"kind": "run", "schema": SCHEMA, "name": name, "started": started, **about}
        )
        self._append(b"")

    def write(self, entry: Entry) -> None:
        """Append an entry; it is in the hands of the system when this returns.

        After an ``OSError`` the entry is missing; the next one that can be written says so.
        """
        line = self._line(entry)
        try:
            self._append(line)
        except OSError:
            self.missing += 1
            raise
        if entry["kind"] == "end" or time.monotonic() - self._synced > _SYNC_PERIOD:
            os.fsync(self._file.fileno())
            self._synced = time.monotonic()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _line(self, entry: Entry) -> bytes:
        full = {**entry, "run": self._run, "time": round(time.time(), 3)}
        return json.dumps(_as_json(full), allow_nan=False).encode() + b"\n"

    def _append(self, line: bytes) -> None:
        """Append what is due and a line, or nothing at all."""
        due = self._header or b""
        if self.missing:
            due += self._line({"kind": "missing", "entries": self.missing})
        with locked(self._file) as is_locked:
            end = self._file.seek(0, os.SEEK_END)
            if end:
                self._file.seek(end - 1)
                if self._file.read(1) != b"\n":  # a killed process has torn its last line
                    due = b"\n\n" + due
            left = memoryview(due + line)
            try:
                while left:
                    left = left[self._file.write(left) or 0 :]
            except OSError:
                if is_locked:  # so that nobody has written behind
                    self._file.truncate(end)
                raise
        self._header, self.missing = None, 0


@dataclass
class LoggedRun:
    """A run that was read from a file."""

    header: Entry
    history: TrainingHistory = field(default_factory=TrainingHistory)
    state: str = "interrupted"
    """How it ended: "finished", "stopped", or "interrupted" if the file does not say."""
    seconds: float = 0.0
    """From its first entry to its last."""
    missing: int = 0
    """Number of its entries that are not in the file, as the disk was full."""

    @property
    def name(self) -> str:
        """The name of the run; a second "run 1" of a file is "run 1 (2)"."""
        return str(self.header["name"])


def read_runs(path: str | os.PathLike[str]) -> list[LoggedRun]:
    """Return the runs of a file, in the order of their headers.

    A line that a crash has torn is left out: the last one, or one before an empty line or the
    header of a run.

    Raises
    ------
    ValueError
        If the file is no log of training runs, is damaged, or has a newer schema.
    OSError
        If it cannot be read.
    """
    runs: list[LoggedRun] = []
    by_id: dict[str, LoggedRun] = {}
    names: dict[str, int] = {}
    torn = ""  # where, until the next line has shown that this is all that is wrong
    with open_regular(path) as file:
        for number, line in enumerate(file, start=1):
            where = f"line {number} of {str(path)!r}"
            if not line.strip():
                torn = ""
                continue
            entry = _parse(line)
            is_header = _is_header(entry)
            if torn and not is_header:
                where, entry = torn, None
            elif entry is None:
                torn = where
                continue
            torn = ""
            if is_header:
                if entry["schema"] > SCHEMA:
                    raise ValueError(
                        f"{where} has schema {entry['schema']}; this version reads up to {SCHEMA}. "
                        "Update vae_widgets."
                    )
                name = base = str(entry["name"])
                while name in names:
                    names[base] += 1
                    name = f"{base} ({names[base]})"
                names[name] = 1
                runs.append(LoggedRun({**entry, "name": name}))
                by_id[str(entry.get("run"))] = runs[-1]
            elif not runs:
                raise ValueError(f"{where} is no header of a training run; expected a run log.")
            else:
                run = by_id.get(str(entry["run"])) if entry and "run" in entry else runs[-1]
                _take(run, entry, where)
    if not runs:
        raise ValueError(f"{str(path)!r} holds no training run; expected at least one header line.")
    return runs


def _take(run: LoggedRun | None, entry: Entry | None, where: str) -> None:
    try:
        if entry is None:
            raise ValueError("no JSON object")
        if run is None:
            raise ValueError(f"run is {entry['run']!r}, which has no header")
        if entry["kind"] == "end":
            run.state = str(entry["state"])
        elif entry["kind"] == "missing":
            run.missing += int(entry["entries"])
        else:
            run.history.replay(_as_numbers(entry))
            run.state = "interrupted"  # a run that went on after an end
        run.seconds = max(0.0, float(entry["time"]) - float(run.header["time"]))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ValueError(
            f"{where} is damaged ({type(error).__name__}: {error}); expected an entry of a "
            "training run. Remove the line to read the others."
        ) from error


def _parse(line: bytes) -> Any:
    """Return the JSON object of a line; None if it is none."""
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) else None


def _is_header(entry: Any) -> bool:
    return (
        isinstance(entry, dict)
        and entry.get("kind") == "run"
        and isinstance(entry.get("schema"), int)
        and "name" in entry
        and "time" in entry
    )


def _as_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _as_json(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_as_json(part) for part in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def _as_numbers(entry: Entry) -> Entry:
    """Return an entry with numbers where `_as_json` has put texts."""
    numbers = dict(entry)
    if "metrics" in entry:
        numbers["metrics"] = {name: float(value) for name, value in entry["metrics"].items()}
    if "kl" in entry:
        numbers["kl"] = [float(value) for value in entry["kl"]]
    for name in ("step", "value"):
        if name in entry:
            numbers[name] = float(entry[name])
    return numbers
