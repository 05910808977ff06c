"""`TrainingMonitor` in a notebook: one update, and epochs with it and without."""

import time

import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.peers.notebook import open_notebook

wire = open_notebook()  # before any widget is made


class Peer:
    def __init__(self, x: NDArray[np.float32], network: str) -> None:
        import vae_widgets as vw

        self._x = x
        self._vae = vw.VAE.build((784,))
        self._logged = vw.TrainingMonitor()
        self._watching = vw.TrainingMonitor()
        self._step = 0

    def update(self) -> float:
        """Draw after one more epoch of losses; return the seconds of that."""
        sent = -1
        while wire.messages != sent:  # else the update would only be noted: ten messages a second
            sent = wire.messages
            time.sleep(1.1)
        self._step += 1
        started = time.perf_counter()
        self._logged.log(
            self._step,
            **{
                name: 100 / self._step
                for metric in ("loss", "reconstruction_loss", "kl_loss")
                for name in (metric, f"val_{metric}")
            },
        )
        seconds = time.perf_counter() - started
        if wire.messages == sent:
            raise RuntimeError("the update was not drawn")
        return seconds

    def train(self, epochs: int, watched: bool) -> float:
        """Return the seconds of an epoch, everything that `fit` does included."""
        callbacks = [self._watching.callback] if watched else []
        started = time.perf_counter()
        self._vae.fit(self._x, epochs=epochs, batch_size=128, callbacks=callbacks, verbose=0)
        return (time.perf_counter() - started) / epochs
