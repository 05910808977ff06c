"""The still picture of a `LatentScatter`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from vae_widgets.core.ticks import counted
from vae_widgets.widgets.latent_scatter.still_colours import Coloured, ColoursOf, explain, groups_of
from vae_widgets.widgets.still_pictures.figure import (
    ACCENT,
    INK,
    POINTS_PER_PIXEL,
    caption,
    four_digits,
)
from vae_widgets.widgets.still_pictures.tiles import draw_tile

HEIGHT = 400
MOST_DISCS = 5_000
"""Up to this many points are drawn as discs, more as a density image."""
_CELLS = 260, 200  # columns and rows of the density image
_FADED = 0.15
OPACITY = 0.85
"""Default opacity of points, as in ``canvas/palette.ts``."""


class Scatter(Coloured, Protocol):
    """What the picture needs of a `LatentScatter`."""

    n_samples: int
    bookmarks: Any
    opacity: Any
    point_size: Any
    picked: Any
    selection: Any
    flagged: Any
    view: Any

    def project(self, z: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return where latent vectors lie on the plane."""


@dataclass(frozen=True)
class Plane:
    """What a scatter shows, beside its public attributes.

    `positions` (n, 2) of the samples; `classes` (n,): indices into `class_names`, one beyond for
    unknown, empty without classes; `path` (m, 2); `decoded`: an RGBA tile; `hidden`: classes, or
    sides of the threshold, that are not drawn.
    """

    positions: NDArray[np.float32]
    axis_names: tuple[str, ...]
    classes: NDArray[np.uint32]
    class_names: Sequence[str]
    path: NDArray[np.float32] | None = None
    decoded: NDArray[np.uint8] | None = None
    hidden: Sequence[int] = ()


class _Look(NamedTuple):
    colours_of: ColoursOf
    marks: NDArray[np.str_] | None
    """Matplotlib's marker of each sample; None where all are discs."""
    size: float | None
    """Diameter in CSS pixels; None chooses it."""


def draw(figure: Any, scatter: Scatter, plane: Plane, text: str) -> None:
    """Draw the points in their colours, what is selected and picked, and the path."""
    caption(figure, "Latent space", text)
    axes = figure.add_subplot()
    points, axis_names = plane.positions, plane.axis_names
    x_min, x_max, y_min, y_max = scatter.view
    axes.set(xlim=(x_min, x_max), ylim=(y_min, y_max), xlabel=axis_names[0])
    axes.tick_params(length=0)
    if len(axis_names) > 1:
        axes.set_ylabel(axis_names[1])
    else:
        axes.set(yticks=[])
    groups = groups_of(scatter, plane.classes, plane.class_names)
    colours = explain(figure, axes, scatter, groups, plane.hidden)
    order = np.random.default_rng(0).permutation(len(points))  # no class covers all others
    if groups is not None and len(plane.hidden):
        order = order[~np.isin(groups.of[order], plane.hidden)]
    chosen = np.zeros(len(points), bool)
    chosen[scatter.selection] = True
    marks = None if groups is None else np.array(groups.marks)[groups.of]
    look = _Look(colours, marks, scatter.point_size)
    if chosen.any():
        _paint(axes, points, look, order[~chosen[order]], _FADED)
        _paint(axes, points, look, order[chosen[order]], 1.0)
    else:
        _paint(axes, points, look, order, scatter.opacity or OPACITY)
    if scatter.flagged.size and len(points) <= MOST_DISCS:
        flagged = order[np.isin(order, scatter.flagged)]
        opacity = outline_opacity(scatter.flagged.size, len(points))
        style = {"facecolors": "none", "edgecolors": INK, "alpha": opacity, "lw": 0.8}
        axes.scatter(*points[flagged].T, s=24, **style)
    if plane.path is not None:
        axes.plot(*plane.path.T, color=ACCENT, linewidth=1.5)
        axes.plot(*plane.path[[0, -1]].T, "o", color=ACCENT, markersize=4)
    _mark(axes, scatter)
    if plane.decoded is not None:
        draw_tile(axes.inset_axes((1.02, 0.06, 0.12, 0.2)), plane.decoded, "decoded")


