"""Samples in memory, and the same in files."""

import tempfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

KINDS = ("array", "memmap", "HDF5")


class StoredSamples:
    """Gives an array as one of `KINDS`; a file is written when first asked for."""

    def __init__(self, x: NDArray[np.float32]) -> None:
        self._kinds: dict[str, Any] = {"array": x}

    def __getitem__(self, kind: str) -> Any:
        if kind not in self._kinds:
            self._kinds[kind] = self._write(kind)
        return self._kinds[kind]

    def _write(self, kind: str) -> Any:
        x = self._kinds["array"]
        self._folder = tempfile.TemporaryDirectory()  # removed with the process
        path = Path(self._folder.name) / "x"
        if kind == "HDF5":
            return h5py.File(path, "w").create_dataset("x", data=x)
        memmap = np.memmap(path, x.dtype, "w+", shape=x.shape)
        memmap[:] = x
        memmap.flush()
        return np.memmap(path, x.dtype, "r", shape=x.shape)
