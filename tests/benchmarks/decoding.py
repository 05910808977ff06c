"""Decoding one point of latent space, as a gesture does, and 400 of them, as a grid does."""

import statistics

from tests.benchmarks.report import Bar, Report, Table
from tests.benchmarks.rounds import alternate
from tests.benchmarks.settings import Settings

OURS, BUNDLE = "`vae.decode`", "a bundle's `decode`"


def measure(settings: Settings, report: Report) -> None:
    """Add the decoding of one point and of 400 by the tutorial's network."""
    few = settings.shortened().images  # what the peers were made with does not matter
    peers = {
        OURS: settings.ours.peer("ours", "dense", few),
        BUNDLE: settings.ours.peer("bundle", "dense", few),
        "plain Keras, `predict`": settings.ours.peer("plain_keras", "dense", few),
        "PyTorch, by hand": settings.others.peer("torch_loop", "dense", few),
        "pythae": settings.others.peer("pythae_vae", "dense", few),
    }
    for n, title in ((1, "one point"), (400, "400 points")):
        seconds = alternate(
            {
                name: lambda peer=peer, n=n: peer("decode", settings.decodings, n=n)
                for name, peer in peers.items()
            },
            settings.rounds,
        )
        note = f"To a numpy array, median of {settings.decodings} calls a round."
        report.tables.append(Table(f"Decoding {title}", "ms", seconds, note))
        if n == 1:
            for name, at_most in ((OURS, 0.3), (BUNDLE, 0.1)):
                median = statistics.median(seconds[name]) * 1000 if seconds[name] else None
                report.bars.append(Bar(f"One point, {name}", median, at_most, "ms"))
