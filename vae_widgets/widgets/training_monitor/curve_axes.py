"""The axes of the training curves: titles, ticks and the format of their numbers."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from vae_widgets.core.ticks import round_ticks
from vae_widgets.core.training.history import TrainingHistory
from vae_widgets.core.training.series import FloatArray
from vae_widgets.widgets.curve_plot.description import Values
from vae_widgets.widgets.training_monitor.curve_lines import label_of, unit_of

_MOST_TICKS = 6


def y_axis(values: Sequence[Values], log_scale: bool) -> dict[str, Any]:
    """Return the ticks of the y axis and their format, for the values of lines."""
    ticks = y_ticks(values, log_scale)
    digits = 4
    if ticks is not None and len(ticks) > 1:
        largest = np.abs(ticks).max()
        digits = max(digits, min(6, int(np.log10(largest)) + 1))  # 20000 rather than 2e+4
        if not log_scale:
            digits += max(0, int(np.log10(largest / (ticks[1] - ticks[0]))) - 2)
    return {"ticks": ticks, "tick_format": f".{digits}~g"}


def y_ticks(values: Sequence[Values], log_scale: bool) -> FloatArray | None:
    """Return at most about ten ticks for the values of lines. None lets the painter choose them."""
    known = np.concatenate([*values, np.empty(0)])
    known = known[np.isfinite(known)]
    low, high = (known.min(), known.max()) if len(known) else (0.0, 0.0)
    # A loss may diverge to any number. For these the painter chooses the range.
    if not 1e-300 < high - low < np.inf:
        return None
    decades = np.log10(high) - np.log10(low) if log_scale else 0.0
    if decades < 1:
        return round_ticks(low, high, _MOST_TICKS)
    powers = 10.0 ** np.arange(np.floor(np.log10(low)), np.log10(high) + 1e-9)
    if decades <= 3:
        ticks = np.outer(powers, [1, 2, 5]).ravel()
    else:
        ticks = powers[:: -(-len(powers) // _MOST_TICKS)]
    return ticks[(low <= ticks) & (ticks <= high)]


def title_of(names: list[str], metrics: list[str]) -> str:
    """Return the title of a panel: its metrics and their unit."""
    if metrics and not names:
        return "All curves are hidden: click a name above to show it"
    unit = unit_of(metrics)
    named = [label_of(name) for name in names]
    more = f" and {len(named) - 3} more" if len(named) > 3 else ""
    return ", ".join(named[:3]) + more + (f" ({unit})" if unit and names else "")


def x_axis(history: TrainingHistory, low: float, high: float) -> dict[str, Any]:
    """Return label, ticks and their format of the x axis from `low` to `high`."""
    if history.metrics() and not history.has_epochs:
        return {"label": "step", "tick_format": _long(history.last_step), "ticks": None}
    ticks = _whole_epochs(low, high) if 2 <= high - low <= 1e9 else None
    return {"label": "epoch", "tick_format": _long(high), "ticks": ticks}


def _long(highest: float) -> str:
    return ".3~s" if highest >= 1e4 else ".4~g"


def _whole_epochs(low: float, high: float) -> FloatArray:
    steps = (step * 10**power for power in range(9) for step in (1, 2, 5))
    step = next(step for step in steps if (high - low) / step <= 7)
    return np.arange(np.ceil(low / step) * step, high + 1e-9, step)
