"""The marks of a reviewer in order, to undo and to save."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_widgets.core.spreadsheet_csv import read_csv, read_number, write_csv
from vae_widgets.core.thresholds import above

_COLUMNS = ["index", "score", "label", "mark", "time"]
PRECISION = 1e-12
"""How far a score in a file may be from the one that it is, relative to it."""
LABELS = {"normal": 0.0, "anomalous": 1.0, "unsure": np.nan}
"""What a mark means as a label: an unsure one is none."""


@dataclass(frozen=True)
class Mark:
    """What was decided about a sample.

    `mark` is "anomalous" (a true alarm, where it was flagged), "normal" (a false one) or "unsure";
    `time` is ISO 8601 in UTC; `drawn_from` is the threshold from which on the sample was drawn at
    random, or None.
    """

    index: int
    score: float
    mark: str
    time: str
    drawn_from: float | None = None


class ReviewLog:
    """The marks in force, at most one a sample, and the way back."""

    def __init__(self) -> None:
        self._marks: dict[int, Mark] = {}
        self._before: list[tuple[int, Mark | None]] = []

    def __len__(self) -> int:
        return len(self._marks)

    def __contains__(self, index: int) -> bool:
        return index in self._marks

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to undo."""
        return bool(self._before)

    @property
    def last(self) -> tuple[int, str] | None:
        """The sample of the step that `undo` undoes, and its mark now; None without a step."""
        if not self._before:
            return None
        index, _ = self._before[-1]
        return index, self.get(index)

    @property
    def indices(self) -> list[int]:
        """Which samples have a mark."""
        return list(self._marks)

    def get(self, index: int) -> str:
        """Return the mark of a sample; "" if it has none."""
        mark = self._marks.get(index)
        return mark.mark if mark else ""

    def mark_of(self, index: int) -> Mark | None:
        """Return the mark of a sample with its time; None if it has none."""
        return self._marks.get(index)

    def set(
        self,
        index: int,
        score: float,
        mark: str,
        time: str = "",
        drawn_from: float | None = None,
    ) -> Mark:
        """Mark a sample, and return the mark; "" takes its mark away. The default time is now."""
        time = time or datetime.now(UTC).isoformat(timespec="seconds")
        made = Mark(index, score, mark, time, drawn_from)
        self._before.append((index, self._marks.pop(index, None)))
        if mark:
            self._marks[index] = made
        return made

    @property
    def marks(self) -> list[Mark]:
        """The marks in force."""
        return list(self._marks.values())

    def forget_draws(self) -> None:
        """Forget that samples were drawn at random: they no longer stand for others."""
        self._marks = {i: replace(mark, drawn_from=None) for i, mark in self._marks.items()}

    def restore(self, marks: list[Mark]) -> None:
        """Add marks of an earlier session, which `undo` leaves alone.

        A mark ``""`` takes the one of its sample away.
        """
        restored = {mark.index: mark for mark in marks}
        for index, mark in restored.items():
            self._marks.pop(index, None)
            if mark.mark:
                self._marks[index] = mark
        # Taking an older step back would take the restored mark away.
        self._before = [step for step in self._before if step[0] not in restored]

    def keep(self, labels: NDArray[np.float64] | None) -> bool:
        """Forget marks that labels contradict; return whether there were any."""
        touched = list({*self._marks, *(index for index, _ in self._before)})
        meant = np.array([LABELS.get(self.get(index), np.nan) for index in touched])
        now = np.full(len(touched), np.nan) if labels is None else labels[touched]
        same = (meant == now) | (np.isnan(meant) & np.isnan(now))
        overruled = {index for index, is_same in zip(touched, same, strict=True) if not is_same}
        for index in overruled:
            self._marks.pop(index, None)
        self._before = [step for step in self._before if step[0] not in overruled]
        return bool(overruled)

    def undo(self) -> int | None:
        """Take the last step back; return which sample it was about, or None if there is none."""
        if not self._before:
            return None
        index, before = self._before.pop()
        self._marks.pop(index, None)
        if before:
            self._marks[index] = before
        return index

    def counts(self) -> dict[str, int]:
        """Return how many samples have each mark."""
        marks = [mark.mark for mark in self.marks]
        return {name: marks.count(name) for name in ("anomalous", "normal", "unsure")}

    def to_dict(self, keys: Sequence[Any] | None = None) -> dict[str, list[Any]]:
        """Return the marks as columns: what a `Mark` holds, and ``label`` (1, 0 or None).

        With `keys`, which name all samples, also the ``key`` of each marked one.
        """
        marks = self.marks
        labels = {"anomalous": 1, "normal": 0, "unsure": None}
        columns: dict[str, list[Any]] = {
            "index": self.indices,
            "score": [mark.score for mark in marks],
            "label": [labels[mark.mark] for mark in marks],
            "mark": [mark.mark for mark in marks],
            "time": [mark.time for mark in marks],
            "drawn_from": [mark.drawn_from for mark in marks],
        }
        if keys is not None:
            columns["key"] = [keys[index] for index in self.indices]
        return columns

    def to_csv(self, keys: Sequence[Any] | None = None) -> str:
        """Return the same as CSV with a header; no label is an empty field."""
        return write_csv(self.to_dict(keys))


