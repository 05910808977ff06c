"""The importance-sampled log-likelihood against closed forms."""

import keras
import numpy as np
import pytest
import scipy.stats

from vae_widgets import VAE, Categorical, Gaussian
from vae_widgets.models.inference.importance_sampling import ImportanceSampler


def linear_gaussian_vae(rng, deviation=1.0, shift=0.0, widen=1.0):
    """Return a VAE whose exact marginal is N(b, W W' + s^2 I), and that marginal.

    With `shift` and `widen` the encoder is not the posterior any more, but a proposal.
    """
    w = np.linalg.qr(rng.normal(size=(6, 2)))[0] * [2.0, 0.7]
    b = rng.normal(size=6)
    precision = 1 + (w**2).sum(0) / deviation**2
    x = keras.Input((6,))
    z_mean, z_log_var = keras.layers.Dense(2), keras.layers.Dense(2)
    encoder = keras.Model(x, [z_mean(x), z_log_var(x)])
    decoder = keras.Sequential([keras.Input((2,)), keras.layers.Dense(6)])
    kernel = w / deviation**2 / precision
    z_mean.set_weights([kernel, -b @ kernel + shift])
    z_log_var.set_weights([np.zeros((6, 2)), np.log(widen / precision)])
    decoder.set_weights([w.T, b])
    marginal = scipy.stats.multivariate_normal(b, w @ w.T + deviation**2 * np.eye(6))
    return VAE(encoder, decoder, likelihood=Gaussian(deviation)), marginal


@pytest.mark.parametrize("deviation", [1.0, 0.5])
@pytest.mark.parametrize("n_samples", [1, 7, 3000])
def test_with_the_exact_posterior_any_number_of_draws_is_exact(n_samples, deviation):
    rng = np.random.default_rng(0)
    vae, marginal = linear_gaussian_vae(rng, deviation)
    x = marginal.rvs(9, random_state=1).astype(np.float32)
    expected = marginal.logpdf(x)
    np.testing.assert_allclose(vae.log_likelihood(x, n_samples=n_samples), expected, atol=2e-4)


def test_with_a_rough_proposal_it_is_exact_within_monte_carlo_error():
    rng = np.random.default_rng(0)
    vae, marginal = linear_gaussian_vae(rng, shift=0.3, widen=1.5)
    x = marginal.rvs(20, random_state=1).astype(np.float32)
    estimates = np.array([vae.log_likelihood(x, 2000, seed=seed) for seed in range(20)])
    error = estimates.std(0) / np.sqrt(len(estimates))
    # The weights' logarithm is biased by about -variance / 2, far below the error here.
    assert (abs(estimates.mean(0) - marginal.logpdf(x)) < 5 * error + 1e-4).all()


def test_the_estimate_rises_with_the_number_of_draws():
    rng = np.random.default_rng(0)
    vae, marginal = linear_gaussian_vae(rng, shift=0.8, widen=0.7)
    x = marginal.rvs(2000, random_state=1).astype(np.float32)
    means = [vae.log_likelihood(x, k, seed=0).mean() for k in (1, 5, 50, 500)]
    assert np.all(np.diff(means) > 0)
    assert means[-1] < marginal.logpdf(x).mean() + 0.01
    elbo = np.mean([vae.elbo(x, seed=seed) for seed in range(10)])
    assert means[0] == pytest.approx(elbo, abs=0.1)


