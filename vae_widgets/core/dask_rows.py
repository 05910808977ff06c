"""Pass the rows of a Dask array to a method of a model lazily, wherever they are computed."""

import functools
import threading
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

_LOADING = threading.Lock()


def is_dask_array(x: Any) -> bool:
    """Tell a Dask array, without importing Dask."""
    return type(x).__module__.partition(".")[0] == "dask" and hasattr(x, "rechunk")


def compute_together(*lazy: Any) -> tuple[NDArray[Any], ...]:
    """Return Dask arrays as arrays, computed in one pass over what they have in common."""
    import dask

    computed: tuple[NDArray[Any], ...] = dask.compute(*lazy)
    return computed


def map_lazily(
    x: Any,
    y: Any,
    model: Any,
    content: bytes,
    load: Callable[[bytes], Any],
    method: str,
    options: Mapping[str, Any],
    numbered: bool = False,
) -> Any:
    """Return a Dask array (n, ...) of what a method gives for rows, or (n, k, ...) of k outputs.

    The model travels once to each worker, as `content` for `load`. `model` itself gets a row of
    zeros first, so that wrong arguments fail. If `numbered`, the method also takes ``first_row=``.
    """
    import dask
    import dask.array as da

    first = None if y is None else 0 if np.ndim(y) else y
    zeros, number = np.zeros((1, *x.shape[1:]), np.float32), 0 if numbered else None
    example = _call(zeros, first, number, model, method, options)
    labels: list[Any] = [y, None]  # no index: the same for all chunks
    if np.ndim(y):
        if len(y) != len(x):
            raise ValueError(f"y has {len(y)} labels; expected {len(x)}, one for each row of x.")
        labels = [da.asarray(y).rechunk((x.chunks[0],)), (0,)]
    numbers: list[Any] = [None, None]
    if numbered:
        if np.isnan(x.shape[0]):
            raise ValueError(
                "x has chunks of unknown size; noise is drawn for each row by its number. Call "
                "x.compute_chunk_sizes() first."
            )
        numbers = [da.arange(len(x), chunks=(x.chunks[0],)), (0,)]
    new_axes = {x.ndim + i: size for i, size in enumerate(example.shape[1:])}
    return da.blockwise(
        _call_on_chunk,
        (0, *new_axes),
        x.rechunk(dict.fromkeys(range(1, x.ndim), -1)),
        tuple(range(x.ndim)),
        *labels,
        *numbers,
        content=dask.delayed(content, pure=True),
        load=load,
        method=method,
        options=dict(options),
        empty=example[:0],
        new_axes=new_axes,
        concatenate=True,
        dtype=example.dtype,
        meta=example[:0],
    )


def _call_on_chunk(
    x: NDArray[Any],
    y: Any,
    numbers: NDArray[Any] | None,
    *,
    content: bytes,
    load: Callable[[bytes], Any],
    method: str,
    options: dict[str, Any],
    empty: NDArray[Any],
) -> NDArray[Any]:
    if not len(x):  # a filter may leave an empty chunk
        return empty
    with _LOADING:  # so that threads of a worker that start together load one model
        model = _loaded(load, content)
    return _call(x, y, None if numbers is None else int(numbers[0]), model, method, options)


@functools.lru_cache(maxsize=2)
def _loaded(load: Callable[[bytes], Any], content: bytes) -> Any:
    return load(content)


def _call(
    x: NDArray[Any],
    y: Any,
    first_row: int | None,
    model: Any,
    method: str,
    options: Mapping[str, Any],
) -> NDArray[Any]:
    given = {} if y is None else {"y": y}
    if first_row is not None:
        given["first_row"] = first_row
    result = getattr(model, method)(x, **given, **options)
    return np.stack(result, axis=1) if isinstance(result, tuple) else np.asarray(result)
