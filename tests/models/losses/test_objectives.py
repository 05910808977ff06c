"""Objectives against closed forms, brute force in numpy and scipy."""

from itertools import combinations

import keras
import numpy as np
import pytest
import scipy.integrate
import scipy.special
import scipy.stats
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import logsumexp

from vae_widgets import ELBO, IWAE, VAE, BetaTC, FreeBits, InfoVAE
from vae_widgets.models.losses.kl_terms import mmd_to_prior, split_kl, stratified_weights
from vae_widgets.models.losses.objective import EncodedBatch, Losses

OBJECTIVES = [
    ELBO(),
    FreeBits(0.5),
    FreeBits(0.5, 0.2),
    IWAE(3),
    InfoVAE(0.5, 20.0),
    BetaTC(0.5, 2.0),
]


def by_name(objective):
    return type(objective).__name__


def random_batch(rng, b=6, d=3, draws=1, weights=None, beta=1.0, n_samples=0):
    """Return an encoded batch whose decoder is -log p(x | z) = sum sin(z + x)."""
    x = rng.normal(size=(b, 1))

    def reconstruction(z):
        rows = x if len(z.shape) == 2 else x[:, None]
        return tf.reduce_sum(tf.sin(z + tf.constant(rows, tf.float32)), axis=-1)

    def tensor(value):
        return tf.constant(value, tf.float32)

    return EncodedBatch(
        z_mean=tensor(rng.normal(size=(b, d))),
        z_log_var=tensor(rng.normal(size=(b, d)) - 1),
        epsilon=tensor(rng.normal(size=(b, draws, d))),
        weights=tensor(np.ones(b) if weights is None else weights),
        beta=tensor(beta),
        n_samples=tensor(n_samples),
        reconstruction=reconstruction,
    )


def in_numpy(batch):
    """Return z (b, k, d), z_mean, deviation and -log p(x | z) (b, k) in float64."""
    z_mean, z_log_var, epsilon = (np.asarray(part, np.float64) for part in batch[:3])
    z = z_mean[:, None] + np.exp(z_log_var[:, None] / 2) * epsilon
    reconstruction = np.asarray(batch.reconstruction(tf.constant(z, tf.float32)), np.float64)
    return z, z_mean, np.exp(z_log_var / 2), reconstruction


def kl_by_integration(mean, deviation):
    def integrand(z):
        log_q = scipy.stats.norm.logpdf(z, mean, deviation)
        return np.exp(log_q) * (log_q - scipy.stats.norm.logpdf(z))

    edges = mean - 12 * deviation, mean + 12 * deviation
    return scipy.integrate.quad(integrand, *edges, epsabs=1e-10)[0]


def kl_by_hand(z_mean, deviation):
    return 0.5 * (z_mean**2 + deviation**2 - 2 * np.log(deviation) - 1)


# The KL


@given(st.floats(-4, 4), st.floats(0.05, 4))
@settings(max_examples=25)
def test_the_closed_form_is_the_integral(mean, deviation):
    assert kl_by_hand(mean, deviation) == pytest.approx(kl_by_integration(mean, deviation), 1e-6)


def test_analytic_kl_is_its_monte_carlo_estimate():
    rng = np.random.default_rng(0)
    batch = random_batch(rng, b=2)
    kl = np.asarray(ELBO()(batch).kl)
    _, z_mean, deviation, _ = in_numpy(batch)
    z = rng.normal(z_mean, deviation, size=(200_000, *z_mean.shape))
    draws = scipy.stats.norm.logpdf(z, z_mean, deviation) - scipy.stats.norm.logpdf(z)
    draws = draws.sum(-1)
    assert (abs(draws.mean(0) - kl) < 5 * draws.std(0) / np.sqrt(len(z))).all()
    integral = np.vectorize(kl_by_integration)(z_mean, deviation).sum(1)
    np.testing.assert_allclose(kl, integral, rtol=1e-5)


