"""Healthy chest X-rays of PneumoniaMNIST, with pictures of some healthy and some ill ones.

Each image is standardised, as in `make reproduce ARGS=xrays`; the network is smaller than there.
The images are of MedMNIST, under CC BY 4.0, after Kermany et al. (2018), Cell 172(5).
"""

from pathlib import Path

import numpy as np

from vae_widgets import Gaussian, ImageRenderer, VAEDetector, load_dataset

SEED, EPOCHS = 0, 60
N_HEALTHY, N_ILL = 120, 40


def make(path: Path) -> None:
    """Train the model and save it, with pictures of test images that are chosen at random."""
    ds = load_dataset("xray")
    assert ds.y_test is not None
    detector = VAEDetector(
        architecture="conv",
        filters=(12, 24),
        hidden_units=(24,),
        likelihood=Gaussian(deviation="learned"),
        preprocessing="standardize_samples",
        epochs=EPOCHS,
        seed=SEED,
    ).fit(ds.x_train)
    rng = np.random.default_rng(SEED)
    healthy, ill = (rng.permutation(np.flatnonzero(ds.y_test == k)) for k in (0, 1))
    rows = np.sort(np.concatenate([healthy[:N_HEALTHY], ill[:N_ILL]]))
    detector.vae_.save(
        path,
        preprocessing="standardize_samples",
        renderer=ImageRenderer(vmin=-3, vmax=3),
        samples=detector.preprocess(ds.x_test[rows]),
        labels=ds.y_test[rows],
        label_names=ds.label_names,
        trainable=False,
        weights="float16",
    )
