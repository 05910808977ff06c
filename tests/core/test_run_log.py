import json
import math
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.test_history import fit
from vae_widgets.core.history import TrainingHistory
from vae_widgets.core.run_log import RunLog, read_runs


def write(path, epochs=2, name="first"):
    log = RunLog(path)
    log.begin(name, epochs=epochs, steps_per_epoch=3)
    history = TrainingHistory(log.write)
    fit(history, epochs, steps=3)
    return log, history


def test_runs_come_back_as_they_were(tmp_path):
    path = tmp_path / "run.jsonl"
    log, first = write(path)
    log.write({"kind": "end", "state": "finished"})
    log.close()
    log, second = write(path, epochs=3, name="second")  # appends
    second.log_step(99, {"loss": math.inf, "other": math.nan})
    second.log_latents([math.nan, 1.0])
    log.close()
    runs = read_runs(path)
    assert [(run.name, run.state, run.header["epochs"]) for run in runs] == [
        ("first", "finished", 2),
        ("second", "interrupted", 3),
    ]
    for run, history in zip(runs, (first, second), strict=True):
        np.testing.assert_equal(run.history.to_dict(), history.to_dict())
    assert math.isnan(runs[1].history.kl_per_dimension()[1][0, 0])
    # Strict JSON, line by line, for other programs.
    for line in path.read_text().splitlines():
        json.loads(line, parse_constant=pytest.fail)


@given(cut=st.integers(1, 400))
def test_a_torn_last_line_costs_that_line_only(tmp_path_factory, cut):
    path = tmp_path_factory.mktemp("log") / "run.jsonl"
    log, history = write(path)
    log.close()
    whole = path.read_bytes()
    cut = min(cut, len(whole) - whole.index(b"\n") - 1)
    torn = whole[: len(whole) - cut]
    path.write_bytes(torn)
    complete = torn.count(b"\n") - 1  # without the header
    told = []
    again = TrainingHistory(told.append)
    fit(again, 2, steps=3)
    expected = TrainingHistory()
    last_is_whole = not torn.endswith(b"\n") and whole[len(torn) :].startswith(b"\n")
    for entry in told[: complete + last_is_whole]:
        expected.replay(entry)
    assert read_runs(path)[0].history.to_dict() == expected.to_dict()
    # And the next run begins on a line of its own.
    log, _ = write(path, name="next")
    log.close()
    runs = read_runs(path)
    assert [run.name for run in runs] == ["first", "next"]
    assert runs[1].history.to_dict() == history.to_dict()


def test_a_killed_process_leaves_every_line(tmp_path):
    path = tmp_path / "run.jsonl"
    code = (
        "import os, signal, sys\n"
        "from vae_widgets.core.run_log import RunLog\n"
        "log = RunLog(sys.argv[1]); log.begin('killed')\n"
        "for i in range(500): log.write({'kind': 'step', 'step': i, 'metrics': {'loss': 1.0}})\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(path)])
    assert len(read_runs(path)[0].history.to_dict()["loss"]) == 500


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "holds no training run"),
        ("hello\n", "holds no training run"),
        ("hello\nworld\n", "line 1 .* is no header"),
        ('{"kind": "step", "step": 1, "metrics": {}}\n', "line 1 .* is no header"),
        ('HEADER\n{"kind": "steps", "time": 1}\n', "line 2 .* is damaged .*kind is 'steps'"),
        ('HEADER\n{"kind": "step", "step": 1, "metrics": 3, "time": 1}\n', "line 2 .* is damaged"),
        ('HEADER\n{"kind": "st\n{"kind": "end", "state": "finished", "time": 1}\n', "line 2"),
        ('{"kind": "run", "schema": 2, "name": "x", "time": 1}\n', "has schema 2; .* up to 1"),
    ],
)
def test_other_files_are_refused(tmp_path, text, message):
    path = tmp_path / "run.jsonl"
    path.write_text(text.replace("HEADER", '{"kind": "run", "schema": 1, "name": "x", "time": 1}'))
    with pytest.raises(ValueError, match=message):
        read_runs(path)


def test_a_log_never_overwrites_another_file(tmp_path):
    path = tmp_path / "thesis.txt"
    path.write_text("years of work")
    with pytest.raises(ValueError, match="is no log of training runs"):
        RunLog(path)
    assert path.read_text() == "years of work"
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        RunLog(tmp_path / "missing" / "run.jsonl")
