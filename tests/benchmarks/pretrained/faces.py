"""The faces of AT&T Laboratories Cambridge in 32 dimensions.

The pictures may not be redistributed, so that the file has none of them, and no code of one: its
codes are draws from a normal distribution with the mean and covariance of the codes of the
training pictures, which decode to faces of nobody.
"""

from pathlib import Path

import numpy as np

from tests.benchmarks.reproduce import faces
from vae_widgets import load_dataset

SEED = 1
N_DRAWN = 50


def make(path: Path) -> None:
    """Train the model and save it."""
    ds = load_dataset("faces")
    rng = np.random.default_rng(SEED)
    vae = faces.train(faces.augmented(ds.x_train, faces.N_VARIANTS, rng), faces.EPOCHS, SEED)
    codes, _ = vae.encode(ds.x_train)
    drawn = rng.multivariate_normal(codes.mean(axis=0), np.cov(codes.T), N_DRAWN)
    vae.save(
        path,
        renderer=ds.renderer,
        latents=drawn,
        trainable=False,
        weights="float16",
        anomaly_score=False,
    )
