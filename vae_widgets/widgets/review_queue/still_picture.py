"""The still picture of a `ReviewQueue`."""

import textwrap
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from vae_widgets.core.ticks import alike, counted
from vae_widgets.widgets.still_pictures.figure import CATEGORIES, FAINT, INK, caption
from vae_widgets.widgets.still_pictures.tiles import draw_tile

COLUMNS = 10
_LINE = 90  # letters
# As in review_queue/thumbnails.ts.
_COLOURS = {
    "anomalous": CATEGORIES[6],
    "normal": CATEGORIES[0],
    "unsure": CATEGORIES[8],
    "": FAINT,
}


class Scores(Protocol):
    """What the picture needs of an `AnomalyHistogram`."""

    threshold: Any

    @property
    def scores(self) -> NDArray[np.float64]:
        """The scores (n,)."""


class Queue(Protocol):
    """What the picture needs of a `ReviewQueue`."""

    queue: NDArray[np.int64]
    position: Any

    @property
    def histogram(self) -> Scores:
        """The scores and their threshold."""

    @property
    def nothing(self) -> str:
        """Why no sample is queued; "" where some are."""


def height(has_tiles: bool) -> float:
    """Return the height of the picture in CSS pixels."""
    return 310 if has_tiles else 120


def draw(
    figure: Any,
    queue: Queue,
    marks: dict[int, str],
    pictures: dict[str, NDArray[np.uint8]],
    strip: NDArray[np.uint8],
    text: str,
) -> None:
    """Draw the sample that is shown, and those around it with their marks.

    `marks` has marks by index, `pictures` tiles (height, width, 4) by name, and `strip` tiles (k,
    height, width, 4) from `first` on.
    """
    caption(figure, "Review", text)
    if not len(queue.queue):
        axes = figure.add_subplot()
        axes.set_axis_off()
        why = textwrap.fill(queue.nothing, _LINE)
        axes.text(0, 0.5, why, transform=axes.transAxes, va="center")
        return
    index = int(queue.queue[min(queue.position, len(queue.queue) - 1)])
    top, below = figure.subfigures(2, 1, height_ratios=[1.7, 1]) if len(strip) else (figure, figure)
    shown = top.subplots(1, len(pictures) + 1, squeeze=False)[0]
    for axes, (name, tile) in zip(shown, pictures.items(), strict=False):
        draw_tile(axes, tile, name)
    _describe(shown[-1], queue, index, marks.get(index, ""))
    if len(strip):
        indices = queue.queue[first(queue) :][: len(strip)].tolist()
        scores = alike(queue.histogram.scores[indices])
        for axes, at, tile, score in zip(
            below.subplots(1, COLUMNS),
            *map(_padded, (indices, strip, scores)),
            strict=True,
        ):
            if at is None:
                axes.set_axis_off()
                continue
            mark = marks.get(at, "")
            flagged = queue.histogram.scores[at] >= queue.histogram.threshold
            sign = _sign(mark, bool(flagged))
            draw_tile(axes, tile, f"{sign}{score}", _COLOURS[mark])
            if at == index:
                for spine in axes.spines.values():
                    spine.set(visible=True, color=INK, linewidth=1.5)


def first(queue: Queue) -> int:
    """Return the number in the queue of the first sample of the strip."""
    return int(max(0, min(queue.position - COLUMNS // 2, len(queue.queue) - COLUMNS)))


def summary(queue: Queue, n_open: int, counts: dict[str, int], status: str) -> str:
    """Say in a line what is shown; `n_open` samples of the queue are not marked."""
    n = len(queue.queue)
    of = f"sample {queue.position + 1} of {n} queued" if n else ""
    if n and not n_open:
        of = f"{counted(n, 'queued sample')}, all marked"
    elif n and queue.position == n:
        of = f"end of the queue, {counted(n_open, 'sample')} of {n} not marked"
    marked = ", ".join(f"{n} {mark}" for mark, n in counts.items())
    return ". ".join(filter(None, [", ".join(filter(None, [of, marked])), queue.nothing or status]))


def _describe(axes: Any, queue: Queue, index: int, mark: str) -> None:
    score, threshold = queue.histogram.scores[index], queue.histogram.threshold
    side = "flagged" if score >= threshold else "not flagged"
    away = f"{abs(score - threshold):.3g} {'above' if score >= threshold else 'below'}"
    lines = [
        (f"Sample {index}", {"fontweight": "bold"}),
        (f"Score {score:.5g}", {}),
        (f"{side}, {away} the threshold", {"color": FAINT}),
        (mark or "not reviewed", {"color": _COLOURS[mark], "fontweight": "bold"}),
    ]
    axes.set_axis_off()
    for k, (line, style) in enumerate(lines):
        axes.text(0, 0.85 - 0.2 * k, line, transform=axes.transAxes, **style)


def _sign(mark: str, flagged: bool) -> str:
    """Return whether the threshold is right about a sample, as `sign` in review_queue/marks.ts."""
    if mark in ("", "unsure"):
        return "? " if mark else ""
    return "✓ " if (mark == "anomalous") == flagged else "✗ "


def _padded(items: Sequence[Any] | NDArray[Any]) -> list[Any]:
    return [*items, *[None] * (COLUMNS - len(items))]
