import contextlib
import itertools
import json
import math
import resource
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.training.test_history import fit
from vae_widgets.core.training.history import TrainingHistory
from vae_widgets.core.training.run_log import RunLog, read_runs
from vae_widgets.widgets.training_monitor.widget import TrainingMonitor


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
        "from vae_widgets.core.training.run_log import RunLog\n"
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
        ("hello\nworld\n", "line 1 .* is not a header"),
        ('{"kind": "step", "step": 1, "metrics": {}}\n', "line 1 .* is not a header"),
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
    with pytest.raises(ValueError, match="is not a log of training runs"):
        RunLog(path)
    assert path.read_text() == "years of work"
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        RunLog(tmp_path / "missing" / "run.jsonl")


STEPPING = """
import signal, sys, time
from vae_widgets.core.training.history import TrainingHistory
from vae_widgets.core.training.run_log import RunLog
name, path, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
log = RunLog(path)
log.begin(name)
history = TrainingHistory(log.write)
print("ready", flush=True)
sys.stdin.readline()
end, step = time.monotonic() + seconds, 0
while time.monotonic() < end:
    history.log_step(step, {"loss": step / 8, name: 1.0})
    step += 1
log.write({"kind": "end", "state": "finished"})
print(step)
"""


def write_together(path, seconds, writers=2):
    """Return the number of steps that each of several processes wrote to one log."""
    commands = [
        [sys.executable, "-c", STEPPING, f"writer {k}", str(path), str(seconds)]
        for k in range(writers)
    ]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    processes = [subprocess.Popen(each, **pipes) for each in commands]
    for process in processes:  # so that they begin together
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        print(file=process.stdin, flush=True)
    return [int(process.communicate()[0]) for process in processes]


def check_together(path, counts):
    """Assert that each step is there under its run."""
    runs = {run.name: run for run in read_runs(path)}
    assert len(runs) == len(counts)
    for k, count in enumerate(counts):
        run = runs[f"writer {k}"]
        assert run.state == "finished"
        assert run.history.metrics() == ["loss", f"writer {k}"]
        assert len(run.history.to_dict()["loss"]) == count


def test_two_processes_write_one_log(tmp_path):
    path = tmp_path / "run.jsonl"
    counts = write_together(path, seconds=0.5)
    assert min(counts) > 10
    check_together(path, counts)
    ids = [json.loads(line)["run"] for line in path.read_text().splitlines()]
    assert len(set(ids)) == 2
    assert sum(a != b for a, b in itertools.pairwise(ids)) > 2  # they did write at once


def test_two_runs_of_one_name_are_both_there(tmp_path):
    path = tmp_path / "run.jsonl"
    logs = [RunLog(path), RunLog(path), RunLog(path)]
    for step, log in enumerate(logs):
        log.begin("run 1")
        log.write({"kind": "step", "step": step, "metrics": {"loss": 1.0}})
    assert [(run.name, run.history.last_step) for run in read_runs(path)] == [
        ("run 1", 0),
        ("run 1 (2)", 1),
        ("run 1 (3)", 2),
    ]
    monitor = TrainingMonitor.from_log(path)
    assert list(monitor.runs) == ["run 1", "run 1 (2)", "run 1 (3)"]


def test_a_line_torn_by_a_killed_process_costs_that_line_only(tmp_path):
    path = tmp_path / "run.jsonl"
    killed, living = RunLog(path), RunLog(path)
    for name, log in (("killed", killed), ("living", living)):
        log.begin(name)
        log.write({"kind": "step", "step": 1, "metrics": {"loss": 1.0}})
    with path.open("ab") as file:
        file.write(b'{"kind": "step", "st')
    living.write({"kind": "step", "step": 2, "metrics": {"loss": 2.0}})
    living.write({"kind": "step", "step": 3, "metrics": {"loss": 3.0}})
    steps = {run.name: len(run.history.to_dict()["loss"]) for run in read_runs(path)}
    assert steps == {"killed": 1, "living": 3}


def test_an_entry_of_a_run_without_a_header_is_damage(tmp_path):
    path = tmp_path / "run.jsonl"
    write(path)[0].close()
    with path.open("a") as file:
        file.write('{"kind": "end", "state": "finished", "run": ["x"], "time": 1}\n')
    with pytest.raises(ValueError, match=r"damaged .*run is \['x'\], which has no header"):
        read_runs(path)


@contextlib.contextmanager
def room_for(size):
    """Let files of this process have that many bytes only; writing fails as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("room", range(0, 80, 13))
def test_a_log_goes_on_when_there_is_room_again(tmp_path, room):
    path = tmp_path / "run.jsonl"
    log, _ = write(path)
    log.begin("second")
    log.write({"kind": "step", "step": 0, "metrics": {"loss": 0.0}})
    with room_for(path.stat().st_size + room):  # less than a line
        for step in (1, 2, 3):
            with pytest.raises(OSError, match="too large"):
                log.write({"kind": "step", "step": step, "metrics": {"loss": 1.0}})
    log.write({"kind": "step", "step": 4, "metrics": {"loss": 4.0}})
    log.write({"kind": "step", "step": 5, "metrics": {"loss": 5.0}})
    run = read_runs(path)[-1]
    assert run.history.steps("loss")[0].tolist() == [0, 4, 5]
    assert run.missing == 3
    monitor = TrainingMonitor.from_log(path)
    assert "3 entries are missing in the log" in monitor._session.problem
    for line in path.read_text().splitlines():
        json.loads(line)


def test_a_run_that_began_on_a_full_disk_has_its_header(tmp_path):
    path = tmp_path / "run.jsonl"
    log, _ = write(path)
    with room_for(path.stat().st_size + 10):
        for act in (log.begin, log.write):
            with pytest.raises(OSError, match="too large"):
                act("late" if act == log.begin else {"kind": "begin_epoch", "epoch": 0})
    log.write({"kind": "begin_epoch", "epoch": 1})
    assert [(run.name, run.missing) for run in read_runs(path)] == [("first", 0), ("late", 1)]