def read_marks(content: bytes) -> list[Mark]:
    """Return the marks of a file that `ReviewLog.to_csv` made, also if a spreadsheet saved it.

    Raises ``ValueError`` if it is not such a file, naming the line.
    """
    header, rows = read_csv(content)
    if not set(_COLUMNS) <= set(header):
        raise ValueError(
            f"line 1 is not a header of marks: {','.join(header)!r:.80}; expected "
            f"{','.join(_COLUMNS)}, as ReviewQueue.save writes it."
        )
    marks: list[Mark] = []
    lines: dict[int, int] = {}
    for line, row in rows:
        try:
            # Files of earlier versions do not have it.
            drawn = read_number(row["drawn_from"]) if row.get("drawn_from") else None
            index = read_number(row["index"])
            mark = Mark(int(index), read_number(row["score"]), row["mark"], row["time"], drawn)
            numbers = [mark.score, *([] if drawn is None else [drawn])]
            if index < 0 or index != mark.index or mark.mark not in LABELS:
                raise ValueError
            if not np.isfinite(numbers).all():
                raise ValueError
            label = read_number(row["label"]) if row["label"] else np.nan
        except (KeyError, OverflowError, ValueError):
            raise ValueError(
                f"line {line} is not a mark: {row!r:.80}; expected index, score, label, mark "
                f"({', '.join(LABELS)}) and time, as ReviewQueue.save writes them."
            ) from None
        if not np.array_equal(label, LABELS[mark.mark], equal_nan=True):
            raise ValueError(
                f"line {line} has the label {row['label']!r} and the mark {mark.mark!r}, which do "
                "not mean the same; correct one of them."
            )
        if mark.index in lines:
            raise ValueError(
                f"lines {lines[mark.index]} and {line} both mark sample {mark.index}; expected one "
                "line for a sample."
            )
        lines[mark.index] = line
        marks.append(mark)
    return marks


def with_exact_numbers(marks: Sequence[Mark], scores: NDArray[np.float64]) -> list[Mark]:
    """Return marks with the numbers of `scores` (n,), of which a spreadsheet keeps 15 digits.

    Raises ``ValueError`` if a score differs by more than 1e-12 of itself.
    """
    ascending = np.sort(scores)
    exact: dict[float | None, float | None] = {None: None} | {
        drawn: _exact_threshold(drawn, ascending)
        for drawn in {mark.drawn_from for mark in marks if mark.drawn_from is not None}
    }
    for mark in marks:
        score = float(scores[mark.index])
        if not math.isclose(score, mark.score, rel_tol=PRECISION):
            why = "it is of other scores"
            if math.isclose(score, mark.score, rel_tol=1e-3):
                why += ", or a program has rounded them. Show all digits before you save it there"
            raise ValueError(
                f"sample {mark.index} has the score {score:.15g}, and {mark.score:.15g} in the "
                f"file: {why}."
            )
    return [
        replace(mark, score=float(scores[mark.index]), drawn_from=exact[mark.drawn_from])
        for mark in marks
    ]


def _exact_threshold(drawn: float, ascending: NDArray[np.float64]) -> float:
    near = ascending[np.isclose(ascending, drawn, rtol=PRECISION, atol=0)]
    if not len(near) or drawn == ascending[0] or (np.nextafter(near, np.inf) == drawn).any():
        return drawn
    return above(near[-1])
