"""What a training run logged: growing series of numbers, without any drawing.

One thread records while others read. Values once written never move, so readers get views that
stay valid, and nobody waits for a copy.
"""

import threading
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_widgets.core import checks

VALIDATION = "val_"

FloatArray = NDArray[np.float64]


class Series:
    """A growing series of points (x, y).

    Points may arrive in any order; reading sorts them by x, and of points with the same x the
    last one counts. y may be NaN or infinite: that is what a diverging run logs.
    """

    def __init__(self) -> None:
        self._x = np.empty(64)
        self._y = np.empty(64)
        self._n = 0
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
        if n and x <= self._x[n - 1]:
            self._in_order = False
        self._x[n], self._y[n] = x, y
        self._n = n + 1

    def arrays(self) -> tuple[FloatArray, FloatArray]:
        """Return x (n,), strictly increasing, and y (n,)."""
        x, y = self._x[: self._n], self._y[: self._n]
        if not self._in_order:
            x, last = np.unique(x[::-1], return_index=True)
            y = y[::-1][last]
        return x, y

    def keep_until(self, x: float) -> None:
        """Drop the points beyond `x`."""
        old_x, old_y = self.arrays()
        kept = int(np.searchsorted(old_x, x, side="right"))
        self._x, self._y = np.empty(max(64, 2 * kept)), np.empty(max(64, 2 * kept))
        self._x[:kept], self._y[:kept] = old_x[:kept], old_y[:kept]
        self._n, self._in_order = kept, True


