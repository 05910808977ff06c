"""What a bundle says about a row does not depend on the rows beside it: bit for bit."""

import dask.array as da
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import vae_widgets as vw
from tests.bundle.conftest import KINDS

N = 600
NAMES = ("dense vector gaussian", "conv grey", "sequence categorical", "own halves")


@pytest.fixture(scope="module", params=NAMES)
def codes_and_samples(request, tmp_path_factory):
    """A codec, samples, codes, and what they become."""
    make, draw = KINDS[request.param]
    path = tmp_path_factory.mktemp("bundle") / "model.vae"
    make().save(path)
    codec = vw.load(path)
    rng = np.random.default_rng(0)
    x = np.concatenate([draw(rng) for _ in range(N // 20)]).astype(np.float32)
    z = rng.standard_normal((N, codec.latent_dim))
    return codec, x, z, codec.encode(x), codec.decode(z)


@settings(max_examples=10)
@given(size=st.integers(1, N), seed=st.integers(0, 1000))
def test_codes_and_samples_are_the_same_in_any_subset_and_order(codes_and_samples, size, seed):
    codec, x, z, codes, samples = codes_and_samples
    rows = np.random.default_rng(seed).permutation(N)[:size]
    for got, expected in zip(codec.encode(x[rows]), codes, strict=True):
        np.testing.assert_array_equal(got, expected[rows])
    np.testing.assert_array_equal(codec.decode(z[rows]), samples[rows])


@pytest.fixture(scope="module", params=["elbo", "mahalanobis"])
def scored(request, tmp_path_factory):
    """A detector's codec, samples and their scores."""
    x = np.random.default_rng(1).normal(3, 2, (N, 23))
    options = {"preprocessing": "standardize_samples", "hidden_units": (9,), "epochs": 1}
    detector = vw.VAEDetector(latent_dim=2, score_kind=request.param, **options).fit(x)
    path = detector.save(tmp_path_factory.mktemp("detector") / "detector.vae")
    codec = vw.load(path)
    return codec, x, codec.anomaly_score(x)


@settings(max_examples=20)
@given(size=st.integers(1, N), seed=st.integers(0, 1000))
def test_scores_are_the_same_in_any_subset_order_and_layout(scored, size, seed):
    codec, x, scores = scored
    rows = np.random.default_rng(seed).permutation(N)[:size]
    for layout in (np.ascontiguousarray, np.asfortranarray):
        np.testing.assert_array_equal(codec.anomaly_score(layout(x[rows])), scores[rows])


def test_and_in_any_chunks_of_dask(scored):
    codec, x, scores = scored
    for size in (7, 100, 599):
        lazy = codec.anomaly_score(da.from_array(x, chunks=(size, 11)))
        np.testing.assert_array_equal(lazy.compute(), scores)
