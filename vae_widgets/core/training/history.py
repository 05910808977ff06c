"""What a training run logged: growing series of numbers, without any drawing.

One thread records while others read: written values never move, so readers get views.
"""

import bisect
import importlib
import math
import threading
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from vae_widgets.core.tensors import as_float
from vae_widgets.core.ticks import counted
from vae_widgets.core.training.history_table import columns, csv_of
from vae_widgets.core.training.series import FloatArray, Series, Thinned

VALIDATION = "val_"

# KL per dimension is kept at this many steps at most, spread evenly over the run.
_LATENTS_KEPT = 400

Entry = dict[str, Any]


class Action(NamedTuple):
    """An action of the user on a run, and the step after which it happened."""

    step: float
    text: str


class TrainingHistory:
    """The metrics of one training run.

    Each metric has a float64 value for each step that was logged and, where the run has epochs, one
    for each epoch. ``val_loss`` is the validation value of ``loss``.

    It also keeps `actions`, the settings (learning rate, beta) at each change, and at times the KL
    of each latent dimension.

    Parameters
    ----------
    listener
        Called with each entry that is recorded, a dict that JSON can hold; `replay` takes it back.

    Examples
    --------
    >>> history = vw.TrainingHistory()
    >>> history.log_step(1, {"loss": 80.0})
    >>> history.log_step(2, {"loss": 60.0})
    >>> history.last("loss")
    60.0
    """

    def __init__(self, listener: Callable[[Entry], None] | None = None) -> None:
        self._lock = threading.RLock()
        self._listener = listener
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
            self._actions: list[Action] = []
            self._settings: dict[str, Series] = {}
            self._latents: Thinned[tuple[float, FloatArray]] = Thinned(_LATENTS_KEPT)
            self._active: int | None = None

    def begin_epoch(self, epoch: int) -> None:
        """Start epoch number `epoch`, counted from zero as Keras does.

        The first epoch clears the history; a later one drops what was recorded from there on.
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
                for series in [*self._steps.values(), *self._settings.values()]:
                    series.keep_until(self._last_step)
                end = bisect.bisect_right(self._actions, self._last_step, key=lambda a: a.step)
                del self._actions[end:]
                self._latents[:] = [kl for kl in self._latents if kl[0] <= self._last_step]
            self._notify({"kind": "begin_epoch", "epoch": int(epoch)})

    def log_batch(self, batch: int, metrics: Mapping[str, Any]) -> None:
        """Record the metrics at the end of batch `batch`, counted from zero in this epoch."""
        with self._lock:
            _, ends = self._boundaries.arrays()
            self.log_step((ends[-1] if len(ends) else 0.0) + batch + 1, metrics)

    def log_step(self, step: float, metrics: Mapping[str, Any]) -> None:
        """Record metrics at `step`."""
        with self._lock:
            numbers = self._record(self._steps, step, metrics, "step")
            self._last_step = max(self._last_step, float(step))
            self._notify({"kind": "step", "step": float(step), "metrics": numbers})

    def log_epoch(self, epoch: int, metrics: Mapping[str, Any]) -> None:
        """Record the metrics at the end of epoch `epoch`, counted from zero; read at epoch + 1."""
        with self._lock:
            numbers = self._record(self._epochs, epoch + 1, metrics, "epoch")
            self._boundaries.append(epoch + 1, self._last_step)
            self._notify({"kind": "epoch", "epoch": int(epoch) + 1, "metrics": numbers})

    def log_action(self, text: str) -> None:
        """Record that something was done to the run after the last step."""
        with self._lock:
            self._actions.append(Action(self._last_step, text))
            self._notify({"kind": "action", "step": self._last_step, "text": text})

    def log_setting(self, name: str, value: float) -> None:
        """Record a setting from the last step on, such as beta, if it has changed."""
        with self._lock:
            series = self._settings.setdefault(name, Series())
            _, known = series.arrays()
            if len(known) and known[-1] == value:
                return
            series.append(self._last_step, value)
            entry = {"kind": "setting", "step": self._last_step, "name": name, "value": value}
            self._notify(entry)

    def log_latents(self, kl: ArrayLike, active: int | None = None) -> None:
        """Record after a step the KL (latent_dim,) in nats, and how many dimensions are active."""
        with self._lock:
            values = np.array(kl, np.float64)
            if self._latents and self._latents[-1][1].shape != values.shape:  # another model
                self._latents[:] = []
            self._latents.append((self._last_step, values))
            self._active = active
            entry = {"kind": "latents", "step": self._last_step, "kl": values.tolist()}
            self._notify({**entry, "active": active})

    def replay(self, entry: Entry) -> None:
        """Record again what a listener was told.

        Raises ``KeyError``, ``TypeError`` or ``ValueError`` for anything else.
        """
        match entry["kind"]:
            case "begin_epoch":
                self.begin_epoch(entry["epoch"])
            case "step":
                self.log_step(entry["step"], entry["metrics"])
            case "epoch":
                self.log_epoch(entry["epoch"] - 1, entry["metrics"])
            case "action":
                self.log_action(entry["text"])
            case "setting":
                self.log_setting(entry["name"], entry["value"])
            case "latents":
                self.log_latents(entry["kl"], entry["active"])
            case kind:
                raise ValueError(f"kind is {kind!r}")

    def starts_again(self, step: float, metrics: Mapping[str, Any]) -> bool:
        """Say whether `step` goes back to where the series of `metrics` began: a new run."""
        with self._lock:
            known = [self._steps[name] for name in metrics if name in self._steps]
            return any(len(series) > 1 and step <= series.arrays()[0][0] for series in known)

    def _record(
        self, table: dict[str, Series], x: float, metrics: Mapping[str, Any], unit: str
    ) -> dict[str, float]:
        numbers = {}
        for name, value in metrics.items():
            number = scalar(value)
            if number is None:
                continue
            numbers[name] = number
            series = table.get(name)
            if series is None:
                series = table[name] = Series()
            series.append(float(x), number)
            if not math.isfinite(number) and name not in self._bad:
                what = "NaN" if math.isnan(number) else "infinite"
                self._bad[name] = f"{name} became {what} at {unit} {x:.10g}"
        return numbers

    def __repr__(self) -> str:
        names = self.metrics()
        if not names:
            return "<TrainingHistory: nothing logged>"
        where = f"step {self.last_step:,g}"
        if self.has_epochs:
            where = f"{counted(self.epochs_done, 'epoch')}, {where}"
        texts = []
        for name in (name for metric in names for name in (metric, VALIDATION + metric)):
            value = self.last(name)
            if value is not None:
                texts.append(f"{name:.40} {value:.4g}")
        more = f" and {len(texts) - 4} more" if len(texts) > 4 else ""
        return f"<TrainingHistory: {where}; last {', '.join(texts[:4])}{more}>"

    def _notify(self, entry: Entry) -> None:
        if self._listener is not None:
            self._listener(entry)

    @property
    def has_epochs(self) -> bool:
        """Whether the run counts in epochs; otherwise only steps are known."""
        return len(self._boundaries) > 0

    @property
    def epochs_done(self) -> int:
        """Number of epochs that have ended, those before a continued run included."""
        with self._lock:
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

    @property
    def actions(self) -> list[Action]:
        """What was done to the run, in order: each a `step` and a `text`."""
        with self._lock:
            return list(self._actions)

    def setting(self, name: str) -> tuple[FloatArray, FloatArray]:
        """Return steps (n,) after which a setting changed, and its values (n,) from there on."""
        return self._arrays(self._settings, name)

    def kl_per_dimension(self) -> tuple[FloatArray, FloatArray]:
        """Return up to 400 steps (n,) and the KL (n, latent_dim) of each dimension in nats."""
        with self._lock:
            latents = list(self._latents)
        if not latents:
            return np.empty(0), np.empty((0, 0))
        return np.array([step for step, _ in latents]), np.stack([kl for _, kl in latents])

    @property
    def active_units(self) -> int | None:
        """Number of latent dimensions that were active last; None if unknown."""
        return self._active

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

        `steps_per_epoch` is the length of the epoch under way; None for that of the one before.
        """
        with self._lock:
            done, ends = self._boundaries.arrays()
        if not len(done):
            return steps
        expected = steps_per_epoch or (ends[-1] - ends[-2] if len(ends) > 1 else 1)
        ahead = max(ends[-1] + expected, self._last_step, ends[-1] + 1)
        epochs: FloatArray = np.interp(steps, [*ends, ahead], [*done, done[-1] + 1])
        return epochs

    def to_dict(self) -> dict[str, Any]:
        """Return the history as lists, as Keras' ``History.history`` does.

        With epochs: ``epoch`` (counted from one), a list for each metric, and ``steps``, such a
        dict with ``step``. Without: ``step`` and the lists. None where a metric was not logged.
        """
        with self._lock:
            steps = columns("step", self._steps)
            if not self.has_epochs:
                return steps
            return {**columns("epoch", self._epochs), "steps": steps}

    def to_csv(self) -> str:
        """Return the history as comma-separated values (RFC 4180) with a header.

        In a run with epochs the columns are epoch, step and the metrics; a row for each epoch, with
        no step, comes before one for each step, with no epoch. In other runs the columns are step
        and the metrics. A field is empty where a metric was not logged.
        """
        return csv_of(self.to_dict())

    def to_pandas(self) -> Any:
        """Return the series of `to_dict` as a ``pandas.DataFrame``, one row an epoch.

        The steps are in ``frame.attrs["steps"]``; in a run without epochs they are the rows. Raises
        ``ImportError`` if pandas is not installed.
        """
        try:
            pd = importlib.import_module("pandas")
        except ImportError as error:
            raise ImportError(
                "to_pandas needs pandas, which is not installed: pip install pandas. to_dict() "
                "gives the same numbers as lists."
            ) from error
        record = self.to_dict()
        steps = record.pop("steps", None)
        frame = pd.DataFrame(record).set_index("epoch" if steps else "step")
        if steps:
            frame.attrs["steps"] = pd.DataFrame(steps).set_index("step")
        return frame


def scalar(value: Any) -> float | None:
    """Return `value` as a float if it is one number, else None; see `as_float`."""
    if type(value) is float:
        return value
    try:
        return as_float(value)
    except (TypeError, ValueError, OverflowError):
        return None
