"""What a training run is doing, in words and numbers with units."""

import threading
from typing import Any, Literal

import numpy as np

from vae_widgets.core.ticks import MINUS
from vae_widgets.core.training.alarms import alarms
from vae_widgets.core.training.history import VALIDATION, TrainingHistory
from vae_widgets.core.training.progress import Progress
from vae_widgets.widgets.training_monitor.curve_lines import (
    best_epoch,
    label_of,
    ordered_metrics,
    unit_of,
)

State = Literal["waiting", "training", "paused", "stopping", "stopped", "finished", "interrupted"]
ACTIVE = ("training", "paused", "stopping")

WAITING = (
    "Waiting for the first batch: pass callbacks=[monitor.callback] to fit, or call "
    "monitor.log(step, loss=...) in a loop of your own."
)
_BLOCKED = (
    "This cell keeps the kernel busy, so a click waits until it ends. Interrupt the kernel instead "
    "(■ in the toolbar): the history is kept. Under `await vae.fit_async(...)` this button acts "
    "at once."
)
_HINTS = {
    "pause": "Pause the training after this batch; Resume continues it.",
    "resume": "Continue the training.",
    "stop": "End the training after this batch; the history is kept.",
}
_LOOP = {
    "pause": "Pause your loop at its next monitor.log().",
    "resume": "Continue your loop.",
    "stop": "Sets monitor.should_stop, which your loop may check.",
}


def is_blocked(thread: threading.Thread | None) -> bool:
    """Return whether the run has the main thread, so that the kernel receives no clicks."""
    return thread is threading.main_thread()


def hint_of(action: str, keras: bool, thread: threading.Thread | None) -> str:
    """Return the tooltip of a button."""
    if not keras:
        return _LOOP[action]
    return _BLOCKED if is_blocked(thread) else _HINTS[action]


def describe_progress(
    state: State, keras: bool, progress: Progress, history: TrainingHistory, seconds: float
) -> str:
    """Say where a run is, how fast it goes and how long it will take, or took (`seconds`)."""
    where = _where(keras, progress, history)
    best = best_epoch(history)
    found = f" · best: epoch {best[0]:g}" if best is not None else ""
    match state:
        case "waiting":
            return ""
        case "finished":
            return f"{where[0].upper()}{where[1:]} in {duration(seconds)}{found}"
        case "stopped" | "interrupted":
            return f"{state.capitalize()} at {where}{found}"
        case "paused":
            return f"Paused at {where}"
    parts = [where]
    if (left := progress.seconds_left) is not None:
        parts.append(f"{duration(left)} left")
    if (rate := progress.samples_per_second) is not None:
        parts.append(f"{_rate(rate)} samples/s")
    elif (rate := progress.steps_per_second) is not None:
        parts.append(f"{_rate(rate)} steps/s")
    return " · ".join(parts)


def _where(keras: bool, progress: Progress, history: TrainingHistory) -> str:
    if not keras:
        return f"step {history.last_step:,g}"
    epoch = max(1, int(np.ceil(progress.position)))
    return f"epoch {epoch}" + (f" of {progress.total}" if progress.total else "")


def describe_values(
    state: State, keras: bool, history: TrainingHistory, thread: threading.Thread | None
) -> str:
    """Return the newest values of the metrics, in a line."""
    if state == "waiting":
        return WAITING
    metrics = ordered_metrics(history.metrics())
    unit = unit_of(metrics)
    texts = [] if metrics else ["The first batch takes longest: the model is being compiled"]
    for prefix, name in (("", "training"), (VALIDATION, "validation")):
        values = [(label_of(m), history.last(prefix + m)) for m in metrics[:4]]
        known = [f"{label} {_value(value)}" for label, value in values if value is not None]
        if known:
            texts.append(f"{name}: {', '.join(known)}{' ' * bool(unit)}{unit}")
    if state in ACTIVE and keras and is_blocked(thread):
        texts.append("to stop, interrupt the kernel (■)")
    return " · ".join(texts)


def _value(number: float) -> str:
    """Format with four digits, or as a whole number: as `value` in curve_values.ts."""
    if np.isnan(number):
        return "NaN"
    whole = 9999.5 <= abs(number) < 1e6
    return (f"{number:.0f}" if whole else f"{number:#.4g}".rstrip(".")).replace("-", MINUS)


def describe_warnings(history: TrainingHistory, log_scale: bool, problem: str) -> str:
    """Return what is wrong, why, and what helps; a line each."""
    lines = [str(alarm) for alarm in alarms(history)]
    if log_scale:
        lines += _not_positive(history)
    return "\n".join([*lines, *filter(None, [problem])])


def _not_positive(history: TrainingHistory) -> list[str]:
    lines = []
    for name in ordered_metrics(history.metrics()):
        values: list[Any] = [
            y for n in (name, VALIDATION + name) for _, y in (history.steps(n), history.epochs(n))
        ]
        if any((y <= 0).any() for y in values):
            lines.append(f"{label_of(name)} has values at or below 0, which a log scale leaves out")
    return lines


def duration(seconds: float) -> str:
    """Format seconds with two digits or so."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    if seconds < 99.5:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60:02d} min"


def _rate(rate: float) -> str:
    return f"{float(f'{rate:.3g}'):,.{0 if rate >= 100 else 1}f}"
