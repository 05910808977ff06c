import numpy as np
import pytest
from scipy import stats

from vae_widgets.widgets.exported_page.score_formula import score_formula


class Linear:
    """Encodes the mean of the first and of the last half, and decodes it by `link`."""

    latent_dim, sample_shape = 2, (6,)

    def __init__(self, link, log_var=-1.0):
        self.link, self.log_var = link, log_var

    def encode(self, x):
        z = np.asarray(x).reshape(-1, 2, 3).mean(axis=2).astype(np.float32)
        return z, np.full_like(z, self.log_var)

    def decode(self, z):
        return self.link(np.repeat(np.asarray(z), 3, axis=1)).astype(np.float32)


X = np.random.default_rng(0).random((200, 6)).astype(np.float32)


def kl(codec):
    z, log_var = codec.encode(X)
    # Of normal distributions, dimension by dimension.
    return 0.5 * (np.exp(log_var) + z**2 - 1 - log_var).sum(axis=1)


@pytest.mark.parametrize("deviation", [1.0, 0.1, 3.0])
def test_a_gaussian_elbo_is_recognised_with_its_deviation(deviation):
    codec = Linear(lambda z: 2 * z - 1)
    nats = -stats.norm.logpdf(X, codec.decode(codec.encode(X)[0]), deviation).sum(axis=1)
    formula = score_formula(codec, X, nats + kl(codec))
    assert formula["kind"] == "squared"
    assert formula["kl"] == 1
    assert formula["weight"] == pytest.approx(1 / (2 * deviation**2), rel=1e-3)


@pytest.mark.parametrize("with_kl", [0, 1])
def test_a_bernoulli_score_is_recognised(with_kl):
    codec = Linear(lambda z: 0.2 + 0.6 * z)
    p = codec.decode(codec.encode(X)[0])
    nats = -(X * np.log(p) + (1 - X) * np.log(1 - p)).sum(axis=1)
    formula = score_formula(codec, X, nats + with_kl * kl(codec))
    assert (formula["kind"], formula["kl"]) == ("bernoulli", with_kl)


def test_a_squared_error_is_recognised():
    codec = Linear(lambda z: z)
    error = ((X - codec.decode(codec.encode(X)[0])) ** 2).sum(axis=1)
    formula = score_formula(codec, X, error)
    assert (formula["kind"], formula["weight"], formula["kl"]) == ("squared", 1.0, 0)
    assert formula["offset"] == pytest.approx(0, abs=1e-5)


def test_other_scores_are_not_taken_for_one_of_these():
    codec = Linear(lambda z: z)
    assert score_formula(codec, X, np.random.default_rng(1).random(200)) is None
    assert score_formula(codec, X, X.max(axis=1).astype(np.float64)) is None


def test_a_codec_that_cannot_decode_has_no_formula():
    def fail(z):
        raise RuntimeError("no")

    assert score_formula(Linear(fail), X, X[:, 0].astype(np.float64)) is None
