"""Rows of tiles in a still picture, as a `TileStrip` shows them."""

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_widgets.widgets.still_pictures.figure import FAINT, INK, bare, caption

MARKS = {"good": "#1b5e20", "bad": "#d32f2f", "": INK}
"""Colours of the captions of tiles."""
ROW_HEIGHT = 60
"""CSS pixels that a row of twelve square tiles takes."""


def height(n_rows: int) -> float:
    """Return the height of the rows with title and caption, in CSS pixels."""
    return 40 + ROW_HEIGHT * max(1, n_rows)


def draw(figure: Any, title: str, strip: dict[str, Any]) -> None:
    """Draw a strip by itself: its title, and its rows as arguments of `draw_rows`."""
    caption(figure, title, "")
    draw_rows(figure.add_subplot(), **strip)


def summary(title: str, strip: dict[str, Any]) -> str:
    """Say in a line what a strip shows."""
    rows = strip["rows"]
    names = ", ".join(strip.get("names", ()))
    found = f"{len(rows)} row{'s' * (len(rows) != 1)} of {len(rows[0]) if rows else 0} tiles"
    return " · ".join(filter(None, [title, found, names]))


def draw_tile(axes: Any, tile: NDArray[np.uint8], text: str = "", colour: str = INK) -> None:
    """Draw one RGBA tile (height, width, 4) with sharp pixels, and a text below it."""
    axes.imshow(tile, interpolation=_interpolation(tile))
    bare(axes)
    axes.set_xlabel(text, fontsize=7.5, color=colour, labelpad=3)


def draw_rows(
    axes: Any,
    rows: Sequence[NDArray[np.uint8]],
    names: Sequence[str] = (),
    captions: Sequence[str] = (),
    marks: Sequence[str] = (),
) -> None:
    """Draw rows of RGBA tiles, each (n, height, width, 4), as `TileStrip.show` does."""
    bare(axes)
    columns = max((len(row) for row in rows), default=0)
    if not columns:
        return
    h, w = rows[0].shape[1:3]
    across, down = w + max(1, round(0.15 * w)), h + max(1, round((0.45 if captions else 0.15) * w))
    sheet = np.zeros((len(rows) * down, columns * across, 4), np.uint8)  # clear between the tiles
    for r, row in enumerate(rows):
        for k, tile in enumerate(row):
            sheet[r * down : r * down + h, k * across : k * across + w] = tile
    # Edges of pixels at whole numbers, y downwards.
    axes.imshow(
        sheet,
        extent=(0, sheet.shape[1], sheet.shape[0], 0),
        interpolation=_interpolation(rows[0][0]),
    )
    for r, name in enumerate(names):
        folded = "\n".join(textwrap.wrap(name, 14))
        axes.text(-0.2 * w, r * down + h / 2, folded, ha="right", va="center", color=FAINT)
    for at, text in enumerate(captions):
        if text:
            r, k = divmod(at, columns)
            colour = MARKS[marks[at]] if marks else INK
            where = k * across + w / 2, r * down + h + 0.05 * w
            axes.text(*where, text, ha="center", va="top", fontsize=7, color=colour)
    axes.set_xlim(-2 * w if names else 0, max(columns, 10) * across)
    axes.set_ylim(len(rows) * down, 0)
    axes.set_aspect("equal", anchor="W")


def _interpolation(tile: NDArray[np.uint8]) -> str:
    """Keep the pixels of small tiles sharp, and the lines of large ones whole."""
    return "nearest" if max(tile.shape[:2]) < 64 else "antialiased"
