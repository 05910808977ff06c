"""Molecules of MOSES in 20 dimensions, as `make reproduce ARGS=molecules` trains them.

For the file of the package each sitting ran in a process of its own, with the weights of the last.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.reproduce import molecules
from vae_widgets import load_dataset

if TYPE_CHECKING:
    from vae_widgets import VAE, Dataset

SEED, EPOCHS = 0, molecules.EPOCHS
_PICTURES = 4  # each takes 4 kB


def make(path: Path) -> None:
    """Train the model and save it, with pictures of test molecules."""
    ds = load_dataset("molecules")
    write(molecules.train(ds, EPOCHS, SEED, ds.x_train[: -molecules.HELD_OUT]), ds, path)


def write(vae: "VAE", ds: "Dataset", path: Path) -> None:
    """Save a model of molecules."""
    vae.save(
        path,
        renderer=ds.renderer,
        samples=ds.x_test[:_PICTURES],
        trainable=False,
        weights="float16",
        anomaly_score=False,
    )
