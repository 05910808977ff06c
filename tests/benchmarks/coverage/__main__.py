"""Count how often every interval that is printed holds the truth, and write the page about it.

python -m tests.benchmarks.coverage [--quick] [--jobs 2] [--file docs/explanation/coverage.md]
"""

import argparse
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

from tests.benchmarks.coverage import bootstrap, promises, review, shares
from tests.benchmarks.worker import REPOSITORY

TEXT = Path(__file__).with_name("coverage.md.in")


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line (or `arguments`), simulate, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a smoke test of a few data sets")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--file", type=Path, default=REPOSITORY / "docs/explanation/coverage.md")
    options = parser.parse_args(arguments)
    tables: dict[str, list[dict[str, str]]] = {}
    with ProcessPoolExecutor(options.jobs) as pool:
        asked = [
            (f"{part.__name__.rpartition('.')[2]}: {table}", pool.submit(part.cell, *given))
            for part in (shares, review, promises, bootstrap)
            for table, given in part.cells(options.quick)
        ]
        for table, answer in asked:
            tables.setdefault(table, []).append(answer.result())
            print(table, tables[table][-1], flush=True)
    text = TEXT.read_text()
    for table, rows in tables.items():
        assert f"{{{table}}}\n" in text, table
        text = text.replace(f"{{{table}}}\n", markdown(rows))
    options.file.write_text(text)


def markdown(rows: list[dict[str, str]]) -> str:
    """Return a table."""
    lines = [list(rows[0]), ["---"] * len(rows[0]), *(list(row.values()) for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    main()
