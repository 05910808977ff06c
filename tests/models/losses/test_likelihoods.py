import re

import keras
import numpy as np
import pytest
import scipy.integrate
import scipy.special
import scipy.stats
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.decomposition import PCA
from sklearn.metrics import log_loss

from vae_widgets import VAE
from vae_widgets.models.losses.kl_terms import kl_divergence
from vae_widgets.models.losses.likelihood import Likelihood
from vae_widgets.models.losses.likelihoods import (
    LIKELIHOODS,
    Bernoulli,
    Categorical,
    Gaussian,
    make_likelihood,
)

RNG = np.random.default_rng(0)


def draw(shape, scale=1.0):
    return (scale * RNG.standard_normal(shape)).astype(np.float32)


@pytest.mark.parametrize("shape", [(7,), (4, 3), (4, 3, 2)])
def test_bernoulli_is_scipys_log_mass_for_black_and_white(shape):
    x = RNG.integers(0, 2, (5, *shape)).astype(np.float32)
    logits = draw((5, *shape), 3)
    expected = -scipy.stats.bernoulli.logpmf(x, scipy.special.expit(logits)).reshape(5, -1).sum(1)
    got = Bernoulli().negative_log_likelihood(x, logits)
    np.testing.assert_allclose(got, expected, rtol=1e-5)


def test_bernoulli_is_sklearns_cross_entropy():
    x = RNG.integers(0, 2, (1, 50)).astype(np.float32)
    logits = draw((1, 50))
    expected = log_loss(x[0], scipy.special.expit(logits[0].astype(np.float64)), normalize=False)
    got = Bernoulli().negative_log_likelihood(x, logits)
    np.testing.assert_allclose(got, [expected], rtol=1e-5)


def test_bernoulli_of_grey_values_is_the_cross_entropy():
    x, logits = RNG.random((3, 9)).astype(np.float32), draw((3, 9))
    p = scipy.special.expit(logits.astype(np.float64))
    expected = -(scipy.special.xlogy(x, p) + scipy.special.xlog1py(1 - x, -p)).sum(1)
    np.testing.assert_allclose(Bernoulli().negative_log_likelihood(x, logits), expected, rtol=1e-5)


def test_bernoulli_from_probabilities_agrees_with_logits():
    x, logits = RNG.random((3, 9)).astype(np.float32), draw((3, 9))
    probabilities = scipy.special.expit(logits)
    np.testing.assert_allclose(
        Bernoulli(from_logits=False).negative_log_likelihood(x, probabilities),
        Bernoulli().negative_log_likelihood(x, logits),
        rtol=1e-4,
    )
    np.testing.assert_allclose(Bernoulli().mean(logits), probabilities, rtol=1e-5)
    np.testing.assert_array_equal(Bernoulli(from_logits=False).mean(probabilities), probabilities)


def test_bernoulli_stays_finite_for_huge_logits():
    got = Bernoulli().negative_log_likelihood(np.float32([[0, 1]]), np.float32([[200, -200]]))
    np.testing.assert_allclose(got, [400], rtol=1e-6)


@pytest.mark.parametrize("deviation", [1.0, 0.3, 20])
@pytest.mark.parametrize("shape", [(7,), (4, 3, 2)])
def test_gaussian_is_scipys_log_density_with_its_constant(shape, deviation):
    x, mean = draw((5, *shape)), draw((5, *shape))
    expected = -scipy.stats.norm.logpdf(x, mean, deviation).reshape(5, -1).sum(1)
    gaussian = Gaussian(deviation)
    np.testing.assert_allclose(gaussian.negative_log_likelihood(x, mean), expected, rtol=1e-5)
    np.testing.assert_array_equal(gaussian.mean(mean), mean)
    assert gaussian.deviation == pytest.approx(deviation)
    assert not gaussian.weights


def test_a_predicted_deviation_is_scipys_log_density():
    x, mean, log_var = draw((5, 4, 3)), draw((5, 4, 3)), draw((5, 4, 3))
    expected = -scipy.stats.norm.logpdf(x, mean, np.exp(log_var / 2)).sum((1, 2))
    gaussian = Gaussian("predicted")
    np.testing.assert_allclose(
        gaussian.negative_log_likelihood(x, [mean, log_var]), expected, rtol=1e-5
    )
    np.testing.assert_array_equal(gaussian.mean([mean, log_var]), mean)
    assert gaussian.deviation is None


