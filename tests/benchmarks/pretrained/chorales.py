"""Bach's chorales, two bars of four voices, in 32 dimensions.

Trained in two sittings, each with a new optimizer: in the second, the rate begins lower and falls
from the first step on (a warm restart; Loshchilov and Hutter, "SGDR", 2017). For the file of the
package each sitting ran in a process of its own.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.chorale_vae import fit, train
from vae_widgets import load_dataset

if TYPE_CHECKING:
    from vae_widgets import VAE, Dataset

SEED, EPOCHS, FALLING = 0, 22, 10
MORE_EPOCHS, LOWER_RATE = 8, 1.2e-3
_PICTURES = 22


def make(path: Path) -> None:
    """Train the model and save it, with pictures of held-out windows."""
    ds = load_dataset("music")
    vae = train(ds, EPOCHS, FALLING, SEED)
    fit(vae, ds, MORE_EPOCHS, MORE_EPOCHS, LOWER_RATE)
    write(vae, ds, path)


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
