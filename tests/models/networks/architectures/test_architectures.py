import re

import keras
import numpy as np
import pytest
import tensorflow as tf

from vae_widgets import VAE
from vae_widgets.models.networks.architectures import ARCHITECTURES, default_filters

SHAPES = [(8, 8), (9, 9, 1), (28, 28), (28, 28, 3), (13, 30), (31, 17, 3), (64, 64, 3)]
TOKEN_SHAPES = [(7,), (40,), (16, 4), (5, 5)]


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


@pytest.mark.parametrize("shape", [(8, 8), (9, 127), (37, 21, 3), (128, 128, 3)])
def test_conv_trains_on_shape(shape):
    vae = VAE.build(shape, architecture="conv", filters=(4, 4), hidden_units=(8,))
    x = np.random.default_rng(0).random((4, *shape), dtype=np.float32)
    before = [w.numpy() for w in vae.trainable_weights]
    loss = vae.fit(x, batch_size=2, verbose=0).history["loss"][0]
    assert np.isfinite(loss)
    for old, new in zip(before, vae.trainable_weights, strict=True):
        assert not np.array_equal(old, new.numpy())  # a gradient reaches every weight


def test_the_default_for_512_pixels_trains_a_step():
    vae = VAE.build((512, 9), architecture="conv")  # narrow, to be quick
    x = np.random.default_rng(0).random((2, 512, 9), dtype=np.float32)
    loss = vae.train_on_batch(x)
    # A new decoder says 0.5 of all pixels, but for its first weights.
    assert np.asarray(loss).flat[0] == pytest.approx(512 * 9 * np.log(2), rel=0.05)
    largest = VAE.build((512, 512, 3), architecture="conv")
    assert largest.decode(np.zeros((1, 2))).shape == (1, 512, 512, 3)


def test_channels_first_are_told_and_the_remedy_works():
    with pytest.raises(ValueError, match=r"sample_shape \(16, 16, 3\).*np.moveaxis\(x, 1, -1\)"):
        VAE.build((3, 16, 16), architecture="conv")
    x = np.random.default_rng(0).random((2, 3, 16, 16), dtype=np.float32)
    shape = np.moveaxis(x, 1, -1).shape[1:]
    vae = VAE.build(shape, architecture="conv", filters=(4,), hidden_units=(4,))
    for remedy in (vae.encode, lambda data: vae.fit(data, verbose=0)):
        with pytest.raises(ValueError, match=r"np.moveaxis\(x, 1, -1\) has the right shape"):
            remedy(x)
    assert len(vae.encode(np.moveaxis(x, 1, -1))[0]) == 2
    with pytest.warns(UserWarning, match="channels first.*np.moveaxis") as caught:
        VAE.build((3, 16, 16))
    assert caught[0].filename == __file__


def test_channels_first_in_a_dataset_are_told_and_the_remedy_works():
    x = np.random.default_rng(0).random((4, 3, 16, 16), dtype=np.float32)
    vae = VAE.build((16, 16, 3), architecture="conv", filters=(4,), hidden_units=(4,))
    dataset = tf.data.Dataset.from_tensor_slices(x).batch(2)
    with pytest.raises(ValueError, match="Move the axes") as error:
        vae.fit(dataset, verbose=0)
    code = re.search(r"Move the axes: (.*)\.$", str(error.value))[1]
    moved = eval(f"dataset{code}", {"tf": tf, "dataset": dataset})
    np.testing.assert_array_equal(next(iter(moved)), np.moveaxis(x[:2], 1, -1))


@pytest.mark.parametrize("architecture", ["dense", "sequence"])
@pytest.mark.parametrize("shape", TOKEN_SHAPES)
def test_tokens_of_shape(shape, architecture):
    vae = VAE.build(shape, architecture=architecture, likelihood="categorical", n_classes=6)
    x = np.random.default_rng(0).integers(0, 6, (9, *shape))
    z_mean, _ = vae.encode(x)
    tokens = vae.decode(z_mean)
    assert tokens.shape == x.shape
    assert set(np.unique(tokens)) <= set(range(6))
    assert vae.decoder(z_mean).shape == (*x.shape, 6)
    before = [w.numpy() for w in vae.trainable_weights]
    vae.compile(keras.optimizers.SGD(0.001), jit_compile=False)
    losses = vae.fit(x, epochs=3, batch_size=4, verbose=0).history["loss"]
    # It does not diverge. A guess among six tokens costs log(6) nats each.
    assert max(losses) < 2 * np.prod(shape) * np.log(6)
    for old, new in zip(before, vae.trainable_weights, strict=True):
        assert not np.array_equal(old, new.numpy())


