"""A scatter of codes that are given, and of samples that stay in a file."""

import numpy as np
import pytest
from sklearn.decomposition import PCA

from tests.support.messages import ask
from tests.support.pca_codec import PcaCodec
from vae_widgets.rendering import ImageRenderer
from vae_widgets.widgets.latent_scatter.widget import LatentScatter

X = np.random.default_rng(0).random((5000, 4, 4), np.float32)
CODEC = PcaCodec(X)
CODES = CODEC.encode(X)


class DecodesOnly:
    """Has codes already, and must not be asked for others."""

    latent_dim, sample_shape, decode = CODEC.latent_dim, CODEC.sample_shape, CODEC.decode

    def encode(self, x):
        raise AssertionError("the codes are given")


@pytest.fixture
def stored(tmp_path):
    np.save(tmp_path / "x.npy", X)
    return np.load(tmp_path / "x.npy", mmap_mode="r")


RENDERER = ImageRenderer(vmin=0, vmax=1)


@pytest.mark.parametrize("kind", ["array", "memmap", "function"])
def test_codes_that_are_given(kind, stored):
    x = {"array": X, "memmap": stored, "function": lambda rows: X[rows]}[kind]
    plain = LatentScatter(CODEC, X, renderer=RENDERER)
    given = LatentScatter(DecodesOnly(), x, renderer=RENDERER, codes=CODES)
    np.testing.assert_array_equal(given.z_mean, CODES)
    np.testing.assert_array_equal(given.x[[4999, 2]], X[[4999, 2]])
    for kind, request in (("tile", {"index": 4321}), ("detail", {"index": 17})):
        assert ask(given, kind, **request) == ask(plain, kind, **request)
    for scatter in (plain, given):
        scatter.pick(1234)
    assert given._pick == plain._pick


def test_variances_that_are_given_make_a_prior():
    log_var = np.full_like(CODES, -1)
    scatter = LatentScatter(DecodesOnly(), X, codes=(CODES, log_var))
    scatter.prior = True
    np.testing.assert_allclose(
        ask(scatter, "detail", index=0)["covariance"], np.exp(-1) * np.eye(2).ravel(), rtol=1e-6
    )


def test_a_stored_array_is_encoded_in_parts(stored):
    seen = []

    class Codec(PcaCodec):
        def encode(self, x):
            seen.append(len(x))
            return super().encode(x)

    scatter = LatentScatter(Codec(X), stored)
    assert sum(seen) == 5000
    assert max(seen) < 1000
    np.testing.assert_allclose(scatter.z_mean, CODES, rtol=1e-4, atol=1e-5)
    assert not isinstance(scatter.x, np.ndarray)  # it is still in the file


def test_codes_for_what_only_encodes():
    pca = PCA(2).fit(X.reshape(5000, -1))
    codes = pca.transform(X.reshape(5000, -1))
    scatter = LatentScatter(pca, lambda rows: X[rows], codes=codes)
    np.testing.assert_array_equal(scatter.z_mean, codes.astype(np.float32))
    assert scatter.x.shape == (5000, 4, 4)


def test_an_exported_page_carries_few_samples_of_a_function_and_names_too_many(
    tmp_path, monkeypatch
):
    scatter = LatentScatter(DecodesOnly(), lambda rows: X[rows], codes=CODES)
    scatter.save_html(tmp_path / "few.html")
    monkeypatch.setattr("vae_widgets.widgets.exported_page.contents.MOST_READ", 1000)
    with pytest.warns(
        RuntimeWarning, match=r"no new tiles: x is not in memory, and its samples would take 0 MB"
    ):
        scatter.save_html(tmp_path / "many.html")
    assert (tmp_path / "many.html").stat().st_size < (
        tmp_path / "few.html"
    ).stat().st_size - 100_000


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"x": lambda rows: X[rows]}, TypeError, "x is a function of rows, .* Pass also codes"),
        (
            {"x": X, "codes": CODES[:-1]},
            ValueError,
            "codes has 4999 rows; expected 5000, one for each sample",
        ),
        (
            {"x": X, "codes": CODES[:, :1]},
            ValueError,
            r"codes has shape \(5000, 1\); expected \(n, 2\)",
        ),
        ({"x": lambda rows: X[rows], "codes": 3}, ValueError, r"codes has shape \(\); expected"),
        ({"x": lambda rows: X[rows], "codes": CODES[:0]}, ValueError, "codes is empty"),
        ({"x": X, "codes": {"z": CODES}}, TypeError, "codes is a dict with 'z'; expected 'z_mean'"),
        ({"x": X, "codes": CODES * np.nan}, ValueError, "codes has 10000 NaN"),
        (
            {"x": X, "codes": (CODES, CODES[:9])},
            ValueError,
            "z_log_var of codes has 9 rows; expected 5000",
        ),
        (
            {"x": lambda rows: X[rows, 0], "codes": CODES},
            ValueError,
            r"x\(\[0\]\) has shape \(1, 4\)",
        ),
    ],
)
def test_what_is_wrong_is_named(arguments, error, message):
    with pytest.raises(error, match=message):
        LatentScatter(DecodesOnly(), **arguments)
