"""What all methods of a `VAE` share that say something about each row of their data."""

from collections.abc import Callable, Iterator
from typing import Any, cast

import keras
import numpy as np
from numpy.typing import NDArray

from vae_widgets.core.dask_rows import map_lazily
from vae_widgets.core.fixed_blocks import ROWS_AT_ONCE, map_in_flight
from vae_widgets.models.data.rules import DataRules
from vae_widgets.models.inference.sample_stream import Rows, as_stream, stream_blocks
from vae_widgets.models.serialization.model_file import model_from_bytes, model_to_bytes


class RowMethods:
    """The part of `VAE` that passes rows through functions, in bounded memory."""

    _rules: DataRules

    def _map_rows(self, function: Callable[..., Any], x: Any, y: Any) -> tuple[NDArray[Any], ...]:
        """Return the arrays (n, ...) that a function gives for the rows of an array or a stream.

        It is called as ``function(first_row, x, *labels)`` with up to `ROWS_AT_ONCE` rows.
        """
        results = list(self._map_blocks(function, x, y))
        if len(results) == 1:
            return tuple(results[0])
        return tuple(np.concatenate(parts) for parts in zip(*results, strict=True))

    def _map_blocks(self, function: Callable[..., Any], x: Any, y: Any) -> Iterator[Any]:
        blocks = self._blocks(x, y)
        numbered = ((i * ROWS_AT_ONCE, block) for i, block in enumerate(blocks))
        if isinstance(blocks, list) and len(blocks) == 1:  # a gesture need not wait for a thread
            return (function(first_row, *rows) for first_row, rows in numbered)
        return map_in_flight(lambda block: function(block[0], *block[1]), numbered)

    def _blocks(self, x: Any, y: Any) -> list[Rows] | Iterator[Rows]:
        stream = as_stream(x)
        if stream is not None:
            return stream_blocks(self._rules, stream, y)
        rows = self._rules.rows(x, y)
        starts = range(0, len(rows[0]), ROWS_AT_ONCE)
        return [tuple(part[i : i + ROWS_AT_ONCE] for part in rows) for i in starts]

    def _lazily(self, method: str, x: Any, y: Any, numbered: bool = False, **options: Any) -> Any:
        content = model_to_bytes(cast(keras.Model, self))
        return map_lazily(x, y, self, content, _model_on_worker, method, options, numbered)


def _model_on_worker(content: bytes) -> Any:
    return model_from_bytes(content, "the model sent to a Dask worker")


def drawn_seed(seed: Any) -> int:
    """Return a seed as a whole number; a new one for None."""
    if isinstance(seed, int | np.integer) and not isinstance(seed, bool) and seed >= 0:
        return int(seed)
    return int(np.random.default_rng(seed).integers(2**63))


def noise_of_rows(seed: int, first_row: int, n: int, width: int) -> NDArray[np.float32]:
    """Return standard normal noise (n, width) that depends on the seed and the row numbers only."""
    first, last = first_row // ROWS_AT_ONCE, (first_row + n - 1) // ROWS_AT_ONCE
    shape = (ROWS_AT_ONCE, width)
    blocks = [
        np.random.default_rng([seed, block]).standard_normal(shape, dtype=np.float32)
        for block in range(first, last + 1)
    ]
    start = first_row - first * ROWS_AT_ONCE
    return np.concatenate(blocks)[start : start + n]
