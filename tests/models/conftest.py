"""Real digits, 8x8 in [0, 1], and small models that compile fast."""

import keras
import numpy as np
import pytest
from sklearn.datasets import load_digits

from vae_widgets import VAE


@pytest.fixture(scope="session", autouse=True)
def quick(quick_graphs):
    """Spare every test what optimizing its graphs takes."""


@pytest.fixture(scope="session")
def digits():
    return load_digits().images.astype(np.float32) / 16


@pytest.fixture(scope="session")
def make_vae():
    """Return a maker of small models.

    They train without XLA, which costs a second to compile, and by gradient descent, which is
    traced in half the time of Adam.
    """

    def make(jit_compile=False, optimizer=None, **options):
        vae = VAE.build((8, 8), **{"hidden_units": (16,), **options})
        vae.compile(optimizer or keras.optimizers.SGD(0.01), jit_compile=jit_compile)
        return vae

    return make


@pytest.fixture(scope="session")
def trained(digits):
    """A model after a few epochs, for tests that only look at it."""
    vae = VAE.build((8, 8), latent_dim=3, hidden_units=(32,), seed=1)
    vae.compile(jit_compile=False)
    vae.fit(digits, epochs=5, batch_size=64, verbose=0)
    return vae
