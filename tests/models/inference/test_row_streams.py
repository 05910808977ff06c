"""Whatever says something about rows takes arrays, streams, arrays in files, and Dask arrays."""

import dask.array as da
import h5py
import numpy as np
import pytest
import tensorflow as tf

from vae_widgets import VAE
from vae_widgets.models.inference.row_functions import noise_of_rows

METHODS = {
    "encode": lambda vae, x: vae.encode(x),
    "elbo": lambda vae, x: vae.elbo(x, seed=5),
    "log_likelihood": lambda vae, x: vae.log_likelihood(x, 3, seed=5),
    "bits_per_dimension": lambda vae, x: vae.bits_per_dimension(x, 3, seed=5),
    "reconstruction_error": lambda vae, x: vae.reconstruction_error(x),
    "attribution": lambda vae, x: vae.attribution(x),
    "attribution of the KL": lambda vae, x: vae.attribution(x, "kl"),
}
SUMMARIES = {
    "kl_per_dimension": lambda vae, x: vae.kl_per_dimension(x),
    "active_units": lambda vae, x: vae.active_units(x),
    "kl_decomposition": lambda vae, x: vae.kl_decomposition(x, seed=5),
}
N = 1100


@pytest.fixture(scope="module")
def files(digits, tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    np.save(folder / "x.npy", digits[:N])
    with h5py.File(folder / "x.h5", "w") as file:
        file["x"] = digits[:N]
        yield {"memmap": np.load(folder / "x.npy", mmap_mode="r"), "h5py": file["x"]}


def streams(x, files):
    yield "generator", (x[i : i + 300] for i in range(0, N, 300))
    yield "tf.data", tf.data.Dataset.from_tensor_slices(x).batch(70)
    yield from files.items()


@pytest.mark.parametrize("method", METHODS)
def test_rows_of_any_stream_and_of_dask(trained, digits, files, method):
    ask, x = METHODS[method], digits[:N]
    expected = ask(trained, x)
    for name, stream in streams(x, files):
        np.testing.assert_array_equal(ask(trained, stream), expected, err_msg=name)
    lazy = ask(trained, da.from_array(x, chunks=(400, 5, 8)))
    parts = lazy if isinstance(lazy, tuple) else (lazy,)
    wanted = expected if isinstance(expected, tuple) else (expected,)
    for part, of_array in zip(parts, wanted, strict=True):
        assert isinstance(part, da.Array)
        assert part.shape == of_array.shape
        np.testing.assert_array_equal(part.compute(), of_array)


@pytest.mark.parametrize("method", SUMMARIES)
def test_summaries_of_any_stream_and_of_dask(trained, digits, files, method):
    ask, x = SUMMARIES[method], digits[:N]
    expected = ask(trained, x)
    for name, stream in (*streams(x, files), ("dask", da.from_array(x, chunks=(400, 8, 8)))):
        np.testing.assert_allclose(ask(trained, stream), expected, rtol=1e-6, err_msg=name)


def test_labels(make_vae, digits):
    vae = make_vae(n_labels=3)
    x, y = digits[:120], np.arange(120) % 3
    expected = vae.encode(x, y)
    pairs = ((x[i : i + 50], y[i : i + 50]) for i in range(0, 120, 50))
    np.testing.assert_array_equal(vae.encode(pairs), expected)
    lazy = da.from_array(x, chunks=(50, 8, 8))
    np.testing.assert_array_equal(vae.encode(lazy, y), expected)
    np.testing.assert_array_equal(vae.elbo(lazy, seed=1, y=y), vae.elbo(x, seed=1, y=y))
    np.testing.assert_allclose(vae.kl_per_dimension(lazy, y=y), vae.kl_per_dimension(x, y=y))


def test_noise_of_a_row_depends_on_its_number_alone():
    whole = noise_of_rows(3, 0, 3000, 2)
    for start, n in ((0, 1), (959, 2), (1000, 1500), (2999, 1)):
        np.testing.assert_array_equal(noise_of_rows(3, start, n, 2), whole[start : start + n])
    assert len(np.unique(whole)) > 0.99 * whole.size  # some float32 numbers coincide
    assert abs(whole.mean()) < 0.07
    assert whole.std() == pytest.approx(1, abs=0.05)


def test_dask_chunks_of_unknown_size(trained, digits):
    x = da.from_array(digits[:30], chunks=(10, 8, 8))
    some = x[da.from_array(np.arange(30) >= 15, chunks=10)]
    np.testing.assert_array_equal(trained.encode(some)[0], trained.encode(digits[15:30])[0])
    for ask in (trained.elbo, trained.log_likelihood):
        with pytest.raises(ValueError, match=r"unknown size.*x.compute_chunk_sizes\(\)"):
            ask(some)
    some.compute_chunk_sizes()
    np.testing.assert_array_equal(trained.elbo(some, seed=1), trained.elbo(digits[15:30], seed=1))


def test_a_bad_batch_is_named(trained, digits):
    for ask in (trained.encode, trained.elbo, trained.kl_per_dimension):
        with pytest.raises(ValueError, match=r"batch 1 of x spans \[7, 7\]"):
            ask(iter([digits[:20], np.full((5, 8, 8), 7.0)]))


def test_a_plain_model_is_asked_before_any_work():
    plain = VAE.build((4,), hidden_units=(3,), variational=False)
    with pytest.raises(RuntimeError, match="variational=False"):
        plain.elbo(iter([]))
