"""Run a function of rows in blocks of one fixed size, so that rows do not affect each other.

Libraries for matrix products choose their code, and so their rounding, by the number of rows.
"""

import collections
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

ROWS_AT_ONCE = 960
"""Rows that a thread works on before it takes the next ones; a multiple of every block size."""

_TASKS_IN_FLIGHT = 3  # so that all cores work while one block is copied
_TASKS_AT_HAND = 2 * _TASKS_IN_FLIGHT  # so that a slow block does not stop the others
_FEWEST_CHECKS, _MOST_CHECKS = 2, 16

Arrays = Sequence[NDArray[np.float32]]
BlockFunction = Callable[[Arrays], Arrays]
"""A function of the arrays of one block; its results have the same number of rows."""

Item = TypeVar("Item")
Result = TypeVar("Result")


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
    """Yield the results for all items in order; three run at a time and six are read ahead."""
    with ThreadPoolExecutor(_TASKS_IN_FLIGHT) as pool:
        at_work: collections.deque[Future[Result]] = collections.deque()
        for item in items:
            at_work.append(pool.submit(function, item))
            del item
            if len(at_work) > _TASKS_AT_HAND:
                yield at_work.popleft().result()
        while at_work:
            yield at_work.popleft().result()


def run_in_blocks(function: BlockFunction, arrays: Arrays, block_size: int) -> list[NDArray[Any]]:
    """Return the results (n, ...) for n rows, each computed in a block of `block_size` rows.

    The last block is filled up with copies of its last row. `block_size` divides `ROWS_AT_ONCE`.
    """
    n = len(arrays[0])
    if n <= block_size:
        return _run_block(function, arrays, block_size)

    def run_rows(start: int) -> list[list[NDArray[Any]]]:
        stop = min(n, start + ROWS_AT_ONCE)
        return [
            _run_block(function, [array[i : min(stop, i + block_size)] for array in arrays], size)
            for i in range(start, stop, block_size)
        ]

    size, starts = block_size, range(0, n, ROWS_AT_ONCE)
    tasks = map_in_flight(run_rows, starts) if len(starts) > 1 else map(run_rows, starts)
    blocks = [block for task in tasks for block in task]
    return [np.concatenate(parts) for parts in zip(*blocks, strict=True)]


def _run_block(function: BlockFunction, arrays: Arrays, block_size: int) -> list[NDArray[Any]]:
    n = len(arrays[0])
    if n == block_size:
        return list(function(arrays))
    # Repeat the last row, because zeros may lie outside of the model's range.
    rows = np.minimum(np.arange(block_size), n - 1)
    return [result[:n] for result in function([array[rows] for array in arrays])]


def place_matters(
    function: BlockFunction, shapes: Iterable[tuple[int, ...]], block_size: int, n_checks: int
) -> bool:
    """Tell whether the result for a row depends on its place in the block, as with oneDNN on AVX2.

    It compares 2 to 16 blocks of equal random rows in [0, 1] bit by bit.
    """
    if block_size == 1:
        return False
    shapes = list(shapes)
    rng = np.random.default_rng(0)
    for _ in range(min(_MOST_CHECKS, max(_FEWEST_CHECKS, n_checks))):
        rows = [rng.random((1, *shape), dtype=np.float32) for shape in shapes]
        results = function([np.repeat(row, block_size, axis=0) for row in rows])
        if any(len({row.tobytes() for row in result}) > 1 for result in results):
            return True
    return False


def blocks_agree(
    small: tuple[int, BlockFunction],
    large: tuple[int, BlockFunction],
    shapes: Iterable[tuple[int, ...]],
) -> bool:
    """Tell whether two forms of a function, each with its block size, round every row alike.

    It compares results for random rows in [0, 1] bit by bit: those of one large block, and those of
    the small ones at its ends.
    """
    (n_small, run_small), (n_large, run_large) = small, large
    rng = np.random.default_rng(0)
    rows = [rng.random((n_large, *shape), dtype=np.float32) for shape in shapes]
    expected = run_large(rows)
    return all(
        result.tobytes() == wanted[part].tobytes()
        for part in (slice(n_small), slice(n_large - n_small, n_large))
        for result, wanted in zip(run_small([row[part] for row in rows]), expected, strict=True)
    )
