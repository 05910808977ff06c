"""Rows that are read and converted in parts: the same numbers as an array in memory gives."""

import pathlib
import re

import dask.array
import h5py
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import scipy.sparse
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from vae_widgets import VAE, VAEDetector
from vae_widgets.models.data import row_source
from vae_widgets.models.data.row_source import RowSource, read_in_parts

N = 300


@pytest.fixture(scope="module")
def pixels():
    """Black and white pixels (n, 4, 3), whose first half is darker."""
    rng = np.random.default_rng(0)
    bright = np.repeat([0.2, 0.8], N // 2)[:, np.newaxis, np.newaxis]
    return (rng.random((N, 4, 3)) < bright).astype(np.uint8)


def hdf5(array, folder, **options):
    file = h5py.File(folder / "pixels.h5", "w")
    return file.create_dataset("pixels", data=array, **options)


def memmap(array, folder):
    np.save(folder / "pixels.npy", array)
    return np.load(folder / "pixels.npy", mmap_mode="r")


KINDS = {
    "uint8": lambda array, _: array,
    "float64": lambda array, _: array.astype(np.float64),
    "bool": lambda array, _: array.astype(bool),
    "memmap": memmap,
    "hdf5": hdf5,
    "hdf5 in chunks": lambda array, folder: hdf5(array, folder, chunks=(7, 4, 3)),
    "zarr": lambda array, _: ZarrArray(array, 70),
    "dask": lambda array, _: dask.array.from_array(array, chunks=(70, 4, 3)),
}


class ZarrArray:
    """What the arrays of Zarr 3 have of the interface of numpy: slices, and chunks as a tuple."""

    def __init__(self, array, rows):
        self._array = array
        self.shape, self.dtype, self.ndim = array.shape, array.dtype, array.ndim
        self.chunks = (rows, *array.shape[1:])

    def __len__(self):
        return len(self._array)

    def __getitem__(self, rows):
        assert isinstance(rows, slice)
        return self._array[rows]

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self._array, dtype)


def parquet(array, folder, rows=70):
    flat = array.reshape(len(array), -1)
    table = pa.table({f"x{i}": column for i, column in enumerate(flat.T)})
    pq.write_table(table, folder / "pixels.parquet", row_group_size=rows)
    return pq.ParquetFile(folder / "pixels.parquet")


@pytest.fixture(params=KINDS)
def source(request, pixels, tmp_path):
    return KINDS[request.param](pixels, tmp_path)


@pytest.fixture
def small_parts(monkeypatch):
    """Whatever is larger than 50 of the samples is read in parts of 50, files in blocks of 10."""
    monkeypatch.setattr(row_source, "READ_AT_ONCE", 50 * 12 * 4)
    monkeypatch.setattr(row_source, "BLOCK", 10 * 12)


def test_any_rows_of_any_array(source, pixels):
    rows = RowSource(source)
    assert rows.shape == pixels.shape
    assert len(rows) == N
    for taken in ([0], [299, 0, 5, 5], np.random.default_rng(0).permutation(N)):
        given_rows = rows.take(np.array(taken))
        assert given_rows.dtype == np.float32
        np.testing.assert_array_equal(given_rows, pixels[taken])
    np.testing.assert_array_equal(np.asarray(rows[10:200][::7]), pixels[10:200:7])


@given(
    array=arrays.arrays(np.int16, st.tuples(st.integers(1, 40), st.integers(1, 3))),
    chunk=st.integers(1, 45),
    data=st.data(),
)
def test_blocks_do_not_show(array, chunk, data):
    """Dask stands for all arrays that are read by blocks."""
    rows = RowSource(dask.array.from_array(array, chunks=(chunk, -1)))
    start, stop = sorted(data.draw(st.tuples(*[st.integers(0, len(array))] * 2)))
    part = slice(start, stop, data.draw(st.integers(1, 4)))
    np.testing.assert_array_equal(np.asarray(rows[part]), array[part])
    order = rows[part].shuffled(np.random.default_rng(0))
    np.testing.assert_array_equal(np.sort(order), np.arange(len(array[part])))


