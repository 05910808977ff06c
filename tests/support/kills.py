"""Kill processes in the middle of saves, and have two write one log.

The long run: ``python -m tests.support.kills [kills] [seconds of writing]``, by default 50 and 60.
"""

import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

import vae_widgets as vw
from tests.core.training.test_run_log import check_together, write_together
from vae_widgets.bundle import read_archive, write_archive
from vae_widgets.core.review.log import ReviewLog
from vae_widgets.core.scores.policy import ThresholdPolicy

# Each saves over and over to the file, in turn one of two contents, without TensorFlow.
SAVER = """
import sys
from tests.support import kills
kind, path = sys.argv[1:]
saves = [kills.saver(kind, version) for version in (0, 1)]
print(flush=True)
for k in range(1_000_000):
    saves[k % 2](path)
"""
KINDS = {"bundle.vae": "bundle", "run.vae": "checkpoint", "policy.json": "", "review.csv": ""}
REQUIRED = {
    "bundle": ["model.keras", "encoder.onnx", "decoder.onnx"],
    "checkpoint": ["model.keras", "training.json"],
}


def histogram():
    """Return a histogram of 5,000 scores."""
    rng = random.Random(0)
    return vw.AnomalyHistogram([rng.random() for _ in range(5000)])


def saver(kind, version):
    """Return a function that saves to a path, as the methods of the package do."""
    if KINDS[kind]:
        size = 1_000_000 + version
        parts = {name: bytes([version]) * size for name in REQUIRED[KINDS[kind]]}
        return lambda path: write_archive(path, KINDS[kind], parts)
    if kind == "policy.json":
        return histogram().policy(f"version {version}").save
    queue = vw.ReviewQueue(histogram())
    log = ReviewLog()
    for index in range(1000 + version):
        log.set(index, float(queue.histogram.scores[index]), "normal")
    with tempfile.TemporaryDirectory() as folder:
        marks = pathlib.Path(folder) / "marks.csv"
        marks.write_text(log.to_csv())
        queue.load(marks)
    return queue.save


def check(kind, path):
    """Assert that a file is one of the two that were saved."""
    if KINDS[kind]:
        parts = read_archive(path).parts
        assert sorted(parts) == sorted(REQUIRED[KINDS[kind]])
    elif kind == "policy.json":
        assert ThresholdPolicy.load(path).note in ("version 0", "version 1")
    else:
        queue = vw.ReviewQueue(histogram())
        queue.load(path)
        assert len(queue.to_dict()["index"]) in (1000, 1001)


def kill_in_saves(kind, folder, kills, rng):
    """Kill `kills` processes while they save; return how many scratch files that left."""
    path = pathlib.Path(folder) / kind
    save = saver(kind, 0)
    save(path)
    litter = 0
    for _ in range(kills):
        command = [sys.executable, "-c", SAVER, kind, str(path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            process.stdout.readline()
            time.sleep(rng.uniform(0, 0.05))  # the moment is random, nothing waits for it
            os.kill(process.pid, signal.SIGKILL)
        check(kind, path)
        litter += len(os.listdir(folder)) - 1
        save(path)
        assert os.listdir(folder) == [kind], os.listdir(folder)
        check(kind, path)
    return litter


def main(kills=50, seconds=60.0):
    """Run all, and print what was found."""
    rng = random.Random(0)
    for kind in KINDS:
        with tempfile.TemporaryDirectory() as folder:
            litter = kill_in_saves(kind, folder, kills, rng)
        print(f"{kind}: {kills} kills, {litter} scratch files left, all removed; none damaged")
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "run.jsonl"
        counts = write_together(path, seconds)
        check_together(path, counts)
    print(f"run log: two processes wrote {counts} steps in {seconds:g} s; each is there")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]), *map(float, sys.argv[2:3]))
