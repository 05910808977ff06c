import keras
import numpy as np
import pytest

from vae_widgets import VAE
from vae_widgets.models.architectures import default_filters

SHAPES = [(8, 8), (9, 9, 1), (28, 28), (28, 28, 3), (13, 30), (31, 17, 3), (64, 64, 3)]


def check_round_trip(vae, shape):
    x = np.random.default_rng(0).random((2, *shape), dtype=np.float32)
    z_mean, z_log_var = vae.encode(x)
    assert z_mean.shape == z_log_var.shape == (2, vae.latent_dim)
    assert vae.decode(z_mean).shape == x.shape
    assert vae.sample_shape == shape


@pytest.mark.parametrize("shape", SHAPES)
def test_conv_handles_shape(shape):
    check_round_trip(VAE.build(shape, latent_dim=3, architecture="conv"), shape)


@pytest.mark.parametrize("side", [8, 128])
def test_conv_handles_the_smallest_and_the_largest(side):
    check_round_trip(VAE.build((side, side), architecture="conv", filters=(4, 4, 4)), (side, side))


@pytest.mark.parametrize("shape", [(5,), (28, 28), (28, 28, 1), (2, 3, 4, 5)])
def test_dense_handles_shape(shape):
    check_round_trip(VAE.build(shape, hidden_units=(8, 4)), shape)


def test_the_tutorials_network():
    vae = VAE.build((784,), latent_dim=2, hidden_units=(256,))
    kernels = [w.shape for w in vae.weights if len(w.shape) == 2]
    assert kernels == [(784, 256), (256, 2 + 2), (2, 256), (256, 784)]


def test_hidden_units_are_mirrored():
    vae = VAE.build((10,), latent_dim=2, hidden_units=(8, 4))
    kernels = [w.shape for w in vae.weights if len(w.shape) == 2]
    assert kernels == [(10, 8), (8, 4), (4, 2 + 2), (2, 4), (4, 8), (8, 10)]


@pytest.mark.parametrize(
    ("side", "filters"),
    [(8, (32,)), (16, (32,)), (28, (32, 64)), (64, (32, 64, 64)), (128, (32, 64, 64, 64))],
)
def test_default_filters_bring_the_longest_side_to_eight(side, filters):
    assert default_filters(side) == filters


def test_no_lambda_layers():
    for architecture in ("dense", "conv"):
        vae = VAE.build((9, 9), architecture=architecture)
        assert not any(isinstance(layer, keras.layers.Lambda) for layer in vae._flatten_layers())


def test_seed_fixes_the_weights_and_another_changes_them():
    def kernels(seed):
        return [w.numpy() for w in VAE.build((8, 8), seed=seed).weights if len(w.shape) == 2]

    for a, b, c in zip(kernels(1), kernels(1), kernels(2), strict=True):
        np.testing.assert_array_equal(a, b)
        assert not np.array_equal(a, c)


def test_halves_differ_from_each_other():
    z_mean, z_log_var = VAE.build((8, 8)).encode(np.ones((1, 8, 8)))
    assert not np.allclose(z_mean, z_log_var)


def test_kinks_of_the_decoder_are_spread_over_the_prior():
    """A ReLU of z is zero on the line w z + b = 0: how far from the origin is that line?"""
    kernel, bias = VAE.build((8, 8), hidden_units=(1000,)).decoder.layers[1].get_weights()
    distance = abs(bias) / np.linalg.norm(kernel, axis=0)
    assert 0.3 < np.median(distance) < 1.5
