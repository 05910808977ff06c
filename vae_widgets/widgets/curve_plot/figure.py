"""A `CurvePlot` as a bqplot figure, whose marks are made once and then updated."""

import dataclasses
import weakref
from collections.abc import Sequence
from typing import Any, NamedTuple

import bqplot
import ipywidgets
import numpy as np
import traitlets

from vae_widgets.widgets.base.assets import bundle
from vae_widgets.widgets.base.hosted_view import in_marimo
from vae_widgets.widgets.base.page_scale import PAGE_SCALE
from vae_widgets.widgets.base.rate_limit import Send, changes
from vae_widgets.widgets.base.widget import PageContents
from vae_widgets.widgets.curve_plot.canvas import CurveCanvas
from vae_widgets.widgets.curve_plot.description import Axis, CurvePlot, Line, Values
from vae_widgets.widgets.traits.array import array_to_json


class Style(NamedTuple):
    """What the lines of one bqplot mark have in common."""

    dashed: bool
    width: float


class CurvePoints(bqplot.Scatter):
    """The points of a `CurveFigure`. The page may move them."""

    def carried(self, page: PageContents) -> dict[str, Any]:
        """Return x and y, which an exported page moves."""
        return {"state": {name: array_to_json(np.asarray(getattr(self, name))) for name in "xy"}}


class CurveFigure(bqplot.Figure):
    """A bqplot figure of a `CurvePlot`.

    Parameters
    ----------
    plot
        What it shows at first. The margin, the names of the axes, whether there is a band, and how
        points look stay as they are there.
    styles
        Those that its lines may have, from back to front.
    titled
        Whether the figure draws the title itself.
    x_of
        Another figure, which shares its x axis with this one.
    """

    x_scale: bqplot.LinearScale
    x_axis: bqplot.Axis
    drawing = traitlets.Unicode(
        "", help="``IPY_MODEL_...`` of what a page without bqplot shows."
    ).tag(sync=True)

    def __init__(
        self,
        plot: CurvePlot,
        styles: Sequence[Style],
        *,
        titled: bool = True,
        x_of: "CurveFigure | None" = None,
        **traits: Any,
    ) -> None:
        self._plot, self._titled = plot, titled
        self._moved: tuple[Values, Values] | None = None  # places of points that `_plot` lacks
        self.x_scale = x_of.x_scale if x_of else bqplot.LinearScale(min=0.0, max=1.0)
        self.x_axis = x_of.x_axis if x_of else bqplot.Axis(scale=self.x_scale, label=plot.x.label)
        self.y_scales = {"linear": bqplot.LinearScale(), "log": bqplot.LogScale()}
        self.y_axis = bqplot.Axis(
            scale=self.y_scales["linear"], label=plot.y.label, side="left", tick_format="~g"
        )
        at: dict[str, Any] = {"scales": {"x": self.x_scale, "y": self.y_scales["linear"]}}
        self.lines = {
            style: bqplot.Lines(
                line_style="dashed" if style.dashed else "solid",
                stroke_width=style.width,
                enable_hover=False,
                **at,
            )
            for style in styles
        }
        marks: list[bqplot.Mark] = list(self.lines.values())
        self.band = None
        if plot.band:
            colour, opacity = plot.band.colour, plot.band.opacity
            self.band = bqplot.Lines(
                x=np.zeros(0),
                y=np.zeros(0),
                colors=[colour],
                fill="between",
                fill_colors=[colour],
                opacities=[0.0, 0.0],
                fill_opacities=[opacity, opacity],
                **at,
            )
            marks.insert(0, self.band)
        self.points = None
        if plot.points:
            look = plot.points
            self.points = CurvePoints(
                x=np.zeros(0),
                y=np.zeros(0),
                colors=[look.colour],
                marker=look.marker,
                default_size=look.size,
                **({"stroke": look.edge} if look.edge else {}),
                **at,
            )
            marks.append(self.points)
        self.canvas = CurveCanvas() if in_marimo() else None
        if self.canvas:
            traits["drawing"] = f"IPY_MODEL_{self.canvas.model_id}"
        super().__init__(
            marks=marks,
            axes=[self.x_axis, self.y_axis],
            padding_y=plot.y.padding,
            animation_duration=0,
            display_toolbar=False,
            **traits,
        )
        for send in self.plan(plot):
            send()
        _figures.add(self)
        self.rescale()

    def rescale(self) -> None:
        """Leave room for text as large as the page has it (frontend/src/controls/shell.css)."""
        scale = PAGE_SCALE.value
        margin = self.plot.margin._asdict()
        self.fig_margin = {side: round(scale * pixels) for side, pixels in margin.items()}
        if self.points and self.plot.points:
            self.points.default_size = round(scale**2 * self.plot.points.size)  # an area

    @property
    def detached_parts(self) -> list[ipywidgets.Widget]:
        """The scales, of which the y axis has one at a time, and the canvas."""
        return [*self.y_scales.values(), *([self.canvas] if self.canvas else [])]

    def carried(self, page: PageContents) -> dict[str, Any]:
        """Return the module that draws the plot in an exported page, which has no bqplot."""
        plot = self.plot
        if plot.points and self.points:
            follows = f"IPY_MODEL_{page.add(self.points)}"
            plot = dataclasses.replace(
                plot, points=dataclasses.replace(plot.points, follows=follows)
            )
        return {
            "state": {
                "_esm": bundle("curve_plot.js"),
                "_css": bundle("curve_plot.css"),
                "plot": plot.to_json(),
            }
        }

    def draw(self, **parts: Any) -> None:
        """Replace parts of the plot, by the names of its attributes."""
        for send in self.plan(dataclasses.replace(self.plot, **parts)):
            send()

    def move_points(self, x: Values, y: Values) -> None:
        """Replace the places of the points. A drag does so often, so nothing is compared."""
        assert self.points is not None
        self._moved = x, y
        if x.size and self.points.visible and not self.canvas:
            with self.points.hold_sync():
                self.points.x, self.points.y = x, y
        else:
            for send in self._plan_points() + self._plan_canvas():
                send()

    @property
    def plot(self) -> CurvePlot:
        """What it shows."""
        if self._moved and self._plot.points:
            x, y = self._moved
            points = dataclasses.replace(self._plot.points, x=x, y=y)
            self._plot, self._moved = dataclasses.replace(self._plot, points=points), None
        return self._plot

    def plan(self, plot: CurvePlot) -> list[Send]:
        """Return the messages, one an entry, that bring the figure up to date."""
        return self.plan_x_axis(plot.x) + self.plan_curves(plot) + self.plan_x_range(plot.x)

    def plan_x_axis(self, axis: Axis) -> list[Send]:
        """Return the message, if any, of the name and the numbers of the x axis.

        It goes before new data, which make bqplot write the numbers of the axis a moment later, in
        the format that it has by then.
        """
        return changes(self.x_axis, label=axis.label, **_numbers(axis))

    def plan_x_range(self, axis: Axis) -> list[Send]:
        """Return the message, if any, of the ends of the x axis."""
        low, high = axis.domain
        return changes(self.x_scale, min=low, max=high)

    def plan_curves(self, plot: CurvePlot) -> list[Send]:
        """Return the messages of all but the x axis."""
        self._plot, self._moved = plot, None
        position = self._position
        scale = position["y"]
        low, high = plot.y.domain
        messages = changes(self, title=plot.title) if self._titled else []
        messages += changes(scale, min=low, max=high)
        messages += changes(self.y_axis, scale=scale, **_numbers(plot.y))
        for style, mark in self.lines.items():
            lines = [line for line in plot.lines if (line.dashed, line.width) == style]
            rows = _rows(lines, drawn=len(mark.opacities))
            if rows:
                look = [line.colour for line in lines] or mark.colors
                messages += changes(mark, **rows, colors=look, scales=position)
        if self.band and plot.band:
            band = plot.band
            edges = np.stack([band.low, band.high])
            messages += changes(self.band, x=band.x, y=edges, scales=position)
        return messages + self._plan_points() + self._plan_canvas()

    @property
    def _position(self) -> dict[str, bqplot.Scale]:
        return {"x": self.x_scale, "y": self.y_scales[self.plot.y.scale]}

    def _plan_canvas(self) -> list[Send]:
        if not self.canvas:
            return []
        drawn = self.plot if self._titled else dataclasses.replace(self.plot, title="")
        return changes(self.canvas, plot=drawn.to_json())

    def _plan_points(self) -> list[Send]:
        plot, position = self.plot, self._position
        if not self.points or not plot.points:
            return []
        x, y, colours = plot.points.x, plot.points.y, [plot.points.colour]
        if x.size or None not in plot.y.domain:
            return changes(self.points, x=x, y=y, colors=colours, scales=position, visible=True)
        # On a line, because an axis that ends with its data also makes room for hidden points. A
        # line may begin with a gap, and bqplot would move the point to NaN.
        known = ((line, np.isfinite(line.y)) for line in plot.lines)
        drawn = ((line.x[at][:1], line.y[at][:1]) for line, at in known if at.any())
        x, y = next(drawn, (np.ones(1), np.ones(1)))
        return changes(self.points, x=x, y=y, scales=position, visible=False)


