"""The still picture of an `Explorer`: those of its parts, one below the other."""

from collections.abc import Sequence
from typing import Any

from vae_widgets.widgets.still_pictures.figure import Draw


def draw(figure: Any, parts: Sequence[tuple[float, Draw]]) -> None:
    """Draw parts, each with its height in CSS pixels, from top to bottom."""
    figures = figure.subfigures(len(parts), 1, height_ratios=[height for height, _ in parts])
    for part, (_, draw_part) in zip(figures, parts, strict=True):
        draw_part(part)
