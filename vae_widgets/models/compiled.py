"""Compiled functions behind `VAE.encode`, `decode` and the figures of merit.

One trace each, for any number of rows: a gesture that decodes one point must not wait for a
compiler, which is also why these are plain graphs and not XLA.
"""

import collections
import functools
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

ROWS_AT_ONCE = 1024
"""Rows that pass through at a time; bounds the memory."""

_BLOCKS_IN_FLIGHT = 3  # while one is copied or summed up on one core, others keep the rest busy
_BLOCKS_AT_HAND = 2 * _BLOCKS_IN_FLIGHT  # a slow one must not keep the others waiting

Block = TypeVar("Block")
Result = TypeVar("Result")


def map_in_flight(function: Callable[[Block], Result], blocks: Iterable[Block]) -> Iterator[Result]:
    """Yield the function of each block, in order, with three at work at a time.

    Blocks are read at most six ahead, so that a stream of them may be larger than memory.
    """
    with ThreadPoolExecutor(_BLOCKS_IN_FLIGHT) as pool:
        at_work: collections.deque[Future[Result]] = collections.deque()
        for block in blocks:
            at_work.append(pool.submit(function, block))
            del block  # lives no longer than its turn
            if len(at_work) > _BLOCKS_AT_HAND:
                yield at_work.popleft().result()
        while at_work:
            yield at_work.popleft().result()


def blocks_of(rows: tuple[NDArray[np.float32], ...]) -> Iterator[tuple[NDArray[np.float32], ...]]:
    """Cut arrays of n rows each into blocks of `ROWS_AT_ONCE`, the last one perhaps smaller."""
    starts = range(0, len(rows[0]), ROWS_AT_ONCE)
    return (tuple(part[i : i + ROWS_AT_ONCE] for part in rows) for i in starts)


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
        # Without the optional arguments of `function`, which would be arguments of the graph too.
        self._function = tf.function(lambda *tensors: function(*tensors), input_signature=signature)

    @functools.cached_property
    def _graph(self) -> Callable[..., list[tf.Tensor]]:
        """The graph as an operation on its arguments and the variables it reads.

        For one point this takes 0.09 ms, where the call of the tf.function takes 0.36 and that of
        its concrete function 0.26: both look at the structure of the arguments first.
        """
        graph = self._function.get_concrete_function()
        variables = graph.captured_inputs
        dtypes = [output.dtype for output in graph.outputs]

        def run(*tensors: tf.Tensor) -> list[tf.Tensor]:
            results: list[tf.Tensor] = tf.raw_ops.StatefulPartitionedCall(
                args=[*tensors, *variables], Tout=dtypes, f=graph
            )
            return results

        return run

    def __call__(self, *arrays: NDArray[np.float32]) -> tuple[NDArray[np.float32], ...]:
        """Return the results for all rows."""
        if len(arrays[0]) <= ROWS_AT_ONCE:
            return self._run(arrays)
        results = map_in_flight(self._run, blocks_of(arrays))
        return tuple(np.concatenate(parts) for parts in zip(*results, strict=True))

    def _run(self, arrays: tuple[NDArray[np.float32], ...]) -> tuple[NDArray[np.float32], ...]:
        return tuple(result.numpy() for result in self._graph(*map(tf.constant, arrays)))
