"""Codes and scores of arrays in files, and of Dask arrays, are those of the same rows in memory."""

import dask.array as da
import h5py
import numpy as np
import pandas as pd
import pytest

import vae_widgets as vw

N = 2_000  # several parts, the last of them short


@pytest.fixture(scope="module")
def codecs(tmp_path_factory):
    """A bundle without labels and one with, by the number of labels."""
    folder, made = tmp_path_factory.mktemp("bundles"), {}
    for n_labels in (None, 3):
        options = {"hidden_units": (9,), "likelihood": "gaussian", "n_labels": n_labels}
        path = folder / f"{n_labels}.vae"
        vw.VAE.build((4, 3), latent_dim=2, seed=0, **options).save(path)
        made[n_labels] = vw.load(path)
    return made


@pytest.fixture(scope="module")
def x():
    return np.random.default_rng(0).normal(size=(N, 4, 3)).astype(np.float32)


def memmap(x, path):
    rows = np.memmap(path, x.dtype, "w+", shape=x.shape)
    rows[:] = x
    return rows


def hdf5(x, path):
    return h5py.File(path, "w").create_dataset("x", data=x, chunks=(700, *x.shape[1:]))


def dask(x, path):
    return da.from_array(x, chunks=(700, *x.shape[1:]))


class Watched:
    """Rows by slices alone, as from a file; keeps how many were asked for at a time."""

    def __init__(self, x):
        self._x, self.shape, self.dtype, self.asked = x, x.shape, x.dtype, []

    def __len__(self):
        return len(self._x)

    def __getitem__(self, rows):
        self.asked.append((rows.start, min(rows.stop, len(self._x))))
        return self._x[rows]


@pytest.mark.parametrize("n_labels", [None, 3])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int16])
@pytest.mark.parametrize("store", [memmap, hdf5, dask])
def test_codes_and_scores_are_those_of_the_array(codecs, x, tmp_path, store, dtype, n_labels):
    codec, rows = codecs[n_labels], (100 * x).astype(dtype)
    labels = {} if n_labels is None else {"y": np.arange(N) % n_labels}
    stored = store(rows, tmp_path / "rows")
    for got, expected in zip(
        codec.encode(stored, **labels), codec.encode(rows, **labels), strict=True
    ):
        np.testing.assert_array_equal(np.asarray(got), expected)
    got = np.asarray(codec.anomaly_score(stored, **labels))
    np.testing.assert_array_equal(got, codec.anomaly_score(rows, **labels))


def test_one_label_holds_for_all_parts(codecs, x):
    for got, expected in zip(codecs[3].encode(Watched(x), 1), codecs[3].encode(x, 1), strict=True):
        np.testing.assert_array_equal(got, expected)


def test_slices_that_are_no_arrays_either_are_read(codecs, x):
    """As of a PyTorch tensor: a slice of it is one again, as that of a memmap is a memmap."""

    class Tensor(Watched):
        def __getitem__(self, rows):
            return Tensor(super().__getitem__(rows))

        def detach(self):
            return self

        cpu = detach

        def numpy(self):
            return self._x

    codec = codecs[None]
    for got, expected in zip(codec.encode(Tensor(x)), codec.encode(x), strict=True):
        np.testing.assert_array_equal(got, expected)
    with pytest.raises(ValueError, match=r"\(n, 4, 3\)"):
        codec.encode(pd.Series(np.arange(N)))


@pytest.mark.parametrize("method", ["encode", "anomaly_score"])
def test_the_file_is_read_once_and_in_parts(codecs, x, method):
    rows = Watched(x)
    getattr(codecs[None], method)(rows)
    starts, stops = zip(*rows.asked, strict=True)
    assert (starts[0], stops[-1]) == (0, N)
    assert starts[1:] == stops[:-1]
    assert max(stop - start for start, stop in rows.asked) < N


@pytest.mark.parametrize("method", ["encode", "anomaly_score"])
def test_what_is_wrong_in_a_file_is_said_as_of_an_array(codecs, x, tmp_path, method):
    bad = x.copy()
    bad[1_500, 0, 0] = np.nan  # in the second part
    with pytest.raises(ValueError, match="1 NaN or infinite value"):
        getattr(codecs[None], method)(memmap(bad, tmp_path / "bad"))
    with pytest.raises(ValueError, match=r"\(n, 4, 3\)"):
        getattr(codecs[None], method)(hdf5(x[:, 0], tmp_path / "flat"))
    with pytest.raises(ValueError, match="x is empty"):
        getattr(codecs[None], method)(h5py.File(tmp_path / "e", "w").create_dataset("x", (0, 4, 3)))
    rows = Watched(x)
    with pytest.raises(ValueError, match="y"):
        getattr(codecs[3], method)(rows, y=np.zeros(N - 1, int))
    assert not rows.asked  # before any work
