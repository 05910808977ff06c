"""The VAE (k = 1) of Burda, Grosse & Salakhutdinov (2016): see `burda`."""

from tests.benchmarks.reproduce import burda
from tests.benchmarks.reproduce.experiment import Row, Settings


def run(settings: Settings) -> Row:
    """Train with the ELBO."""
    return burda.run(settings, "vae_burda", "VAE", published=86.76, stages=5)