@pytest.mark.parametrize("shape", [(30,), (30, 2)])
def test_sequence_handles_signals(shape):
    vae = VAE.build(shape, architecture="sequence", likelihood="gaussian", filters=(4, 6))
    check_round_trip(vae, shape)


def test_the_order_of_tokens_matters():
    """An encoder that only counted tokens would not tell a string from its reverse."""
    x = np.random.default_rng(0).integers(0, 6, (5, 12))
    for architecture in ("dense", "sequence"):
        vae = VAE.build((12,), architecture=architecture, likelihood="categorical", n_classes=6)
        difference = abs(vae.encode(x)[0] - vae.encode(x[:, ::-1])[0]).max(1)
        assert (difference > 1e-3).all()


def grammar(rng, n, steps=20):
    """Return sentences over eight tokens, (n, steps).

    One of six words of four tokens, again and again from a random place in it; then zeros from
    a random step on.
    """
    words = rng.integers(1, 8, (6, 4))
    word, shift = rng.integers(6, size=n), rng.integers(4, size=n)
    x = words[word[:, None], (np.arange(steps) + shift[:, None]) % 4]
    x[np.arange(steps) >= rng.integers(steps // 2, steps + 1, n)[:, None]] = 0
    return x


@pytest.mark.parametrize("architecture", ["dense", "sequence"])
def test_tokens_are_learned(architecture):
    """Far below the entropy of the single tokens: the codes say what is in the sentence."""
    x = grammar(np.random.default_rng(0), 2500)
    train, test = x[:2000], x[2000:]
    counts = np.bincount(train.ravel(), minlength=8)
    unigram = -np.log(counts / counts.sum())[test].sum(1).mean()
    vae = VAE.build(
        (20,),
        latent_dim=4,
        architecture=architecture,
        likelihood="categorical",
        n_classes=8,
        hidden_units=(64,),
        **({"filters": (16,)} if architecture == "sequence" else {}),
    )
    vae.compile(keras.optimizers.Adam(0.01), jit_compile=False)
    vae.fit(train, epochs=12, batch_size=100, verbose=0)
    assert -vae.elbo(test, seed=0).mean() < 0.5 * unigram
    assert vae.reconstruction_error(test).mean() < 0.2


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


def test_without_hidden_units_both_halves_are_linear():
    vae = VAE.build((10,), latent_dim=2, hidden_units=(), likelihood="gaussian")
    assert [w.shape for w in vae.weights if len(w.shape) == 2] == [(10, 2 + 2), (2, 10)]
    a, b = np.random.default_rng(0).normal(size=(2, 1, 10)).astype(np.float32)
    middle = vae.encode((a + b) / 2)[0]
    np.testing.assert_allclose(middle, (vae.encode(a)[0] + vae.encode(b)[0]) / 2, atol=1e-5)


@pytest.mark.parametrize(
    ("side", "filters"),
    [
        (8, (32,)),
        (16, (32,)),
        (28, (32, 64)),
        (64, (32, 64, 64)),
        (128, (32, 64, 64, 64)),
        (129, (16, 32, 64, 64, 64)),
        (256, (16, 32, 64, 64, 64)),
        (512, (8, 16, 32, 64, 64, 64)),
    ],
)
def test_default_filters_bring_the_longest_side_to_eight(side, filters):
    assert default_filters(side) == filters


def test_no_lambda_layers():
    for architecture in ARCHITECTURES:
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


@pytest.mark.parametrize("architecture", ["dense", "sequence"])
def test_models_of_tokens_come_back(architecture, tmp_path):
    vae = VAE.build((9, 2), architecture=architecture, likelihood="categorical", n_classes=5)
    vae.save(tmp_path / "vae.keras")
    loaded = keras.models.load_model(tmp_path / "vae.keras", safe_mode=True)
    assert loaded.likelihood.n_classes == 5
    x = np.random.default_rng(0).integers(0, 5, (7, 9, 2))
    np.testing.assert_allclose(loaded.elbo(x, seed=0), vae.elbo(x, seed=0), rtol=1e-5)
