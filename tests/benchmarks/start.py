"""From a fresh process to the first decoded picture: time and memory."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.report import Bar, Report, Table
from tests.benchmarks.rounds import Seconds, ratio
from tests.benchmarks.settings import Settings
from tests.benchmarks.worker import REPOSITORY, NotInstalledError

BUNDLE, TENSORFLOW = "a bundle, `vw.load`", "TensorFlow, `load_model`"
PYTHON = "Python and numpy alone"

# What a user would write. `path` and, at the end, the peak memory are put around it.
FIRST_PICTURES = {
    BUNDLE: """
import vae_widgets as vw
picture = vw.load(path).decode([[0.0, 0.0]])
""",
    TENSORFLOW: """
import keras, vae_widgets.models
picture = keras.saving.load_model(path).decode([[0.0, 0.0]])
""",
    "PyTorch, by hand": """
import torch
from tests.benchmarks.peers.torch_networks import halves
encoder, decoder = halves("dense")
decoder.load_state_dict(torch.load(path))
with torch.no_grad():
    picture = torch.sigmoid(decoder(torch.zeros(1, 2))).numpy()
""",
    PYTHON: """
import numpy
picture = numpy.zeros((1, 784))
""",
}
SUFFIXES = {BUNDLE: ".vae", TENSORFLOW: ".keras", "PyTorch, by hand": ".pt", PYTHON: ""}

# What the kernel counted for this program alone. The usual ru_maxrss also counts the process that
# started it, up to the moment this program took over.
PRINT_PEAK = """
assert picture.shape == (1, 784)
try:
    with open("/proc/self/status") as status:
        kilobytes = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
except FileNotFoundError:  # not Linux
    import resource, sys
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    kilobytes = used / 1024 if sys.platform == "darwin" else used
print(kilobytes / 1000, flush=True)
"""


def measure(settings: Settings, report: Report) -> None:
    """Add seconds and megabytes of each way."""
    with tempfile.TemporaryDirectory() as folder:
        seconds, megabytes = _alternate(settings, Path(folder))
    title = "From a fresh process to the first decoded picture"
    report.tables.append(Table(f"{title}: time", "s", seconds, "The start of Python included."))
    report.tables.append(Table(f"{title}: peak memory", "MB", megabytes, "Resident."))
    for what, values in (("time", seconds), ("memory", megabytes)):
        measured = ratio(values, BUNDLE, TENSORFLOW)
        report.bars.append(Bar(f"First picture, {what}, ratio to TensorFlow", measured, 0.25))


def _alternate(settings: Settings, folder: Path) -> tuple[Seconds, Seconds]:
    pythons, paths = {}, {}
    few = settings.shortened().images
    seconds: Seconds = {name: [] for name in FIRST_PICTURES}
    megabytes: Seconds = {name: [] for name in FIRST_PICTURES}
    for name, suffix in SUFFIXES.items():
        worker = settings.others if suffix == ".pt" else settings.ours
        pythons[name], paths[name] = worker.python, folder / f"model{suffix}"
        saver = {".vae": "bundle", ".keras": "ours", ".pt": "torch_loop"}.get(suffix)
        try:
            if saver:
                worker.peer(saver, "dense", few)("save", path=str(paths[name]))
        except NotInstalledError:
            del pythons[name]
    for round_number in range(settings.few_rounds + 1):
        for name, python in pythons.items():
            values = first_picture(python, FIRST_PICTURES[name], paths[name])
            if round_number > 0:  # the first reads the files from disk
                seconds[name].append(values[0])
                megabytes[name].append(values[1])
    return seconds, megabytes


def first_picture(python: Path | str, code: str, path: Path) -> tuple[float, float]:
    """Run `code`, which makes a picture, in a fresh process.

    Returns
    -------
    seconds, megabytes
        The time until the picture was there, and the peak resident memory.
    """
    program = f"path = {str(path)!r}\n{code}\n{PRINT_PEAK}"
    started = time.perf_counter()
    process = subprocess.Popen(
        [python, "-c", program],
        cwd=REPOSITORY,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    seconds = time.perf_counter() - started  # the picture is there; the end does not count
    _, errors = process.communicate()
    if process.returncode:
        sys.exit(f"no first picture with {python}:\n{errors}")
    return seconds, float(line)
