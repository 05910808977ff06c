"""An epoch on samples in a file, beside the same samples in memory.

The file fits the memory for pages of files, so that the disk does not count.
"""

from tests.benchmarks.peers.stored_samples import KINDS
from tests.benchmarks.report import Bar, Report, Table
from tests.benchmarks.rounds import alternate, ratio
from tests.benchmarks.settings import Settings


def measure(settings: Settings, report: Report) -> None:
    """Add an epoch of the tutorial's network on each kind of data."""
    n = settings.images
    peer = settings.ours.peer("ours", "dense", n)
    seconds = alternate(
        {kind: lambda kind=kind: peer("epoch", kind=kind) for kind in KINDS}, settings.few_rounds
    )
    report.tables.append(Table(f"An epoch on {n:,} images in a file", "s", seconds))
    for kind in KINDS[1:]:
        measured = ratio(seconds, kind, KINDS[0])
        report.bars.append(Bar(f"Epoch on {kind}, ratio to an array", measured, 1.2))
