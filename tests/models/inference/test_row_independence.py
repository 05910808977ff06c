"""What a model says about a row does not depend on the rows beside it: bit for bit."""

import dask.array as da
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import vae_widgets as vw
from vae_widgets import VAE

N = 600
RNG = np.random.default_rng(0)

# Name -> (maker of a model, maker of samples).
KINDS = {
    "dense": (
        lambda: VAE.build((64,), latent_dim=3, hidden_units=(40,)),
        lambda: RNG.random((N, 64), np.float32),
    ),
    "dense gaussian, odd sizes": (
        lambda: VAE.build((37,), latent_dim=5, hidden_units=(19, 7), likelihood="gaussian"),
        lambda: RNG.standard_normal((N, 37), np.float32),
    ),
    "conv": (
        lambda: VAE.build((8, 9), architecture="conv", filters=(4,), hidden_units=(5,)),
        lambda: RNG.random((N, 8, 9), np.float32),
    ),
    "sequence": (
        lambda: VAE.build(
            (7,),
            architecture="sequence",
            likelihood="categorical",
            n_classes=5,
            filters=(6,),
            hidden_units=(8,),
        ),
        lambda: RNG.integers(0, 5, (N, 7)).astype(np.float32),
    ),
    "conditional": (
        lambda: VAE.build((12,), hidden_units=(9,), n_labels=3),
        lambda: RNG.random((N, 12), np.float32),
    ),
}
SCORES = ("elbo", "reconstruction", "kl", "mahalanobis")


class Case:
    """A model, samples, codes, and what each method gives for all of them."""

    def __init__(self, name):
        make, draw = KINDS[name]
        self.model, self.x = make(), draw()
        self.z = RNG.standard_normal((N, self.model.latent_dim))
        self.labels = np.arange(N) % 3 if self.model.n_labels else None
        self.model.update_code_statistics(self.x, y=self.labels)
        self.all = self.of(np.arange(N))

    def of(self, rows):
        """Return arrays with a row for each of `rows`, by the name of the method."""
        vae, x = self.model, self.x[rows]
        y = {} if self.labels is None else {"y": self.labels[rows]}
        z_mean, z_log_var = vae.encode(x, **y)
        return {
            "z_mean": z_mean,
            "z_log_var": z_log_var,
            "decode": vae.decode(self.z[rows], **y),
            **{kind: vae.anomaly_score(x, kind, **y) for kind in SCORES},
            "iwae": vae.anomaly_score(x, "iwae", n_samples=3, **y),
            "reconstruction_error": vae.reconstruction_error(x, **y),
            "attribution": vae.attribution(x, **y),
            "attribution of the KL": vae.attribution(x, "kl", **y),
        }


@pytest.fixture(scope="module", params=KINDS)
def case(request):
    return Case(request.param)


@settings(max_examples=5)
@given(size=st.integers(1, N), seed=st.integers(0, 1000))
def test_a_row_is_the_same_in_any_subset_and_order(case, size, seed):
    rows = np.random.default_rng(seed).permutation(N)[:size]
    for method, got in case.of(rows).items():
        np.testing.assert_array_equal(got, case.all[method][rows], err_msg=method)


@settings(max_examples=5)
@given(size=st.integers(1, N), seed=st.integers(0, 1000))
def test_and_in_any_batches_of_a_stream_and_any_chunks_of_dask(case, size, seed):
    y = {} if case.labels is None else {"y": 1}
    expected = case.model.anomaly_score(case.x, **y)
    batches = (case.x[start : start + size] for start in range(0, N, size))
    np.testing.assert_array_equal(case.model.anomaly_score(batches, **y), expected)
    if size > 200:  # chunks are slow
        lazy = case.model.anomaly_score(
            da.from_array(case.x, chunks=(size, *case.x.shape[1:])), **y
        )
        np.testing.assert_array_equal(lazy.compute(), expected)


def test_one_row_at_a_time(case):
    for row in range(3):
        for method, got in case.of(np.array([row])).items():
            np.testing.assert_array_equal(got[0], case.all[method][row], err_msg=method)


@pytest.fixture(scope="module", params=["standardize_features", "standardize_samples", None])
def detector(request):
    rng = np.random.default_rng(1)
    x = rng.normal(3, 2, (N, 23)).astype(np.float32)
    options = {"latent_dim": 2, "hidden_units": (9,), "epochs": 1}
    return vw.VAEDetector(preprocessing=request.param, **options).fit(x), x


@settings(max_examples=8)
@given(size=st.integers(1, N), seed=st.integers(0, 1000))
def test_a_detector_says_the_same_of_a_row_in_any_subset_and_layout(detector, size, seed):
    detector, x = detector
    rows = np.random.default_rng(seed).permutation(N)[:size]
    expected = detector.decision_function(x)[rows]
    for layout in (np.ascontiguousarray, np.asfortranarray, np.float64):
        np.testing.assert_array_equal(detector.decision_function(layout(x[rows])), expected)
    wide = np.repeat(x, 2, axis=1)[:, ::2]  # not contiguous
    np.testing.assert_array_equal(detector.score_samples(wide[rows]) - detector.offset_, expected)
    np.testing.assert_array_equal(detector.predict(x[rows]), detector.predict(x)[rows])