def test_seeds():
    vae, marginal = linear_gaussian_vae(np.random.default_rng(0), shift=1)
    x = marginal.rvs(5, random_state=1)
    one, same, other = (vae.log_likelihood(x, 10, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other)


def test_any_division_into_blocks_covers_all_samples_and_draws():
    """With a constant weight the estimate is that weight, if each draw counts once."""
    z_mean = z_log_var = np.zeros((23, 3), np.float32)  # the proposal is the prior
    x = np.arange(23, dtype=np.float32)[:, np.newaxis]
    for rows_at_once in (1, 4, 7, 10_000):
        sampler = ImportanceSampler(lambda z, x: -x[:, 0], 3, 1, (1,))
        sampler.rows_at_once = rows_at_once
        for n_samples in (1, 3, 11):
            got = sampler.log_likelihood(z_mean, z_log_var, (x,), n_samples, np.random.default_rng)
            np.testing.assert_allclose(got, x[:, 0], atol=1e-6)
            draws = [stop - start for start, stop in sampler.blocks(n_samples)]
            assert sum(draws) == n_samples
            assert max(draws) <= rows_at_once


@pytest.mark.parametrize(
    ("output_size", "rows"), [(784, 2048), (128 * 128 * 3, 42), (10**9, 1), (2, 2048)]
)
def test_blocks_are_bounded_by_the_size_of_a_sample(output_size, rows):
    sampler = ImportanceSampler(lambda z, x: x, 2, output_size, (1,))
    assert sampler.rows_at_once == rows


def test_memory_does_not_grow_with_draws(make_vae, digits):
    """Tensors of a few blocks only are alive: watch the largest noise that is drawn."""
    vae = make_vae()
    shapes = []

    class Watched(np.random.Generator):
        def standard_normal(self, size, dtype):
            shapes.append(size)
            return super().standard_normal(size, dtype)

    x = digits[:20]
    vae._functions.importance_sampler.log_likelihood(
        *vae.encode(x), (x,), 5000, lambda row: Watched(np.random.PCG64(row))
    )
    assert sum(np.prod(shape) for shape in shapes) == 20 * 5000 * 2
    assert max(np.prod(shape) for shape in shapes) <= 2048 * 2


def test_tokens_against_brute_force(digits):
    """With the prior as proposal, and in numpy with many more draws."""
    tokens = np.floor(digits[:8, :2] * 2.99)  # (8, 2, 8) of 3 classes
    vae = VAE.build((2, 8), likelihood=Categorical(3), hidden_units=(5,))
    vae.encoder.get_layer("code").set_weights([np.zeros((5, 4)), np.zeros(4)])
    z = np.random.default_rng(0).standard_normal((200_000, 2), dtype=np.float32)
    logits = np.asarray(vae.decoder(z), np.float64)
    log_p = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    chosen = np.stack([log_p[..., k] for k in range(3)])
    for x, got in zip(tokens, vae.log_likelihood(tokens, 5000, seed=0), strict=True):
        log_px = sum((chosen[k] * (x == k)).sum((1, 2)) for k in range(3))
        expected = np.log(np.exp(log_px - log_px.max()).mean()) + log_px.max()
        assert got == pytest.approx(expected, abs=0.05)


def test_bits_per_dimension_of_black_and_white(trained, digits):
    x = (digits[:9] > 0.5).astype(np.float32)
    expected = -trained.log_likelihood(x, 10, seed=3) / np.log(2) / 64
    np.testing.assert_allclose(trained.bits_per_dimension(x, 10, seed=3), expected, rtol=1e-12)


def test_bits_per_dimension_of_integers():
    """A density of pixels / 256 and one of pixels give the same bits."""
    rng = np.random.default_rng(0)
    vae, marginal = linear_gaussian_vae(rng)
    x = marginal.rvs(4, random_state=1).astype(np.float32)
    in_pixels = scipy.stats.multivariate_normal(256 * marginal.mean, 256**2 * marginal.cov)
    expected = -in_pixels.logpdf(256 * x) / np.log(2) / 6
    np.testing.assert_allclose(vae.bits_per_dimension(x, levels=256), expected, atol=1e-3)


def test_reconstruction_error_is_the_mean_squared_error(trained, digits):
    x = digits[:20]
    expected = ((x - trained.decode(trained.encode(x)[0])) ** 2).mean((1, 2))
    np.testing.assert_allclose(trained.reconstruction_error(x), expected, rtol=1e-4)


def test_reconstruction_error_of_tokens_is_the_share_of_wrong_ones():
    vae = VAE.build((6, 3), likelihood="categorical", n_classes=4, hidden_units=(5,))
    x = np.random.default_rng(0).integers(0, 4, (50, 6, 3))
    wrong = x != vae.decode(vae.encode(x)[0])
    np.testing.assert_allclose(vae.reconstruction_error(x), wrong.mean((1, 2)), rtol=1e-6)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"n_samples": 0}, ValueError, r"n_samples must be at least 1; received 0"),
        ({"n_samples": 2.5}, TypeError, r"n_samples must be a whole number; received 2.5"),
        ({"n_sample": 2}, TypeError, r"unexpected keyword|did you mean 'n_samples'"),
    ],
)
def test_bad_arguments(trained, digits, options, error, message):
    with pytest.raises(error, match=message):
        trained.log_likelihood(digits, **options)


def test_levels_are_for_densities(trained, digits):
    with pytest.raises(ValueError, match=r"levels=256 is for densities.*bernoulli"):
        trained.bits_per_dimension(digits, levels=256)