_figures: "weakref.WeakSet[CurveFigure]" = weakref.WeakSet()


def _rescale_all(change: object) -> None:
    for figure in _figures:
        figure.rescale()


PAGE_SCALE.observe(_rescale_all, "value")


def _numbers(axis: Axis) -> dict[str, Any]:
    return {"tick_values": axis.ticks, "tick_format": axis.tick_format}


def _rows(lines: Sequence[Line], drawn: int) -> dict[str, Any]:
    """Return lines of any length as x and y (rows, n) and opacities (rows), as bqplot wants them.

    Empty rows, at least `drawn` in all, are transparent: bqplot keeps the path of a lost row.
    """
    seen = [line for line in lines if line.x.size]
    if not seen and not drawn:
        return {}
    # bqplot squeezes its arrays: with one column, rows would be taken for points.
    columns = max([2, *(line.x.size for line in seen)])
    dtype = np.result_type(*(line.x for line in seen), np.float32)
    rows = np.zeros((2, max(len(lines), drawn), columns), dtype)
    if seen:
        rows[:] = np.array([seen[0].x[-1], seen[0].y[-1]])[:, np.newaxis, np.newaxis]
    opacities = np.zeros(rows.shape[1])
    for i, line in enumerate(lines):
        n = line.x.size
        if n:  # the rest repeats a point, which draws nothing
            rows[0, i, :n], rows[1, i, :n] = line.x, line.y
            rows[0, i, n:], rows[1, i, n:] = line.x[-1], line.y[-1]
            opacities[i] = line.opacity
    return {"x": rows[0].squeeze(), "y": rows[1].squeeze(), "opacities": opacities.tolist()}
