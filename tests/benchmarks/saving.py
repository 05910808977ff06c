"""`VAE.save`: a model as a `.vae` bundle."""

import statistics
import tempfile
from pathlib import Path

from tests.benchmarks.report import Bar, Report, Table
from tests.benchmarks.rounds import alternate
from tests.benchmarks.settings import Settings

NETWORKS = ("dense", "conv")


def measure(settings: Settings, report: Report) -> None:
    """Add the time to save the digits nets."""
    few = settings.shortened().images
    peers = {network: settings.ours.peer("ours", network, few) for network in NETWORKS}
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "model.vae")
        seconds = alternate(
            {name: lambda peer=peer: peer("save", path=path) for name, peer in peers.items()},
            settings.rounds,
        )
    report.tables.append(Table("`VAE.save`: a net for images of 28x28", "s", seconds))
    for network, values in seconds.items():
        report.bars.append(Bar(f"`VAE.save`, {network}", statistics.median(values), 1.0, "s"))
