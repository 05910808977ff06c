"""Run a function of rows in blocks of fixed sizes, so that rows do not affect each other.

Libraries for matrix products choose their code, and so their rounding, by the number of rows. Sizes
that round alike may take turns.
"""

import collections
import functools
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

ROWS_AT_ONCE = 960
"""Rows that a thread works on before it takes the next ones; a multiple of all block sizes."""

_ROWS_IN_TASK = 192
"""Rows from which on blocks of one call are worth a thread of their own."""
_TASKS_IN_FLIGHT = 3  # so that all cores work while one block is copied
_TASKS_AT_HAND = 2 * _TASKS_IN_FLIGHT  # so that a slow block does not stop the others
_FEWEST_CHECKS, _MOST_CHECKS = 2, 16

Arrays = Sequence[NDArray[np.float32]]
BlockFunction = Callable[[Arrays], Arrays]
"""A function of the arrays of one block; its results have the same number of rows."""
Block = tuple[int, BlockFunction]
"""The number of rows in a block, and the function for it."""

Item = TypeVar("Item")
Result = TypeVar("Result")

_this_thread = threading.local()


def is_stored(x: Any) -> bool:
    """Return whether an array is stored in a file and gives its rows as ``x[start:stop]``."""
    if isinstance(x, np.memmap):
        return True
    parts = ("shape", "dtype", "__getitem__", "__len__")
    if hasattr(x, "toarray"):  # a sparse matrix
        return False
    return all(hasattr(x, name) for name in parts) and not isinstance(x, np.ndarray)


def slices_of(n: int) -> Iterator[slice]:
    """Return slices that cover n rows, of `ROWS_AT_ONCE` each."""
    return (slice(i, i + ROWS_AT_ONCE) for i in range(0, n, ROWS_AT_ONCE))


def map_in_flight(function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """Yield the results for all items in order; three run at a time and six are read ahead.

    Called by such a `function`, it runs one at a time: the processors are busy already.
    """
    if getattr(_this_thread, "is_one_of_several", False):
        yield from map(function, items)
        return
    at_work: collections.deque[Future[Result]] = collections.deque()
    try:
        for item in items:
            at_work.append(_threads().submit(function, item))
            del item
            if len(at_work) > _TASKS_AT_HAND:
                yield at_work.popleft().result()
        while at_work:
            yield at_work.popleft().result()
    finally:
        for future in at_work:
            future.cancel()
        wait(at_work)


@functools.cache
def _threads() -> ThreadPoolExecutor:
    """Return threads that stay: in a new one oneDNN compiles its code again, for 0.5 ms."""
    return ThreadPoolExecutor(_TASKS_IN_FLIGHT, "vae_widgets", _start_thread)


os.register_at_fork(after_in_child=_threads.cache_clear)


def _start_thread() -> None:
    _this_thread.is_one_of_several = True


def run_in_blocks(blocks: Sequence[Block], arrays: Arrays) -> list[NDArray[Any]]:
    """Return the results (n, ...) for n rows, each computed in one of `blocks`.

    Those come from the largest to the smallest; each is used as often as its rows are there. The
    last of the smallest is filled up with copies of its last row.
    """
    n = len(arrays[0])
    smallest, run_smallest = blocks[-1]
    if n <= smallest:
        return _run_block(run_smallest, arrays, smallest)

    def run_task(task: list[tuple[int, Block]]) -> list[list[NDArray[Any]]]:
        return [
            _run_block(run, [array[start : start + size] for array in arrays], size)
            for start, (size, run) in task
        ]

    tasks = list(_tasks(n, blocks))
    done = map_in_flight(run_task, tasks) if len(tasks) > 1 else map(run_task, tasks)
    results = [result for task in done for result in task]
    return [np.concatenate(parts) for parts in zip(*results, strict=True)]


def _tasks(n: int, blocks: Sequence[Block]) -> Iterator[list[tuple[int, Block]]]:
    """Yield the blocks, and where each starts, of every task."""
    task: list[tuple[int, Block]] = []
    start = 0
    for block in blocks:
        size = block[0]
        while n - start >= size or (block is blocks[-1] and start < n):
            task.append((start, block))
            start += size
            if start - task[0][0] >= _ROWS_IN_TASK:
                yield task
                task = []
    if task:
        yield task


def _run_block(function: BlockFunction, arrays: Arrays, block_size: int) -> list[NDArray[Any]]:
    n = len(arrays[0])
    if n == block_size:
        return list(function(arrays))
    # Repeat the last row, because zeros may lie outside of the model's range.
    times = np.ones(n, int)
    times[-1] += block_size - n
    return [result[:n] for result in function([np.repeat(one, times, axis=0) for one in arrays])]


def place_matters(
    function: BlockFunction, shapes: Iterable[tuple[int, ...]], block_size: int, n_checks: int
) -> bool:
    """Tell whether the result for a row depends on its place in the block, as with oneDNN on AVX2.

    It compares 2 to 16 blocks of equal random rows bit by bit.
    """
    if block_size == 1:
        return False
    shapes = list(shapes)
    rng = np.random.default_rng(0)
    for i in range(min(_MOST_CHECKS, max(_FEWEST_CHECKS, n_checks))):
        rows = _random_rows(1, shapes, rng, whole=i % 2 == 1)
        results = function([np.repeat(row, block_size, axis=0) for row in rows])
        if any(len({row.tobytes() for row in result}) > 1 for result in results):
            return True
    return False


def blocks_agree(small: Block, large: Block, shapes: Iterable[tuple[int, ...]]) -> bool:
    """Tell whether two forms of a function, each with its block size, round every row alike.

    It compares their results for random rows bit by bit, at every place of the large block; the
    small size divides the large one.
    """
    shapes = list(shapes)
    rng = np.random.default_rng(0)
    return all(
        _agree(small, large, _random_rows(large[0], shapes, rng, whole)) for whole in (False, True)
    )


def _agree(small: Block, large: Block, rows: Arrays) -> bool:
    (n_small, run_small), (n_large, run_large) = small, large
    expected = run_large(rows)
    return all(
        result.tobytes() == wanted[start : start + n_small].tobytes()
        for start in range(0, n_large, n_small)
        for result, wanted in zip(
            run_small([row[start : start + n_small] for row in rows]), expected, strict=True
        )
    )


def _random_rows(
    n: int, shapes: Iterable[tuple[int, ...]], rng: np.random.Generator, whole: bool
) -> Arrays:
    """Return arrays (n, *shape) of numbers in [0, 1], or of zeros and ones, as tokens are."""
    rows = [rng.random((n, *shape), dtype=np.float32) for shape in shapes]
    return [np.round(row) for row in rows] if whole else rows
