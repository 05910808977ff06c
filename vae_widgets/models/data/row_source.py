"""Rows of an array that are converted to float32 when they are needed, to save memory."""

import math
import mmap
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import scipy.sparse
from numpy.typing import NDArray

from vae_widgets.models.data.parquet_rows import ParquetRows, is_parquet

READ_AT_ONCE = 2**25  # bytes of float32 rows that are held at a time: 32 MiB
CONVERT_AT_ONCE = 2**22  # bytes of float32 rows that are made at a time: 4 MiB
BLOCK = 2**18  # bytes that are read together from a file without a chunk size: 256 KiB
ALIGNMENT = 64  # bytes; the memory of a tensor begins at a multiple of them

Convert = Callable[[NDArray[Any]], NDArray[np.float32]]

Check = Callable[[str, Any], NDArray[np.float32]]
"""Takes a name and samples; returns the samples as float32, or raises."""


class RowSource:
    """The rows of an array (n, *sample_shape), read and converted in parts.

    Parameters
    ----------
    array
        A numpy array or memmap, a SciPy CSR matrix, or anything with rows ``array[start:stop]``,
        such as a ``h5py.Dataset``, a Zarr or Dask array, `ParquetRows`.
    rows
        Numbers of the rows, ascending; None for all.
    convert
        Makes float32 samples (m, *sample_shape) of m rows; None casts them.
    """

    dtype = np.dtype(np.float32)

    def __init__(
        self,
        array: Any,
        rows: range | NDArray[np.int64] | None = None,
        convert: Convert | None = None,
        sample_shape: tuple[int, ...] | None = None,
    ) -> None:
        self._array = array
        self._rows = range(array.shape[0]) if rows is None else rows
        self._convert = convert
        self._sample_shape = tuple(array.shape[1:]) if sample_shape is None else sample_shape
        self.shape = (len(self._rows), *self._sample_shape)
        # Where reading one row costs about as much as reading its block, rows are read by blocks.
        self._edges = None if _is_quick_by_row(array) else _block_edges(array)

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, part: slice) -> "RowSource":
        return RowSource(self._array, self._rows[part], self._convert, self._sample_shape)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        if copy is False:
            raise ValueError("rows are read into a new array; expected copy=None or copy=True.")
        return self.take(np.arange(len(self))).astype(dtype or np.float32, copy=False)

    @property
    def rows_at_once(self) -> int:
        """Rows that fit in `READ_AT_ONCE` as float32, at least one."""
        return self._rows_of(READ_AT_ONCE)

    def _rows_of(self, size: int) -> int:
        return max(1, size // max(1, 4 * math.prod(self.shape[1:])))

    def take(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return rows by their numbers (m,), as float32 (m, *sample_shape)."""
        raw = self.raw(rows)
        if self._convert is None and raw.dtype == np.float32:
            return raw
        taken = empty_aligned((len(raw), *self._sample_shape), np.float32)
        if self._convert is None:
            taken[:] = raw
            return taken
        step = self._rows_of(CONVERT_AT_ONCE)  # conversions go through float64
        for start in range(0, len(raw), step):
            taken[start : start + step] = self._convert(raw[start : start + step])
        return taken

    def _numbers(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        rows = np.asarray(rows, np.int64)
        if isinstance(self._rows, range):
            return self._rows.start + self._rows.step * rows
        return self._rows[rows]

    def where(self, kept: NDArray[np.bool_]) -> "RowSource":
        """Return the rows selected by a mask (n,)."""
        numbers = self._numbers(np.flatnonzero(kept))
        return RowSource(self._array, numbers, self._convert, self._sample_shape)

    def converted(self, convert: Convert, sample_shape: tuple[int, ...]) -> "RowSource":
        """Return the same rows with another conversion."""
        return RowSource(self._array, self._rows, convert, sample_shape)

    def raw(self, rows: NDArray[np.int64]) -> NDArray[Any]:
        """Return rows by their numbers (m,), not converted."""
        numbers = self._numbers(rows)
        if self._edges is None:
            return _dense(self._array[numbers])
        taken = empty_aligned((len(numbers), *self._array.shape[1:]), self._array.dtype)
        block_of = np.searchsorted(self._edges, numbers, side="right") - 1
        for block in np.unique(block_of):
            here = np.flatnonzero(block_of == block)
            start, stop = int(numbers[here].min()), int(numbers[here].max()) + 1
            taken[here] = np.asarray(self._array[start:stop])[numbers[here] - start]
        _give_back_pages(self._array)
        return taken

    def shuffled(self, rng: np.random.Generator) -> NDArray[np.int64]:
        """Return the row numbers (n,) in random order.

        Of an array in a file, blocks are shuffled, then the rows of `READ_AT_ONCE` bytes at a time.
        """
        if self._edges is None:
            return rng.permutation(len(self))
        numbers = self._numbers(np.arange(len(self)))
        block_of = np.searchsorted(self._edges, numbers, side="right") - 1
        parts = np.split(np.arange(len(self)), np.flatnonzero(np.diff(block_of)) + 1)
        order = np.concatenate([parts[i] for i in rng.permutation(len(parts))])
        for start in range(0, len(order), self.rows_at_once):
            rng.shuffle(order[start : start + self.rows_at_once])
        return order

    def check(self, name: str, check: Check) -> None:
        """Read all rows once and pass them to `check`, which raises for invalid ones."""
        for part in self.parts(READ_AT_ONCE):
            check(f"{name}[{part[0]}:{part[-1] + 1}]", self.take(part))

    def parts(self, size: int) -> Iterator[NDArray[np.int64]]:
        """Yield the row numbers in order, as many at a time as fit in `size` bytes as float32."""
        step = self._rows_of(size)
        for start in range(0, len(self), step):
            yield np.arange(start, min(start + step, len(self)))


def empty_aligned(shape: tuple[int, ...], dtype: Any) -> NDArray[Any]:
    """Return an array without values, whose memory a tensor can share."""
    size = math.prod(shape) * np.dtype(dtype).itemsize
    memory = np.empty(size + ALIGNMENT, np.uint8)
    start = -memory.ctypes.data % ALIGNMENT
    rows: NDArray[Any] = memory[start : start + size].view(dtype).reshape(shape)
    return rows


def read_in_parts(x: Any, *, converts_float32: bool = False) -> RowSource | None:
    """Return the rows of an array that should not be converted as a whole; else None."""
    if isinstance(x, RowSource):
        return x
    if is_parquet(x):
        return RowSource(ParquetRows(x))
    if scipy.sparse.issparse(x):
        return RowSource(x.tocsr())
    shape, dtype = getattr(x, "shape", None), getattr(x, "dtype", None)
    if not shape or not isinstance(dtype, np.dtype) or dtype.kind not in "biuf":
        return None
    if isinstance(x, np.ma.MaskedArray) or not hasattr(x, "__getitem__"):
        return None
    size = 4 * math.prod(shape)
    is_memory = isinstance(x, np.ndarray) and not isinstance(x, np.memmap)
    is_copied_once = is_memory and dtype == np.float32 and not converts_float32
    limit = READ_AT_ONCE * (8 if is_copied_once else 1)
    return RowSource(x) if size > limit else None


def in_memory(x: Any) -> Any:
    """Return the rows of a `RowSource` as one array, and anything else as it is."""
    return np.asarray(x) if isinstance(x, RowSource) else x


def _is_quick_by_row(array: Any) -> bool:
    in_memory = isinstance(array, np.ndarray) and not isinstance(array, np.memmap)
    return in_memory or scipy.sparse.issparse(array)


def _block_edges(array: Any) -> NDArray[np.int64]:
    n = array.shape[0]
    chunks = getattr(array, "chunks", None)
    row = array.dtype.itemsize * math.prod(array.shape[1:])
    first = chunks[0] if chunks else max(1, BLOCK // max(1, row))
    if isinstance(first, tuple):  # Dask
        return np.concatenate([[0], np.cumsum(first)])
    return np.append(np.arange(0, n, first), n)


def _give_back_pages(array: Any) -> None:
    """Let the system have the memory back in which it has put what was read of a memmap."""
    if not isinstance(array, np.memmap) or array.mode == "c":  # whose changes are there alone
        return
    pages: Any = array
    while isinstance(pages, np.ndarray):
        pages = pages.base
    if isinstance(pages, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        pages.madvise(mmap.MADV_DONTNEED)


def _dense(rows: Any) -> NDArray[Any]:
    return np.asarray(rows.toarray() if scipy.sparse.issparse(rows) else rows)
