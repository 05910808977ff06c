"""vae_widgets itself."""

import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.peers.epoch_times import EpochTimes
from tests.benchmarks.peers.samples import samples
from vae_widgets import VAE


class Peer:
    """The tutorial's dense network, or the default for images, as `VAE.build` makes them."""

    def __init__(self, x: NDArray[np.float32], network: str) -> None:
        self._x = samples(x, network)
        architecture = "dense" if network == "dense" else "conv"
        self._vae = VAE.build(self._x.shape[1:], architecture=architecture)
        if network == "dense":  # as in a training of many epochs, of which each fit here is one
            self._vae.compile(jit_compile=True)

    def epoch(self) -> float:
        times = EpochTimes()
        self._vae.fit(self._x, batch_size=128, callbacks=[times], verbose=0)
        return times.seconds[-1]

    def encode(self) -> None:
        self._vae.encode(self._x)

    def score(self) -> None:
        self._vae.anomaly_score(self._x)

    def decode(self, n: int) -> None:
        self._vae.decode(np.zeros((n, 2), np.float32))

    def save(self, path: str) -> None:
        self._vae.save(path)
