"""Bach's chorales, two bars of four voices, in 32 dimensions.

The file of the package was trained in several sittings, each with a new optimizer.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.chorale_vae import train
from vae_widgets import load_dataset

if TYPE_CHECKING:
    from vae_widgets import VAE, Dataset

SEED, EPOCHS, FALLING = 0, 16, 3
_PICTURES = 22


def make(path: Path) -> None:
    """Train the model and save it, with pictures of held-out windows."""
    ds = load_dataset("music")
    write(train(ds, EPOCHS, FALLING, SEED), ds, path)


def write(vae: "VAE", ds: "Dataset", path: Path) -> None:
    """Save a model of the chorales."""
    some = slice(None, None, len(ds.x_test) // _PICTURES)
    vae.save(
        path,
        renderer=ds.renderer,
        samples=ds.x_test[some],
        labels=ds.y_test[some],
        label_names=ds.label_names,
        trainable=False,
        weights="float16",
        anomaly_score=False,
    )