def test_predicted_log_variances_are_clipped():
    zero = np.zeros((1, 1), np.float32)
    got = Gaussian("predicted").negative_log_likelihood(zero, [zero, zero - 500])
    np.testing.assert_allclose(got, [-scipy.stats.norm.logpdf(0, 0, np.exp(-6))], rtol=1e-6)


def test_a_learned_deviation_starts_at_one_and_is_a_weight():
    gaussian = Gaussian("learned")
    assert gaussian.deviation == pytest.approx(1, rel=1e-6)
    assert [w.shape for w in gaussian.trainable_weights] == [()]
    gaussian.trainable_weights[0].assign(-1000.0)
    assert gaussian.deviation == pytest.approx(np.exp(-6))


def linear_data(rng, n, deviation):
    """Return x = z W + b + noise with three latent and ten data dimensions, (n, 10)."""
    w, b = rng.normal(size=(3, 10)), rng.normal(size=10)
    x = rng.normal(size=(n, 3)) @ w + b + deviation * rng.normal(size=(n, 10))
    return x.astype(np.float32)


@pytest.fixture(scope="module")
def linear():
    """A linear VAE with a learned deviation, trained on `linear_data` with deviation 0.5."""
    x = linear_data(np.random.default_rng(0), 2000, 0.5)
    vae = VAE.build((10,), latent_dim=3, hidden_units=(), likelihood=Gaussian("learned"))
    vae.compile(keras.optimizers.Adam(0.01), jit_compile=False)
    vae.fit(x, epochs=150, batch_size=200, verbose=0)
    return vae, x


def test_a_linear_vae_reaches_the_likelihood_of_probabilistic_pca(linear):
    """Tipping & Bishop (1999); sklearn's PCA.score is the likelihood at their closed form."""
    vae, x = linear
    expected = PCA(3).fit(x).score(x)
    assert vae.log_likelihood(x, 20, seed=0).mean() == pytest.approx(expected, rel=0.005)


def test_the_learned_deviation_is_the_true_one(linear):
    vae, x = linear
    assert vae.likelihood.deviation == pytest.approx(0.5, rel=0.03)
    assert vae.likelihood.deviation == pytest.approx(PCA(3).fit(x).noise_variance_ ** 0.5, rel=0.03)


def test_a_learned_deviation_is_counted_saved_and_loaded(linear, tmp_path):
    vae, x = linear
    fixed = VAE.build((10,), latent_dim=3, hidden_units=(), likelihood="gaussian")
    assert vae.count_params() == fixed.count_params() + 1
    vae.save(tmp_path / "vae.keras")
    loaded = keras.models.load_model(tmp_path / "vae.keras")
    assert loaded.likelihood.deviation == pytest.approx(vae.likelihood.deviation, rel=1e-6)
    np.testing.assert_allclose(loaded.elbo(x, seed=0), vae.elbo(x, seed=0), rtol=1e-5)
    vae.save_weights(tmp_path / "only.weights.h5")
    other = VAE.build((10,), latent_dim=3, hidden_units=(), likelihood=Gaussian("learned"))
    other.compile(keras.optimizers.Adam(0.01), jit_compile=False)
    other.load_weights(tmp_path / "only.weights.h5")
    np.testing.assert_allclose(other.elbo(x, seed=0), vae.elbo(x, seed=0), rtol=1e-5)


def test_a_frozen_deviation_stays():
    gaussian = Gaussian("learned")
    gaussian.trainable = False
    vae = VAE.build((10,), hidden_units=(), likelihood=gaussian)
    before = gaussian.deviation
    vae.compile("sgd", jit_compile=False)
    vae.fit(linear_data(np.random.default_rng(0), 300, 0.1), epochs=2, verbose=0)
    assert gaussian.deviation == before


def test_predicted_deviations_are_learned():
    """Where the noise differs between dimensions, a deviation for each is worth nats."""
    rng = np.random.default_rng(0)
    x = (rng.normal(size=(1000, 4)) * [0.1, 0.5, 1, 2]).astype(np.float32)

    def half(n_in, names):
        inputs = keras.Input((n_in,))
        layers = [keras.layers.Dense(n, name=name, kernel_initializer="zeros") for name, n in names]
        return keras.Model(inputs, [layer(inputs) for layer in layers])

    encoder = half(4, [("z_mean", 1), ("z_log_var", 1)])
    decoder = half(1, [("mean", 4), ("log_var", 4)])
    vae = VAE(encoder, decoder, likelihood=Gaussian("predicted"))
    vae.compile(keras.optimizers.Adam(0.01), jit_compile=False)
    vae.fit(x, epochs=60, batch_size=100, verbose=0)
    exact = scipy.stats.norm(0, [0.1, 0.5, 1, 2]).logpdf(x).sum(1).mean()
    assert vae.elbo(x, seed=0).mean() == pytest.approx(exact, abs=0.1)
    assert vae.decode(np.zeros((3, 1))).shape == (3, 4)


