"""Arrays of NPY and NPZ files."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from vae_widgets.core.atomic_file import open_regular
from vae_widgets.core.one_line import sentence
from vae_widgets.datasets.rows.batch import Batch, rows_at_once


class NpyRows:
    """Rows of an NPY file, which is mapped into memory, or of the only array of an NPZ file.

    An NPZ file is read as a whole.
    """

    names = None
    kept: tuple[str, ...] = ()

    def __init__(self, path: Path) -> None:
        open_regular(path).close()
        self._path = path
        self._whole: Any = None
        if path.suffix.lower() == ".npz":
            self._whole = _only_array(path)
        array = self._array()
        if array.dtype.kind not in "biuf":
            raise ValueError(
                f"{path} has values of type {array.dtype}; expected numbers. Save "
                "array.astype('float32')."
            )
        if array.ndim < 2 or array.size == 0:
            raise ValueError(
                f"{path} has the shape {array.shape}; expected (n, n_features) or "
                "(n, *sample_shape) with at least one row."
            )
        self._n = len(array)
        self.sample_shape: tuple[int, ...] = array.shape[1:]
        self.dtype = array.dtype

    def batches(self) -> Iterator[Batch]:
        """Read the array from the beginning, in batches of at least one row."""
        n = rows_at_once(int(np.prod(self.sample_shape)))
        for first in range(0, self._n, n):
            # Mapped anew, because pages that were read count as memory as long as they are mapped.
            values = np.array(self._array()[first : first + n])
            if values.dtype.kind == "f":
                values = values.astype(np.float64, copy=False)
            share = min(1.0, (first + n) / self._n)
            batch = Batch(self._path, first, values, share)
            batch.find_missing(None)
            yield batch

    def _array(self) -> Any:
        if self._whole is not None:
            return self._whole
        try:
            return np.load(self._path, mmap_mode="r", allow_pickle=False)
        except (ValueError, EOFError) as error:
            raise ValueError(
                f"{self._path} is not an NPY file of numbers: {sentence(error)} Write it with "
                "np.save."
            ) from None


def _only_array(path: Path) -> Any:
    try:
        with np.load(path, allow_pickle=False) as arrays:
            names = list(arrays.files)
            array = arrays[names[0]] if len(names) == 1 else None
    except Exception as error:  # numpy and zipfile have a dozen kinds for a damaged file
        raise ValueError(f"{path} is not an NPZ file of numbers: {sentence(error)}") from None
    if array is None:
        raise ValueError(
            f"{path} has the arrays {', '.join(names) or '(none)'}; expected one. Save the samples "
            "alone with np.save."
        )
    return array
