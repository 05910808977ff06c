"""The digits of scikit-learn with sixteen latent dimensions, most of which it does not need."""

from pathlib import Path

from tests.benchmarks.pretrained import digits_2d


def make(path: Path) -> None:
    """Train the model and save it."""
    digits_2d.make(path, latent_dim=16)
