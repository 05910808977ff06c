"""What a fit or a scoring of large data adds to the memory of a fresh process.

    python -m tests.benchmarks.peers.peak_memory LIBRARY KIND WORK PATH

prints megabytes. The pages of a file that the system keeps in memory do not count: it may drop them
at any time.
"""

import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np

FEW = 256


def read(kind: str, path: str) -> Any:
    """Return the data as a user has them."""
    if kind == "uint8":
        return np.load(path)
    if kind == "memmap":
        return np.load(path, mmap_mode="r")
    import h5py

    return h5py.File(path)["x"]


class Ours:
    """A VAE, and the scores of its samples."""

    def __init__(self, n_features: int) -> None:
        from vae_widgets import VAE

        self._vae = VAE.build(n_features, hidden_units=(64,))

    def fit(self, x: Any) -> None:
        """Train for an epoch."""
        self._vae.fit(x, batch_size=128, verbose=0)

    def score(self, x: Any) -> None:
        """Score all samples."""
        self._vae.anomaly_score(x)


class Keras:
    """An autoencoder of the same size in plain Keras, and its predictions."""

    def __init__(self, n_features: int) -> None:
        import keras

        sizes = [(64, "relu"), (4, None), (64, "relu"), (n_features, "sigmoid")]
        layers = [keras.layers.Dense(units, activation) for units, activation in sizes]
        self._model = keras.Sequential([keras.layers.Input((n_features,)), *layers])
        self._model.compile("adam", "binary_crossentropy")

    def fit(self, x: Any) -> None:
        """Train for an epoch."""
        self._model.fit(x, x, batch_size=128, verbose=0)

    def score(self, x: Any) -> None:
        """Reconstruct all samples."""
        self._model.predict(x, batch_size=1024, verbose=0)


def private_megabytes() -> float:
    """Return the memory of this process that belongs to no file."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) / 1000


def main(library: str, kind: str, work: str, path: str) -> None:
    """Do the work once on few samples, then on all, and print what the latter adds at most."""
    x = read(kind, path)
    model = {"ours": Ours, "keras": Keras}[library](x.shape[1])
    getattr(model, work)(np.asarray(x[:FEW], np.float32))
    before = peak = private_megabytes()
    done = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.wait(0.01):
            peak = max(peak, private_megabytes())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        getattr(model, work)(x)
    finally:
        done.set()
        watcher.join()
    print(max(peak, private_megabytes()) - before)


if __name__ == "__main__":
    main(*sys.argv[1:])
