"""The likelihood with local autoregression: exact, causal, and decoded greedily."""

import itertools

import numpy as np
import pytest
from scipy.special import log_softmax

import vae_widgets as vw
from vae_widgets import VAE, AutoregressiveCategorical, Categorical, FreeBits

STEPS, CLASSES, CONTEXT = 5, 3, 2


@pytest.fixture(scope="module")
def likelihood():
    made = AutoregressiveCategorical(
        CLASSES, CONTEXT, features=4, hidden_units=6, embedding_dim=2, seed=3
    )
    rng = np.random.default_rng(0)
    for weight in made.weights:  # biases begin with zeros, which would hide errors
        weight.assign(weight + rng.standard_normal(weight.shape))
    return made


@pytest.fixture
def features():
    return np.random.default_rng(1).standard_normal((1, STEPS, 4)).astype(np.float32)


def logits_of_step(likelihood, features, before):
    """Return the logits of the token after `before`, by the formula, in plain loops."""
    weights = {weight.name: np.asarray(weight, np.float64) for weight in likelihood.weights}
    h = features[len(before)].astype(np.float64)
    for k in range(1, likelihood.context + 1):
        if k <= len(before):
            vector = weights["embeddings"][before[-k]]
            h = h + vector @ weights["context_kernel"][likelihood.context - k]
    h = np.maximum(h, 0) @ weights["hidden_kernel"] + weights["hidden_bias"]
    return np.maximum(h, 0) @ weights["output_kernel"] + weights["output_bias"]


def test_nats_of_each_token_are_those_of_the_formula(likelihood, features):
    for x in ([0, 2, 1, 1, 0], [2, 2, 2, 0, 1]):
        expected = [
            -log_softmax(logits_of_step(likelihood, features[0], x[:t]))[x[t]] for t in range(STEPS)
        ]
        got = likelihood.elementwise_negative_log_likelihood(np.float32([x]), features)
        np.testing.assert_allclose(got[0], expected, rtol=1e-4)


def test_the_probabilities_of_all_sequences_add_up_to_one(likelihood, features):
    x = np.array(list(itertools.product(range(CLASSES), repeat=STEPS)), np.float32)
    nats = likelihood.negative_log_likelihood(x, np.repeat(features, len(x), axis=0))
    assert np.exp(-np.float64(nats)).sum() == pytest.approx(1, rel=1e-4)


def test_a_token_depends_on_those_within_its_context_and_no_others(likelihood, features):
    x = np.float32([[0, 1, 2, 1, 0]])
    nats = np.asarray(likelihood.elementwise_negative_log_likelihood(x, features))[0]
    changed = x.copy()
    changed[0, 1] = 0
    after = np.asarray(likelihood.elementwise_negative_log_likelihood(changed, features))[0]
    # Token 1 itself, and the two after it.
    assert np.flatnonzero(~np.isclose(nats, after)).tolist() == [1, 2, 3]


def test_decoding_takes_the_likeliest_token_given_those_that_it_took_before(likelihood):
    features = np.random.default_rng(2).normal(0, 9, (20, STEPS, 4)).astype(np.float32)
    decoded = np.asarray(likelihood.mean(features))
    assert decoded.dtype == np.float32
    for row, rows in zip(decoded.astype(int), features, strict=True):
        before: list[int] = []
        for _ in range(STEPS):
            before.append(int(logits_of_step(likelihood, rows, before).argmax()))
        assert row.tolist() == before
    assert len(np.unique(decoded, axis=0)) > 3


def test_the_error_is_the_share_of_tokens_that_decoding_gets_wrong(likelihood, features):
    decoded = np.asarray(likelihood.mean(features))
    x = decoded.copy()
    x[0, [1, 4]] = (x[0, [1, 4]] + 1) % CLASSES
    np.testing.assert_allclose(likelihood.error(decoded, features), [0])
    np.testing.assert_allclose(likelihood.error(x, features), [2 / STEPS], rtol=1e-6)


