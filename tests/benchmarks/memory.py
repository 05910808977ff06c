"""What training and scoring of large data add to the memory."""

import os
import subprocess
import tempfile
from pathlib import Path

import h5py
import numpy as np

from tests.benchmarks.report import Bar, Report, Table
from tests.benchmarks.rounds import Seconds, ratio
from tests.benchmarks.settings import Settings
from tests.benchmarks.worker import REPOSITORY

N_FEATURES = 2048
LIBRARIES = {"vae_widgets": "ours", "plain Keras": "keras"}
WORKS = {"fit, one epoch": "fit", "scoring (Keras: `predict`)": "score"}


def measure(settings: Settings, report: Report) -> None:
    """Add the peak memory of each library, kind of data and work."""
    n = settings.images
    with tempfile.TemporaryDirectory() as folder:
        kinds = _write(Path(folder), n)
        for work, method in WORKS.items():
            added: Seconds = {}
            for kind, path in kinds.items():
                for library, module in LIBRARIES.items():
                    added[f"{library}, {kind}"] = [
                        _peak(settings.ours.python, module, kind.split()[0], method, path)
                        for _ in range(settings.few_rounds)
                    ]
            title = f"Memory that {work} adds"
            note = f"{n:,} samples of {N_FEATURES} black or white pixels; file pages do not count."
            report.tables.append(Table(title, "MB", added, note))
            for kind in kinds:
                measured = ratio(added, f"vae_widgets, {kind}", f"plain Keras, {kind}")
                report.bars.append(Bar(f"{title}, {kind}, ratio to plain Keras", measured, 1.0))


def _write(folder: Path, n: int) -> dict[str, Path]:
    """Write the samples to files; return these by the kind of data and its size."""
    rng = np.random.default_rng(0)
    x = rng.integers(0, 2, (n, N_FEATURES), np.uint8)
    np.save(folder / "uint8.npy", x)
    np.save(folder / "float32.npy", x.astype(np.float32))
    with h5py.File(folder / "float32.h5", "w") as file:
        file.create_dataset("x", data=x, dtype=np.float32, chunks=(256, N_FEATURES))
    size = x.nbytes / 1e6
    return {
        f"uint8 array of {size:.0f} MB": folder / "uint8.npy",
        f"memmap of {4 * size:.0f} MB": folder / "float32.npy",
        f"HDF5 of {4 * size:.0f} MB": folder / "float32.h5",
    }


def _peak(python: Path | str, library: str, kind: str, work: str, path: Path) -> float:
    result = subprocess.run(
        [python, "-m", "tests.benchmarks.peers.peak_memory", library, kind, work, str(path)],
        cwd=REPOSITORY,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        raise RuntimeError(f"{library} failed on {kind}:\n{result.stderr[-2000:]}")
    return float(result.stdout.split()[-1])
