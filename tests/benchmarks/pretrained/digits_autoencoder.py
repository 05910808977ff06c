"""The twin of `digits_2d` without the KL divergence: an autoencoder of the same network."""

from pathlib import Path

from tests.benchmarks.pretrained import digits_2d


def make(path: Path) -> None:
    """Train the model and save it."""
    digits_2d.make(path, variational=False)
