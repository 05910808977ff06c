"""Blocks of several sizes for one function of rows, where they round alike."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

from numpy.typing import NDArray

from vae_widgets.core.fixed_blocks import (
    Arrays,
    Block,
    BlockFunction,
    blocks_agree,
    run_in_blocks,
)

PAIR = 2
"""Rows in the block for one or two rows; libraries round a product of a single row otherwise."""
LARGER = (480, 192, 48)
"""Sizes for many rows, the largest first: fewer calls, and products that are quicker per row. All
are multiples of the sizes of the blocks that set the rounding."""

_making = threading.RLock()


class AgreeingBlocks:
    """A function of rows that runs in the largest blocks that round as those of one size do.

    Parameters
    ----------
    usual
        The block that sets the rounding. If it is of a single row, no other is used.
    make
        Returns the function for another number of rows, or None if there is none of that size. It
        is asked at most once for each size, when so many rows come.
    shapes
        Shape of one row of each argument.
    """

    def __init__(
        self,
        usual: Block,
        make: Callable[[int], BlockFunction | None],
        shapes: Sequence[tuple[int, ...]],
    ) -> None:
        self.usual = usual
        self._make = make
        self._shapes = shapes
        self._others: dict[int, Block | None] = {}

    def __call__(self, arrays: Arrays) -> list[NDArray[Any]]:
        """Return the results (n, ...) for n rows, the same to the last bit in any blocks."""
        return run_in_blocks(self._blocks(len(arrays[0])), arrays)

    def _blocks(self, n: int) -> list[Block]:
        size = self.usual[0]
        if size == 1:
            return [self.usual]
        if n <= PAIR:
            return [self._other(PAIR) or self.usual]
        blocks = []
        for other in LARGER:
            if size < other <= n and (block := self._other(other)):
                blocks.append(block)
                n %= other  # these rows are left for smaller ones
        return [*blocks, self.usual]

    def _other(self, size: int) -> Block | None:
        if size not in self._others:
            with _making:  # of several threads, one makes it
                if size not in self._others:
                    self._others[size] = self._checked(size)
        return self._others[size]

    def _checked(self, size: int) -> Block | None:
        function = self._make(size)
        if function is None:
            return None
        other = size, function
        small, large = sorted([self.usual, other], key=lambda block: block[0])
        return other if blocks_agree(small, large, self._shapes) else None