def outline_opacity(outlined: int, count: int) -> float:
    """Return the opacity of the outlines of some of `count` points, as in ``plot/discs.ts``.

    The more there are, the fainter they are, so that colours stay visible.
    """
    return min(1.0, 0.25 * count / max(1, outlined))


def _mark(axes: Any, scatter: Scatter) -> None:
    places = {name: scatter.project(z[np.newaxis])[0] for name, z in scatter.bookmarks.items()}
    if scatter.picked.size:
        places[""] = scatter.project(scatter.picked[np.newaxis])[0]
    for name, at in places.items():
        x, y = at[0], at[1] if len(at) > 1 else 0.0
        axes.plot(x, y, "o", color="white", mec=INK if name else ACCENT, mew=1.5, markersize=6)
        axes.annotate(name, (x, y), (5, 5), textcoords="offset points", clip_on=True)


def _paint(
    axes: Any,
    points: NDArray[np.float32],
    look: _Look,
    rows: NDArray[np.int64],
    opacity: float,
) -> None:
    if len(points) <= MOST_DISCS:
        area: float = 22 if len(points) < 500 else 10 if len(points) < 2_000 else 5
        if look.size is not None:
            area = (look.size * POINTS_PER_PIXEL) ** 2
        for mark in ["o"] if look.marks is None else np.unique(look.marks[rows]):
            some = rows if look.marks is None else rows[look.marks[rows] == mark]
            colours = look.colours_of(some)
            axes.scatter(*points[some].T, c=colours, s=area, alpha=opacity, lw=0, marker=mark)
        return
    bounds = (*axes.get_xlim(), *axes.get_ylim())
    counts, last = count_cells(points, rows, bounds)
    image = np.zeros((*counts.shape, 4), np.float32)
    full = counts > 0
    image[full, :3] = look.colours_of(last[full])
    image[full, 3] = opacity * (0.3 + 0.7 * np.log1p(counts[full]) / np.log1p(counts.max()))
    axes.imshow(
        image, extent=bounds, origin="lower", aspect="auto", interpolation="nearest", zorder=2
    )


def count_cells(
    points: NDArray[np.float32],
    rows: NDArray[np.int64],
    bounds: tuple[float, float, float, float],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Count points (n, 2) in cells of the plane within `bounds` (x_min, x_max, y_min, y_max).

    Returns the number of points of each cell, and the row of its last one in the order of `rows`,
    both (200, 260), y upwards.
    """
    columns, lines = _CELLS
    x_min, x_max, y_min, y_max = bounds
    x = (points[rows, 0] - x_min) * (columns / (x_max - x_min))
    y = (points[rows, 1] - y_min) * (lines / (y_max - y_min))
    inside = (x >= 0) & (x < columns) & (y >= 0) & (y < lines)
    cells = y[inside].astype(np.int64) * columns + x[inside].astype(np.int64)
    last = np.zeros(columns * lines, np.int64)
    last[cells] = rows[inside]
    counts = np.bincount(cells, minlength=columns * lines)
    return counts.reshape(lines, columns), last.reshape(lines, columns)


def summary(scatter: Scatter, plane: Plane) -> str:
    """Say in a line what is shown."""
    facts = [counted(scatter.n_samples, "sample"), " and ".join(plane.axis_names)]
    if scatter.color_by == "label" and len(plane.classes):
        n = len(plane.class_names)
        facts.append(f"{n} class{'es' * (n != 1)}")
        if unknown := np.count_nonzero(plane.classes >= n):
            facts.append(f"{unknown:,} unknown")
    elif scatter.color_by not in ("label", "none"):
        cut = "" if scatter.threshold is None else f" at {four_digits(scatter.threshold)}"
        facts.append(f"coloured by {scatter.color_by}{cut}")
    if scatter.selection.size:
        facts.append(f"{scatter.selection.size:,} selected")
    if scatter.flagged.size:
        facts.append(f"{scatter.flagged.size:,} flagged")
    if scatter.picked.size:
        at = ", ".join(four_digits(value) for value in scatter.picked[:4])
        facts.append(f"picked z = ({at}{', …' if scatter.picked.size > 4 else ''})")
    return ", ".join(facts)
