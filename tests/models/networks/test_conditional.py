"""Conditional VAEs: labels reach both halves by every way in, and mistakes are named."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

from vae_widgets import IWAE, VAE, BetaTC
from vae_widgets.codec import Codec, check_codec, encode_mean

Y = load_digits().target
N = 150


@pytest.fixture(scope="module")
def conditional(digits):
    vae = VAE.build((8, 8), hidden_units=(32,), n_labels=10, seed=1)
    vae.compile(jit_compile=False)
    vae.fit(digits, Y, epochs=25, batch_size=64, verbose=0)
    return vae


def own_halves(n_labels=10, decoder_labels=10):
    x, y = keras.Input((8, 8)), keras.Input((n_labels,))
    h = layers.Concatenate()([layers.Flatten()(x), y])
    encoder = keras.Model([x, y], [layers.Dense(2)(h), layers.Dense(2)(h)])
    z, y = keras.Input((2,)), keras.Input((decoder_labels,))
    h = layers.Concatenate()([z, y])
    return encoder, keras.Model([z, y], layers.Reshape((8, 8))(layers.Dense(64)(h)))


def dense_by_hand(vae, x, y):
    """Return z_mean, z_log_var of the dense encoder, in float64."""
    w, b, w_code, b_code = (v.numpy().astype(np.float64) for v in vae.encoder.weights)
    h = np.maximum(np.concatenate([x.reshape(len(x), -1), np.eye(10)[y]], axis=1) @ w + b, 0)
    code = h @ w_code + b_code
    return code[:, :2], code[:, 2:]


def logits_by_hand(vae, z, y):
    w, b, w_out, b_out = (v.numpy().astype(np.float64) for v in vae.decoder.weights)
    h = np.maximum(np.concatenate([z, np.eye(10)[y]], axis=1) @ w + b, 0)
    return (h @ w_out + b_out).reshape(-1, 8, 8)


def test_labels_reach_both_halves_one_hot(conditional, digits):
    x, y = digits[:20], Y[:20]
    z_mean, z_log_var = conditional.encode(x, y)
    expected = dense_by_hand(conditional, x, y)
    np.testing.assert_allclose(z_mean, expected[0], rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(z_log_var, expected[1], rtol=1e-4, atol=1e-4)
    decoded = conditional.decode(z_mean, y)
    probabilities = 1 / (1 + np.exp(-logits_by_hand(conditional, z_mean, y)))
    np.testing.assert_allclose(decoded, probabilities, atol=1e-4)
    np.testing.assert_allclose(conditional([x, y]), decoded, atol=1e-5)
    np.testing.assert_allclose(conditional([x, np.eye(10)[y]]), decoded, atol=1e-5)


def test_samples_have_the_label_asked_for(conditional, digits):
    judge = LogisticRegression(max_iter=500).fit(digits.reshape(-1, 64), Y)
    y = np.repeat(np.arange(10), 20)
    samples = conditional.sample(200, seed=0, y=y)
    assert judge.score(samples.reshape(-1, 64), y) > 0.8  # by chance 0.1
    sevens = conditional.sample(20, seed=0, y=7)
    np.testing.assert_array_equal(sevens, conditional.sample(20, seed=0, y=np.full(20, 7)))


def test_the_label_leaves_the_codes(conditional, trained, digits):
    """What the label tells need not be in z: codes tell digits apart less than those of a VAE."""

    def accuracy(z):
        return LogisticRegression(max_iter=500).fit(z, Y).score(z, Y)

    unconditional = VAE.build((8, 8), hidden_units=(32,), seed=1)
    unconditional.compile(jit_compile=False)
    unconditional.fit(digits, epochs=25, batch_size=64, verbose=0)
    assert accuracy(conditional.encode(digits, Y)[0]) < 0.5
    assert accuracy(unconditional.encode(digits)[0]) > 0.6


def test_figures_of_merit_by_hand(conditional, digits):
    x, y = digits[:30], Y[:30]
    z_mean, z_log_var = dense_by_hand(conditional, x, y)
    logits = logits_by_hand(conditional, z_mean, y)
    reconstruction = (np.logaddexp(0, logits) - x * logits).sum((1, 2))
    kl = 0.5 * (z_mean**2 + np.exp(z_log_var) - z_log_var - 1)
    np.testing.assert_allclose(
        conditional.anomaly_score(x, y=y), reconstruction + kl.sum(1), rtol=1e-4
    )
    np.testing.assert_allclose(conditional.kl_per_dimension(x, y=y), kl.mean(0), rtol=1e-4)
    epsilon = np.random.default_rng(5).standard_normal((30, 2), dtype=np.float32)
    logits = logits_by_hand(conditional, z_mean + np.exp(z_log_var / 2) * epsilon, y)
    elbo = (x * logits - np.logaddexp(0, logits)).sum((1, 2)) - kl.sum(1)
    np.testing.assert_allclose(conditional.elbo(x, seed=5, y=y), elbo, rtol=1e-4)
    mean_elbo = np.mean([conditional.elbo(x, seed=seed, y=y) for seed in range(50)])
    assert conditional.log_likelihood(x, 200, seed=0, y=y).mean() > mean_elbo
    assert conditional.active_units(x, y=y) == 2
    assert conditional.reconstruction_error(x, y=y).shape == (30,)
    assert conditional.bits_per_dimension(x, 5, y=y).shape == (30,)
    assert sum(conditional.kl_decomposition(x, seed=0, y=y)) == pytest.approx(
        kl.sum(1).mean(), rel=0.3
    )
    assert conditional.anomaly_score(x, "mahalanobis", y=y).shape == (30,)


def test_a_wrong_label_is_anomalous(conditional, digits):
    right, wrong = (conditional.anomaly_score(digits, y=labels) for labels in (Y, (Y + 1) % 10))
    assert (wrong > right).mean() > 0.9


@pytest.mark.parametrize("objective", ["elbo", IWAE(3), BetaTC(dataset_size=N)])
def test_every_way_of_training_agrees(digits, objective):
    """A dataset, and arrays of the same batch by the fast path, by XLA or not: the same weights."""
    x, y = digits[:N], Y[:N]

    def make(jit_compile):
        vae = VAE.build((8, 8), hidden_units=(), n_labels=10, objective=objective)
        vae.compile(keras.optimizers.SGD(0.05), jit_compile=jit_compile)
        return vae

    slow, options = make(jit_compile=False), {"epochs": 2, "verbose": 0}
    dataset = tf.data.Dataset.from_tensor_slices((x, y)).batch(N)
    expected = slow.fit(dataset, validation_data=dataset, **options).history
    evaluated = slow.evaluate(dataset, verbose=0)
    for jit_compile in (False, True):
        fast = make(jit_compile)
        history = fast.fit(
            x, y, batch_size=256, shuffle=False, validation_data=(x, y), **options
        ).history
        for name, values in history.items():
            np.testing.assert_allclose(values, expected[name], rtol=1e-4)
        for one, two in zip(fast.trainable_variables, slow.trainable_variables, strict=True):
            np.testing.assert_allclose(one.numpy(), two.numpy(), rtol=1e-3, atol=1e-5)
        np.testing.assert_allclose(fast.evaluate(x, y, verbose=0), evaluated, rtol=1e-3)


def test_labels_are_shuffled_with_their_samples(digits):
    """With z cut off, only a label in its place lowers the reconstruction loss below one mean."""
    vae = VAE.build((8, 8), hidden_units=(32,), n_labels=10, beta=100.0)
    vae.compile(keras.optimizers.Adam(0.01), jit_compile=False)
    vae.fit(digits, Y, epochs=20, verbose=0)
    means = np.stack([digits[digit == Y].mean(0) for digit in range(10)])
    np.testing.assert_allclose(vae.decode(np.zeros((10, 2)), np.arange(10)), means, atol=0.12)


def test_validation_split_splits_the_labels_too(digits):
    vae = VAE.build((8, 8), hidden_units=(8,), n_labels=10)
    vae.compile(keras.optimizers.SGD(0.0), jit_compile=False)
    history = vae.fit(digits[:100], Y[:100], validation_split=0.3, verbose=0).history
    expected = vae.evaluate(digits[70:100], Y[70:100], verbose=0)
    assert history["val_loss"][0] == pytest.approx(expected[0], rel=1e-5)


def test_callbacks_get_the_labels_of_the_preview(digits):
    class Params(keras.callbacks.Callback):
        pass

    vae, params = VAE.build((8, 8), hidden_units=(4,), n_labels=10), Params()
    vae.compile(jit_compile=False)
    vae.fit(digits[:40], Y[:40], callbacks=[params], verbose=0)
    np.testing.assert_array_equal(params.params["preview_labels"], Y[:40])
    np.testing.assert_array_equal(params.params["preview"], digits[:40])


@pytest.mark.parametrize(
    "options",
    [
        {"architecture": "dense", "hidden_units": (12, 8)},
        {"architecture": "dense", "hidden_units": ()},
        {"architecture": "conv", "filters": (4,), "hidden_units": ()},
        {"architecture": "conv", "filters": (4,)},
        {"architecture": "sequence", "filters": (4,)},
        {"variational": False},
    ],
)
def test_every_architecture_takes_labels_and_comes_back(options, digits, tmp_path):
    vae = VAE.build((8, 8), n_labels=10, **options)
    vae.compile(jit_compile=False)
    history = vae.fit(digits[:512], Y[:512], epochs=2, verbose=0).history
    assert history["loss"][1] < history["loss"][0]
    vae.save(tmp_path / "vae.keras")
    loaded = keras.models.load_model(tmp_path / "vae.keras")
    assert loaded.n_labels == 10
    x, y = digits[:9], Y[:9]
    np.testing.assert_allclose(loaded.anomaly_score(x, y=y), vae.anomaly_score(x, y=y), rtol=1e-5)
    decoded = [vae.decode(np.ones((1, 2)), label) for label in range(10)]
    assert all(not np.allclose(decoded[0], other, atol=1e-5) for other in decoded[1:])
    codes = [vae.encode(x[:1], label)[0] for label in range(10)]
    assert all(not np.allclose(codes[0], other, atol=1e-6) for other in codes[1:])


def test_given_a_label_it_is_a_codec(conditional, digits):
    codec = conditional.condition_on(3)
    assert isinstance(codec, Codec)
    assert check_codec(codec) is codec
    assert codec.latent_dim == 2
    assert codec.sample_shape == (8, 8)
    x = digits[:5]
    np.testing.assert_array_equal(encode_mean(codec, x), conditional.encode(x, np.full(5, 3))[0])
    z = np.zeros((4, 2))
    np.testing.assert_array_equal(codec.decode(z), conditional.decode(z, np.full(4, 3)))
    np.testing.assert_array_equal(codec.sample(4, seed=2), conditional.sample(4, seed=2, y=3))
    assert "label 3" in repr(codec)


def test_widgets_work_with_a_label_fixed(conditional, digits):
    from vae_widgets import InterpolationSlider, LatentScatter

    codec = conditional.condition_on(8)
    assert LatentScatter(codec, digits[:50]).decoded is not None
    frames = InterpolationSlider(codec, digits[0], digits[1], steps=5).frames
    assert len(frames) == 5


def test_models_of_your_own_with_two_inputs(digits):
    vae = VAE(*own_halves())
    assert vae.n_labels == 10
    assert vae.sample_shape == (8, 8)
    vae.compile(jit_compile=False)
    history = vae.fit(digits, Y, epochs=3, verbose=0).history
    assert history["loss"][-1] < history["loss"][0]
    assert vae.sample(3, y=5).shape == (3, 8, 8)


def test_subclassed_models_say_how_many_labels():
    class Encoder(keras.Model):
        def __init__(self):
            super().__init__()
            self.mean, self.log_var = layers.Dense(3), layers.Dense(3)

        def call(self, inputs):
            h = keras.ops.concatenate(inputs, axis=-1)
            return self.mean(h), self.log_var(h)

    class Decoder(keras.Model):
        def __init__(self):
            super().__init__()
            self.out = layers.Dense(5)

        def call(self, inputs):
            return self.out(keras.ops.concatenate(inputs, axis=-1))

    vae = VAE(Encoder(), Decoder(), sample_shape=5, n_labels=4)
    assert vae.encode(np.zeros((6, 5)), np.arange(6) % 4)[0].shape == (6, 3)


def test_labels_may_be_any_kind_of_whole_number(conditional, digits):
    x = digits[:3]
    expected = conditional.encode(x, np.array([1, 0, 1]))[0]
    for y in ([1, 0, 1], (1.0, 0.0, 1.0), np.array([True, False, True]), np.uint8([1, 0, 1])):
        np.testing.assert_array_equal(conditional.encode(x, y)[0], expected)


BAD = [
    (None, TypeError, ["y is missing", "n_labels=10", "0 to 9"]),
    (Y[:4], ValueError, ["y has shape (4,)", "expected (5,)"]),
    (np.eye(10)[:5], ValueError, ["y has shape (5, 10)", "(5,)", "argmax"]),
    ([0, 1, 2, 3, 10], ValueError, ["y holds 10", "n_labels=10", "0 to 9"]),
    ([0, 1, 2, 3, -1], ValueError, ["y holds -1", "0 to 9"]),
    ([0, 1, 2, 3, 0.5], ValueError, ["y holds 0.5", "whole numbers"]),
    ([0, 1, 2, 3, np.nan], ValueError, ["y holds nan", "whole numbers"]),
    (list("abcde"), TypeError, ["y must hold whole numbers", "np.unique"]),
    ([[0], [1, 2], 3, 4, 5], TypeError, ["y must hold whole numbers"]),
]


@pytest.mark.parametrize(("y", "error", "parts"), BAD, ids=lambda v: str(v)[:25])
@pytest.mark.parametrize("method", ["fit", "fit_async", "evaluate", "encode", "elbo", "decode"])
def test_bad_labels(conditional, digits, method, y, error, parts):
    data = np.zeros((5, 2)) if method == "decode" else digits[:5]
    with pytest.raises(error) as caught:
        getattr(conditional, method)(data, y=y)
    for part in parts:
        assert part in str(caught.value)


@pytest.mark.parametrize("method", ["fit", "fit_async", "evaluate", "encode", "elbo"])
def test_labels_for_a_vae_that_takes_none(trained, digits, method):
    with pytest.raises(TypeError, match=r"(?s)y is given.*takes no targets.*n_labels"):
        getattr(trained, method)(digits[:5], y=Y[:5])


@pytest.mark.parametrize(
    ("use", "error", "match"),
    [
        (lambda vae, x: vae.sample(3), TypeError, "y is missing"),
        (lambda vae, x: vae.sample(3, y=[1, 2]), ValueError, r"y has shape \(2,\).*\(3,\)"),
        (lambda vae, x: vae.condition_on(10), ValueError, "label holds 10"),
        (
            lambda vae, x: vae.condition_on([1, 2]),
            ValueError,
            r"label has shape \(2,\); expected one",
        ),
        (lambda vae, x: vae.condition_on("three"), TypeError, "label must hold whole numbers"),
        (lambda vae, x: vae.fit(x, Y[:5], validation_data=x), TypeError, "validation_data"),
        (
            lambda vae, x: vae.fit(x, Y[:5], validation_data=(x, Y[:4])),
            ValueError,
            r"validation_data\[1\] has shape \(4,\)",
        ),
        (lambda vae, x: vae.fit(dataset_of(x), verbose=0), ValueError, "labels are missing"),
        (
            lambda vae, x: vae.fit(dataset_of((x, np.eye(10)[:5]))),
            ValueError,
            r"labels are float64 \(None, 10\)",
        ),
        (
            lambda vae, x: vae.fit(dataset_of((x, Y[:5])), Y[:5]),
            TypeError,
            "y is given beside a dataset",
        ),
        (
            lambda vae, x: vae.fit(dataset_of((x, Y[:5] + 8)), verbose=0),
            tf.errors.InvalidArgumentError,
            "labels outside 0 to 9",
        ),
    ],
)
def test_bad_uses(conditional, digits, use, error, match):
    with pytest.raises(error, match=match):
        use(conditional, digits[:5])


def dataset_of(data):
    return tf.data.Dataset.from_tensor_slices(data).batch(5)


@pytest.mark.parametrize(
    ("make", "error", "match"),
    [
        (lambda: VAE.build(8, n_labels=0), ValueError, "n_labels must be at least 1; received 0"),
        (lambda: VAE.build(8, n_labels="ten"), TypeError, "n_labels must be a whole number"),
        (lambda: VAE(*own_halves(10, 9)), ValueError, "decoder takes labels of width 9.*10"),
        (lambda: VAE(*own_halves(), n_labels=3), ValueError, "width 10, but n_labels says 3"),
        (
            lambda: VAE(own_halves()[0], VAE.build((8, 8)).decoder),
            ValueError,
            "decoder takes no labels, but the other half says 10",
        ),
        (
            lambda: VAE(VAE.build((8, 8)).encoder, VAE.build((8, 8)).decoder, n_labels=10),
            ValueError,
            "encoder takes no labels, but n_labels says 10",
        ),
    ],
)
def test_bad_models(make, error, match):
    with pytest.raises(error, match=match):
        make()


def test_what_is_for_conditional_models_only(trained):
    with pytest.raises(TypeError, match=r"condition_on\(label\) is for a conditional VAE"):
        trained.condition_on(3)
    with pytest.raises(TypeError, match=r"y is given"):
        trained.sample(5, y=3)
    with pytest.raises(TypeError, match=r"y is given"):
        trained.decode(np.zeros((2, 3)), 1)
