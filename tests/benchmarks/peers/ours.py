"""vae_widgets itself."""

import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.peers.epoch_times import EpochTimes, first_epoch
from tests.benchmarks.peers.samples import samples
from tests.benchmarks.peers.stored_samples import StoredSamples
from vae_widgets import VAE


class Peer:
    """The tutorial's dense network, or the default for images, as `VAE.build` makes them."""

    def __init__(self, x: NDArray[np.float32], network: str) -> None:
        self._x = samples(x, network)
        self._stored = StoredSamples(self._x)
        self._architecture = "dense" if network == "dense" else "conv"
        self._vae = self._make()
        if network == "dense":  # as in a training of many epochs, of which each fit here is one
            self._vae.compile(jit_compile=True)

    def _make(self) -> VAE:
        return VAE.build(self._x.shape[1:], architecture=self._architecture)

    def epoch(self, kind: str = "array") -> float:
        """Return the seconds of an epoch on an "array", a "memmap" or an "HDF5" file."""
        times = EpochTimes()
        self._vae.fit(self._stored[kind], batch_size=128, callbacks=[times], verbose=0)
        return times.seconds[-1]

    def first_epoch(self) -> float:
        return first_epoch(self._make(), self._x)

    def encode(self) -> None:
        self._vae.encode(self._x)

    def score(self) -> None:
        self._vae.anomaly_score(self._x)

    def log_likelihood(self, n: int) -> None:
        self._vae.log_likelihood(self._x[:n])

    def decode(self, n: int) -> None:
        self._vae.decode(np.zeros((n, 2), np.float32))

    def save(self, path: str) -> None:
        self._vae.save(path)