@pytest.mark.parametrize("shape", [(7,), (4, 3), (3, 4)])
@pytest.mark.parametrize("dtype", [np.float32, np.int64, np.uint8])
def test_categorical_is_scipys_log_mass(shape, dtype):
    tokens, logits = RNG.integers(0, 5, (6, *shape)), draw((6, *shape, 5), 3)
    log_p = scipy.special.log_softmax(logits.astype(np.float64), -1)
    picked = np.take_along_axis(log_p, tokens[..., np.newaxis], -1)
    got = Categorical(5).negative_log_likelihood(tokens.astype(dtype), logits)
    np.testing.assert_allclose(got, -picked.reshape(6, -1).sum(1), rtol=1e-5)


def test_categorical_is_sklearns_cross_entropy():
    tokens, logits = RNG.integers(0, 5, (1, 40)), draw((1, 40, 5))
    p = scipy.special.softmax(logits[0].astype(np.float64), -1)
    expected = log_loss(tokens[0], p, labels=range(5), normalize=False)
    got = Categorical(5).negative_log_likelihood(tokens, logits)
    np.testing.assert_allclose(got, [expected], rtol=1e-5)


def test_categorical_shows_the_most_likely_tokens_and_counts_wrong_ones():
    logits = draw((6, 8, 2, 5))
    most_likely = logits.argmax(-1)
    categorical = Categorical(5)
    shown = np.asarray(categorical.mean(logits))
    assert shown.dtype == np.float32
    np.testing.assert_array_equal(shown, most_likely)
    tokens = RNG.integers(0, 5, (6, 8, 2)).astype(np.float32)
    wrong = (tokens != most_likely).mean((1, 2))
    np.testing.assert_allclose(categorical.error(tokens, logits), wrong, rtol=1e-6)


def test_categorical_stays_finite_for_huge_logits():
    logits = np.float32([[[300, -300], [300, -300]]])
    got = Categorical(2).negative_log_likelihood(np.float32([[1, 0]]), logits)
    np.testing.assert_allclose(got, [600], rtol=1e-6)


@settings(max_examples=30)
@given(st.floats(-4, 4), st.floats(-4, 4))
def test_kl_is_the_integral(mean, log_var):
    """KL by quadrature of q log(q / p), the definition."""
    deviation = np.exp(log_var / 2)
    q, p = scipy.stats.norm(mean, deviation), scipy.stats.norm()
    z = mean + deviation * np.linspace(-10, 10, 20_001)
    expected = scipy.integrate.trapezoid(q.pdf(z) * (q.logpdf(z) - p.logpdf(z)), z)
    got = float(kl_divergence(np.float32([[mean]]), np.float32([[log_var]]))[0, 0])
    assert got == pytest.approx(expected, rel=1e-4, abs=1e-5)


def test_kl_is_the_monte_carlo_mean():
    mean, log_var = np.float32([[0.7, -1.2]]), np.float32([[0.4, -0.9]])
    deviation = np.exp(log_var / 2)
    z = mean + deviation * RNG.standard_normal((400_000, 2))
    ratio = scipy.stats.norm.logpdf(z, mean, deviation) - scipy.stats.norm.logpdf(z)
    error = ratio.std(0) / np.sqrt(len(z))
    got = np.asarray(kl_divergence(mean, log_var))[0]
    assert (abs(got - ratio.mean(0)) < 5 * error).all()


@pytest.mark.parametrize("name", LIKELIHOODS)
def test_made_by_name(name):
    likelihood = make_likelihood(name, n_classes=3 if name == "categorical" else None)
    assert likelihood.name == name
    assert type(likelihood) is LIKELIHOODS[name]
    assert make_likelihood(likelihood) is likelihood


