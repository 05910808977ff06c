"""Scores and what each element adds to them, against closed forms and brute force in numpy."""

import keras
import numpy as np
import pytest
import scipy.stats
from keras import layers
from scipy.special import expit, log_softmax, logsumexp

from vae_widgets import VAE, Bernoulli, Categorical, Gaussian, Likelihood

SHAPE, LATENT_DIM, CLASSES = (3, 2), 2, 4


def halves(*output_shapes, n_labels=None, activation=None):
    """Return linear halves; the decoder has an output of each shape."""
    x, z = keras.Input(SHAPE), keras.Input((LATENT_DIM,))
    labels = [keras.Input((n_labels,)) for _ in range(2)] if n_labels else []
    h = layers.Flatten()(x)
    h = layers.Concatenate()([h, labels[0]]) if n_labels else h
    code = [layers.Dense(LATENT_DIM)(h), layers.Dense(LATENT_DIM)(h)]
    h = layers.Concatenate()([z, labels[1]]) if n_labels else z
    outputs = [
        layers.Reshape(shape)(layers.Dense(int(np.prod(shape)), activation=activation)(h))
        for shape in output_shapes
    ]
    return (
        keras.Model([x, *labels[:1]], code) if n_labels else keras.Model(x, code),
        keras.Model([z, *labels[1:]] if n_labels else z, outputs if outputs[1:] else outputs[0]),
    )


def nll_bernoulli(x, p):
    return -scipy.stats.bernoulli.logpmf(x, p)


# The likelihood, the decoder's outputs and their activation, and -log p of each element by SciPy.
CASES = {
    "bernoulli": (Bernoulli(), [SHAPE], None, lambda x, out: nll_bernoulli(x, expit(out))),
    "probabilities": (Bernoulli(from_logits=False), [SHAPE], "sigmoid", nll_bernoulli),
    "gaussian": (
        Gaussian(0.5),
        [SHAPE],
        None,
        lambda x, out: -scipy.stats.norm.logpdf(x, out, 0.5),
    ),
    "learned": (
        Gaussian("learned"),
        [SHAPE],
        None,
        lambda x, out: -scipy.stats.norm.logpdf(x, out, 1.0),  # as it starts
    ),
    "predicted": (
        Gaussian("predicted"),
        [SHAPE, SHAPE],
        None,
        lambda x, out: -scipy.stats.norm.logpdf(x, out[0], np.exp(out[1] / 2)),
    ),
    "categorical": (
        Categorical(CLASSES),
        [(*SHAPE, CLASSES)],
        None,
        lambda x, out: (
            -np.take_along_axis(log_softmax(out, -1), x.astype(int)[..., None], -1)[..., 0]
        ),
    ),
}


def draw(likelihood, n=20):
    rng = np.random.default_rng(0)
    if likelihood.name == "gaussian":
        return rng.standard_normal((n, *SHAPE), np.float32)
    return rng.integers(likelihood.n_classes or 2, size=(n, *SHAPE)).astype(np.float32)


@pytest.mark.parametrize("name", CASES)
def test_attribution_is_the_nats_of_each_element_and_sums_to_the_score(name):
    likelihood, shapes, activation, expected = CASES[name]
    vae = VAE(*halves(*shapes, activation=activation), likelihood=likelihood)
    x = draw(likelihood)
    output = vae.decoder(vae.encoder(x)[0])
    output = [part.numpy() for part in output] if len(shapes) > 1 else output.numpy()
    attribution = vae.attribution(x)
    assert attribution.shape == x.shape
    np.testing.assert_allclose(attribution, expected(x, output), rtol=1e-4, atol=1e-4)
    scores = vae.anomaly_score(x, "reconstruction")
    np.testing.assert_allclose(attribution.sum((1, 2)), scores, rtol=1e-5, atol=1e-4)


@pytest.fixture(scope="module")
def conditional():
    return VAE(*halves(SHAPE, n_labels=3))


def test_attribution_of_a_conditional_model(conditional):
    x, y = draw(conditional.likelihood), np.arange(20) % 3
    hot = np.eye(3, dtype=np.float32)[y]
    z_mean, z_log_var = (part.numpy() for part in conditional.encoder([x, hot]))
    expected = nll_bernoulli(x, expit(conditional.decoder([z_mean, hot]).numpy()))
    np.testing.assert_allclose(conditional.attribution(x, y=y), expected, rtol=1e-4, atol=1e-5)
    kl = (z_mean**2 + np.exp(z_log_var) - z_log_var - 1) / 2
    np.testing.assert_allclose(conditional.attribution(x, "kl", y=y), kl, rtol=1e-4, atol=1e-5)
    with pytest.raises(TypeError, match="y is missing"):
        conditional.attribution(x)


def test_a_plain_autoencoder_has_elements_but_no_kl_and_no_likelihood():
    encoder, decoder = halves(SHAPE)
    vae = VAE(keras.Model(encoder.input, encoder.outputs[0]), decoder, variational=False)
    x = draw(vae.likelihood)
    expected = nll_bernoulli(x, expit(decoder(vae.encoder(x)).numpy()))
    np.testing.assert_allclose(vae.attribution(x), expected, rtol=1e-4, atol=1e-5)
    for ask in (lambda: vae.attribution(x, "kl"), lambda: vae.anomaly_score(x, "iwae")):
        with pytest.raises(RuntimeError, match="variational=False"):
            ask()


