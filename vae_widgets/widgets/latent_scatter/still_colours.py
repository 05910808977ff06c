"""What the colours of the still picture of a `LatentScatter` mean."""

from collections.abc import Callable, Collection, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from vae_widgets.widgets.still_pictures.figure import (
    ACCENT,
    CATEGORIES,
    FAINT,
    INK,
    category_colour,
    category_mark,
    four_digits,
)

UNKNOWN, UNKNOWN_COLOUR = "unknown", "#c6c6c6"  # as in canvas/palette.ts
_MOST_ENTRIES = 12
_LONGEST_NAME = 24

# The colours of samples (k,), red, green and blue in 0 to 1 (k, 3).
ColoursOf = Callable[[NDArray[np.int64]], NDArray[np.float64]]


class Coloured(Protocol):
    """What colours need of a `LatentScatter`."""

    color_by: Any
    quantities: Any
    threshold: Any


class Groups(NamedTuple):
    """Samples that share a colour: classes, or the two sides of a threshold."""

    of: NDArray[np.int64]
    """Of each sample (n,)."""
    names: Sequence[str]
    """The last one is that of the unknown."""
    colours: Sequence[str]
    marks: Sequence[str]
    """Matplotlib's markers."""
    title: str = ""


def groups_of(
    scatter: Coloured, classes: NDArray[Any], class_names: Sequence[str]
) -> Groups | None:
    """Return what colours the points in groups; None where a quantity or nothing colours them."""
    by = scatter.color_by
    if by == "label" and len(classes):
        numbers = range(len(class_names))
        colours = [*map(category_colour, numbers), UNKNOWN_COLOUR]
        known = np.minimum(classes, len(class_names)).astype(np.int64)
        return Groups(known, [*class_names, UNKNOWN], colours, [*map(category_mark, numbers), "o"])
    if by in ("label", "none") or scatter.threshold is None:
        return None
    values, cut = scatter.quantities[by], four_digits(scatter.threshold)
    sides = np.where(np.isfinite(values), values >= scatter.threshold, 2).astype(np.int64)
    names = [f"below {cut}", f"{cut} or above", UNKNOWN]
    colours = [CATEGORIES[0], CATEGORIES[6], UNKNOWN_COLOUR]
    return Groups(sides, names, colours, ["o"] * len(names), by)


def explain(
    figure: Any, axes: Any, scatter: Coloured, groups: Groups | None, hidden: Collection[int]
) -> ColoursOf:
    """Explain the colours beside the axes, and return a function that gives those of samples."""
    if groups is not None:
        _legend(axes, groups, hidden)
        palette = _rgb(groups.colours)
        return lambda rows: palette[groups.of[rows]]
    if scatter.color_by in ("label", "none"):
        return lambda rows: _rgb([ACCENT]).repeat(len(rows), axis=0)
    return _ramp(figure, axes, scatter.quantities[scatter.color_by], scatter.color_by)


def _ramp(figure: Any, axes: Any, values: NDArray[np.float32], name: str) -> ColoursOf:
    from matplotlib import colormaps
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    known = np.isfinite(values)
    low, high = (values[known].min(), values[known].max()) if known.any() else (0.0, 1.0)
    scale = ScalarMappable(Normalize(float(low), float(high)), colormaps["viridis"])
    bar = figure.colorbar(scale, ax=axes, label=name, pad=0.02, aspect=30)
    bar.outline.set_visible(False)
    if not known.all():
        axes.set_title(f"grey: {UNKNOWN} ({np.count_nonzero(~known):,})", color=FAINT)

    def colours_of(rows: NDArray[np.int64]) -> NDArray[np.float64]:
        colours: NDArray[np.float64] = scale.to_rgba(values[rows])[:, :3]
        colours[~known[rows]] = _rgb([UNKNOWN_COLOUR])
        return colours

    return colours_of


def _legend(axes: Any, groups: Groups, hidden: Collection[int]) -> None:
    from matplotlib.lines import Line2D

    counts = np.bincount(groups.of, minlength=len(groups.names))
    last = len(groups.names) - 1
    shown = [*range(min(last, _MOST_ENTRIES))]
    rest = last - len(shown)
    entries: list[tuple[str, Any]] = [
        (
            # A space in front: Matplotlib leaves names out that begin with an underscore.
            f" {_shortened(groups.names[k])}  ({counts[k]:,}{', hidden' if k in hidden else ''})",
            Line2D([], [], marker=groups.marks[k], ls="", ms=5, mew=0, color=groups.colours[k]),
        )
        for k in [*shown, *([last] if counts[last] else [])]
    ]
    if rest:
        entries.insert(len(shown), (f" and {rest:,} more", Line2D([], [], linestyle="")))
    texts, handles = zip(*entries, strict=True)
    axes.legend(
        handles,
        texts,
        title=groups.title,
        loc="upper left",
        bbox_to_anchor=(1.0, 1.0),
        labelcolor=INK,
        handletextpad=0.2,
        alignment="left",
    )


def _shortened(name: str) -> str:
    half = _LONGEST_NAME // 2
    return name if len(name) <= _LONGEST_NAME else f"{name[: half - 1]}…{name[-half:]}"


def _rgb(colours: Sequence[str]) -> NDArray[np.float64]:
    from matplotlib.colors import to_rgb

    return np.array([to_rgb(colour) for colour in colours])
