"""Bundles of conditional VAEs, whose halves take labels, and of plain autoencoders."""

import numpy as np
import pandas as pd
import pytest

import vae_widgets as vw
from vae_widgets.codec import check_codec


@pytest.fixture(scope="module", params=["dense", "conv"])
def pair(request, tmp_path_factory):
    """A conditional VAE and the codec of its bundle."""
    vae = vw.VAE.build((8, 8), architecture=request.param, hidden_units=(8,), n_labels=4, seed=2)
    path = tmp_path_factory.mktemp("conditional") / "x.vae"
    vae.save(path)
    return vae, vw.load(path)


@pytest.fixture
def x():
    return np.random.default_rng(0).random((9, 8, 8), dtype=np.float32)


def test_the_codec_does_what_the_model_does(pair, x):
    vae, codec = pair
    y = np.arange(9) % 4
    for ours, theirs in zip(codec.encode(x, y), vae.encode(x, y), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)
    z = np.random.default_rng(1).standard_normal((9, 2))
    np.testing.assert_allclose(codec.decode(z, y), vae.decode(z, y), atol=1e-5)
    assert np.abs(codec.decode(z, y) - codec.decode(z, (y + 1) % 4)).max() > 1e-3
    np.testing.assert_allclose(codec.sample(9, seed=3, y=y), vae.sample(9, seed=3, y=y), atol=1e-5)
    assert codec.n_labels == vae.n_labels == 4
    for model in pair:
        with pytest.raises(ValueError, match="y has another index than x"):
            model.encode(pd.DataFrame(x[:, 0]), pd.Series(y, index=range(1, 10)))


def test_one_label_for_the_widgets(pair, x):
    vae, codec = pair
    given = check_codec(codec.condition_on(3))
    assert (given.latent_dim, given.sample_shape, given.label) == (2, (8, 8), 3)
    np.testing.assert_array_equal(given.encode(x)[0], codec.encode(x, np.full(9, 3))[0])
    np.testing.assert_allclose(
        given.sample(5, seed=0), vae.condition_on(3).sample(5, seed=0), atol=1e-5
    )


def test_the_model_comes_back(pair, x):
    vae, codec = pair
    loaded = vw.VAE.load(codec.path)
    np.testing.assert_allclose(loaded.encode(x, 1)[0], vae.encode(x, 1)[0], atol=1e-6)


def test_samples_need_codes_with_their_labels(pair, x, tmp_path):
    vae, _ = pair
    with pytest.raises(ValueError, match=r"Pass latents=vae\.encode\(samples, labels\)\[0\]"):
        vae.save(tmp_path / "x.vae", samples=x)
    latents = vae.encode(x, 2)[0]
    vae.save(tmp_path / "x.vae", samples=x, latents=latents)
    np.testing.assert_array_equal(vw.load(tmp_path / "x.vae").latents, latents)


@pytest.mark.parametrize(
    ("call", "error", "expected"),
    [
        (lambda codec, x: codec.encode(x), TypeError, "y is missing; .* needs labels"),
        (lambda codec, x: codec.decode([[0, 0]]), TypeError, "y is missing"),
        (lambda codec, x: codec.sample(2), TypeError, "y is missing"),
        (lambda codec, x: codec.encode(x, [1, 2]), ValueError, r"expected \(9,\), one label"),
        (lambda codec, x: codec.encode(x, 4), ValueError, "y holds 4; .* from 0 to 3"),
        (lambda codec, x: codec.encode(x, "a"), TypeError, "whole numbers from 0 to 3"),
        (lambda codec, x: codec.condition_on(-1), ValueError, "label holds -1"),
        (lambda codec, x: codec.condition_on([1, 2]), ValueError, "expected one label"),
    ],
)
def test_bad_labels(pair, x, call, error, expected):
    with pytest.raises(error, match=expected):
        call(pair[1], x)


def test_labels_for_a_model_without(bundle, samples):
    codec = vw.load(bundle)
    assert codec.n_labels is None
    for call in (lambda: codec.encode(samples, 1), lambda: codec.sample(3, y=1)):
        with pytest.raises(TypeError, match="y is 1; this model takes no labels"):
            call()
    with pytest.raises(TypeError, match=r"condition_on.* is for a conditional model"):
        codec.condition_on(1)


def test_a_plain_autoencoder(tmp_path, x):
    plain = vw.VAE.build((8, 8), hidden_units=(8,), variational=False)
    plain.save(tmp_path / "x.vae")
    codec = vw.load(tmp_path / "x.vae")
    np.testing.assert_allclose(codec.encode(x)[0], plain.encode(x)[0], atol=1e-5)
    np.testing.assert_array_equal(codec.encode(x)[1], plain.encode(x)[1])
    with pytest.raises(RuntimeError, match=r"sample needs a prior; x\.vae holds a plain auto"):
        codec.sample(3)
    assert not vw.VAE.load(tmp_path / "x.vae").variational
