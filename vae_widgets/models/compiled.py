"""Compiled functions behind `VAE.encode`, `decode` and the figures of merit.

One trace each, for any number of rows: a gesture that decodes one point must not wait for a
compiler, which is also why these are plain graphs and not XLA.
"""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

ROWS_AT_ONCE = 1024
"""Rows that pass through at a time; bounds the memory."""


class CompiledFunction:
    """A function of tensors with any number of rows, called with numpy arrays.

    Parameters
    ----------
    function
        Maps tensors (n, *shape), one for each of `shapes`, to a tuple of tensors (n, ...).
    shapes
        Shape of one row of each argument.
    """

    def __init__(self, function: Callable[..., tuple[Any, ...]], *shapes: tuple[int, ...]) -> None:
        signature = [tf.TensorSpec((None, *shape), tf.float32) for shape in shapes]
        # Without the optional arguments of `function`: each call of the graph would look at them.
        self._function = tf.function(lambda *tensors: function(*tensors), input_signature=signature)

    @functools.cached_property
    def _graph(self) -> Callable[..., tuple[tf.Tensor, ...]]:
        # Calling the graph itself spares tf.function's look at the arguments: 0.1 ms of 0.3.
        return self._function.get_concrete_function()

    def __call__(self, *arrays: NDArray[np.float32]) -> tuple[NDArray[np.float32], ...]:
        """Return the results for all rows."""
        n = len(arrays[0])
        if n <= ROWS_AT_ONCE:
            return tuple(part.numpy() for part in self._run(arrays))
        parts = [
            self._run(tuple(array[start : start + ROWS_AT_ONCE] for array in arrays))
            for start in range(0, n, ROWS_AT_ONCE)
        ]
        return tuple(np.concatenate(part) for part in zip(*parts, strict=True))

    def _run(self, arrays: tuple[NDArray[np.float32], ...]) -> tuple[tf.Tensor, ...]:
        return self._graph(*map(tf.constant, arrays))