# ELBO and free bits


def test_elbo_by_hand():
    batch = random_batch(np.random.default_rng(1), beta=2.5)
    _, z_mean, deviation, reconstruction = in_numpy(batch)
    kl = kl_by_hand(z_mean, deviation).sum(1)
    losses = ELBO()(batch)
    np.testing.assert_allclose(losses.reconstruction, reconstruction[:, 0], rtol=1e-5)
    np.testing.assert_allclose(losses.kl, kl, rtol=1e-5)
    np.testing.assert_allclose(losses.loss, reconstruction[:, 0] + 2.5 * kl, rtol=1e-5)


@given(st.floats(0, 3), st.floats(0, 4), st.integers(0, 2**31))
@settings(max_examples=25)
def test_free_bits_by_hand(nats, beta, seed):
    weights = [1, 1, 0, 2, 0.5, 1]
    batch = random_batch(np.random.default_rng(seed), weights=weights, beta=beta)
    _, z_mean, deviation, reconstruction = in_numpy(batch)
    kl = kl_by_hand(z_mean, deviation)
    charged = np.maximum(np.average(kl, axis=0, weights=weights), nats).sum()
    losses = FreeBits(nats)(batch)
    near = {"rtol": 1e-4, "atol": 1e-5}  # a loss is a difference of numbers around 1
    np.testing.assert_allclose(losses.loss, reconstruction[:, 0] + beta * charged, **near)
    np.testing.assert_allclose(losses.kl, kl.sum(1), **near)


def test_a_share_of_the_samples_is_decoded_from_the_prior():
    """Each is decoded from its own draw of either q or the prior, by the third draw."""
    batch = random_batch(np.random.default_rng(4), b=20_000, draws=3)
    assert FreeBits(0.5, prior_share=0.3).n_draws == 3
    found = np.asarray(FreeBits(0.5, prior_share=0.3)(batch).reconstruction)
    of_q = in_numpy(batch)[3][:, 0]
    of_prior = np.asarray(batch.reconstruction(batch.epsilon[:, 1]))
    is_prior = scipy.stats.norm.cdf(batch.epsilon[:, 2, 0]) < 0.3
    np.testing.assert_allclose(found, np.where(is_prior, of_prior, of_q), atol=1e-5)
    assert abs(is_prior.mean() - 0.3) < 5 * np.sqrt(0.3 * 0.7 / 20_000)
    for share, expected in ((0, of_q), (1, of_prior)):
        losses = FreeBits(0.5, share)(batch)
        np.testing.assert_allclose(losses.reconstruction, expected, atol=1e-5)


def test_without_free_bits_it_is_the_elbo():
    batch = random_batch(np.random.default_rng(2), beta=1.5)
    np.testing.assert_allclose(
        np.mean(FreeBits(0)(batch).loss), np.mean(ELBO()(batch).loss), rtol=1e-6
    )


def test_a_dimension_below_the_free_bits_feels_no_pressure():
    batch = random_batch(np.random.default_rng(3))
    z_mean = tf.constant([[0.01, 3.0, -3.0]] * 6)
    with tf.GradientTape() as tape:
        tape.watch(z_mean)
        free = batch._replace(
            z_mean=z_mean,
            z_log_var=tf.zeros((6, 3)),
            reconstruction=lambda z: tf.zeros(6),
        )
        loss = tf.reduce_mean(FreeBits(0.5)(free).loss)
    gradient = tape.gradient(loss, z_mean).numpy()
    assert (gradient[:, 0] == 0).all()
    np.testing.assert_allclose(gradient[:, 1], 3 / 6, rtol=1e-5)


# IWAE


