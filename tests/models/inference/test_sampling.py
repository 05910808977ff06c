"""Samples of a model of tokens, drawn with a temperature."""

import keras
import numpy as np
import pytest
from scipy.special import softmax

import vae_widgets as vw
from vae_widgets import VAE

LOGITS = np.array([[0.0, 1.0, -1.0], [0.5, -0.5, 2.0]])
N = 20_000


def constant_vae(**options):
    """Return a VAE of two tokens whose decoder gives `LOGITS` for any code."""
    x = keras.Input((2,))
    h = keras.layers.Dense(1)(x)
    z = keras.Input((1,))
    flat = keras.layers.Dense(6, kernel_initializer="zeros")(z)
    decoder = keras.Model(z, keras.layers.Reshape((2, 3))(flat))
    decoder.layers[1].bias.assign(LOGITS.ravel())
    return VAE(keras.Model(x, [h, h]), decoder, vw.Categorical(3), **options)


@pytest.mark.parametrize("temperature", [0.5, 1, 2])
def test_tokens_are_drawn_from_the_softmax_of_logits_over_the_temperature(temperature):
    samples = constant_vae().sample(N, seed=0, temperature=temperature)
    assert samples.shape == (N, 2)
    assert samples.dtype == np.float32
    expected = softmax(LOGITS / temperature, axis=1)
    shares = np.stack([(samples == token).mean(axis=0) for token in range(3)], axis=1)
    # Five standard errors of a share.
    np.testing.assert_allclose(shares, expected, atol=5 * np.sqrt(0.25 / N))
    # The two tokens are independent given z.
    both = ((samples[:, 0] == 1) & (samples[:, 1] == 2)).mean()
    assert both == pytest.approx(expected[0, 1] * expected[1, 2], abs=5 * np.sqrt(0.25 / N))


def test_without_a_temperature_samples_are_the_likeliest_tokens():
    np.testing.assert_array_equal(constant_vae().sample(5, seed=0), [[1, 2]] * 5)


def test_a_small_temperature_gives_the_likeliest_tokens_of_the_same_codes(context_vae):
    # Noise of 1e-6 changes no token unless two logits differ by less.
    np.testing.assert_array_equal(
        context_vae.sample(50, seed=3, temperature=1e-6), context_vae.sample(50, seed=3)
    )


@pytest.fixture(scope="module")
def context_vae():
    likelihood = vw.AutoregressiveCategorical(4, context=2, features=8, hidden_units=8)
    return VAE.build((6,), 2, "sequence", likelihood, filters=(4,), hidden_units=(8,))


def test_the_seed_decides_all_draws(context_vae):
    first, again, other = (context_vae.sample(40, seed=s, temperature=1) for s in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).mean() > 0.2
    unseeded = [context_vae.sample(40, temperature=1) for _ in range(2)]
    assert (unseeded[0] != unseeded[1]).any()


def test_labels_choose_what_is_drawn():
    vae = VAE.build(
        (6,), 2, "sequence", "categorical", n_classes=4, n_labels=2, filters=(4,), hidden_units=()
    )
    output = vae.decoder.layers[-1]
    output.bias.assign([0, 0, 0, 20])
    assert (vae.sample(5, seed=0, y=1, temperature=1) == 3).all()
    with pytest.raises(TypeError, match="y is missing"):
        vae.sample(5, seed=0, temperature=1)


def test_a_temperature_needs_tokens_and_must_not_be_negative(context_vae):
    vae = VAE.build((6,), hidden_units=(4,))
    with pytest.raises(ValueError, match=r"temperature=1 .*'categorical'.*Bernoulli.*Leave"):
        vae.sample(3, temperature=1)
    assert vae.sample(3, seed=0, temperature=0).shape == (3, 6)
    with pytest.raises(ValueError, match="temperature must lie in"):
        context_vae.sample(3, temperature=-1)


class NoDraws(vw.Likelihood):
    """Tokens whose author wrote no `tokens`."""

    n_classes = 3

    def mean(self, decoder_output):
        return vw.Categorical(3).mean(decoder_output)

    def elementwise_negative_log_likelihood(self, x, decoder_output):
        return vw.Categorical(3).elementwise_negative_log_likelihood(x, decoder_output)

    def output_shape_for(self, sample_shape):
        return (*sample_shape, 3)


def test_a_likelihood_that_cannot_draw_says_what_to_define():
    known = constant_vae()
    vae = VAE(known.encoder, known.decoder, NoDraws("no_draws"))
    with pytest.raises(NotImplementedError, match=r"NoDraws.*tokens\(decoder_output, noise\)"):
        vae.sample(3, temperature=1)