def test_arrays_in_memory_are_shuffled_as_numpy_does_and_files_by_blocks(pixels, tmp_path):
    permutation = np.random.default_rng(3).permutation(N)
    np.testing.assert_array_equal(RowSource(pixels).shuffled(np.random.default_rng(3)), permutation)
    rows = RowSource(hdf5(pixels, tmp_path, chunks=(10, 4, 3)))
    orders = [rows.shuffled(np.random.default_rng(seed)) for seed in (3, 3, 4)]
    np.testing.assert_array_equal(orders[0], orders[1])
    assert (orders[0] != orders[2]).mean() > 0.9


@pytest.mark.usefixtures("small_parts")
def test_an_epoch_in_blocks_reads_a_file_about_once_and_mixes_it(pixels, tmp_path):
    rows = RowSource(hdf5(pixels, tmp_path, chunks=(10, 4, 3)))
    order = rows.shuffled(np.random.default_rng(0))
    windows = [order[start : start + 50] for start in range(0, N, 50)]
    assert all(len(np.unique(window // 10)) == 5 for window in windows)
    assert all((window != np.sort(window)).any() for window in windows)
    # No window has samples of one half alone, as the file has.
    assert all(0 < (window < N // 2).mean() < 1 for window in windows)


@pytest.mark.usefixtures("small_parts")
def test_what_is_read_in_parts(source):
    assert isinstance(read_in_parts(source), RowSource)


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize(
    "x",
    [
        np.zeros((N, 4, 3), np.float32),  # in memory as it is
        np.zeros((50, 4, 3), np.uint8),  # small
        np.ma.masked_array(np.zeros((N, 4, 3))),  # refused elsewhere
        np.zeros((N, 4, 3), complex),
        np.array([["a"] * 12] * N),
        [[0.0] * 12] * N,
        None,
    ],
)
def test_what_is_converted_at_once(x):
    assert read_in_parts(x) is None


def trained(x, **options):
    vae = VAE.build((4, 3), latent_dim=2, hidden_units=(), seed=0)
    vae.compile("sgd", jit_compile=False, steps_per_execution=3)
    return vae, vae.fit(x, epochs=2, batch_size=16, verbose=0, **options).history


@pytest.fixture(scope="module")
def expected(pixels):
    return trained(pixels.astype(np.float32), validation_split=0.2)


@pytest.mark.usefixtures("small_parts")
def test_training_is_that_of_the_array_in_memory(source, expected):
    vae, history = trained(source, validation_split=0.2)
    twin, twin_history = expected
    assert set(history) == set(twin_history)
    is_file = isinstance(source, np.memmap) or not isinstance(source, np.ndarray)
    if not is_file:  # the same order, to the last bit
        assert history == twin_history
        for weight, other in zip(vae.get_weights(), twin.get_weights(), strict=True):
            np.testing.assert_array_equal(weight, other)
    else:  # shuffled by blocks
        np.testing.assert_allclose(history["loss"], twin_history["loss"], rtol=0.1)


@pytest.mark.usefixtures("small_parts")
def test_unshuffled_files_and_sparse_rows_train_like_arrays(pixels, tmp_path):
    flat = pixels.reshape(N, 12)
    _, expected = trained(pixels.astype(np.float32), shuffle=False, validation_data=pixels)
    for x in (hdf5(pixels, tmp_path), dask.array.from_array(pixels, chunks=(70, 4, 3))):
        _, history = trained(x, shuffle=False, validation_data=x)
        assert history == expected
    vae = VAE.build(12, latent_dim=2, hidden_units=(), seed=0)
    twin = VAE.build(12, latent_dim=2, hidden_units=(), seed=0)
    for model, x in ((vae, scipy.sparse.csr_matrix(flat)), (twin, flat.astype(np.float32))):
        model.compile("sgd", jit_compile=False)
        model.fit(x, verbose=0)
    assert vae.history.history == twin.history.history


@pytest.mark.usefixtures("small_parts")
def test_bad_rows_are_found_before_training_and_named(pixels):
    vae = VAE.build((4, 3), hidden_units=())
    outside, missing = pixels.copy(), pixels.astype(np.float64)
    outside[120], missing[299] = 7, np.nan
    with pytest.raises(ValueError, match=r"x\[100:150\] spans \[0, 7\]; .*Bernoulli"):
        vae.fit(outside)
    with pytest.raises(ValueError, match=r"x\[250:300\] has 12 NaN"):
        vae.fit(missing)
    with pytest.raises(ValueError, match=r"x has shape \(300, 12\); expected \(n, 4, 3\).*reshape"):
        vae.fit(pixels.reshape(N, 12))
    assert vae.optimizer.iterations.numpy() == 0


@pytest.mark.usefixtures("small_parts")
def test_a_model_with_its_own_step_trains_on_them_too(pixels):
    class Mine(VAE):
        def train_step(self, data):
            return super().train_step(data)

    vae = VAE.build((4, 3), hidden_units=())
    mine = Mine(vae.encoder, vae.decoder)
    mine.compile("sgd", jit_compile=False)
    history = mine.fit(pixels, validation_data=pixels, verbose=0).history
    assert np.isfinite(history["val_loss"]).all()


@pytest.mark.usefixtures("small_parts")
def test_a_parquet_table(pixels, tmp_path):
    file = parquet(pixels, tmp_path)
    flat = pixels.reshape(N, 12)
    rows = read_in_parts(file)
    assert rows.shape == (N, 12)
    np.testing.assert_array_equal(np.asarray(rows), flat)
    for part in (slice(5, 9), slice(60, 150), slice(69, 70), slice(70, 140), slice(7, 7)):
        np.testing.assert_array_equal(np.asarray(rows[part]), flat[part])

    histories = []
    for x in (file, flat.astype(np.float32)):
        vae = VAE.build(12, latent_dim=2, hidden_units=(), seed=0)
        vae.compile("sgd", jit_compile=False)
        histories.append(vae.fit(x, shuffle=False, validation_split=0.2, verbose=0).history)
    assert histories[0] == histories[1]

    detectors = [VAEDetector(latent_dim=1, hidden_units=(), epochs=1).fit(x) for x in (file, flat)]
    scores = [detector.score_samples(flat) for detector in detectors]
    np.testing.assert_allclose(*scores, rtol=0.05)
    np.testing.assert_array_equal(detectors[0].score_samples(file), scores[0])

    pq.write_table(pa.table({"x": [1.0], "name": ["a"]}), tmp_path / "names.parquet")
    with pytest.raises(ValueError, match="column 'name' has no numbers, but string"):
        vae.fit(pq.ParquetFile(tmp_path / "names.parquet"))


@pytest.mark.skipif(not pathlib.Path("/proc/self/smaps").exists(), reason="only Linux tells")
def test_pages_of_a_memmap_that_were_read_do_not_stay(tmp_path):
    path = tmp_path / "rows.npy"
    x = np.lib.format.open_memmap(path, "w+", np.uint8, (8192, 4096))  # 32 MiB, no disk space
    del x
    x = np.load(path, mmap_mode="r")
    rows = RowSource(x[10:])
    for part in rows.parts(2**20):
        assert not rows.take(part).any()
    mappings = re.split(r"\n(?=[0-9a-f]+-)", pathlib.Path("/proc/self/smaps").read_text())
    [resident] = [re.search(r"Rss: +(\d+) kB", each)[1] for each in mappings if str(path) in each]
    assert int(resident) < 1024


def test_a_changed_copy_of_a_file_keeps_its_changes(tmp_path):
    np.save(tmp_path / "rows.npy", np.zeros((20, 3)))
    x = np.load(tmp_path / "rows.npy", mmap_mode="c")
    x[:] = 7
    rows = RowSource(x)
    for _ in range(2):
        assert (rows.take(np.arange(20)) == 7).all()


def test_blocks_are_small_beside_the_window_for_samples_of_any_size():
    """Else a window of large images would hold a few runs of neighbours."""
    for size in (1, 784, 12_288, 100_000):
        edges = row_source._block_edges(np.broadcast_to(np.float32(0), (10**5, size)))
        assert row_source.READ_AT_ONCE / (4 * size * np.diff(edges).max()) > 75
