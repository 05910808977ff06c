"""The IWAE with k = 50 of Burda, Grosse & Salakhutdinov (2016): see `burda`."""

from tests.benchmarks.reproduce import burda
from tests.benchmarks.reproduce.experiment import Row, Settings


def run(settings: Settings) -> Row:
    """Train with the importance weighted bound."""
    from vae_widgets import IWAE

    k = 3 if settings.quick else 50
    return burda.run(
        *(settings, "iwae_burda", f"IWAE, k = {k}"),
        published=84.78,
        stages=5,
        objective=IWAE(n_draws=k),
    )
