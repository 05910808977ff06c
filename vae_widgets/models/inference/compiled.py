"""Compiled functions behind `VAE.encode`, `decode` and the figures of merit.

They run on blocks of fixed sizes, so that rows do not affect each other, and without XLA, so that a
gesture need not wait for a compiler.
"""

import functools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from vae_widgets.core.agreeing_blocks import AgreeingBlocks
from vae_widgets.core.fixed_blocks import Arrays, BlockFunction, place_matters

MANY_ROWS = {48: 2**19, 16: 2**21, 1: math.inf}
"""Block sizes for functions that are called with many rows, the best one first.

With each is the largest allowed result of a layer, in numbers for the block: larger blocks are no
faster per row, and keep a user waiting who asks for one. Sizes are multiples of 16, because
processors compute up to 16 numbers at once, and none is to be left over.
"""
FEW_ROWS = {16: 2**18, 1: math.inf}
"""Block sizes for functions behind gestures, which are called with few rows."""
_MOST_NUMBERS_IN_LARGER = 2**19
_NUMBERS_IN_CHECKS = 2**21


class CompiledFunction:
    """A function of tensors (n, *shape), called with numpy arrays of any number of rows.

    It returns a tensor (n, ...), or several. The first suitable one of `block_sizes` is taken. One
    or two rows, and many, have blocks of other sizes, if the results are the same to the last bit.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        *shapes: tuple[int, ...],
        block_sizes: Mapping[int, float] = MANY_ROWS,
    ) -> None:
        self._function = function
        self._shapes = shapes
        self._block_sizes = block_sizes

    @property
    def block_size(self) -> int:
        """Rows in the block that sets the rounding."""
        return self._blocks.usual[0]

    @functools.cached_property
    def _blocks(self) -> AgreeingBlocks:
        for size, limit in self._block_sizes.items():
            graph = self._trace(size)
            run = as_operation(graph)
            largest = _largest_result(graph)
            if largest > limit:
                continue
            if not place_matters(run, self._shapes, size, _NUMBERS_IN_CHECKS // largest):
                break

        def make(rows: int) -> BlockFunction | None:
            if rows > size and largest // size * rows > _MOST_NUMBERS_IN_LARGER:
                return None
            return as_operation(self._trace(rows))

        return AgreeingBlocks((size, run), make, self._shapes)

    def _trace(self, rows: int) -> Any:
        signature = [tf.TensorSpec((rows, *shape), tf.float32) for shape in self._shapes]
        # Without the optional arguments of `function`, which would be arguments of the graph too.
        traced = tf.function(
            lambda *tensors: self._function(*tensors), input_signature=signature, autograph=False
        )
        return traced.get_concrete_function()

    def __call__(self, *arrays: NDArray[np.float32]) -> tuple[NDArray[np.float32], ...]:
        """Return the results for all rows."""
        return tuple(self._blocks(arrays))


def as_operation(graph: Any) -> Callable[[Arrays], Arrays]:
    """Return a concrete function of tensors as one of numpy arrays, which is quick to call.

    It is called as an operation: calls of a function look at the structure of the arguments first.
    """
    variables = graph.captured_inputs
    dtypes = [output.dtype for output in graph.outputs]

    def run(arrays: Arrays) -> Sequence[NDArray[np.float32]]:
        results = tf.raw_ops.StatefulPartitionedCall(
            args=[*arrays, *variables], Tout=dtypes, f=graph
        )
        return [result.numpy() for result in results]

    return run


def _largest_result(graph: Any) -> int:
    largest: int = max(
        math.prod(output.shape)
        for operation in graph.graph.get_operations()
        if operation.type not in ("ReadVariableOp", "Const")
        for output in operation.outputs
        if output.shape.is_fully_defined()
    )
    return largest
