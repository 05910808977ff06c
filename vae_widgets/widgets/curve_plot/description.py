"""What a plot of curves shows, whatever draws it."""

from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vae_widgets.widgets.traits.array import array_to_json

Values = NDArray[np.float32] | NDArray[np.float64]


class Margin(NamedTuple):
    """Room around the plot area for titles and numbers, in CSS pixels."""

    top: float
    right: float
    bottom: float
    left: float


@dataclass(frozen=True)
class Axis:
    """An axis.

    Attributes
    ----------
    label
        Its name with its unit, or "".
    domain
        Its ends. None ends it where the data end.
    scale
        "linear" or "log".
    ticks
        Where its numbers are, float64 (k,). None leaves the choice to the painter.
    tick_format
        How they are written, as in d3-format.
    padding
        Share of the plot area that stays empty at both ends.
    """

    label: str = ""
    domain: tuple[float | None, float | None] = (None, None)
    scale: Literal["linear", "log"] = "linear"
    ticks: NDArray[np.float64] | None = None
    tick_format: str = "~g"
    padding: float = 0.0


@dataclass(frozen=True)
class Line:
    """A line through points (n,), with gaps where y is NaN. `width` is in CSS pixels."""

    name: str
    colour: str
    x: Values
    y: Values
    dashed: bool = False
    width: float = 2.0
    opacity: float = 1.0


@dataclass(frozen=True)
class Band:
    """The area between two lines, x, low and high (n,)."""

    name: str
    colour: str
    x: Values
    low: Values
    high: Values
    opacity: float = 0.2


@dataclass(frozen=True)
class Points:
    """Marks at points (n,).

    `size` is the area of a mark in square CSS pixels. `edge` is the colour of its border; "" for
    none. `follows` is the ``IPY_MODEL_...`` of a model in the page whose x and y, arrays, are those
    of the points from then on.
    """

    name: str
    colour: str
    x: Values
    y: Values
    marker: Literal["circle", "diamond"] = "circle"
    size: float = 48.0
    edge: str = ""
    follows: str | None = None


@dataclass(frozen=True)
class Rule:
    """An upright line at `x`, with a text above it."""

    x: float
    text: str = ""


@dataclass(frozen=True)
class CurvePlot:
    """A plot of curves.

    The band is drawn first, then rules, lines in their order, and points.
    """

    title: str
    x: Axis
    y: Axis
    lines: tuple[Line, ...] = ()
    band: Band | None = None
    points: Points | None = None
    rules: tuple[Rule, ...] = ()
    margin: Margin = field(default=Margin(36, 16, 40, 48))

    def to_json(self) -> dict[str, Any]:
        """Return what ``frontend/src/curve_plot/description.ts`` reads: arrays in wire form."""
        return {
            "title": self.title,
            "margin": self.margin._asdict(),
            **{name: _wired(getattr(self, name)) for name in ("x", "y", "band", "points")},
            "lines": [_wired(line) for line in self.lines if line.x.size],
            "rules": [_wired(rule) for rule in self.rules],
        }


def _wired(part: Any) -> dict[str, Any] | None:
    return part and {
        name: array_to_json(value) if isinstance(value, np.ndarray) else value
        for name, value in vars(part).items()
    }
