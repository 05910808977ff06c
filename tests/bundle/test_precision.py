"""Models in half and mixed precision: their bundles are the same models in float32."""

import keras
import numpy as np
import pytest

import vae_widgets as vw
from vae_widgets.models.serialization.model_file import model_from_bytes, model_to_bytes
from vae_widgets.models.serialization.precision import in_float32

TOLERANCE = {"mixed_float16": 0.01, "mixed_bfloat16": 0.05, "bfloat16": 0.05}
"""Ten and more times the rounding of each type, 2**-11 and 2**-8, for sums of 64 products."""


@pytest.fixture
def policy():
    """Set a policy of Keras for one test."""
    yield keras.config.set_dtype_policy
    keras.config.set_dtype_policy("float32")


@pytest.fixture(scope="module")
def x():
    return np.random.default_rng(0).random((40, 8, 8, 1), dtype=np.float32)


@pytest.mark.parametrize("precision", TOLERANCE)
@pytest.mark.parametrize("architecture", ["dense", "conv"])
def test_a_bundle_in_float32(policy, precision, architecture, x, tmp_path):
    policy(precision)
    options = {"filters": (4,)} if architecture == "conv" else {}
    vae = vw.VAE.build((8, 8, 1), architecture=architecture, hidden_units=(16,), **options)
    vae.compile(keras.optimizers.SGD(0.01), jit_compile=False)
    vae.fit(x, epochs=2, batch_size=8, verbose=0)
    policy("float32")
    vae.save(tmp_path / "x.vae", samples=x[:5])
    codec = vw.load(tmp_path / "x.vae")
    near = {"rtol": TOLERANCE[precision], "atol": TOLERANCE[precision]}
    for ours, theirs in zip(codec.encode(x), vae.encode(x), strict=True):
        np.testing.assert_allclose(ours, theirs, **near)
    z = np.random.default_rng(1).standard_normal((50, 2))
    np.testing.assert_allclose(codec.decode(z), vae.decode(z), **near)
    loaded = vw.VAE.load(tmp_path / "x.vae")  # which trains on as it was
    assert loaded.encoder.layers[-1].compute_dtype == vae.encoder.layers[-1].compute_dtype
    np.testing.assert_array_equal(loaded.decode(z), vae.decode(z))


@pytest.mark.parametrize("precision", ["mixed_float16", "bfloat16"])
def test_a_detector(policy, precision, tmp_path):
    policy(precision)
    x = np.random.default_rng(0).standard_normal((60, 5))
    detector = vw.VAEDetector(latent_dim=2, hidden_units=(8,), epochs=2).fit(x)
    detector.save(tmp_path / "x.vae")
    scores = vw.load(tmp_path / "x.vae").anomaly_score(x)
    np.testing.assert_allclose(scores, detector.anomaly_score(x), rtol=0.05)


def test_the_decoded_grid_is_that_of_a_model_built_in_float32(policy, x):
    """The twin computes without any rounding to half: as float32 layers with the same weights."""
    policy("mixed_bfloat16")
    vae = vw.VAE.build((8, 8, 1), hidden_units=(16,))
    policy("float32")
    plain = vw.VAE.build((8, 8, 1), hidden_units=(16,))
    plain.set_weights(vae.get_weights())
    assert not np.array_equal(plain.encode(x)[0], vae.encode(x)[0])
    twin = model_from_bytes(in_float32(model_to_bytes(vae)), "twin")
    np.testing.assert_allclose(twin.encode(x)[0], plain.encode(x)[0], rtol=1e-6, atol=1e-6)
    content = model_to_bytes(plain)
    assert in_float32(content) is content