def gaussian_vae(shift):
    """Return a VAE with p(x | z) = N(W z, I), its marginal, and an encoder that is off by shift."""
    rng = np.random.default_rng(0)
    w = np.linalg.qr(rng.normal(size=(6, 2)))[0] * [2.0, 0.7]
    x, z = keras.Input((6,)), keras.Input((2,))
    parts = [layers.Dense(2), layers.Dense(2), layers.Dense(6, use_bias=False)]
    encoder = keras.Model(x, [parts[0](x), parts[1](x)])
    decoder = keras.Model(z, parts[2](z))
    precision = 1 + (w**2).sum(0)
    parts[0].set_weights([w / precision, np.full(2, shift)])
    parts[1].set_weights([np.zeros((6, 2)), -np.log(precision)])
    parts[2].set_weights([w.T])
    marginal = scipy.stats.multivariate_normal(np.zeros(6), w @ w.T + np.eye(6))
    return VAE(encoder, decoder, likelihood="gaussian"), marginal, w


def test_iwae_is_exact_where_the_encoder_is():
    vae, marginal, _ = gaussian_vae(shift=0)
    x = marginal.rvs(30, random_state=1).astype(np.float32)
    for options in ({}, {"n_samples": 1}):
        score = vae.anomaly_score(x, "iwae", **options)
        assert score.dtype == np.float32
        np.testing.assert_allclose(score, -marginal.logpdf(x), rtol=1e-5)


@pytest.fixture(scope="module")
def off():
    return gaussian_vae(shift=0.4)


@pytest.mark.parametrize("n_samples", [1, 100, 3000])
def test_iwae_by_brute_force_with_the_same_draws_for_all(off, n_samples):
    vae, marginal, w = off
    x = marginal.rvs(40, random_state=1).astype(np.float32)
    z_mean, z_log_var = (part[np.newaxis] for part in vae.encode(x))
    epsilon = np.random.default_rng(0).standard_normal((n_samples, 1, 2), np.float32)
    z = z_mean + np.exp(z_log_var / 2) * epsilon
    norm = scipy.stats.norm
    log_w = (
        norm.logpdf(x, z @ w.T).sum(-1)
        + norm.logpdf(z).sum(-1)
        - norm.logpdf(z, z_mean, np.exp(z_log_var / 2)).sum(-1)
    )
    expected = np.log(n_samples) - logsumexp(log_w, axis=0)
    options = {} if n_samples == 100 else {"n_samples": n_samples}  # 100 is the default
    np.testing.assert_allclose(vae.anomaly_score(x, "iwae", **options), expected, rtol=1e-4)


def test_iwae_of_a_sample_does_not_depend_on_the_others(off):
    vae, marginal, _ = off
    x = marginal.rvs(1500, random_state=1).astype(np.float32)
    scores = vae.anomaly_score(x, "iwae", n_samples=10)
    np.testing.assert_array_equal(scores, vae.anomaly_score(x, "iwae", n_samples=10))
    order = np.random.default_rng(2).permutation(1500)[:7]
    np.testing.assert_array_equal(vae.anomaly_score(x[order], "iwae", n_samples=10), scores[order])


@keras.saving.register_keras_serializable(package="test_anomaly_scores")
class Laplace(Likelihood):
    """Defines its elements alone; the sum follows."""

    def __init__(self):
        super().__init__("laplace")

    def elementwise_negative_log_likelihood(self, x, decoder_output):
        return keras.ops.abs(x - decoder_output) + np.log(2)

    def mean(self, decoder_output):
        return decoder_output


def test_a_likelihood_of_ones_own_may_define_its_elements_alone():
    vae = VAE(*halves(SHAPE), likelihood=Laplace())
    x = draw(Gaussian())
    expected = -scipy.stats.laplace.logpdf(x, vae.decode(vae.encode(x)[0]))
    np.testing.assert_allclose(vae.attribution(x), expected, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(
        vae.anomaly_score(x, "reconstruction"), expected.sum((1, 2)), rtol=1e-5
    )


def test_what_cannot_be_asked(off, conditional):
    vae, marginal, _ = off
    x = marginal.rvs(5, random_state=1)
    for kind in ("elbo", None):
        with pytest.raises(ValueError, match="n_samples=5 is for kind='iwae'; kind is 'elbo'"):
            vae.anomaly_score(x, kind, n_samples=5)
    with pytest.raises(ValueError, match="n_samples must be at least 1; received 0"):
        vae.anomaly_score(x, "iwae", n_samples=0)
    with pytest.raises(ValueError, match=r"kind is 'mahalanobis'.*reconstruction, kl"):
        vae.attribution(x, "mahalanobis")
    with pytest.raises(TypeError, match=r"'n_sample'.*did you mean 'n_samples'"):
        vae.anomaly_score(x, "iwae", n_sample=5)

    class Joint(Likelihood):
        """Its elements are not independent."""

        def negative_log_likelihood(self, x, decoder_output):
            return keras.ops.max(keras.ops.abs(x - decoder_output), axis=(1, 2))

        def mean(self, decoder_output):
            return decoder_output

    joint = VAE(*halves(SHAPE), likelihood=Joint("joint"))
    with pytest.raises(TypeError, match="elementwise_negative_log_likelihood, which Joint does"):
        joint.attribution(draw(Gaussian()))
