"""Samples in files and of functions give the rows that the array gives."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vae_widgets.core.lazy_samples import LazySamples, lazy_samples

X = np.random.default_rng(0).integers(0, 256, (40, 2, 3)).astype(np.uint8)


@pytest.fixture(scope="module", params=["memmap", "hdf5", "dask", "function", "bytes"])
def lazy(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("samples")
    if request.param == "memmap":
        np.save(folder / "x.npy", X)
        source = np.load(folder / "x.npy", mmap_mode="r")
    elif request.param == "hdf5":
        import h5py

        source = h5py.File(folder / "x.h5", "w").create_dataset("x", data=X, chunks=(7, 2, 3))
    elif request.param == "dask":
        import dask.array as da

        source = da.from_array(X, chunks=(7, 2, 3))
    elif request.param == "bytes":
        source = X
    else:

        def source(rows):
            assert rows.dtype == np.int64
            return X[rows]

    return lazy_samples(source, 40, (2, 3))


rows = st.one_of(
    st.integers(-40, 39),
    st.slices(40),
    st.lists(st.integers(-40, 39), max_size=9).map(lambda some: np.array(some, np.int64)),
    st.lists(st.booleans(), min_size=40, max_size=40).map(np.array),
)


@given(rows=rows)
def test_any_index_reads_what_the_array_has(lazy, rows):
    read = lazy[rows]
    assert read.dtype == np.float32
    np.testing.assert_array_equal(read, X[rows])


def test_it_looks_like_an_array(lazy):
    assert lazy.shape == (40, 2, 3)
    assert len(lazy) == 40
    np.testing.assert_array_equal(np.asarray(lazy), X)
    with pytest.raises(IndexError, match="row 40 is out of bounds for 40 samples"):
        lazy[40]


def test_only_rows_that_are_asked_for_are_read():
    asked = []

    def source(rows):
        asked.extend(rows.tolist())
        return X[rows]

    lazy = LazySamples(source, 40, (2, 3))
    assert asked == [0]  # checks the shape
    lazy[[7, 3]]
    assert asked == [0, 7, 3]


def test_an_array_in_memory_is_not_lazy():
    assert lazy_samples(X.astype(np.float32), 40) is None
    assert lazy_samples(X.tolist(), 40) is None
    assert lazy_samples(np.ma.masked_array(X), 40) is None


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            lambda rows: X[rows].reshape(-1, 6),
            r"x\(\[0\]\) has shape \(1, 6\); expected \(n, 2, 3\)",
        ),
        (lambda rows: X[:2], r"x\(\[0\]\) has 2 samples; expected 1\."),
        (
            lambda rows: np.full((len(rows), 2, 3), np.nan),
            r"x\(\[0\]\) has 6 NaN or infinite values",
        ),
    ],
)
def test_what_a_function_gives_is_checked(source, message):
    with pytest.raises(ValueError, match=message):
        LazySamples(source, 40, (2, 3))
