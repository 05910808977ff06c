"""What a class costs: each lesson in a kernel on one core, and many kernels side by side.

    python -m tests.benchmarks.classroom [--kernels 8] [--notebooks 00_tour.ipynb ...]

A kernel of its own runs each notebook, cell by cell, pinned to one core and with the thread caps of
``binder/start``. Memory is that of the kernel and its children, sampled ten times a second; a run
that exceeds ``--most`` is ended, as on Binder: by a control group where this user may make one, and
by the sampler. The first gesture is possible when the view of a widget has arrived: the page
answers it. The still picture for pages without a kernel follows. `make bench ARGS=classroom`
compares all with what a class can bear.
"""

import argparse
import json
import math
import os
import re
import shlex
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil
from jupyter_client.manager import KernelManager

from tests.benchmarks.memory_cap import capped
from tests.benchmarks.report import Bar, Report
from tests.benchmarks.settings import Settings
from tests.benchmarks.worker import REPOSITORY

LESSONS = sorted((REPOSITORY / "notebooks/course").glob("[1-9]_*.ipynb"))
TOUR = REPOSITORY / "notebooks/00_tour.ipynb"
TRAINING = ("vw.VAE.build(", "vw.VAEDetector(", ".fit(")
"""A cell with one of these may load TensorFlow."""
VIEW = "application/vnd.jupyter.widget-view+json"
TRAINS, LIGHT = "1_", "2_"
"""Of the lessons that run side by side: one with TensorFlow, and one without."""


@dataclass
class Run:
    """What one notebook took in a kernel of its own; times in seconds, memory in MB."""

    start: float
    first_widget: float = 0.0
    first_widget_processor: float = 0.0
    processor: float = 0.0
    wall: float = 0.0
    peak: float = 0.0
    too_early: int = 0
    """Cells before the first one that trains, after which TensorFlow was loaded."""


def caps() -> dict[str, str]:
    """Return the variables that ``binder/start`` exports."""
    text = (REPOSITORY / "binder/start").read_text()
    return dict(re.findall(r"^export (\w+)=(\S+)$", text, re.MULTILINE))


@contextmanager
def kernel(folder: Path, most: float = math.inf) -> Iterator[tuple[Any, psutil.Process, float]]:
    """Start a kernel on one core with at most so many MB.

    Yields its client, its process, and the seconds of its start.
    """
    manager = KernelManager(kernel_name="python3")
    before = time.perf_counter()
    manager.start_kernel(cwd=str(folder), env={**os.environ, **caps()})
    client = manager.client()
    client.start_channels(hb=False)
    try:
        client.wait_for_ready(timeout=120)
        process = psutil.Process(manager.provisioner.pid)
        process.cpu_affinity([max(process.cpu_affinity())])
        with capped(most) if most < math.inf else nullcontext() as cap:
            if cap:
                cap.add(process.pid)
            try:
                yield client, process, time.perf_counter() - before
            finally:
                manager.shutdown_kernel(now=True)
    finally:
        client.stop_channels()
        if manager.has_kernel:
            manager.shutdown_kernel(now=True)


def memory(process: psutil.Process, kind: str = "rss") -> float:
    """Return the MB of a process and its children: resident, or their share of it ("pss")."""
    total = 0
    for each in (process, *process.children(recursive=True)):
        try:
            total += getattr(each.memory_full_info() if kind == "pss" else each.memory_info(), kind)
        except psutil.NoSuchProcess:
            continue
    return total / 1e6


def processor(process: psutil.Process) -> float:
    """Return the seconds of processor time of a process."""
    times = process.cpu_times()
    return times.user + times.system


@contextmanager
def watched(process: psutil.Process, run: Run, most: float) -> Iterator[None]:
    """Sample the memory in a thread, and end the process if it exceeds `most` MB."""
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.1):
            try:
                run.peak = max(run.peak, memory(process))
            except psutil.NoSuchProcess:
                return
            if run.peak > most:
                process.kill()

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def execute(client: Any, source: str, arrived: Callable[[], None] = lambda: None) -> None:
    """Run a cell, and call `arrived` with each view of a widget. A cell that fails raises."""

    def hook(message: dict[str, Any]) -> None:
        content = message["content"]
        if VIEW in content.get("data", ()):
            arrived()

    reply = client.execute_interactive(source, output_hook=hook, timeout=600)
    if reply["content"]["status"] != "ok":
        raise RuntimeError(f"{source}\n{reply['content'].get('evalue')}")


