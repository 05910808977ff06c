"""Train for published results on the full digits; write a table beside the published figures.

    python -m tests.benchmarks.reproduce [NAME ...] [--seed 0] [--again]

Each experiment writes a row, build/reproduce/NAME.json, when it is done; those that have one are
not run again, so that an interrupted run continues with the next (vae_burda and iwae_burda even
with the next stage). The table is made of all rows.
"""

import argparse
import importlib
import os
from collections.abc import Sequence
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from tests.benchmarks.report import machine
from tests.benchmarks.reproduce.experiment import Row, Settings
from tests.benchmarks.worker import REPOSITORY

PUBLISHED = ("tutorial", "keras_documentation", "mlp_400", "vae_burda", "iwae_burda")
ANOMALIES = ("xrays", "heartbeats", "digits_held_out", "breast_cancer")
DOMAINS = ("faces", "features", "music", "molecules")
IN_PAGE = ("drawn_digits", "playground")
EXPERIMENTS = (*PUBLISHED, *ANOMALIES, *DOMAINS, *IN_PAGE)


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line (or `arguments`), run what is to be run, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help=f"of {', '.join(EXPERIMENTS)}; all by default")
    parser.add_argument("--list", action="store_true", help="say what each is, and end")
    parser.add_argument("--again", action="store_true", help="from the start, also what has a row")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seeds", type=int, help="how many, from --seed on, where it is a mean")
    parser.add_argument("--epochs", type=int, help="of all but vae_burda and iwae_burda")
    parser.add_argument(
        "--stages", type=int, help="of vae_burda and iwae_burda, 1 to 8; stage i has 3^i epochs"
    )
    parser.add_argument("--quick", action="store_true", help="a smoke test on random images")
    parser.add_argument("--folder", type=Path, default=REPOSITORY / "build/reproduce")
    options = parser.parse_args(arguments)
    if unknown := set(options.names) - set(EXPERIMENTS):
        parser.error(f"unknown: {', '.join(unknown)}; expected some of {', '.join(EXPERIMENTS)}")

    settings = Settings(**{name: getattr(options, name) for name in Settings.__dataclass_fields__})
    options.folder.mkdir(parents=True, exist_ok=True)
    for name in options.names or EXPERIMENTS:
        experiment = importlib.import_module(f"tests.benchmarks.reproduce.{name}")
        path = options.folder / f"{name}.json"
        if options.list:
            print(f"{name}: {experiment.__doc__.splitlines()[0]}")
        elif path.is_file() and not options.again:
            print(f"{name}: has a row already, {path}")
        else:
            print(f"{name} ...", flush=True)
            experiment.run(settings).write(path)
    if not options.list:
        rows = [options.folder / f"{name}.json" for name in EXPERIMENTS]
        text = table([Row.read(path) for path in rows if path.is_file()])
        (options.folder / "reproduce.md").write_text(text + "\n")
        print(f"\n{text}")


def table(rows: list[Row]) -> str:
    """Return all rows as Markdown, with notes on the schedules and the differences."""
    lines = [
        "# Published results",
        "",
        f"{machine()}; nats, sums over dimensions, means over samples. AUROC of anomalies beside "
        "the baselines that a model must beat.",
        "",
        "| | figure | published | ours | apart | seed | minutes |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: |",
        *(line for row in rows for line in row.markdown()),
        "",
        *(f"- {row.what}: {' '.join([row.schedule, *row.differences])}" for row in rows),
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