@pytest.mark.parametrize(
    "likelihood",
    [
        Bernoulli(),
        Bernoulli(from_logits=False),
        Gaussian(),
        Gaussian(0.25),
        Gaussian("learned"),
        Gaussian("predicted"),
        Categorical(7),
    ],
    ids=lambda likelihood: str(likelihood.get_config()),
)
def test_configurations_come_back(likelihood):
    plain = keras.saving.serialize_keras_object(likelihood)
    again = keras.saving.deserialize_keras_object(plain)
    assert type(again) is type(likelihood)
    assert again.get_config() == likelihood.get_config()
    assert again.name == likelihood.name


@pytest.mark.parametrize(
    ("make", "error", "parts"),
    [
        (lambda: make_likelihood("bernouli"), ValueError, ["did you mean 'bernoulli'"]),
        (lambda: make_likelihood("catgorical"), ValueError, ["did you mean 'categorical'"]),
        (lambda: make_likelihood(3), TypeError, ["likelihood", "name", "object", "received 3"]),
        (lambda: make_likelihood(Gaussian), TypeError, ["class Gaussian", "Gaussian(...)"]),
        (
            lambda: make_likelihood("gaussian", from_logits=False),
            ValueError,
            ["from_logits=False is for the bernoulli", "'gaussian'"],
        ),
        (
            lambda: make_likelihood(Bernoulli(), from_logits=False),
            ValueError,
            ["from_logits", "is Bernoulli(from_logits=True)", "Bernoulli(from_logits=False)"],
        ),
        (lambda: make_likelihood("categorical"), ValueError, ["n_classes", "received None"]),
        (
            lambda: make_likelihood("gaussian", n_classes=3),
            ValueError,
            ["n_classes=3", "'categorical'", "'gaussian'"],
        ),
        (lambda: Categorical(1), ValueError, ["n_classes", "at least 2", "received 1"]),
        (lambda: Categorical(2.5), TypeError, ["n_classes", "whole number", "2.5"]),
        (lambda: Gaussian(0), ValueError, ["deviation", "(0, inf]", "received 0"]),
        (lambda: Gaussian("learnt"), ValueError, ["deviation", "did you mean 'learned'"]),
        (lambda: Gaussian(None), TypeError, ["deviation", "number", "None"]),
    ],
)
def test_bad_arguments(make, error, parts):
    with pytest.raises(error, match="(?s)" + "".join(f"(?=.*{re.escape(p)})" for p in parts)):
        make()


def decoder(*shapes):
    z = keras.Input((2,))
    layers = keras.layers
    parts = [layers.Reshape(s)(layers.Dense(int(np.prod(s)))(z)) for s in shapes]
    return keras.Model(z, parts if len(parts) > 1 else parts[0])


def encoder(*shape):
    x = keras.Input(shape)
    h = keras.layers.Flatten()(x)
    return keras.Model(x, [keras.layers.Dense(2)(h), keras.layers.Dense(2)(h)])


@pytest.mark.parametrize(
    ("shapes", "likelihood", "parts"),
    [
        ([(5,), (5,)], Gaussian(), ["2 outputs", "needs 1", "Gaussian(deviation='predicted')"]),
        ([(5,)], Gaussian("predicted"), ["1 output;", "needs 2"]),
        ([(5,), (4,)], Gaussian("predicted"), ["(4,)", "(5,)"]),
        ([(5,)], Categorical(3), ["(5,)", "(5, 3) was expected", "logits of 3 classes"]),
        ([(15,)], Categorical(3), ["(15,)", "Reshape((5, 3))"]),
        ([(5, 4)], Categorical(3), ["(5, 4)", "(5, 3)"]),
    ],
)
def test_decoders_that_do_not_fit(shapes, likelihood, parts):
    match = "(?s)" + "".join(f"(?=.*{re.escape(p)})" for p in parts)
    with pytest.raises(ValueError, match=match):
        VAE(encoder(5), decoder(*shapes), likelihood=likelihood)


@pytest.mark.parametrize(
    ("x", "parts"),
    [
        (np.full((2, 5), 3), ["x", "[3, 3]", "0 to 2"]),
        (np.full((2, 5), -1), ["x", "[-1, -1]", "0 to 2"]),
        (np.full((2, 5), 0.5), ["x", "0.5", "0 to 2"]),
        (np.zeros((2, 5, 3)), ["x", "(2, 5, 3)", "(n, 5)"]),
    ],
)
@pytest.mark.parametrize("method", ["fit", "elbo", "log_likelihood", "reconstruction_error"])
def test_what_are_no_tokens(x, parts, method):
    vae = VAE(encoder(5), decoder((5, 3)), likelihood=Categorical(3))
    with pytest.raises(ValueError, match="(?s)" + "".join(f"(?=.*{re.escape(p)})" for p in parts)):
        getattr(vae, method)(x)


