"""Score the rows of a Dask array lazily, wherever they are computed.

Dask itself is imported only for those who pass one of its arrays.
"""

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


def score_lazily(
    x: Any,
    y: Any,
    model: Any,
    content: bytes,
    load: Callable[[bytes], Any],
    method: str,
    options: Mapping[str, Any],
) -> Any:
    """Return a Dask array of scores (n,), with a chunk for each chunk of rows of `x`.

    The model travels as a part of the graph of its own: once to each worker, not with each chunk,
    and again to one that takes the place of a lost worker. A process loads it once.

    Parameters
    ----------
    x
        Dask array of samples (n, *sample_shape), chunked in any way.
    y
        Labels (n,), as a Dask or another array; one label for all; or None.
    model
        It scores a row of zeros here and now, so that wrong arguments fail before any work is done.
    content
        The model as bytes.
    load
        Makes a model of the bytes; a function that a worker can import.
    method
        Name of the method of the model that scores arrays x, with ``y=`` if it is not None.
    options
        Further arguments of the method.
    """
    import dask
    import dask.array as da

    first = None if y is None else 0 if np.ndim(y) else y
    example = _score(np.zeros((1, *x.shape[1:]), np.float32), first, model, method, options)
    labels: list[Any] = [y, None]  # no index: the same for all chunks
    if np.ndim(y):
        if len(y) != len(x):
            raise ValueError(f"y has {len(y)} labels; expected {len(x)}, one for each row of x.")
        labels = [da.asarray(y).rechunk((x.chunks[0],)), (0,)]
    return da.blockwise(
        _score_block,
        (0,),
        x.rechunk(dict.fromkeys(range(1, x.ndim), -1)),
        tuple(range(x.ndim)),
        *labels,
        content=dask.delayed(content, pure=True),
        load=load,
        method=method,
        options=dict(options),
        concatenate=True,
        dtype=example.dtype,
        meta=example[:0],
    )


def _score_block(
    x: NDArray, y: Any, *, content: bytes, load: Callable[[bytes], Any], method: str, options: dict
) -> NDArray:
    """Score a chunk, on a worker."""
    with _LOADING:  # threads of a worker that begin together load one model, not one each
        model = _loaded(load, content)
    return _score(x, y, model, method, options)


@functools.lru_cache(maxsize=2)
def _loaded(load: Callable[[bytes], Any], content: bytes) -> Any:
    return load(content)


def _score(x: NDArray, y: Any, model: Any, method: str, options: Mapping[str, Any]) -> NDArray:
    if not len(x):  # a filter may leave an empty chunk
        return np.empty(0, np.float32)
    given = {} if y is None else {"y": y}
    scores: NDArray = getattr(model, method)(x, **given, **options)
    return scores