@pytest.mark.parametrize(("k", "beta"), [(1, 1.0), (4, 1.0), (4, 0.3), (3, 0.0)])
def test_iwae_by_hand(k, beta):
    batch = random_batch(np.random.default_rng(4), draws=k, beta=beta)
    z, z_mean, deviation, reconstruction = in_numpy(batch)
    log_q = scipy.stats.norm.logpdf(z, z_mean[:, None], deviation[:, None]).sum(-1)
    log_p = scipy.stats.norm.logpdf(z).sum(-1)
    log_w = -reconstruction + beta * (log_p - log_q)
    losses = IWAE(k)(batch)
    np.testing.assert_allclose(losses.loss, np.log(k) - logsumexp(log_w, axis=1), rtol=1e-4)
    np.testing.assert_allclose(losses.reconstruction, reconstruction.mean(1), rtol=1e-5)
    np.testing.assert_allclose(losses.kl, kl_by_hand(z_mean, deviation).sum(1), rtol=1e-5)


def test_iwae_of_one_draw_is_the_elbo_with_the_same_noise():
    """With its KL estimated by that draw, -log p(x, z) + log q(z | x); on average the ELBO."""
    batch = random_batch(np.random.default_rng(5))
    z, z_mean, deviation, reconstruction = in_numpy(batch)
    estimate = scipy.stats.norm.logpdf(z[:, 0], z_mean, deviation).sum(1)
    estimate -= scipy.stats.norm.logpdf(z[:, 0]).sum(1)
    np.testing.assert_allclose(IWAE(1)(batch).loss, reconstruction[:, 0] + estimate, rtol=1e-4)

    @tf.function
    def mean_losses(epsilon):
        drawn = batch._replace(epsilon=epsilon)
        return [tf.reduce_mean(objective(drawn).loss) for objective in (IWAE(1), ELBO())]

    losses = np.array([mean_losses(tf.random.normal((6, 1, 3))) for _ in range(300)])
    difference = losses[:, 0] - losses[:, 1]
    assert abs(difference.mean()) < 5 * difference.std() / np.sqrt(300)


def test_the_iwae_bound_rises_with_k(trained, digits):
    bounds = []
    for k in (1, 2, 8, 64):
        vae = VAE(trained.encoder, trained.decoder, objective=IWAE(k))
        vae.compile("sgd", jit_compile=False)
        bounds.append(-vae.evaluate(digits[:200], verbose=0)[0])
    assert (np.diff(bounds) > 0).all()
    assert bounds[0] == pytest.approx(-trained.evaluate(digits[:200], verbose=0)[0], abs=1.0)


# InfoVAE


def mmd_by_double_loop(z, weights, h):
    """The estimate with its pairs in a double loop, and the prior in closed form."""
    d = z.shape[1]
    pairs = total = across = 0.0
    for i in range(len(z)):
        for j in range(len(z)):
            if i != j:
                kernel = np.exp(-np.sum((z[i] - z[j]) ** 2) / (2 * h * h))
                pairs += weights[i] * weights[j] * kernel
                total += weights[i] * weights[j]
        across += weights[i] * np.prod(
            [h / np.sqrt(h * h + 1) * np.exp(-c * c / (2 * (h * h + 1))) for c in z[i]]
        )
    prior = (h * h / (h * h + 2)) ** (d / 2)
    return pairs / total - 2 * across / weights.sum() + prior


@given(
    arrays(np.float64, (5, 2), elements=st.floats(-3, 3)),
    arrays(np.float64, 5, elements=st.floats(0.1, 2)),
    st.floats(0.3, 3),
)
@settings(max_examples=30)
def test_mmd_is_a_double_loop(z, weights, bandwidth):
    estimate = mmd_to_prior(tf.constant(z, tf.float32), tf.constant(weights, tf.float32), bandwidth)
    assert float(estimate) == pytest.approx(mmd_by_double_loop(z, weights, bandwidth), abs=1e-5)


