"""Decoders of `VAE.build` as ONNX files, for those that run them elsewhere."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vae_widgets import VAE
from vae_widgets.bundle import read_archive


class Peer:
    """Models of one architecture; what the images are does not matter."""

    def __init__(self, x: NDArray[np.float32], network: str) -> None:
        self._architecture = network

    def write(self, folder: str, shape: list[int], latent_dim: int) -> None:
        """Write ``decoder.onnx`` of a model of samples of this shape."""
        vae = VAE.build(tuple(shape), latent_dim=latent_dim, architecture=self._architecture)
        path = Path(folder, "model.vae")
        vae.save(path)
        Path(folder, "decoder.onnx").write_bytes(read_archive(path).parts["decoder.onnx"])
