"""Figures of merit against closed forms and brute force in numpy."""

from decimal import Decimal

import keras
import numpy as np
import onnxruntime
import pytest
import scipy.special
import scipy.stats
import tensorflow as tf

from tests.support.foreign import TorchTensor
from vae_widgets import VAE
from vae_widgets.codec import Codec, check_codec


def weights_of(vae):
    """Return kernels and biases in float64: hidden, code, hidden, output."""
    flat = [w.numpy().astype(np.float64) for w in vae.weights]
    return list(zip(flat[::2], flat[1::2], strict=True))


def encode_by_hand(vae, x):
    (w, b), (w_code, b_code), *_ = weights_of(vae)
    code = np.maximum(x.reshape(len(x), -1) @ w + b, 0) @ w_code + b_code
    return code[:, : vae.latent_dim], code[:, vae.latent_dim :]


def logits_by_hand(vae, z):
    *_, (w, b), (w_out, b_out) = weights_of(vae)
    return np.maximum(z @ w + b, 0) @ w_out + b_out


def log_likelihood_by_hand(vae, x, z):
    """Return log p(x | z) of binary or grey x, (n,)."""
    x, logits = x.reshape(len(x), -1), logits_by_hand(vae, z)
    p = scipy.special.expit(logits)
    return (scipy.special.xlogy(x, p) + scipy.special.xlog1py(1 - x, -p)).sum(1)


def test_is_a_codec_and_a_keras_model(trained):
    assert isinstance(trained, Codec)
    assert check_codec(trained) is trained
    assert isinstance(trained, keras.Model)


