"""What all adapted models share: checks, scores, and news of changed weights."""

import numpy as np
import pytest
import scipy.stats

import vae_widgets as vw
from tests.support.torch_models import of_torch
from vae_widgets.adapters.adapted_codec import AdaptedCodec


def scored(x, codec):
    """Return reconstructions and the KL, by SciPy and NumPy."""
    z_mean, z_log_var = codec.encode(x)
    kl = 0.5 * (np.exp(z_log_var) + z_mean**2 - 1 - z_log_var).sum(axis=1)
    return codec.decode(z_mean), kl


def test_without_a_likelihood_scores_are_squared_errors(vae, x):
    codec = vw.from_torch(vae.encode, vae.decode, (8, 8))
    x_hat, _ = scored(x, codec)
    expected = ((x - x_hat) ** 2).sum(axis=(1, 2))
    np.testing.assert_allclose(codec.anomaly_score(x), expected, rtol=1e-5)
    np.testing.assert_allclose(vw.reconstruction_error(codec, x), expected, rtol=1e-5)
    assert codec.score_name == "squared reconstruction error"


def test_with_a_likelihood_scores_are_negative_elbos(vae, x):
    ink = (x > 0.5).astype(np.float32)
    codec = vw.from_torch(vae.encode, vae.decode, (8, 8), likelihood="bernoulli")
    x_hat, kl = scored(ink, codec)
    expected = kl - scipy.stats.bernoulli.logpmf(ink, x_hat).sum(axis=(1, 2))
    np.testing.assert_allclose(codec.anomaly_score(ink), expected, rtol=1e-4)
    assert codec.score_name == "negative ELBO (nats)"


def test_a_model_without_variances_gives_the_likelihood_alone(vae, x):
    def mean(x):
        return vae.encode(x)[0]

    codec = vw.from_torch(mean, vae.eval().decode, (8, 8), likelihood="gaussian")
    x_hat = codec.decode(codec.encode(x))
    expected = -scipy.stats.norm.logpdf(x, x_hat).sum(axis=(1, 2))
    np.testing.assert_allclose(codec.anomaly_score(x), expected, rtol=1e-5)
    assert codec.score_name == "negative log-likelihood (nats)"


def test_more_samples_than_fit_into_a_part_give_the_same(vae, x):
    codec = vw.from_torch(vae.encode, vae.decode, (8, 8))
    many = np.tile(x, (15, 1, 1))
    np.testing.assert_allclose(
        codec.encode(many)[0], np.tile(codec.encode(x)[0], (15, 1)), rtol=1e-5, atol=1e-6
    )
    assert codec.decode(np.zeros((700, 2))).shape == (700, 8, 8)


def test_samples_out_of_bounds_are_refused_with_a_remedy(vae, x):
    codec = vw.from_torch(vae.encode, vae.decode, (8, 8), bounds=(0, 1))
    with pytest.raises(ValueError, match=r"x spans \[0, 255\]; the model needs .* Divide pixel"):
        codec.encode(255 * x / x.max())
    with pytest.raises(ValueError, match=r"x has shape \(40, 64\); expected \(n, 8, 8\)"):
        codec.anomaly_score(x.reshape(40, 64))


@pytest.mark.parametrize(
    ("bounds", "kind", "words"),
    [
        (1, TypeError, "lowest and the highest value, such as"),
        ((0, 1, 2), TypeError, "received"),
        ((1, 0), ValueError, "low < high"),
    ],
)
def test_bad_bounds(vae, bounds, kind, words):
    with pytest.raises(kind, match=words):
        vw.from_torch(vae.encode, vae.decode, (8, 8), bounds=bounds)


def test_a_bernoulli_needs_samples_from_0_to_1(vae):
    with pytest.raises(ValueError, match="bernoulli likelihood needs values in"):
        vw.from_torch(vae.encode, vae.decode, (8, 8), likelihood="bernoulli", bounds=(-1, 1))
    with pytest.raises(ValueError, match="likelihood is 'bernouli'; did you mean 'bernoulli'"):
        vw.from_torch(vae.encode, vae.decode, (8, 8), likelihood="bernouli")


def test_a_bernoulli_needs_a_decoder_of_probabilities(vae):
    with pytest.raises(ValueError, match=r"decoder\(z\) spans .* torch.nn.Sigmoid"):
        vw.from_torch(vae.encode, vae.out, (8, 8), likelihood="bernoulli")


def test_the_renderer_goes_to_the_widgets(vae, x):
    flat = vw.ImageRenderer(shape=(8, 8))
    codec = vw.from_torch(vae.encode, vae.decode, (64,), renderer=flat)
    scatter = vw.LatentScatter(codec, x.reshape(40, 64))
    assert scatter._renderer.shape == (8, 8)


def test_pages_hear_of_new_weights_when_they_are_told(vae, x):
    import torch

    codec = vw.from_torch(vae.encode, vae.decode, (8, 8))
    before, heard = codec.weights_version(), []

    def listen():
        heard.append(codec.weights_version())

    codec.on_weights_changed(listen)
    with torch.no_grad():
        vae.out[0].bias += 1.0
    codec.tell_weights_changed()
    assert len(heard) == 1
    assert heard[0] != before
    z = np.zeros((1, 2), np.float32)
    np.testing.assert_allclose(codec.decode(z), of_torch(vae.decode, z).reshape(1, 8, 8), rtol=1e-6)


def test_what_is_not_finite_is_named(vae, x):
    import torch

    codec = vw.from_torch(vae.encode, vae.decode, (8, 8))
    with torch.no_grad():
        vae.mean.bias[0] = float("nan")
    with pytest.raises(ValueError, match=r"z_mean has .* lower the learning rate"):
        codec.encode(x)


def test_its_repr_says_what_it_is(codecs):
    assert repr(codecs["sklearn"]) == "<AdaptedCodec PCA: 3 latent dimensions, samples of 8x8>"
    assert isinstance(codecs["torch"], AdaptedCodec)
