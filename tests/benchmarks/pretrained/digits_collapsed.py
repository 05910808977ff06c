"""The digits of scikit-learn with so large a beta that the posterior collapses to the prior."""

from pathlib import Path

from tests.benchmarks.pretrained import digits_2d

BETA = 4.0


def make(path: Path) -> None:
    """Train the model and save it."""
    digits_2d.make(path, latent_dim=16, beta=BETA)