def test_encode_and_decode_by_hand(trained, digits):
    z_mean, z_log_var = trained.encode(digits[:20])
    expected = encode_by_hand(trained, digits[:20])
    np.testing.assert_allclose(z_mean, expected[0], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(z_log_var, expected[1], rtol=1e-4, atol=1e-5)
    p = scipy.special.expit(logits_by_hand(trained, z_mean)).reshape(20, 8, 8)
    np.testing.assert_allclose(trained.decode(z_mean), p, atol=1e-5)


def test_many_rows_are_the_same_as_few(trained, digits):
    many = np.concatenate([digits, digits])  # more than pass at a time
    np.testing.assert_allclose(
        trained.encode(many)[0][-5:], trained.encode(digits[-5:])[0], atol=1e-5
    )
    np.testing.assert_allclose(
        trained.elbo(many, seed=3)[:5], trained.elbo(many[:5], seed=3), rtol=1e-5
    )


def test_calling_reconstructs_in_data_space(trained, digits):
    expected = trained.decode(trained.encode(digits[:4])[0])
    np.testing.assert_allclose(trained(digits[:4]), expected, atol=1e-6)
    noisy = np.asarray(trained(digits[:4], training=True))
    assert noisy.shape == expected.shape
    assert not np.allclose(noisy, expected)


def test_elbo_by_hand(trained, digits):
    x = digits[:30]
    z_mean, z_log_var = encode_by_hand(trained, x)
    epsilon = np.random.default_rng(5).standard_normal((30, 3), dtype=np.float32)
    z = z_mean + np.exp(z_log_var / 2) * epsilon
    kl = 0.5 * (z_mean**2 + np.exp(z_log_var) - z_log_var - 1).sum(1)
    expected = log_likelihood_by_hand(trained, x, z) - kl
    np.testing.assert_allclose(trained.elbo(x, seed=5), expected, rtol=1e-4)


def test_elbo_seeds(trained, digits):
    x = digits[:9]
    np.testing.assert_array_equal(trained.elbo(x, seed=1), trained.elbo(x, seed=1))
    assert not np.array_equal(trained.elbo(x, seed=1), trained.elbo(x, seed=2))
    assert not np.array_equal(trained.elbo(x), trained.elbo(x))


def test_elbo_is_below_the_importance_weighted_bound(trained, digits):
    """Burda et al. (2016): the bound with k samples rises with k, and k = 1 is the ELBO."""
    x = (digits[:40] > 0.5).astype(np.float32)
    rng = np.random.default_rng(0)
    z_mean, z_log_var = encode_by_hand(trained, x)
    deviation = np.exp(z_log_var / 2)
    log_w = []
    for _ in range(200):
        z = z_mean + deviation * rng.standard_normal(z_mean.shape)
        log_q = scipy.stats.norm.logpdf(z, z_mean, deviation).sum(1)
        log_p = scipy.stats.norm.logpdf(z).sum(1)
        log_w.append(log_likelihood_by_hand(trained, x, z) + log_p - log_q)
    bound = (scipy.special.logsumexp(log_w, axis=0) - np.log(200)).mean()
    elbo = np.mean([trained.elbo(x, seed=seed) for seed in range(20)])
    assert elbo < bound
    assert elbo == pytest.approx(np.mean(log_w), abs=0.3)


def linear_gaussian_vae(rng):
    """Return a VAE that is exact factor analysis, with its W and b.

    x | z ~ N(W z + b, I) with orthogonal columns of W has the posterior
    N((I + W'W)^-1 W'(x - b), (I + W'W)^-1), which is diagonal: the encoder can be exact.
    """
    w = np.linalg.qr(rng.normal(size=(6, 2)))[0] * [2.0, 0.7]
    b = rng.normal(size=6)
    variance = 1 / (1 + (w**2).sum(0))
    x = keras.Input((6,))
    z_mean, z_log_var = keras.layers.Dense(2), keras.layers.Dense(2)
    encoder = keras.Model(x, [z_mean(x), z_log_var(x)])
    decoder = keras.Sequential([keras.Input((2,)), keras.layers.Dense(6)])
    z_mean.set_weights([w * variance, -b @ w * variance])
    z_log_var.set_weights([np.zeros((6, 2)), np.log(variance)])
    decoder.set_weights([w.T, b])
    return VAE(encoder, decoder, likelihood="gaussian"), w, b


def test_elbo_of_an_exact_linear_gaussian_vae_is_the_log_likelihood():
    rng = np.random.default_rng(0)
    vae, w, b = linear_gaussian_vae(rng)
    x = rng.multivariate_normal(b, w @ w.T + np.eye(6), 50).astype(np.float32)
    exact = scipy.stats.multivariate_normal(b, w @ w.T + np.eye(6)).logpdf(x)
    draws = np.array([vae.elbo(x, seed=seed) for seed in range(400)])
    error = draws.std(0) / np.sqrt(len(draws))
    assert (abs(draws.mean(0) - exact) < 5 * error).all()


def test_anomaly_scores_by_hand(trained, digits):
    x = digits[:30]
    z_mean, z_log_var = encode_by_hand(trained, x)
    reconstruction = -log_likelihood_by_hand(trained, x, z_mean)
    kl = 0.5 * (z_mean**2 + np.exp(z_log_var) - z_log_var - 1).sum(1)
    for kind, expected in {
        "reconstruction": reconstruction,
        "kl": kl,
        "elbo": reconstruction + kl,
    }.items():
        score = trained.anomaly_score(x, kind=kind)
        assert score.shape == (30,)
        np.testing.assert_allclose(score, expected, rtol=1e-4)


def test_mahalanobis_is_measured_from_the_training_codes(trained, digits):
    z_mean, z_log_var = (part.astype(np.float64) for part in trained.encode(digits))
    covariance = np.cov(z_mean.T, bias=True) + np.diag(np.exp(z_log_var).mean(0))
    centred = z_mean - z_mean.mean(0)
    expected = np.sqrt(np.einsum("ni,ij,nj->n", centred, np.linalg.inv(covariance), centred))
    np.testing.assert_allclose(trained.anomaly_score(digits, "mahalanobis"), expected, rtol=1e-3)


def test_noise_scores_higher_than_digits(trained, digits):
    noise = np.random.default_rng(0).random((200, 8, 8), dtype=np.float32)
    for kind in ("elbo", "reconstruction"):
        scores = trained.anomaly_score(noise, kind), trained.anomaly_score(digits, kind)
        assert scipy.stats.mannwhitneyu(*scores).statistic / (200 * len(digits)) > 0.95


def test_kl_per_dimension_sums_to_the_kl_loss(trained, digits):
    per_dimension = trained.kl_per_dimension(digits)
    assert per_dimension.shape == (3,)
    kl_loss = trained.evaluate(digits, verbose=0, return_dict=True)["kl_loss"]
    assert per_dimension.sum() == pytest.approx(kl_loss, rel=1e-4)


def test_active_units_counts_varying_means():
    rng = np.random.default_rng(0)
    vae, *_ = linear_gaussian_vae(rng)
    x = rng.normal(size=(500, 6)).astype(np.float32)
    assert vae.active_units(x) == 2
    kernel, bias = vae.encoder.layers[1].get_weights()
    vae.encoder.layers[1].set_weights([kernel * [1, 0], bias])
    assert vae.active_units(x) == 1
    assert vae.active_units(x, threshold=100) == 0


def test_sample_decodes_the_prior(trained):
    a, b, c = trained.sample(7, seed=1), trained.sample(7, seed=1), trained.sample(7, seed=2)
    assert a.shape == (7, 8, 8)
    assert (a >= 0).all()
    assert (a <= 1).all()
    np.testing.assert_array_equal(a, b)
    assert not np.array_equal(a, c)


def test_evaluate_agrees_with_the_elbo(trained, digits):
    logs = trained.evaluate(digits, verbose=0, return_dict=True)
    assert list(logs) == ["loss", "reconstruction_loss", "kl_loss", "elbo"]
    draws = [-trained.elbo(digits, seed=seed).mean() for seed in range(20)]
    assert abs(logs["loss"] - np.mean(draws)) < 5 * np.std(draws)
    assert trained.evaluate(digits, verbose=0) == list(logs.values())[:3]  # the same noise


def test_integers_are_welcome(trained, digits):
    binary = (digits > 0.5).astype(np.uint8)
    np.testing.assert_array_equal(
        trained.anomaly_score(binary), trained.anomaly_score(binary.astype(np.float32))
    )


def test_summary_names_both_halves(trained, capsys):
    trained.summary()
    printed = capsys.readouterr().out
    assert "encoder" in printed
    assert "decoder" in printed
    assert "Non-trainable params: 0" in printed


def test_build_is_a_factory_on_the_class_and_keras_build_on_a_model(make_vae):
    class Mine(VAE):
        pass

    assert type(Mine.build((8, 8))) is Mine
    vae = make_vae()
    vae.build((None, 8, 8))
    assert vae.built
    assert "sample_shape" in VAE.build.__doc__


def test_settings_are_numbers_of_any_library(make_vae):
    vae = make_vae(latent_dim=np.int64(3), beta=TorchTensor(0.5))
    assert (vae.latent_dim, vae.beta) == (3, 0.5)
    for value in (tf.constant(0.25), Decimal("0.25"), np.array(0.25), TorchTensor([0.25])):
        vae.beta, vae.learning_rate = 1.0, 1.0
        vae.beta, vae.learning_rate = value, value
        assert (vae.beta, vae.learning_rate) == (0.25, 0.25)


@pytest.fixture(scope="module")
def x():
    return np.random.default_rng(0).random((20, 6), dtype=np.float32)


def fitted(x, **options):
    vae = VAE.build((6,), hidden_units=(8,), **options)
    vae.compile(jit_compile=False)
    vae.fit(x, np.arange(len(x)) % 3 if options else None, verbose=0)
    return vae


def test_a_saved_model_straight_after_fit(x, tmp_path):
    vae = fitted(x)
    vae.export(tmp_path / "x", verbose=False)
    loaded = tf.saved_model.load(tmp_path / "x")  # which owns the variables
    served = loaded.serve(x)
    np.testing.assert_allclose(served, vae.decode(vae.encode(x)[0]), rtol=1e-5, atol=1e-6)


def test_onnx_straight_after_fit(x, tmp_path):
    vae = fitted(x)
    vae.export(tmp_path / "x.onnx", format="onnx", verbose=False)
    session = onnxruntime.InferenceSession(tmp_path / "x.onnx")
    (served,) = session.run(None, {session.get_inputs()[0].name: x})
    np.testing.assert_allclose(served, vae.decode(vae.encode(x)[0]), rtol=1e-5, atol=1e-6)


def test_a_saved_model_of_a_conditional_vae(x, tmp_path):
    vae = fitted(x, n_labels=3)
    vae.export(tmp_path / "x", verbose=False)
    y = np.arange(len(x)) % 3
    hot = np.eye(3, dtype=np.float32)[y]
    loaded = tf.saved_model.load(tmp_path / "x")
    served = loaded.serve([x, hot])
    np.testing.assert_allclose(served, vae.decode(vae.encode(x, y)[0], y), rtol=1e-5, atol=1e-6)