def test_a_likelihood_of_ones_own(tmp_path):
    """The Laplace distribution: absolute errors."""

    @keras.saving.register_keras_serializable(package="test")
    class Laplace(Likelihood):
        def __init__(self):
            super().__init__("laplace")

        def negative_log_likelihood(self, x, decoder_output):
            return keras.ops.sum(keras.ops.abs(x - decoder_output) + np.log(2), axis=-1)

        def mean(self, decoder_output):
            return decoder_output

    vae = VAE(encoder(5), decoder((5,)), likelihood=Laplace())
    x = draw((20, 5))
    reconstruction = vae.decode(vae.encode(x)[0])
    expected = -scipy.stats.laplace.logpdf(x, reconstruction).sum(1)
    np.testing.assert_allclose(vae.anomaly_score(x, "reconstruction"), expected, rtol=1e-5)
    vae.save(tmp_path / "vae.keras")
    loaded = keras.models.load_model(tmp_path / "vae.keras")
    assert type(loaded.likelihood) is Laplace
    np.testing.assert_allclose(loaded.elbo(x, seed=0), vae.elbo(x, seed=0), rtol=1e-5)


@pytest.mark.parametrize("jit_compile", [False, True])
def test_bernoulli_derivatives_are_right_to_the_third_order(jit_compile):
    """The second is p (1 - p), the third p (1 - p) (1 - 2 p); in float64 from scipy's logit."""
    logits = np.array([-80, -20, -3, -1e-3, 0, 1e-3, 3, 20, 80], np.float32)
    x = np.linspace(0, 1, len(logits), dtype=np.float32)

    @tf.function(jit_compile=jit_compile)
    def derivatives(logits):
        with tf.GradientTape() as third, tf.GradientTape() as second, tf.GradientTape() as first:
            for tape in (third, second, first):
                tape.watch(logits)
            loss = Bernoulli().elementwise_negative_log_likelihood(x, logits)
            slope = first.gradient(loss, logits)
            curvature = second.gradient(slope, logits)
        return slope, curvature, third.gradient(curvature, logits)

    wide = logits.astype(np.float64)
    p, q = scipy.special.expit(wide), scipy.special.expit(-wide)
    slope, curvature, change = (part.numpy() for part in derivatives(tf.constant(logits)))
    np.testing.assert_allclose(slope, p - x, rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(curvature, p * q, rtol=1e-5)
    np.testing.assert_allclose(change, p * q * (q - p), rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("again", ["build", "models"])
def test_a_learned_deviation_belongs_to_one_model(digits, again):
    rule = Gaussian("learned")
    first = VAE.build((8, 8), likelihood=rule, hidden_units=(4,))
    assert first.likelihood is rule
    first.compile(keras.optimizers.Adam(0.1), jit_compile=False)
    first.fit(digits[:64], epochs=2, verbose=0)
    learned = rule.deviation
    assert learned < 0.9
    if again == "build":  # a new model starts as any other
        second = VAE.build((8, 8), likelihood=rule, hidden_units=(4,), seed=1)
        assert second.likelihood.deviation == pytest.approx(1.0)
    else:  # the trained halves are used with what belongs to them
        second = VAE(first.encoder, first.decoder, likelihood=rule)
        assert second.likelihood.deviation == pytest.approx(learned)
    second.compile(keras.optimizers.Adam(0.1), jit_compile=False)
    second.fit(digits[:64], epochs=2, verbose=0)
    assert rule.deviation == learned
    assert second.likelihood.deviation < 0.9


def test_a_likelihood_without_weights_is_shared():
    rule = Gaussian(0.5)
    models = [VAE.build((8, 8), likelihood=rule, hidden_units=(4,)) for _ in range(2)]
    assert all(model.likelihood is rule for model in models)


def test_a_likelihood_that_cannot_be_copied_is_refused_to_a_second_model():
    class Scaled(Gaussian):
        def __init__(self, scale):
            super().__init__("learned")
            self.scale = scale

        def get_config(self):
            return {}

    rule = Scaled(2.0)
    VAE.build((8, 8), likelihood=rule, hidden_units=(4,))
    with pytest.raises(
        ValueError, match=r"(?s)belongs to another model already.*define get_config"
    ):
        VAE.build((8, 8), likelihood=rule, hidden_units=(4,))