def has_tensorflow(client: Any) -> bool:
    """Return whether the kernel has loaded TensorFlow."""
    asked = {"loaded": "'tensorflow' in __import__('sys').modules"}
    reply = client.execute("", silent=True, user_expressions=asked, reply=True, timeout=60)
    return bool(reply["content"]["user_expressions"]["loaded"]["data"]["text/plain"] == "True")


def play(path: Path, client: Any, process: psutil.Process, run: Run) -> None:
    """Run all cells of a notebook."""
    began, used = time.perf_counter(), processor(process)

    def arrived() -> None:
        if not run.first_widget:
            run.first_widget = time.perf_counter() - began
            run.first_widget_processor = processor(process) - used

    trained = False
    for cell in json.loads(path.read_text())["cells"]:
        if cell["cell_type"] == "code":
            source = "".join(cell["source"])
            execute(client, source, arrived)
            trained |= any(sign in source for sign in TRAINING)
            run.too_early += not trained and has_tensorflow(client)
    run.wall, run.processor = time.perf_counter() - began, processor(process) - used


def alone(path: Path, most: float) -> Run:
    """Run a notebook in a kernel of its own."""
    with TemporaryDirectory() as folder, kernel(Path(folder), most) as (client, process, start):
        run = Run(start)
        with watched(process, run, most):
            play(path, client, process, run)
    return run


def side_by_side(path: Path, n: int, most: float) -> list[float]:
    """Return the MB that 1, 2, ..., n kernels take together, each after all cells of a notebook.

    Pages that kernels share, such as the code of libraries, count once.
    """
    totals = []
    with TemporaryDirectory() as folder:
        open_kernels = []
        try:
            for _ in range(n):
                open_kernels.append(kernel(Path(folder)))
                client, process, start = open_kernels[-1].__enter__()
                play(path, client, process, Run(start))
                processes = [process, *(each for each, _ in totals)]
                totals.append((process, sum(memory(each, "pss") for each in processes)))
                if totals[-1][1] > most:
                    break
        finally:
            for each in open_kernels:
                each.__exit__(None, None, None)
    return [total for _, total in totals]


def measure(settings: Settings, report: Report) -> None:
    """Add what each lesson and the tour take, beside what a student has on Binder."""
    for path in (each for each in (*LESSONS, TOUR) if each.stem in settings.notebooks):
        run = alone(path, 1000)
        report.bars += [
            Bar(f"{path.stem}: first widget after Run", run.first_widget, 2, "s"),
            Bar(f"{path.stem}: all cells, processor time", run.processor, 120, "s"),
            Bar(f"{path.stem}: peak memory of the kernel", run.peak, 1000, "MB"),
            Bar(f"{path.stem}: cells with TensorFlow before training", run.too_early, 0),
        ]


def main() -> None:
    """Measure, and print tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kernels", type=int, default=8, help="side by side (default: 8)")
    parser.add_argument("--most", type=float, default=1000, help="MB of a kernel (default: 1000)")
    parser.add_argument("--notebooks", nargs="*", default=[], help="of `notebooks`, beside lessons")
    options = parser.parse_args()
    print("variables:", shlex.join(f"{name}={value}" for name, value in caps().items()))
    print(
        "| notebook | first widget, s | (processor) | all cells, s | (processor) | peak, MB | "
        "cells with TensorFlow before training |"
    )
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for path in (*LESSONS, *(REPOSITORY / "notebooks" / name for name in options.notebooks)):
        run = alone(path, options.most)
        print(
            f"| {path.stem} | {run.first_widget:.2f} | {run.first_widget_processor:.2f} | "
            f"{run.wall:.1f} | {run.processor:.1f} | {run.peak:.0f} | {run.too_early} |",
            flush=True,
        )
    for prefix, what in ((LIGHT, "without TensorFlow"), (TRAINS, "with TensorFlow")):
        (path,) = (lesson for lesson in LESSONS if lesson.name.startswith(prefix))
        available = psutil.virtual_memory().available / 1e6
        totals = side_by_side(path, options.kernels, 0.6 * available)
        each = (totals[-1] - totals[0]) / max(1, len(totals) - 1)
        at_thirty = totals[0] + 29 * each
        print(
            f"{what}: {len(totals)} kernels of {path.stem} take {totals[-1]:.0f} MB together, "
            f"the first {totals[0]:.0f}, each further one {each:.0f}; "
            f"thirty: {at_thirty / 1000:.1f} GB",
            flush=True,
        )


if __name__ == "__main__":
    main()
