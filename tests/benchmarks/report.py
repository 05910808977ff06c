"""What was measured, as Markdown."""

import datetime
import os
import platform
import statistics
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks.rounds import Seconds, ratio


@dataclass
class Table:
    """One thing that was measured of all peers.

    Parameters
    ----------
    title, note
        What was measured, and what else the reader should know.
    unit
        "s", "ms" or "MB": that of the column; the values are in seconds or MB.
    values
        The values of each round, by name; the first name is the one that all are compared with.
    """

    title: str
    unit: str
    values: Seconds
    note: str = ""

    def markdown(self) -> str:
        """Return a heading, the note and the table."""
        ours = next(iter(self.values))
        lines = [
            f"### {self.title}",
            *(["", self.note] if self.note else []),
            "",
            f"| | median, {self.unit} | least | {ours} / this |",
            "| --- | ---: | ---: | ---: |",
        ]
        scale = 1000 if self.unit == "ms" else 1
        for name, values in self.values.items():
            if values:
                median, least = (f(values) * scale for f in (statistics.median, min))
                to_this = ratio(self.values, ours, name)
                cells = [f"{median:.3g}", f"{least:.3g}", _number(to_this)]
            else:
                cells = ["not installed", "", ""]
            lines.append(f"| {name} | {' | '.join(cells)} |")
        return "\n".join(lines)


@dataclass
class SizesTable:
    """One thing that was measured of all peers at several sizes.

    Parameters
    ----------
    title, unit, note
        As of a `Table`; the values are in seconds.
    values
        The median at each size that was measured, by name.
    sizes
        The columns.
    """

    title: str
    unit: str
    values: dict[str, dict[int, float]]
    sizes: tuple[int, ...]
    note: str = ""

    def markdown(self) -> str:
        """Return a heading, the note and the table."""
        scale = 1000 if self.unit == "ms" else 1
        lines = [
            f"### {self.title}",
            *(["", self.note] if self.note else []),
            "",
            f"| median, {self.unit} | {' | '.join(f'{n:,}' for n in self.sizes)} |",
            f"| --- |{' ---: |' * len(self.sizes)}",
        ]
        for name, medians in self.values.items():
            cells = [_three_digits(medians[n] * scale) if n in medians else "" for n in self.sizes]
            if not medians:
                cells[0] = "not installed"
            lines.append(f"| {name} | {' | '.join(cells)} |")
        return "\n".join(lines)


@dataclass
class Bar:
    """A figure that is to be at most so much; None where a peer is not installed."""

    what: str
    measured: float | None
    at_most: float
    unit: str = ""

    def markdown(self) -> str:
        """Return a row of a table."""
        verdict = "-" if self.measured is None else "yes" if self.measured <= self.at_most else "NO"
        return f"| {self.what} | {_number(self.measured, self.unit)} | {self.at_most} | {verdict} |"


@dataclass
class Report:
    """All tables and bars of a run."""

    tables: list[Table | SizesTable] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)

    def markdown(self, data: str, load: str, versions: dict[str, str], rounds: int) -> str:
        """Return the whole report; `load` says what the machine was doing at the start."""
        return "\n\n".join(
            [
                "# Benchmarks",
                f"{machine()}; {load} at the start",
                ", ".join(f"{name} {version}" for name, version in versions.items()),
                f"{data}; {rounds} rounds in turns after one to warm up; ratios are medians of "
                "the ratios within a round.",
                *(table.markdown() for table in self.tables),
                "### Bars",
                "\n".join(
                    [
                        "| | measured | at most | met |",
                        "| --- | ---: | ---: | --- |",
                        *(bar.markdown() for bar in self.bars),
                    ]
                ),
            ]
        )


def machine() -> str:
    """Return date and machine in one line."""
    date = datetime.datetime.now(datetime.UTC).date().isoformat()
    return f"{date}, {os.cpu_count()} cores, {_processor()}, {platform.system()}"


def load() -> str:
    """Return in words what else the machine was doing in the last minute."""
    if not hasattr(os, "getloadavg"):
        return "the load of the machine is unknown"
    average = os.getloadavg()[0]
    return f"load average {average:.1f}" + (" (NOT quiet: do not quote)" if average > 0.5 else "")


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _three_digits(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _number(value: float | None, unit: str = "") -> str:
    if value is None:
        return ""
    digits = f"{value:.2g}" if value < 0.1 else f"{value:.2f}"
    return f"{digits} {unit}".rstrip()
