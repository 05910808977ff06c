"""The .keras file: everything comes back, without custom_objects."""

import copy
import pickle
import subprocess
import sys

import keras
import numpy as np
import pytest

from vae_widgets import VAE


@pytest.fixture(scope="module")
def saved(make_vae, digits, tmp_path_factory):
    path = tmp_path_factory.mktemp("saved") / "vae.keras"
    vae = make_vae(beta=2.5, latent_dim=3, optimizer=keras.optimizers.RMSprop(0.01))
    vae.fit(digits[:300], epochs=2, batch_size=64, verbose=0)
    vae.beta = 1.5
    vae.save(path)
    return vae, path


def test_everything_comes_back(saved, digits):
    vae, path = saved
    loaded = keras.models.load_model(path)
    assert type(loaded) is VAE
    assert loaded.beta == 1.5
    assert loaded.likelihood.name == "bernoulli"
    assert loaded.sample_shape == (8, 8)
    assert loaded.latent_dim == 3
    assert type(loaded.optimizer) is keras.optimizers.RMSprop
    assert not loaded.jit_compile
    for kind in ("elbo", "reconstruction", "kl", "mahalanobis"):
        np.testing.assert_allclose(
            loaded.anomaly_score(digits, kind), vae.anomaly_score(digits, kind), rtol=1e-5
        )
    for old, new in zip(vae.optimizer.variables, loaded.optimizer.variables, strict=True):
        np.testing.assert_array_equal(old.numpy(), new.numpy())


def test_a_loaded_model_trains_on(saved, digits):
    loaded = keras.models.load_model(saved[1])
    before = loaded.evaluate(digits, verbose=0)[0]
    loaded.fit(digits, epochs=3, batch_size=64, verbose=0)
    assert loaded.evaluate(digits, verbose=0)[0] < before


def test_a_fresh_process_loads_it(saved):
    """With the safe mode of Keras, which refuses Lambda layers, and without custom_objects."""
    code = (
        "import sys, keras; from vae_widgets import VAE; "
        "print(keras.models.load_model(sys.argv[1], safe_mode=True).beta)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code, saved[1]], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "1.5"


@pytest.mark.parametrize(
    "options",
    [
        {"architecture": "conv", "filters": (4,), "hidden_units": ()},
        {"likelihood": "gaussian"},
        {"hidden_units": (9, 5), "activation": "tanh"},
    ],
)
def test_other_models_come_back(options, digits, tmp_path):
    vae = VAE.build((8, 8), **options)
    vae.save(tmp_path / "vae.keras")
    loaded = keras.models.load_model(tmp_path / "vae.keras")
    assert loaded.likelihood.name == vae.likelihood.name
    np.testing.assert_allclose(loaded.elbo(digits, seed=0), vae.elbo(digits, seed=0), rtol=1e-5)


def test_probabilities_come_back_as_such(digits, tmp_path):
    x, z = keras.Input((8, 8)), keras.Input((2,))
    h = keras.layers.Flatten()(x)
    encoder = keras.Model(x, [keras.layers.Dense(2)(h), keras.layers.Dense(2)(h)])
    out = keras.layers.Reshape((8, 8))(keras.layers.Dense(64, activation="sigmoid")(z))
    vae = VAE(encoder, keras.Model(z, out), from_logits=False)
    vae.save(tmp_path / "vae.keras")
    loaded = keras.models.load_model(tmp_path / "vae.keras")
    np.testing.assert_allclose(loaded.elbo(digits, seed=0), vae.elbo(digits, seed=0), rtol=1e-5)


def test_weights_alone(saved, make_vae, digits, tmp_path):
    vae, _ = saved
    vae.save_weights(tmp_path / "only.weights.h5")
    other = make_vae(latent_dim=3, seed=9, optimizer="rmsprop")
    other.load_weights(tmp_path / "only.weights.h5")
    np.testing.assert_allclose(other.encode(digits)[0], vae.encode(digits)[0], atol=1e-6)


def test_pickle_and_copy(saved, digits):
    vae, _ = saved
    for twin in (pickle.loads(pickle.dumps(vae)), copy.deepcopy(vae)):
        np.testing.assert_allclose(twin.elbo(digits, seed=0), vae.elbo(digits, seed=0), rtol=1e-5)