def test_mmd_with_the_prior_drawn():
    """The closed forms are the means over draws of the prior."""
    rng = np.random.default_rng(6)
    z = rng.normal(1, 0.5, size=(40, 2))
    prior = rng.normal(size=(50_000, 2))

    def kernel(a, b):
        return np.exp(-((a[:, None] - b[None]) ** 2).sum(-1) / (2 * 2))  # h^2 = latent_dim = 2

    def mean_of_pairs(matrix):
        return (matrix.sum() - np.trace(matrix)) / (len(matrix) * (len(matrix) - 1))

    drawn = mean_of_pairs(kernel(z, z)) - 2 * kernel(z, prior).mean()
    drawn += mean_of_pairs(kernel(prior[:3000], prior[:3000]))
    estimate = float(mmd_to_prior(tf.constant(z, tf.float32), tf.ones(40)))
    assert estimate == pytest.approx(drawn, abs=0.01)
    assert estimate > 0.1


def test_mmd_of_draws_from_the_prior_is_zero_on_average():
    rng = np.random.default_rng(7)
    mmd = tf.function(mmd_to_prior)
    draws = tf.constant(rng.normal(size=(400, 20, 3)), tf.float32)
    estimates = np.array([float(mmd(z, tf.ones(20))) for z in draws])
    assert abs(estimates.mean()) < 5 * estimates.std() / 20
    assert estimates.min() < 0  # without bias, so of either sign


def test_mmd_of_one_code_is_zero():
    assert float(mmd_to_prior(tf.ones((3, 2)), tf.constant([0.0, 1.0, 0.0]))) == 0


def test_info_vae_by_hand():
    batch = random_batch(np.random.default_rng(8), beta=2.0)
    z, z_mean, deviation, reconstruction = in_numpy(batch)
    mmd = mmd_by_double_loop(z[:, 0], np.ones(6), np.sqrt(3))
    kl = kl_by_hand(z_mean, deviation).sum(1)
    expected = reconstruction[:, 0] + 2 * (1 - 0.3) * kl + (0.3 + 50 - 1) * mmd
    np.testing.assert_allclose(InfoVAE(0.3, 50.0)(batch).loss, expected, rtol=1e-4)


# Beta-TC


def brute_force_split(z, z_mean, deviation, mixture):
    """Return the three terms of each draw, from scipy's densities, one by one."""
    terms = []
    for i in range(len(z)):
        log_q = scipy.stats.norm.logpdf(z[i], z_mean, deviation)  # (m, d)
        with np.errstate(divide="ignore"):
            log_pi = np.log(mixture[i])
        joint = logsumexp(log_pi + log_q.sum(1))
        dims = sum(logsumexp(log_pi + log_q[:, j]) for j in range(z.shape[1]))
        prior = scipy.stats.norm.logpdf(z[i]).sum()
        terms.append([log_q[i].sum() - joint, joint - dims, dims - prior])
    return np.array(terms).T


@given(st.integers(0, 2**31), st.integers(2, 7), st.integers(1, 4))
@settings(max_examples=25)
def test_the_decomposition_is_brute_force_over_the_mixture(seed, b, d):
    rng = np.random.default_rng(seed)
    z_mean, z_log_var = rng.normal(size=(b, d)), rng.normal(size=(b, d)) - 1
    deviation = np.exp(z_log_var / 2)
    z = rng.normal(z_mean, deviation)
    mixture = np.full((b, b), 1 / b)
    log_q = scipy.stats.norm.logpdf(z, z_mean, deviation).sum(1)
    tensors = [tf.constant(part, tf.float32) for part in (z, log_q, z_mean, z_log_var, mixture)]
    terms = np.array([np.asarray(term) for term in split_kl(*tensors)])
    np.testing.assert_allclose(
        terms, brute_force_split(z, z_mean, deviation, mixture), rtol=1e-3, atol=1e-4
    )
    kl = log_q - scipy.stats.norm.logpdf(z).sum(1)
    np.testing.assert_allclose(terms.sum(0), kl, rtol=1e-3, atol=1e-4)