@pytest.fixture(scope="module")
def periodic():
    """Rows 0 1 2 0 1 2 ..., from any of the three on: a token tells the next one."""
    starts = np.random.default_rng(0).integers(0, 3, 256)
    return ((starts[:, np.newaxis] + np.arange(12)) % 3).astype(np.float32)


def test_a_vae_learns_and_decodes_what_its_context_tells(periodic):
    vae = VAE.build(
        (12,),
        architecture="sequence",
        likelihood="categorical",
        n_classes=3,
        context=2,
        filters=(4,),
        hidden_units=(8,),
        objective=FreeBits(0.5),
    )
    assert vae.likelihood.context == 2
    vae.fit(periodic, epochs=60, batch_size=64, verbose=0)
    # Only the start is unknown, log 3 nats; independent tokens would cost that at each step
    # without z.
    assert vae.log_likelihood(periodic[:40], seed=0).mean() > -3
    samples = vae.sample(30, seed=0)
    follows = (samples[:, 1:] - samples[:, :-1]) % 3 == 1
    assert follows.mean() > 0.95
    scores, elements = (
        vae.anomaly_score(periodic[:4], "reconstruction"),
        vae.attribution(periodic[:4]),
    )
    np.testing.assert_allclose(elements.sum(axis=1), scores, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"architecture": "dense"}, ["context=2", "architecture='sequence'", "'dense'"]),
        ({"likelihood": "bernoulli", "n_classes": None}, ["context=2", "'categorical'"]),
        ({"sample_shape": (8, 2)}, ["(8, 2)", "(steps,)"]),
        ({"sample_shape": (201,)}, ["(201,)", "at most 200 tokens"]),
        ({"context": 0}, ["context", "at least 1"]),
    ],
)
def test_what_cannot_have_a_context_is_refused(options, words):
    arguments = {
        "sample_shape": (8,),
        "architecture": "sequence",
        "likelihood": "categorical",
        "n_classes": 3,
        "context": 2,
    }
    with pytest.raises(ValueError, match="context") as error:
        VAE.build(**{**arguments, **options})
    for word in words:
        assert word in str(error.value)


def test_the_likelihood_can_be_rebuilt_and_draws_weights_from_its_seed(likelihood):
    config = likelihood.get_config()
    assert AutoregressiveCategorical.from_config(config).get_config() == config
    first, second, other = (AutoregressiveCategorical(4, seed=seed) for seed in (1, 1, 2))
    for a, b, c in zip(first.weights, second.weights, other.weights, strict=True):
        np.testing.assert_array_equal(a, b)
        assert "bias" in a.name or not np.array_equal(a, c)
    assert isinstance(vw.AutoregressiveCategorical(2), vw.Likelihood)
    with pytest.raises(ValueError, match="the categorical likelihood needs tokens 0 to 3"):
        first.check_samples("x", np.float32([[4]]))
    assert not isinstance(Categorical(4), AutoregressiveCategorical)


@pytest.mark.parametrize("temperature", [5, 10])  # with less, one sequence has all
def test_drawn_sequences_have_the_probabilities_of_the_formula(likelihood, features, temperature):
    """Every sequence of 3 tokens is drawn as often as the chain of softmaxes says."""
    n, steps = 40_000, 3
    expected = np.ones((CLASSES,) * steps)
    for x in itertools.product(range(CLASSES), repeat=steps):
        for t in range(steps):
            logits = logits_of_step(likelihood, features[0], x[:t]) / temperature
            expected[x] *= np.exp(log_softmax(logits)[x[t]])
    noise = temperature * np.random.default_rng(3).gumbel(size=(n, steps, CLASSES))
    rows = np.repeat(features[:, :steps], n, axis=0)
    drawn = np.asarray(likelihood.tokens(rows, noise.astype(np.float32)), int)
    counts = np.zeros_like(expected)
    np.add.at(counts, tuple(drawn.T), 1)
    # Six standard errors of each share.
    error = 6 * np.sqrt(expected * (1 - expected) / n) + 1e-4
    assert (np.abs(counts / n - expected) < error).all()
    assert (expected > 0.02).sum() > 5  # not one sequence alone
