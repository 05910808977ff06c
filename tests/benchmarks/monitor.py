"""`TrainingMonitor`: one update against livelossplot's, and what it costs an epoch."""

from tests.benchmarks.report import Bar, Report, Table
from tests.benchmarks.rounds import alternate, ratio
from tests.benchmarks.settings import Settings

OURS, LIVELOSSPLOT = "`TrainingMonitor`", "livelossplot"
WATCHED, ALONE = "with the monitor", "without"


def measure(settings: Settings, report: Report) -> None:
    """Add the time of an update, and of an epoch with the monitor and without."""
    n = settings.images
    ours = settings.ours.peer("monitor", "dense", n)
    livelossplot = settings.others.peer("live_loss_plot", "dense", n)
    seconds = alternate(
        {OURS: lambda: ours("update"), LIVELOSSPLOT: lambda: livelossplot("update")},
        settings.rounds,
    )
    note = "Three losses of training and validation; rendered and serialised for the browser."
    report.tables.append(Table("Monitor: one update", "ms", seconds, note))
    report.bars.append(
        Bar("One update, ratio to livelossplot", ratio(seconds, OURS, LIVELOSSPLOT), 0.1)
    )

    train = {"epochs": settings.epochs}
    seconds = alternate(
        {
            WATCHED: lambda: ours("train", watched=True, **train),
            ALONE: lambda: ours("train", watched=False, **train),
        },
        settings.rounds,
    )
    note = f"Of {settings.epochs} epochs in one `fit`, all that it does included."
    title = f"Monitor: an epoch of the tutorial's network, {n:,} images"
    report.tables.append(Table(title, "s", seconds, note))
    report.bars.append(Bar("Epoch with the monitor, ratio", ratio(seconds, WATCHED, ALONE), 1.03))
