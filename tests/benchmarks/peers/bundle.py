"""A `.vae` bundle of vae_widgets: the same network on ONNX Runtime."""

import shutil
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vae_widgets import VAE, load


class Peer:
    """The network of `ours`, saved and loaded without TensorFlow."""

    def __init__(self, x: NDArray[np.float32], network: str) -> None:
        shape = (784,) if network == "dense" else (28, 28, 1)
        self._x = x.reshape(-1, *shape)
        self._folder = tempfile.TemporaryDirectory()
        self._path = Path(self._folder.name) / "model.vae"
        VAE.build(shape, architecture=network).save(self._path)
        self._codec = load(self._path)

    def encode(self) -> None:
        self._codec.encode(self._x)

    def decode(self, n: int) -> None:
        self._codec.decode(np.zeros((n, 2), np.float32))

    def save(self, path: str) -> None:
        shutil.copy(self._path, path)
