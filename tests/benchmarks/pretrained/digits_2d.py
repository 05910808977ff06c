"""The digits of scikit-learn in a plane."""

from pathlib import Path
from typing import Any

from vae_widgets import VAE, load_dataset

SEED, EPOCHS = 0, 300


def make(path: Path, latent_dim: int = 2, **options: Any) -> None:
    """Train the model and save it; the options are those of `VAE.build`."""
    ds = load_dataset("digits")
    vae = VAE.build(
        ds.sample_shape, latent_dim=latent_dim, hidden_units=(64, 32), seed=SEED, **options
    )
    vae.fit(ds.x_train, epochs=EPOCHS, batch_size=128, validation_data=ds.x_test, verbose=0)
    vae.save(
        path,
        renderer=ds.renderer,
        samples=ds.x_test,
        labels=ds.y_test,
        label_names=ds.label_names,
        trainable=False,
    )