def test_with_all_data_in_the_batch_the_mixture_is_the_aggregate_posterior():
    weights = np.asarray(stratified_weights(tf.ones(4), tf.constant(4.0)))
    np.testing.assert_allclose(weights, 0.25)


def test_stratified_weights_estimate_the_mixture_without_bias():
    """Over all batches of 3 of 7 samples that hold a given one, the mean weights are 1 / 7."""
    mean = np.zeros(7)
    batches = [batch for batch in combinations(range(7), 3) if 2 in batch]
    for batch in batches:
        weights = np.asarray(stratified_weights(tf.ones(3), tf.constant(7.0)))
        mean[list(batch)] += weights[batch.index(2)] / len(batches)
    np.testing.assert_allclose(mean, 1 / 7, rtol=1e-5)


@given(arrays(np.float64, 6, elements=st.sampled_from([0.0, 0.0, 1.0, 0.5])), st.integers(0, 99))
def test_stratified_weights_sum_to_one_and_skip_padding(weights, n):
    mixture = np.asarray(
        stratified_weights(tf.constant(weights, tf.float32), tf.constant(n, float))
    )
    np.testing.assert_allclose(mixture.sum(1), 1, rtol=1e-5)
    padding = np.flatnonzero(weights == 0)
    for i in np.flatnonzero(weights):
        assert (mixture[i, padding] == 0).all()


def test_beta_tc_by_hand():
    weights = np.array([1, 1, 1, 1, 0, 0])
    batch = random_batch(np.random.default_rng(9), weights=weights, beta=6.0, n_samples=50)
    z, z_mean, deviation, reconstruction = in_numpy(batch)
    mixture = np.full((6, 6), 49 / 50 / 3) * weights
    np.fill_diagonal(mixture, 1 / 50)
    terms = brute_force_split(z[:, 0], z_mean, deviation, mixture)
    expected = reconstruction[:, 0] + [0.5, 6.0, 2.0] @ terms
    np.testing.assert_allclose(BetaTC(0.5, 2.0)(batch).loss[:4], expected[:4], rtol=1e-4)


def test_with_weights_of_one_beta_tc_is_the_elbo_of_the_draw():
    batch = random_batch(np.random.default_rng(10), n_samples=100)
    np.testing.assert_allclose(BetaTC()(batch).loss, IWAE(1)(batch).loss, rtol=1e-4)


def test_kl_decomposition_of_a_model(trained, digits):
    x = digits[:300]
    terms = trained.kl_decomposition(x, seed=3)
    z_mean, z_log_var = (part.astype(np.float64) for part in trained.encode(x))
    epsilon = np.random.default_rng(3).standard_normal(z_mean.shape, dtype=np.float32)
    deviation = np.exp(z_log_var / 2)
    mixture = np.full((300, 300), 1 / 300)
    expected = brute_force_split(z_mean + deviation * epsilon, z_mean, deviation, mixture)
    np.testing.assert_allclose(terms, expected.mean(1), rtol=1e-3, atol=1e-3)
    assert terms._fields == ("mutual_information", "total_correlation", "dimension_wise_kl")
    draws = [sum(trained.kl_decomposition(x, seed=seed)) for seed in range(20)]
    kl = trained.kl_per_dimension(x).sum()
    assert abs(np.mean(draws) - kl) < 5 * np.std(draws) / np.sqrt(20)
    assert 0 < terms.mutual_information <= np.log(300) + 0.1


# All of them, in a model


def train(objective, x, batch_size, jit_compile=False, beta=1.0):
    vae = VAE.build((8, 8), hidden_units=(), objective=objective, beta=beta)
    vae.compile(keras.optimizers.SGD(0.05), jit_compile=jit_compile)
    logs = vae.fit(x, batch_size=batch_size, shuffle=False, verbose=0).history
    return [w.numpy() for w in vae.trainable_variables], logs


