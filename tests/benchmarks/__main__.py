"""Measure vae_widgets and its peers side by side, and write a report.

    python -m tests.benchmarks [training scoring ... browser] [--quick]

Each round measures all once, in turns. Peers live in an environment of their own, see
`requirements.txt`; those that are not installed are reported as such. The images are those of
$VAE_WIDGETS_DATA/mnist.npz, else random ones, which are as fast. Use a quiet machine: PyTorch's
threads wait for each other, and lose a hundredfold where something else keeps the cores busy.
"""

import argparse
import dataclasses
import importlib
import sys
from pathlib import Path

from tests.benchmarks.data import digits
from tests.benchmarks.report import Report, load
from tests.benchmarks.settings import Settings
from tests.benchmarks.worker import REPOSITORY, Worker

SUBJECTS = (
    "training",
    "first_epoch",
    "files",
    "convolutions",
    "saving",
    "scoring",
    "decoding",
    "start",
    "memory",
    "command_line",
    "monitor",
    "threshold",
    "histogram",
    "browser",
    "ten_million",
    "playground",
    "classroom",
)
OUR_LIBRARIES = ("tensorflow", "keras", "onnxruntime", "numpy", "bqplot", "jupyterlab")
OTHER_LIBRARIES = ("torch", "pythae", "pyod", "livelossplot", "jupyter-scatter")


def main() -> None:
    """Parse the command line, measure, write and print the report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("subjects", nargs="*", help=f"of {', '.join(SUBJECTS)}; all by default")
    parser.add_argument("--rounds", type=int, help="of work that takes less than some seconds")
    parser.add_argument("--quick", action="store_true", help="a smoke test; the times mean nothing")
    parser.add_argument("--python", default=sys.executable, help="has vae_widgets")
    parser.add_argument(
        "--peers-python", default=REPOSITORY / ".venv-bench/bin/python", help="has the peers"
    )
    parser.add_argument("--output", type=Path, default=REPOSITORY / "build/bench.md")
    options = parser.parse_args()
    if unknown := set(options.subjects) - set(SUBJECTS):
        parser.error(f"unknown: {', '.join(unknown)}; expected some of {', '.join(SUBJECTS)}")

    settings = Settings(Worker(options.python), Worker(options.peers_python))
    if options.quick:
        settings = settings.shortened()
    if options.rounds:
        settings = dataclasses.replace(settings, rounds=options.rounds)
    load_at_start = load()
    report = Report()
    for subject in options.subjects or SUBJECTS:
        print(f"Measuring {subject} ...", flush=True)
        importlib.import_module(f"tests.benchmarks.{subject}").measure(settings, report)
    versions = {
        **settings.ours.versions(*OUR_LIBRARIES),
        **settings.others.versions(*OTHER_LIBRARIES),
    }
    settings.ours.close()
    settings.others.close()

    data = digits().name + (" (a smoke test: the times mean nothing)" if options.quick else "")
    text = report.markdown(data, load_at_start, versions, settings.rounds)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(text + "\n")
    print(f"\n{text}\n\nWritten to {options.output}")


if __name__ == "__main__":
    main()