class TrainingHistory:
    """The metrics of one training run.

    Each metric has a value for each step that was logged (a batch, or whatever the caller counts)
    and, where the run has epochs, one for each epoch. ``val_loss`` is the validation value of
    ``loss``. Numbers are kept as float64.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._steps: dict[str, Series] = {}
            self._epochs: dict[str, Series] = {}
            # Number of epochs done, and the step at which each of them ended.
            self._boundaries = Series()
            self._last_step = 0.0
            self._bad: dict[str, str] = {}

    def begin_epoch(self, epoch: int) -> None:
        """Start epoch number `epoch`, counted from zero as Keras does.

        The first epoch of a run clears the history. A later one continues it: what had been
        recorded beyond that epoch, by a run that went further, is dropped.
        """
        with self._lock:
            if epoch == 0:
                self.clear()
            done, ends = self._boundaries.arrays()
            if not len(done):
                self._boundaries.append(epoch, self._last_step)
            elif done[-1] > epoch:
                for series in self._epochs.values():
                    series.keep_until(epoch)
                self._boundaries.keep_until(epoch)
                self._last_step = float(np.interp(epoch, done, ends))
                for series in self._steps.values():
                    series.keep_until(self._last_step)

    def log_batch(self, batch: int, metrics: Mapping[str, Any]) -> None:
        """Record the metrics at the end of batch `batch`, counted from zero in this epoch."""
        with self._lock:
            _, ends = self._boundaries.arrays()
            self.log_step((ends[-1] if len(ends) else 0.0) + batch + 1, metrics)

    def log_step(self, step: float, metrics: Mapping[str, Any]) -> None:
        """Record metrics at `step`."""
        with self._lock:
            self._record(self._steps, step, metrics, "step")
            self._last_step = max(self._last_step, float(step))

    def log_epoch(self, epoch: int, metrics: Mapping[str, Any]) -> None:
        """Record the metrics at the end of epoch `epoch`, counted from zero; read at epoch + 1."""
        with self._lock:
            self._record(self._epochs, epoch + 1, metrics, "epoch")
            self._boundaries.append(epoch + 1, self._last_step)

    def starts_again(self, step: float, metrics: Mapping[str, Any]) -> bool:
        """Say whether `step` goes back to where the series of `metrics` began: a new run."""
        with self._lock:
            known = [self._steps[name] for name in metrics if name in self._steps]
            return any(len(series) > 1 and step <= series.arrays()[0][0] for series in known)

    def _record(
        self, table: dict[str, Series], x: float, metrics: Mapping[str, Any], unit: str
    ) -> None:
        for name, value in metrics.items():
            number = scalar(value)
            if number is None:
                continue
            table.setdefault(name, Series()).append(float(x), number)
            if not np.isfinite(number) and name not in self._bad:
                what = "NaN" if np.isnan(number) else "infinite"
                self._bad[name] = f"{name} became {what} at {unit} {x:.10g}"

    @property
    def has_epochs(self) -> bool:
        """Whether the run counts in epochs; otherwise only steps are known."""
        return len(self._boundaries) > 0

    @property
    def epochs_done(self) -> int:
        """Number of epochs that have ended, those before a continued run included."""
        done, _ = self._boundaries.arrays()
        return int(done[-1]) if len(done) else 0

    @property
    def last_step(self) -> float:
        """The highest step logged so far."""
        return self._last_step

    @property
    def warnings(self) -> list[str]:
        """One line for each metric that was ever NaN or infinite."""
        with self._lock:
            return list(self._bad.values())

    def metrics(self) -> list[str]:
        """Return the names of the metrics in the order of their arrival, without ``val_`` twins."""
        with self._lock:
            names = [*self._steps, *self._epochs]
        bases = [n.removeprefix(VALIDATION) if n.startswith(VALIDATION) else n for n in names]
        return list(dict.fromkeys(bases))

    def steps(self, name: str) -> tuple[FloatArray, FloatArray]:
        """Return steps (n,), increasing, and the values (n,) of a metric at them."""
        return self._arrays(self._steps, name)

    def epochs(self, name: str) -> tuple[FloatArray, FloatArray]:
        """Return epochs (n,), increasing, counted from one, and the values (n,) of a metric."""
        return self._arrays(self._epochs, name)

    def _arrays(self, table: dict[str, Series], name: str) -> tuple[FloatArray, FloatArray]:
        with self._lock:
            series = table.get(name)
            return series.arrays() if series else (np.empty(0), np.empty(0))

    def last(self, name: str) -> float | None:
        """Return the newest value of a metric: of the last step, or else of the last epoch."""
        for table in (self.steps, self.epochs):
            _, values = table(name)
            if len(values):
                return float(values[-1])
        return None

    def epoch_of(self, steps: FloatArray, steps_per_epoch: int | None = None) -> FloatArray:
        """Return steps (n,) in epochs: 2.5 is the middle of the third epoch.

        Parameters
        ----------
        steps
            Step numbers.
        steps_per_epoch
            Length of the epoch that is under way. If None, that of the one before, or at least
            the steps seen so far.
        """
        with self._lock:
            done, ends = self._boundaries.arrays()
        if not len(done):
            return steps
        expected = steps_per_epoch or (ends[-1] - ends[-2] if len(ends) > 1 else 1)
        ahead = max(ends[-1] + expected, self._last_step, ends[-1] + 1)
        return np.interp(steps, [*ends, ahead], [*done, done[-1] + 1])

    def to_dict(self) -> dict[str, Any]:
        """Return the history as lists, as Keras' ``History.history`` does.

        Returns
        -------
        dict
            For a run with epochs: ``epoch`` (counted from one), a list for each metric with one
            value an epoch, and ``steps``, a dict of the same form with ``step`` and the values
            logged at each. For a loop that logs steps: ``step`` and a list for each metric. None
            stands where a metric was not logged; NaN is what was logged as NaN.
        """
        with self._lock:
            steps = _columns("step", self._steps)
            if not self.has_epochs:
                return steps
            return {**_columns("epoch", self._epochs), "steps": steps}


def scalar(value: Any) -> float | None:
    """Return `value` as a float if it is one number, else None.

    A number is what ``float`` takes: Python's, numpy's, tensors with one element.
    """
    if isinstance(value, str | bytes) or np.ndim(value) > 1 or np.size(value) != 1:
        return None
    try:
        return float(value if np.ndim(value) == 0 else value[0])
    except (TypeError, ValueError):
        return None


def decimate(x: FloatArray, y: FloatArray, max_points: int) -> tuple[FloatArray, FloatArray]:
    """Thin a line so that it looks the same: keep the extremes of each stretch.

    Parameters
    ----------
    x, y
        The points (n,), x increasing; y may hold NaN or infinity.
    max_points
        The most points to return, at least 8.

    Returns
    -------
    tuple of ndarray
        A subset of the points in their order, at most `max_points`. The line is cut into stretches
        with an equal number of points; of each, the lowest, the highest and the first non-finite
        point are kept, and the first and last point of all. So peaks and gaps survive.
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


def _columns(index: str, table: Mapping[str, Series]) -> dict[str, list[Any]]:
    arrays = {name: series.arrays() for name, series in table.items()}
    xs = np.unique(np.concatenate([np.empty(0), *(x for x, _ in arrays.values())]))
    columns: dict[str, list[Any]] = {index: [int(x) if x == int(x) else float(x) for x in xs]}
    for name, (x, y) in arrays.items():
        column: list[float | None] = [None] * len(xs)
        for at, value in zip(np.searchsorted(xs, x), y, strict=True):
            column[at] = float(value)
        columns[name] = column
    return columns
