"""The images that everything here works on."""

import functools
import os
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Digits(NamedTuple):
    """Grey images (n, 784), float32 in [0, 1]."""

    train: NDArray[np.float32]
    test: NDArray[np.float32]
    name: str


@functools.cache
def digits() -> Digits:
    """Return 60,000 and 10,000 digits of $VAE_WIDGETS_DATA/mnist.npz, else random images.

    Random images are as fast as digits, but of no use for losses.
    """
    path = Path(os.environ.get("VAE_WIDGETS_DATA", "")) / "mnist.npz"
    if path.is_file():
        with np.load(path) as data:
            train, test = (data[name].reshape(-1, 784) for name in ("x_train", "x_test"))
        return Digits(np.float32(train / 255), np.float32(test / 255), "digits")
    rng = np.random.default_rng(0)
    train, test = (rng.random((n, 784), dtype=np.float32) for n in (60_000, 10_000))
    return Digits(train, test, "random images")
