"""From the call of `fit` to the end of the first epoch, compilation included."""

from tests.benchmarks.report import Bar, Report, Table
from tests.benchmarks.rounds import alternate, ratio
from tests.benchmarks.settings import Settings
from tests.benchmarks.training import OURS, PLAIN_KERAS

NETWORKS = ("dense", "conv")


def measure(settings: Settings, report: Report) -> None:
    """Add the first of 30 epochs of a new model, dense and convolutional."""
    for network in NETWORKS:
        n = settings.images if network == "dense" else settings.conv_images
        peers = {
            OURS: settings.ours.peer("ours", network, n),
            PLAIN_KERAS: settings.ours.peer("plain_keras", network, n),
        }
        seconds = alternate(
            {name: lambda peer=peer: peer("first_epoch") for name, peer in peers.items()},
            settings.few_rounds,
        )
        title = f"The first of 30 epochs of a new {network} net, {n:,} images"
        note = "TensorFlow is imported already; compilation is included."
        report.tables.append(Table(title, "s", seconds, note))
        what = f"First epoch, {network}, ratio to {PLAIN_KERAS}"
        report.bars.append(Bar(what, ratio(seconds, OURS, PLAIN_KERAS), 1.0))
