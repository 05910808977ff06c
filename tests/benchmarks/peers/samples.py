"""What the networks of the peers train on."""

import numpy as np
from numpy.typing import NDArray

SHAPES = {"dense": (784,), "conv": (28, 28, 1), "conv64": (64, 64, 3)}
"""The shape of a sample, by the name of the network; channels are last."""

FILTERS = {"conv": (32, 64), "conv64": (32, 64, 64)}
"""Filters of the convolutions of an encoder, as `VAE.build` chooses them."""


def samples(x: NDArray[np.float32], network: str) -> NDArray[np.float32]:
    """Return grey images (n, 784) in the shape that a network takes."""
    if network != "conv64":
        return x.reshape(-1, *SHAPES[network])
    large = np.pad(x.reshape(-1, 28, 28), ((0, 0), (18, 18), (18, 18)))
    return np.repeat(large[..., None], 3, axis=-1)
