"""Series with axes, as SVG: the details of signals."""

import html
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vae_widgets.core.ticks import MINUS, round_ticks

_WIDTH, _HEIGHT = 264, 132  # pixels
_LEFT, _RIGHT, _TOP, _BOTTOM = 40, 10, 14, 28
_SECONDS = (("s", 1.0), ("ms", 1e3), ("µs", 1e6))
_TEXT = 'fill="currentColor" font-size="10"'


class Line(NamedTuple):
    """One series (time,), its colour, and its name, which is shown if it is not empty."""

    values: NDArray[np.float32]
    colour: tuple[int, int, int]
    name: str = ""
    is_dashed: bool = False


def line_chart(
    lines: Sequence[Line], low: float, high: float, sample_rate: float | None, unit: str = ""
) -> str:
    """Return lines over time as SVG with axes, in the colour of the page's text.

    Parameters
    ----------
    lines
        Series of one length.
    low, high
        Values at the bottom and the top.
    sample_rate
        In Hz: the axis counts seconds, milliseconds or microseconds. None counts time steps.
    unit
        Of the values.
    """
    n = len(lines[0].values)
    last, title = max(1, n - 1), "time step"
    step = 1.0
    if sample_rate is not None:
        second, factor = next(
            ((name, by) for name, by in _SECONDS if last / sample_rate * by >= 2), _SECONDS[-1]
        )
        step, title = factor / sample_rate, f"time ({second})"
    right, bottom = _WIDTH - _RIGHT, _HEIGHT - _BOTTOM

    def x_of(time: float) -> float:
        return _LEFT + time / (last * step) * (right - _LEFT)

    def y_of(value: float) -> float:
        return bottom - (value - low) / (high - low) * (bottom - _TOP)

    parts = []
    for tick in round_ticks(low, high, 5):
        y = f"{y_of(float(tick)):.1f}"
        parts.append(f'<line x1="{_LEFT}" x2="{right}" y1="{y}" y2="{y}" {_GRID}/>')
        parts.append(_text(_LEFT - 4, y_of(float(tick)) + 3, _number(tick, high - low), "end"))
    for tick in round_ticks(0, last * step, 4):
        x = x_of(float(tick))
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" y2="{bottom}" {_GRID}/>')
        parts.append(_text(x, bottom + 12, _number(tick, last * step), "middle"))
    parts.append(_text((_LEFT + right) / 2, _HEIGHT - 3, title, "middle"))
    if unit:
        parts.append(_text(_LEFT - 4, 9, unit, "end"))
    at = float(_LEFT)
    for line in lines:
        colour = "#{:02x}{:02x}{:02x}".format(*line.colour)
        points = _points(line.values, low, high, last, right, bottom)
        dash = ' stroke-dasharray="4 2"' if line.is_dashed else ""
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.5" '
            f'stroke-linejoin="round"{dash}/>'
        )
        if line.name:
            parts.append(
                f'<line x1="{at}" x2="{at + 14}" y1="6" y2="6" stroke="{colour}" '
                f'stroke-width="2"{dash}/>'
            )
            parts.append(_text(at + 18, 9, line.name, "start"))
            at += 30 + 5.5 * len(line.name)
    content = "".join(parts)
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}" role="img" '
        f'aria-label="signal over time">{content}</svg>'
    )


_GRID = 'stroke="currentColor" stroke-opacity="0.2"'


def _points(
    values: NDArray[np.float32], low: float, high: float, last: int, right: float, bottom: float
) -> str:
    """Return the points of a line; of a long series the lowest and the highest of each pixel."""
    at = np.arange(len(values))
    known = np.isfinite(values)
    at, values = at[known], values[known]
    columns = int(right - _LEFT)
    if len(values) > 4 * columns:
        parts = np.array_split(np.arange(len(values)), columns)
        ends = [sorted((p[values[p].argmin()], p[values[p].argmax()])) for p in parts]
        chosen = np.unique(np.concatenate(ends))
        at, values = at[chosen], values[chosen]
    x = _LEFT + at / last * (right - _LEFT)
    y = bottom - (values.astype(np.float64) - low) / (high - low) * (bottom - _TOP)
    y = y.clip(_TOP, bottom)
    return " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))


def _text(x: float, y: float, text: str, anchor: str) -> str:
    escaped = html.escape(text)
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {_TEXT}>{escaped}</text>'


def _number(value: float, span: float) -> str:
    text = f"{0.0 if abs(value) < 1e-9 * span else value:.4g}"
    return text.replace("-", MINUS)
