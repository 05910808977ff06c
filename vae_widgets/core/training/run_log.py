"""Training runs in a file that survives a crash: one line of JSON an entry (JSON Lines).

A run begins with a header line, ``{"kind": "run", "schema": 1, "name": ..., "started": ...}``. Each
further line is a ``begin_epoch``, ``step``, ``epoch``, ``setting``, ``action``, ``latents`` (KL of
each dimension, in nats), ``end``, or ``missing``: how many ``entries`` could not be written before
it. ``time`` is in seconds since 1970. NaN and infinity are the texts that ``float`` takes.

``run`` in each line is the id of its run; lines without it, of earlier versions, belong to the last
header before them. A line that a killed process has torn is followed by an empty one.
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

from vae_widgets.core import checks
from vae_widgets.core.atomic_file import check_target, locked, open_regular, sync_folder
from vae_widgets.core.strict_json import read_json
from vae_widgets.core.training.history import Entry, TrainingHistory

SCHEMA = 1
_LONGEST_HEADER = 100_000
# A crash of the machine, not of Python, may cost this many seconds.
_SYNC_PERIOD = 5.0
_LONGEST_LINE = 2**20
_LONGEST_NAME = 200
_MOST_NAMES = 200
_MOST = 2**53
_ENDS = ("finished", "stopped", "interrupted")


class RunLog:
    """Appends entries to a file, each at once; several processes may write to one file.

    After a full disk it continues when there is room again, and logs how much is missing. Raises
    ``ValueError`` if the file holds something else than runs, ``OSError`` if it cannot be written.
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
                f"log is {str(path)!r}, which already exists and is not a log of training runs; "
                "expected a new file, or one that a TrainingMonitor wrote."
            )
        sync_folder(folder)
        self._synced = time.monotonic()
        self._run = ""
        self._header: bytes | None = None
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
                if is_locked:
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
    names: set[str] = field(default_factory=set)
    """Those of its metrics and settings."""

    @property
    def name(self) -> str:
        """The name of the run; a second "run 1" of a file is "run 1 (2)"."""
        return str(self.header["name"])


def read_runs(path: str | os.PathLike[str], newest: int | None = None) -> list[LoggedRun]:
    """Return the runs of a file, in the order of their headers; only the `newest`, if given.

    Torn lines are left out: the last one, or one before an empty line or the header of a run.
    Raises ``ValueError`` if the file is not a run log, is damaged, or has a newer schema.
    """
    runs: list[LoggedRun] = []
    by_id: dict[str, LoggedRun | None] = {}  # None for a run that is not wanted any more
    names: dict[str, int] = {}
    torn = 0  # number of a line that is not JSON, until the next one has shown why
    number = 0
    with open_regular(path) as file:
        while line := file.readline(_LONGEST_LINE + 1):
            number += 1
            if len(line) > _LONGEST_LINE:
                raise ValueError(
                    f"{_where(number, path)} has more than {_LONGEST_LINE:,} bytes; expected an "
                    "entry of a training run."
                )
            if not line.strip():
                torn = 0
                continue
            entry = _parse(line)
            is_header = _is_header(entry)
            if torn and not is_header:
                number, entry = torn, None
            elif entry is None:
                torn = number
                continue
            torn = 0
            if is_header:
                runs.append(_begun(entry, names, number, path))
                by_id[str(entry.get("run"))] = runs[-1]
                if len(runs) > (newest or len(runs)):
                    by_id[str(runs.pop(0).header.get("run"))] = None
                continue
            if not runs:
                raise ValueError(
                    f"{_where(number, path)} is not a header of a training run; expected a run log."
                )
            run: LoggedRun | None = runs[-1]
            try:
                if entry is None:
                    raise ValueError("no JSON object")
                if "run" in entry:
                    if str(entry["run"]) not in by_id:
                        raise ValueError(f"run is {entry['run']!r:.60}, which has no header")
                    run = by_id[str(entry["run"])]
                if run is not None:
                    _take(run, entry)
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                raise ValueError(
                    f"{_where(number, path)} is damaged ({type(error).__name__}: {error!s:.200}); "
                    "expected an entry of a training run. Remove the line to read the others."
                ) from error
    if not runs:
        raise ValueError(f"{str(path)!r} holds no training run; expected at least one header line.")
    return runs


def _where(number: int, path: str | os.PathLike[str]) -> str:
    return f"line {number} of {str(path)!r}"


def _begun(
    header: Entry, names: dict[str, int], number: int, path: str | os.PathLike[str]
) -> LoggedRun:
    if header["schema"] > SCHEMA:
        raise ValueError(
            f"{_where(number, path)} has schema {header['schema']}; this version reads up to "
            f"{SCHEMA}. Update vae_widgets."
        )
    try:
        for key in ("epochs", "steps_per_epoch"):
            if header.get(key) is not None:
                checks.number_between(key, checks.positive_int(key, header[key]), 1, _MOST)
        checks.finite_number("time", header["time"])
    except (TypeError, ValueError) as error:
        raise ValueError(f"{_where(number, path)} is damaged: {error}") from None
    name = base = str(header["name"])[:_LONGEST_NAME]
    while name in names:
        names[base] += 1
        name = f"{base} ({names[base]})"
    names[name] = 1
    return LoggedRun({**header, "name": name})


def _take(run: LoggedRun, entry: Entry) -> None:
    """Record an entry, or raise ``KeyError``, ``TypeError`` or ``ValueError``."""
    if entry["kind"] == "end":
        run.state = checks.one_of("state", entry["state"], _ENDS)
    elif entry["kind"] == "missing":
        run.missing += checks.positive_int("entries", entry["entries"], 0)
    else:
        run.names.update(entry.get("metrics", ()), (entry.get("name", "loss"),))
        if len(run.names) > _MOST_NAMES:
            raise ValueError(f"more than {_MOST_NAMES} metrics and settings in a run")
        run.history.replay(_as_numbers(entry))
        run.state = "interrupted"  # a run that went on after an end
    run.seconds = min(max(0.0, float(entry["time"]) - float(run.header["time"])), 1e9)


def _parse(line: bytes) -> Any:
    try:
        entry = read_json(line)
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
    numbers = dict(entry)
    if "metrics" in entry:
        numbers["metrics"] = {name: float(value) for name, value in entry["metrics"].items()}
    if "kl" in entry:
        numbers["kl"] = [float(value) for value in entry["kl"]]
        if entry.get("active") is not None:
            checks.positive_int("active", entry["active"], 0)
    if "value" in entry:
        numbers["value"] = float(entry["value"])
    if "step" in entry:
        numbers["step"] = step = float(entry["step"])
        if not math.isfinite(step):
            raise ValueError(f"step is {step}")
    if "epoch" in entry and not 0 <= checks.whole_number("epoch", entry["epoch"]) <= _MOST:
        raise ValueError(f"epoch is {entry['epoch']:.6g}")
    if not isinstance(entry.get("text", ""), str):
        raise TypeError("text is not a string")
    return numbers
