"""Schedules of beta, the weight of the KL term: functions of the epoch.

``schedule(2.5)`` is beta in the middle of the third epoch. Any callable that takes a float or an
array will do. Its attribute ``final``, or else its value at the end, is the beta of validation. To
survive ``VAE.save`` it has ``get_config`` and is registered with `keras.saving`.
"""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_widgets.core import checks
from vae_widgets.models.losses.configured import Configured

Schedule = Callable[[Any], Any]
"""Maps epochs, a float or an array of them, to beta: a float or an array of the same shape."""


class _Ramp(Configured):
    """Base of the schedules, which are called with the epoch and move to `end`."""

    end: float

    @property
    def final(self) -> float:
        """The beta of validation, which does not move with the schedule: `end`."""
        return self.end

    def beta(self, epoch: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return beta at epochs of at least 0."""
        raise NotImplementedError

    def __call__(self, epoch: ArrayLike) -> Any:
        """Return beta at `epoch`, a float or an array; 2.5 is the middle of the third epoch."""
        epochs = checks.float_array("epoch", epoch, np.float64)
        if epochs.min() < 0:
            raise ValueError(f"epoch must be at least 0; received {epochs.min():g}.")
        values = self.beta(epochs)
        return values if values.ndim else float(values)


@keras.saving.register_keras_serializable(package="vae_widgets")
class Warmup(_Ramp):
    """Raise beta in a straight line from `start` to `end`, and stay there.

    This keeps the posterior from collapsing. Bowman et al., "Generating Sentences from a Continuous
    Space" (2016), section 3.1; Sonderby et al., "Ladder Variational Autoencoders" (2016), section
    2.4.

    Parameters
    ----------
    epochs
        Length of the rise, above 0.
    end, start
        Beta after and before it, at least 0.

    Examples
    --------
    >>> Warmup(10)([0, 2.5, 10, 30])
    array([0.  , 0.25, 1.  , 1.  ])
    """

    @checks.suggest_keywords
    def __init__(self, epochs: float, end: float = 1.0, start: float = 0.0) -> None:
        self.epochs = checks.number_between("epochs", epochs, 0, open_low=True)
        self.end = checks.number_between("end", end, 0)
        self.start = checks.number_between("start", start, 0)

    def beta(self, epoch: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return beta at epochs of at least 0."""
        return np.interp(epoch, [0.0, self.epochs], [self.start, self.end])

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that rebuild this schedule."""
        return {"epochs": self.epochs, "end": self.end, "start": self.start}


@keras.saving.register_keras_serializable(package="vae_widgets")
class Cyclical(_Ramp):
    """Raise beta from 0 to `end` again and again, each cycle starting from 0.

    Each cycle rises in a straight line and then stays at `end`. Fu et al., "Cyclical Annealing
    Schedule" (2019), equations 6 and 7, with their R as `ramp`.

    Parameters
    ----------
    epochs_per_cycle
        Length of a cycle, above 0.
    ramp
        Part of a cycle that rises, in (0, 1].
    end
        Beta at the end of each cycle, at least 0.
    cycles
        Number of cycles, after which beta stays at `end`; None for no end.

    Examples
    --------
    >>> Cyclical(10, cycles=2)([0, 2.5, 5, 9, 10, 12.5, 20])
    array([0. , 0.5, 1. , 1. , 0. , 0.5, 1. ])
    """

    @checks.suggest_keywords
    def __init__(
        self,
        epochs_per_cycle: float,
        ramp: float = 0.5,
        end: float = 1.0,
        cycles: int | None = None,
    ) -> None:
        self.epochs_per_cycle = checks.number_between(
            "epochs_per_cycle", epochs_per_cycle, 0, open_low=True
        )
        self.ramp = checks.number_between("ramp", ramp, 0, 1, open_low=True)
        self.end = checks.number_between("end", end, 0)
        self.cycles = None if cycles is None else checks.positive_int("cycles", cycles)

    def beta(self, epoch: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return beta at epochs of at least 0."""
        cycle, position = np.divmod(epoch / self.epochs_per_cycle, 1.0)
        rising = self.end * np.minimum(position / self.ramp, 1.0)
        return rising if self.cycles is None else np.where(cycle < self.cycles, rising, self.end)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that rebuild this schedule."""
        return {
            "epochs_per_cycle": self.epochs_per_cycle,
            "ramp": self.ramp,
            "end": self.end,
            "cycles": self.cycles,
        }
