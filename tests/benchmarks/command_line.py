"""Memory and time of ``vae-widgets score`` on a large Parquet file."""

import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np

from tests.benchmarks.report import Bar, Report, Table
from tests.benchmarks.settings import Settings
from tests.benchmarks.worker import REPOSITORY

MODEL = REPOSITORY / "tests/saved/detector.vae"
N_FEATURES = 6
MOST_MEGABYTES = 500
ROW_GROUP = 2**20  # rows, as pyarrow writes by default

SCORE = """
import sys
from vae_widgets.cli import main
assert main(sys.argv[1:]) == 0
with open("/proc/self/status") as status:
    print(next(line.split()[1] for line in status if line.startswith("VmHWM")))
"""


def measure(settings: Settings, report: Report) -> None:
    """Add the peak memory and the time of scoring a file in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data.parquet"
        _write(data, settings.rows)
        size = data.stat().st_size / 1e6
        command = [settings.ours.python, "-c", SCORE, "score", MODEL, data]
        command += ["--output", Path(folder) / "scores.csv", "--force"]
        megabytes, seconds = [], []
        for _ in range(settings.few_rounds):
            start = time.perf_counter()
            done = subprocess.run(
                command, capture_output=True, text=True, check=True, cwd=REPOSITORY
            )
            seconds.append(time.perf_counter() - start)
            megabytes.append(1024e-6 * int(done.stdout.split()[-1]))
    title = f"`vae-widgets score`, {settings.rows:,} rows of {N_FEATURES} values"
    note = f"A Parquet file of {size:.0f} MB, to a CSV file, start of Python included."
    report.tables.append(Table(f"{title}: peak memory", "MB", {"vae_widgets": megabytes}, note))
    report.tables.append(Table(f"{title}: time", "s", {"vae_widgets": seconds}, note))
    report.bars.append(Bar(f"{title}, peak memory", max(megabytes), MOST_MEGABYTES, "MB"))


def _write(path: Path, n: int) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    rng = np.random.default_rng(0)
    schema = pa.schema([(f"x{i}", pa.float64()) for i in range(N_FEATURES)])
    with pq.ParquetWriter(path, schema) as writer:
        for start in range(0, n, ROW_GROUP):
            x = rng.normal(size=(min(ROW_GROUP, n - start), N_FEATURES))
            writer.write_table(pa.table(list(x.T), schema=schema))
