"""livelossplot in a notebook: one update."""

import matplotlib
import numpy as np
from matplotlib_inline.backend_inline import configure_inline_support
from numpy.typing import NDArray

from tests.benchmarks.peers.notebook import open_notebook

matplotlib.use("module://matplotlib_inline.backend_inline")
wire = open_notebook()


class Peer:
    def __init__(self, x: NDArray[np.float32], network: str) -> None:
        from IPython import get_ipython
        from livelossplot import PlotLosses
        from livelossplot.outputs import MatplotlibPlot

        configure_inline_support(get_ipython(), matplotlib.get_backend())
        self._plot = PlotLosses(outputs=[MatplotlibPlot()], mode="notebook")
        self._step = 0

    def update(self) -> None:
        """Draw after one more epoch of losses, as its Keras callback does."""
        self._step += 1
        sent = wire.bytes
        self._plot.update(
            {
                name: 100 / self._step
                for metric in ("loss", "reconstruction_loss", "kl_loss")
                for name in (metric, f"val_{metric}")
            }
        )
        self._plot.send()
        if wire.bytes < sent + 1000:
            raise RuntimeError("the update was not drawn")
