"""Growing series of points, and how to thin and smooth them for the eye."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from vae_widgets.core import checks

FloatArray = NDArray[np.float64]
T = TypeVar("T")


class Series:
    """A growing series of points (x, y), read in the order of x; of equal x the last one counts."""

    def __init__(self) -> None:
        self._x = np.empty(64)
        self._y = np.empty(64)
        self._n = 0
        self._last = 0.0
        self._in_order = True

    def __len__(self) -> int:
        return self._n

    def append(self, x: float, y: float) -> None:
        """Add one point."""
        n = self._n
        if n == len(self._x):
            # New buffers, so that the views handed out so far keep their memory.
            self._x = np.concatenate([self._x, np.empty(n)])
            self._y = np.concatenate([self._y, np.empty(n)])
        if n and x <= self._last:
            self._in_order = False
        self._x[n], self._y[n] = x, y
        self._last = x
        self._n = n + 1

    def arrays(self) -> tuple[FloatArray, FloatArray]:
        """Return x (n,), strictly increasing, and y (n,)."""
        x, y = self._x[: self._n], self._y[: self._n]
        if not self._in_order:
            x, last = np.unique(x[::-1], return_index=True)
            y = y[::-1][last]
            self._take(x, y)  # so that the next reader need not sort
        return x, y

    def keep_until(self, x: float) -> None:
        """Drop the points beyond `x`."""
        old_x, old_y = self.arrays()
        kept = int(np.searchsorted(old_x, x, side="right"))
        if kept < len(old_x):
            self._take(old_x[:kept], old_y[:kept])

    def _take(self, x: FloatArray, y: FloatArray) -> None:
        n = len(x)
        self._x, self._y = np.empty(max(64, 2 * n)), np.empty(max(64, 2 * n))
        self._x[:n], self._y[:n] = x, y
        self._n, self._in_order = n, True
        self._last = float(x[-1]) if n else 0.0


class Thinned(list[T]):
    """At most `limit` items, spread evenly over all that were appended, and the newest."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit = checks.positive_int("limit", limit, minimum=2)
        self._stride = 1
        self._count = 0

    def append(self, item: T) -> None:
        """Add an item; beyond the limit, every second one goes."""
        if self and (self._count - 1) % self._stride:
            self.pop()
        super().append(item)
        self._count += 1
        if len(self) > self.limit:
            del self[1::2]
            self._stride *= 2
            if self[-1] is not item:
                super().append(item)


def decimate(x: FloatArray, y: FloatArray, max_points: int) -> tuple[FloatArray, FloatArray]:
    """Thin a line to at most `max_points` (8 or more) so that it looks the same.

    Of stretches with an equal number of points, the lowest, the highest and the first non-finite
    point are kept, and the first and last point of all.
    """
    max_points = checks.positive_int("max_points", max_points, minimum=8)
    n = len(x)
    if n <= max_points:
        return x, y
    stretches = (max_points - 2) // 3
    size = -(-n // stretches)
    padded = np.full(stretches * size, y[-1])
    padded[:n] = y
    table = padded.reshape(stretches, size)
    finite = np.isfinite(table)
    lowest = np.where(finite, table, np.inf).argmin(axis=1)
    highest = np.where(finite, table, -np.inf).argmax(axis=1)
    gap = (~finite).argmax(axis=1)  # 0, the first point, where there is none
    gap = np.where(finite.all(axis=1), lowest, gap)
    starts = np.arange(stretches) * size
    kept = np.concatenate([[0, n - 1], starts + lowest, starts + highest, starts + gap])
    kept = np.unique(np.minimum(kept, n - 1))
    return x[kept], y[kept]


def smooth(y: FloatArray, weight: float) -> FloatArray:
    """Return the exponential moving average of y (n,); what is not finite stays as it is.

    The k-th average is sum(weight^(k-i) y_i) / sum(weight^(k-i)), with `weight` from 0 to below 1,
    as in Kingma & Ba's Adam (arXiv:1412.6980, section 3).
    """
    weight = checks.number_between("weight", weight, 0, 0.999)
    finite = np.isfinite(y)
    totals, shares = y[finite], np.ones(np.count_nonzero(finite))
    # Sums over 2, 4, 8... values: as exact as the recursion, and a pass of numpy each.
    span = 1
    while span < len(totals) and weight**span > 1e-9:
        totals, shares = (
            np.concatenate([sums[:span], sums[span:] + weight**span * sums[:-span]])
            for sums in (totals, shares)
        )
        span *= 2
    smoothed = y.copy()
    smoothed[finite] = totals / shares
    return smoothed
