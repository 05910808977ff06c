"""Training runs in a file that survives a crash: one line of JSON an entry (JSON Lines).

A run begins with a header line, ``{"kind": "run", "schema": 1, "name": ..., "started": ...}``. Each
further line is one thing that happened: ``begin_epoch``, ``step``, ``epoch``, ``setting``,
``action``, ``latents`` (KL of each dimension, in nats) or ``end``. ``time`` is in seconds since the
epoch of Unix. Values that JSON has no number for are the texts "NaN", "Infinity" and "-Infinity",
which ``float`` takes. A file may hold several runs, one after the other.
"""

import json
import math
import os
import pathlib
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from vae_widgets.core.history import Entry, TrainingHistory

SCHEMA = 1
# A crash of the machine, not of Python, may cost this many seconds.
_SYNC_PERIOD = 5.0


class RunLog:
    """Appends entries to a file, each at once.

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
        self._file = self.path.open("ab+")  # open as long as the run
        self._file.seek(0)
        first = self._file.readline()
        if first and not _is_header(_parse(first)):
            self._file.close()
            raise ValueError(
                f"log is {str(path)!r}, which is there already and is no log of training runs; "
                "expected a new file, or one that a TrainingMonitor wrote."
            )
        self._file.seek(0, os.SEEK_END)
        if self._file.tell():
            self._file.seek(-1, os.SEEK_END)
            if self._file.read() != b"\n":  # the last run died in the middle of a line
                self._file.write(b"\n")
        self._synced = time.monotonic()

    def begin(self, name: str, **about: Any) -> None:
        """Start a run; `about` goes into its header."""
        started = datetime.now(UTC).isoformat(timespec="seconds")
        self.write({"kind": "run", "schema": SCHEMA, "name": name, "started": started, **about})

    def write(self, entry: Entry) -> None:
        """Append an entry; it is in the hands of the system when this returns."""
        line = json.dumps(_as_json({**entry, "time": round(time.time(), 3)}), allow_nan=False)
        self._file.write(line.encode() + b"\n")
        self._file.flush()
        if entry["kind"] == "end" or time.monotonic() - self._synced > _SYNC_PERIOD:
            os.fsync(self._file.fileno())
            self._synced = time.monotonic()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


@dataclass
class LoggedRun:
    """A run that was read from a file."""

    header: Entry
    history: TrainingHistory = field(default_factory=TrainingHistory)
    state: str = "interrupted"
    """How it ended: "finished", "stopped", or "interrupted" if the file does not say."""
    seconds: float = 0.0
    """From its first entry to its last."""

    @property
    def name(self) -> str:
        """The name of the run."""
        return str(self.header["name"])


def read_runs(path: str | os.PathLike[str]) -> list[LoggedRun]:
    """Return the runs of a file, in their order.

    A line that a crash has torn is left out: the last one, or one before the header of a run.

    Raises
    ------
    ValueError
        If the file is no log of training runs, is damaged, or has a newer schema.
    OSError
        If it cannot be read.
    """
    lines = pathlib.Path(path).read_bytes().rstrip(b"\n").split(b"\n")
    entries = [_parse(line) for line in lines]
    runs: list[LoggedRun] = []
    for number, (line, entry) in enumerate(zip(lines, entries, strict=True), start=1):
        if not line:
            continue
        if entry is None and (number == len(lines) or _is_header(entries[number])):
            continue
        where = f"line {number} of {str(path)!r}"
        if _is_header(entry):
            if entry["schema"] > SCHEMA:
                raise ValueError(
                    f"{where} has schema {entry['schema']}; this version reads up to {SCHEMA}. "
                    "Update vae_widgets."
                )
            runs.append(LoggedRun(entry))
        elif not runs:
            raise ValueError(f"{where} is no header of a training run; expected a run log.")
        else:
            _take(runs[-1], entry, where)
    if not runs:
        raise ValueError(f"{str(path)!r} holds no training run; expected at least one header line.")
    return runs


def _take(run: LoggedRun, entry: Entry | None, where: str) -> None:
    try:
        if entry is None:
            raise ValueError("no JSON object")
        if entry["kind"] == "end":
            run.state = str(entry["state"])
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
