"""Small models of every kind, and bundles of them."""

import keras
import numpy as np
import pytest

from vae_widgets import VAE, ImageRenderer, Sampling, ThresholdPolicy
from vae_widgets.models.losses.likelihoods import Gaussian


def own_halves(sample_shape=(6, 5), latent_dim=3, outputs=1):
    """An encoder and a decoder as users write them: noise, normalisation, a third output."""
    x = keras.Input(sample_shape)
    h = keras.layers.Flatten()(x)
    h = keras.layers.BatchNormalization()(keras.layers.Dense(16, activation="gelu")(h))
    h = keras.layers.Dropout(0.5)(h)
    code = [keras.layers.Dense(latent_dim)(h) for _ in range(2)]
    encoder = keras.Model(x, [*code, Sampling()(code)])
    z = keras.Input((latent_dim,))
    h = keras.layers.LayerNormalization()(keras.layers.Dense(16, activation="elu")(z))
    size = int(np.prod(sample_shape))
    out = [keras.layers.Reshape(sample_shape)(keras.layers.Dense(size)(h)) for _ in range(outputs)]
    return encoder, keras.Model(z, out if outputs > 1 else out[0])


# Name -> (maker of a model, maker of samples).
KINDS = {
    "dense bernoulli": (
        lambda: VAE.build((8, 8), latent_dim=3, hidden_units=(16,)),
        lambda rng: rng.random((20, 8, 8)),
    ),
    "dense vector gaussian": (
        lambda: VAE.build((30,), likelihood="gaussian", hidden_units=(9, 5), activation="tanh"),
        lambda rng: 3 * rng.standard_normal((20, 30)),
    ),
    "conv grey": (
        lambda: VAE.build((28, 28), architecture="conv", filters=(4, 8), hidden_units=(8,)),
        lambda rng: rng.random((20, 28, 28)),
    ),
    "conv odd colour": (
        lambda: VAE.build((9, 13, 3), architecture="conv", filters=(4, 4), latent_dim=5),
        lambda rng: rng.random((20, 9, 13, 3)),
    ),
    "conv gaussian learned": (
        lambda: VAE.build((8, 11, 1), architecture="conv", likelihood=Gaussian("learned")),
        lambda rng: rng.standard_normal((20, 8, 11, 1)),
    ),
    "sequence categorical": (
        lambda: VAE.build((13,), architecture="sequence", likelihood="categorical", n_classes=7),
        lambda rng: rng.integers(0, 7, (20, 13)),
    ),
    "voices categorical": (
        lambda: VAE.build((16, 4), architecture="sequence", likelihood="categorical", n_classes=5),
        lambda rng: rng.integers(0, 5, (20, 16, 4)),
    ),
    "sequence with context": (
        lambda: VAE.build(
            (13,),
            likelihood="categorical",
            n_classes=7,
            context=3,
            architecture="sequence",
        ),
        lambda rng: rng.integers(0, 7, (20, 13)),
    ),
    "own halves": (
        lambda: VAE(*own_halves(), likelihood="gaussian"),
        lambda rng: rng.standard_normal((20, 6, 5)),
    ),
    "own halves predicted": (
        lambda: VAE(*own_halves(outputs=2), likelihood=Gaussian("predicted")),
        lambda rng: rng.standard_normal((20, 6, 5)),
    ),
}


@pytest.fixture(scope="session", autouse=True)
def quick(quick_graphs):
    """Spare every test what optimizing its graphs takes."""


@pytest.fixture(scope="session")
def samples():
    return np.random.default_rng(0).random((40, 8, 8), dtype=np.float32)


@pytest.fixture(scope="session")
def vae(samples):
    """A model after two epochs."""
    vae = VAE.build((8, 8), latent_dim=3, hidden_units=(16,), beta=2.0, seed=4)
    vae.compile(keras.optimizers.Adam(0.01), jit_compile=False)
    vae.fit(samples, epochs=2, batch_size=10, verbose=0)
    return vae


@pytest.fixture(scope="session")
def policy():
    return ThresholdPolicy(1.5, method="f1", score="elbo", metrics={"precision": 0.5})


@pytest.fixture(scope="session")
def bundle(vae, samples, policy, tmp_path_factory):
    """A bundle with every part; tests must not change it."""
    path = tmp_path_factory.mktemp("bundle") / "digits.vae"
    vae.save(
        path,
        renderer=ImageRenderer(vmax=2.0, invert=True),
        preprocessing={"divide_by": 255},
        samples=samples[:7],
        policy=policy,
    )
    return path
