"""Samples that are read from a file, or made by a function, when they are looked at."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_widgets.core import checks
from vae_widgets.core.fixed_blocks import is_stored

SamplesOfRows = Callable[[NDArray[np.int64]], Any]
"""Maps rows (m,) to samples (m, *sample_shape)."""


class LazySamples:
    """Samples (n, *sample_shape) of which rows are read when they are indexed, as float32.

    Parameters
    ----------
    source
        Anything with rows ``source[start:stop]``, such as a memmap, a ``h5py.Dataset``, a Zarr or
        Dask array; or a function that maps rows (m,), int64, to samples (m, *sample_shape).
    n
        Number of samples.
    sample_shape
        Shape of one sample; None takes that of the first.

    Examples
    --------
    >>> from vae_widgets.core.lazy_samples import LazySamples
    >>> x = LazySamples(lambda rows: rows[:, np.newaxis] / 2, n=1000)
    >>> x.shape, x[3], x[[5, 4]].tolist()
    ((1000, 1), array([1.5], dtype=float32), [[2.5], [2.0]])
    """

    dtype = np.dtype(np.float32)

    def __init__(self, source: Any, n: int, sample_shape: tuple[int, ...] | None = None) -> None:
        self._source = source
        if sample_shape is None:
            sample_shape = checks.float_array("x", self._raw(np.arange(1))).shape[1:]
        self.shape = (n, *sample_shape)
        self[0]  # which raises for a wrong shape

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: Any) -> NDArray[np.float32]:
        if isinstance(rows, slice):
            return self._read(np.arange(*rows.indices(len(self))))
        numbers = np.asarray(rows)
        if numbers.dtype == bool:
            numbers = np.flatnonzero(numbers)
        outside = (numbers < -len(self)) | (numbers >= len(self))
        if outside.any():
            raise IndexError(
                f"row {numbers[outside].flat[0]} is out of bounds for {len(self)} samples"
            )
        samples = self._read(np.atleast_1d(numbers).astype(np.int64) % len(self))
        return samples if numbers.ndim else samples[0]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        if copy is False:
            raise ValueError("samples are read into a new array; expected copy=None or copy=True.")
        return self[:].astype(dtype or np.float32, copy=False)

    def _read(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        if not len(rows):
            return np.zeros((0, *self.shape[1:]), np.float32)
        name = f"x({rows.tolist()!r:.60})" if callable(self._source) else "x"
        samples = checks.samples(name, self._raw(rows), self.shape[1:])
        if len(samples) != len(rows):
            raise ValueError(f"{name} has {len(samples)} samples; expected {len(rows)}.")
        return samples

    def _raw(self, rows: NDArray[np.int64]) -> Any:
        if callable(self._source):
            return self._source(rows)
        # Some libraries want ascending rows, each of them once; all of them take slices.
        ascending, places = np.unique(rows, return_inverse=True)
        runs = np.split(ascending, np.flatnonzero(np.diff(ascending) != 1) + 1)
        parts = [np.asarray(self._source[run[0] : run[-1] + 1]) for run in runs]
        return np.concatenate(parts)[places]


Samples = NDArray[np.float32] | LazySamples


def lazy_samples(x: Any, n: int, sample_shape: tuple[int, ...] | None = None) -> LazySamples | None:
    """Return `n` samples that are read when they are needed; None for what is an array at once.

    That is a float32 array in memory, and what numpy must convert as a whole, such as a list.
    """
    dtype = getattr(x, "dtype", None)
    is_numeric = isinstance(dtype, np.dtype) and dtype.kind in "biuf"
    in_memory = isinstance(x, np.ndarray) and not isinstance(x, np.memmap | np.ma.MaskedArray)
    is_converted = in_memory and dtype != np.float32
    if callable(x) or (is_numeric and (is_stored(x) or is_converted)):
        return LazySamples(x, n, sample_shape)
    return None