@pytest.mark.parametrize("objective", OBJECTIVES, ids=by_name)
def test_padding_changes_neither_the_step_nor_the_loss(objective, digits):
    """50 samples in one batch of 50, and by XLA in one of 64 of which 14 rows are padding.

    The next test pads without XLA.
    """
    x = digits[:50]
    exact, logs = train(objective, x, 50, beta=2.0)
    padded, padded_logs = train(objective, x, 64, jit_compile=True, beta=2.0)
    for one, other in zip(exact, padded, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)
    for name, values in logs.items():
        assert padded_logs[name] == pytest.approx(values, rel=1e-5)


@pytest.mark.parametrize("objective", OBJECTIVES, ids=by_name)
def test_a_partial_last_batch_is_as_in_keras_path(objective, digits):
    """Keras's own loop gives the last batch as it is, without padding; an array tells its size."""

    class OwnStep(VAE):  # overriding train_step is what sends an array through Keras's loop
        def train_step(self, data):
            return super().train_step(data)

    x = digits[:80]
    history, weights = [], []
    for kind in (VAE, OwnStep):
        vae = kind.build((8, 8), hidden_units=(), objective=objective, beta=2.0)
        vae.compile(keras.optimizers.SGD(0.05), jit_compile=False)
        # One batch an epoch, filled up in one way and not in the other: the draws are the same.
        options = {"batch_size": 128, "epochs": 3, "shuffle": False, "verbose": 0}
        history.append(vae.fit(x, validation_data=x[:50], **options).history)
        weights.append([w.numpy() for w in vae.trainable_variables])
    for name in history[0]:
        np.testing.assert_allclose(history[0][name], history[1][name], rtol=1e-4)
    for one, other in zip(*weights, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("objective", OBJECTIVES, ids=by_name)
def test_trains_and_comes_back_from_a_file(objective, digits, tmp_path):
    vae = VAE.build((8, 8), hidden_units=(16,), objective=objective)
    vae.compile(keras.optimizers.SGD(0.01), jit_compile=False)
    history = vae.fit(digits, validation_data=digits[:100], epochs=4, verbose=0).history
    names = {"loss", "reconstruction_loss", "kl_loss", "elbo"}
    assert set(history) == names | {f"val_{name}" for name in names}
    assert history["reconstruction_loss"][-1] < history["reconstruction_loss"][0]
    vae.save(tmp_path / "vae.keras")
    loaded = keras.models.load_model(tmp_path / "vae.keras")
    assert loaded.objective == objective
    np.testing.assert_allclose(
        loaded.evaluate(digits, verbose=0), vae.evaluate(digits, verbose=0), rtol=1e-5
    )


@pytest.mark.parametrize("objective", [*OBJECTIVES, BetaTC(dataset_size=9)], ids=by_name)
def test_config_repr_and_equality(objective):
    config = keras.saving.serialize_keras_object(objective)
    assert keras.saving.deserialize_keras_object(config) == objective
    assert eval(repr(objective)) == objective
    assert len({objective, type(objective).from_config(objective.get_config())}) == 1
    assert objective != FreeBits(99)


@pytest.mark.parametrize(
    ("old", "objective"),
    [
        ({"n_samples": 7}, IWAE(n_draws=7)),
        ({"alpha": 2.0, "gamma": 3.0, "n_samples": 9}, BetaTC(2.0, 3.0, dataset_size=9)),
        ({"alpha": 1.0, "gamma": 1.0, "n_samples": None}, BetaTC()),
    ],
)
def test_the_argument_names_of_earlier_files_are_known(old, objective):
    name = type(objective).__name__
    config = {
        "module": "vae_widgets.models.objectives",
        "class_name": name,
        "config": old,
        "registered_name": f"vae_widgets>{name}",
    }
    assert keras.saving.deserialize_keras_object(config) == objective


@pytest.mark.parametrize(
    ("name", "objective"),
    [
        ("elbo", ELBO()),
        ("free_bits", FreeBits()),
        ("iwae", IWAE()),
        ("info_vae", InfoVAE()),
        ("beta_tc", BetaTC()),
    ],
)
def test_names(name, objective, make_vae):
    assert make_vae(objective=name).objective == objective


def test_an_objective_of_your_own(make_vae, digits):
    class Squared:
        n_draws = 1

        def __call__(self, batch):
            losses = ELBO()(batch)
            return Losses(losses.loss**2, losses.reconstruction, losses.kl)

    logs = make_vae(objective=Squared()).evaluate(digits, verbose=0, return_dict=True)
    total = logs["reconstruction_loss"] + logs["kl_loss"]
    assert logs["loss"] > total**2  # Jensen


def test_free_bits_keep_a_dimension_alive(make_vae, digits):
    """Under a heavy beta the ELBO collapses; free bits keep each dimension near its allowance."""
    kl = {}
    for objective in (ELBO(), FreeBits(0.5)):
        vae = make_vae(objective=objective, beta=50.0, optimizer=keras.optimizers.Adam(0.01))
        vae.fit(digits, epochs=15, verbose=0)
        kl[by_name(objective)] = vae.kl_per_dimension(digits)
    assert (kl["ELBO"] < 0.02).all()
    assert (kl["FreeBits"] > 0.1).all()
    assert (kl["FreeBits"] < 0.6).all()


def test_beta_tc_needs_the_size_of_a_dataset(make_vae, digits):
    dataset = tf.data.Dataset.from_tensor_slices(digits[:64]).batch(32)
    vae = make_vae(objective=BetaTC())
    for method in (vae.fit, vae.evaluate):
        with pytest.raises(ValueError, match=r"BetaTC\(dataset_size="):
            method(dataset)
    known = make_vae(objective=BetaTC(dataset_size=64))
    assert np.isfinite(known.fit(dataset, verbose=0).history["loss"]).all()


@pytest.mark.parametrize(
    ("make", "error", "parts"),
    [
        (lambda: VAE.build(8, objective="elbow"), ValueError, "objective is 'elbow'.*'elbo'"),
        (lambda: VAE.build(8, objective="beta"), ValueError, "Expected one of: elbo, free_bits"),
        (lambda: VAE.build(8, objective=IWAE), TypeError, r"objective must be.*Call it: IWAE\(\)"),
        (lambda: VAE.build(8, objective=3), TypeError, "objective must be a name.*received 3"),
        (lambda: FreeBits(-1), ValueError, r"nats must lie in \[0, inf\]; received -1"),
        (
            lambda: FreeBits(prior_share=2),
            ValueError,
            r"prior_share must lie in \[0, 1\]; received",
        ),
        (lambda: FreeBits(bits=1), TypeError, "unknown keyword 'bits'"),
        (lambda: IWAE(0), ValueError, "n_draws must be at least 1; received 0"),
        (lambda: IWAE(2.5), TypeError, "n_draws must be a whole number; received 2.5"),
        (lambda: IWAE(k=5), TypeError, "unknown keyword 'k'.*n_draws"),
        (lambda: InfoVAE(alpha=2), ValueError, r"alpha must lie in .*; received 2"),
        (lambda: InfoVAE(0, 0.5), ValueError, "alpha \\+ lambda_ is 0.5; expected at least 1"),
        (lambda: InfoVAE(bandwidth=0), ValueError, r"bandwidth must lie in \(0, inf\]"),
        (lambda: InfoVAE(lambda_=np.inf), ValueError, "lambda_ must be a finite number"),
        (lambda: BetaTC(alpha=-1), ValueError, r"alpha must lie in \[0, inf\]"),
        (lambda: BetaTC(dataset_size=0), ValueError, "dataset_size must be at least 1"),
        (
            lambda: VAE.build(8, objective="iwae", variational=False),
            ValueError,
            "objective is 'iwae'; a plain autoencoder",
        ),
    ],
)
def test_bad_arguments(make, error, parts):
    with pytest.raises(error, match=f"(?s){parts}"):
        make()


# A plain autoencoder


@pytest.fixture(scope="module")
def autoencoder(digits):
    vae = VAE.build((8, 8), hidden_units=(16,), variational=False, seed=2)
    vae.compile("sgd", jit_compile=False)
    vae.fit(digits, epochs=3, batch_size=64, validation_data=digits[:100], verbose=0)
    return vae


def test_a_plain_autoencoder_has_no_kl(autoencoder, digits):
    logs = autoencoder.evaluate(digits, verbose=0, return_dict=True)
    assert logs["kl_loss"] == 0
    assert logs["loss"] == logs["reconstruction_loss"]
    score = autoencoder.anomaly_score(digits)
    np.testing.assert_array_equal(score, autoencoder.anomaly_score(digits, "reconstruction"))
    assert score.mean() == pytest.approx(logs["loss"], rel=1e-4)
    history = autoencoder.history.history
    assert history["loss"][-1] < history["loss"][0]
    assert history["kl_loss"] == [0, 0, 0]


def test_a_plain_autoencoder_decodes_what_it_encodes(autoencoder, digits):
    z, z_log_var = autoencoder.encode(digits[:5])
    assert (z_log_var == 0).all()
    np.testing.assert_allclose(autoencoder.decode(z), autoencoder(digits[:5]), atol=1e-6)
    np.testing.assert_array_equal(autoencoder(digits[:5]), autoencoder(digits[:5], training=True))
    assert autoencoder.active_units(digits) == 2


def test_mahalanobis_of_a_plain_autoencoder_is_of_its_codes(autoencoder, digits):
    z = autoencoder.encode(digits)[0].astype(np.float64)
    centred = z - z.mean(0)
    expected = np.sqrt(
        np.einsum("ni,ij,nj->n", centred, np.linalg.inv(np.cov(z.T, bias=True)), centred)
    )
    np.testing.assert_allclose(
        autoencoder.anomaly_score(digits, "mahalanobis"), expected, rtol=1e-3
    )


@pytest.mark.parametrize(
    "use",
    [
        lambda vae, x: vae.sample(3),
        lambda vae, x: vae.elbo(x),
        lambda vae, x: vae.kl_per_dimension(x),
        lambda vae, x: vae.kl_decomposition(x),
        lambda vae, x: vae.log_likelihood(x),
        lambda vae, x: vae.bits_per_dimension(x),
        lambda vae, x: vae.anomaly_score(x, "elbo"),
        lambda vae, x: vae.anomaly_score(x, "kl"),
    ],
)
def test_a_plain_autoencoder_cannot_be_sampled(autoencoder, digits, use):
    with pytest.raises(
        RuntimeError, match=r"(?s)a plain autoencoder has no KL and cannot be sampled.*variational"
    ):
        use(autoencoder, digits[:5])


def test_a_plain_autoencoder_comes_back_from_a_file(autoencoder, digits, tmp_path):
    autoencoder.save(tmp_path / "ae.keras")
    loaded = keras.models.load_model(tmp_path / "ae.keras")
    assert not loaded.variational
    np.testing.assert_allclose(
        loaded.anomaly_score(digits[:9]), autoencoder.anomaly_score(digits[:9]), rtol=1e-5
    )


def test_a_plain_autoencoder_of_your_own_needs_one_output(digits):
    x, z = keras.Input((64,)), keras.Input((3,))
    encoder = keras.Model(x, keras.layers.Dense(3)(x))
    vae = VAE(encoder, keras.Model(z, keras.layers.Dense(64)(z)), variational=False)
    vae.compile("sgd", jit_compile=False)
    vae.fit(digits.reshape(-1, 64), verbose=0)
    assert vae.encode(digits[:2].reshape(2, 64))[0].shape == (2, 3)
