"""Which samples to review next, without looking at all of them."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

Ranks = NDArray[np.int64]

ORDERS = ("random", "nearest", "highest")


def review_order(
    order: str,
    scores: NDArray[np.float64],
    threshold: float,
    size: int,
    is_open: Callable[[Ranks], NDArray[np.bool_]],
    seed: int = 0,
) -> Ranks:
    """Return the ranks of up to `size` samples to review, in order, without a look at all scores.

    `order` is "nearest" to the threshold, on both sides; "highest" score first; or "random": a
    simple random sample of the flagged samples, by the seed. A rank is a place in the ascending
    `scores` (n,); `is_open` says of ranks (k,) which are still to be reviewed.
    """
    n = len(scores)
    cut = int(np.searchsorted(scores, threshold))
    if order == "highest":
        return _first_open(_walk(n - 1, -1, size), size, is_open)
    if order == "random":
        return _first_open(_draws(cut, n, size, seed), size, is_open)
    sides = [_walk(cut, n, size), _walk(cut - 1, -1, size)]
    both = np.concatenate([_first_open(side, size, is_open) for side in sides])
    nearest: Ranks = both[np.argsort(np.abs(scores[both] - threshold), kind="stable")]
    return nearest[:size]


def _walk(start: int, stop: int, size: int) -> Iterator[Ranks]:
    step = 1 if stop > start else -1
    while start != stop:
        end = start + step * min(size, abs(stop - start))
        yield np.arange(start, end, step)
        start, size = end, 2 * size


def _draws(low: int, high: int, size: int, seed: int) -> Iterator[Ranks]:
    rng = np.random.default_rng([seed, low])
    drawn = np.zeros(0, np.int64)
    while len(drawn) < high - low:
        # Any further ranks will do: what was drawn stays in front.
        more = rng.choice(high - low, min(high - low, 2 * (len(drawn) + size)), replace=False)
        fresh = low + more[~np.isin(low + more, drawn)]
        yield fresh
        drawn = np.concatenate([drawn, fresh])


def _first_open(
    pieces: Iterator[Ranks], size: int, is_open: Callable[[Ranks], NDArray[np.bool_]]
) -> Ranks:
    found: list[Ranks] = []
    count = 0
    for ranks in pieces:
        some = ranks[is_open(ranks)][: size - count]
        found.append(some)
        count += len(some)
        if count >= size:
            break
    return np.concatenate(found) if found else np.zeros(0, np.int64)
