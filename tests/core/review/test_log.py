import csv
import io
from datetime import UTC, datetime

import pytest

from vae_widgets.core.review.log import ReviewLog, read_marks


def test_every_step_can_be_taken_back():
    log = ReviewLog()
    log.set(3, 0.5, "normal")
    log.set(8, 0.7, "anomalous")
    log.set(3, 0.5, "unsure")
    log.set(8, 0.7, "")
    states = [[log.get(3), log.get(8), len(log)]]
    undone = []
    while (index := log.undo()) is not None:
        undone.append(index)
        states.append([log.get(3), log.get(8), len(log)])
    assert undone == [8, 3, 8, 3]
    assert states == [
        ["unsure", "", 1],
        ["unsure", "anomalous", 2],
        ["normal", "anomalous", 2],
        ["normal", "", 1],
        ["", "", 0],
    ]


def test_what_was_decided_is_exported():
    log = ReviewLog()
    for index, mark in [(5, "normal"), (2, "anomalous"), (9, "unsure")]:
        log.set(index, index / 8, mark)
    columns = log.to_dict()
    assert columns["index"] == [5, 2, 9]
    assert columns["score"] == [0.625, 0.25, 1.125]
    assert columns["label"] == [0, 1, None]
    assert columns["mark"] == ["normal", "anomalous", "unsure"]
    assert log.counts() == {"anomalous": 1, "normal": 1, "unsure": 1}
    age = datetime.now(UTC) - datetime.fromisoformat(columns["time"][0])
    assert -1 < age.total_seconds() < 60
    rows = list(csv.DictReader(io.StringIO(log.to_csv())))
    assert [row["label"] for row in rows] == ["0", "1", ""]
    assert [float(row["score"]) for row in rows] == columns["score"]


@pytest.mark.parametrize("text", ["", "hello", "index,score\n"])
def test_a_text_without_the_header_holds_no_marks(text):
    assert read_marks(ReviewLog().to_csv().encode()) == []
    with pytest.raises(ValueError, match=r"line 1 is not a header .* as ReviewQueue\.save writes"):
        read_marks(text.encode())


def test_a_step_before_a_restored_mark_cannot_be_taken_back():
    log = ReviewLog()
    log.set(3, 0.5, "anomalous")
    log.set(4, 0.7, "normal")
    log.restore(
        read_marks(b"index,score,label,mark,time\n3,0.5,0,normal,2026-01-01T00:00:00+00:00\n")
    )
    assert [log.undo(), log.undo()] == [4, None]
    assert log.get(3) == "normal"
