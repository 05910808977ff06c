"""The still picture of an `Explorer`: those of its parts, one below the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from vae_widgets.widgets.still_pictures.figure import Draw, number

if TYPE_CHECKING:
    from vae_widgets.widgets.explorer.widget import Explorer


def draw(figure: Any, parts: Sequence[tuple[float, Draw]]) -> None:
    """Draw parts, each with its height in CSS pixels, from top to bottom."""
    heights = [height for height, _ in parts]
    for part, (_, draw_part) in zip(
        figure.subfigures(len(parts), 1, height_ratios=heights), parts, strict=True
    ):
        draw_part(part)


def summary(explorer: Explorer) -> str:
    """Say in a line what is shown."""
    scatter, slider, histogram = explorer.scatter, explorer.slider, explorer.histogram
    return (
        f"{scatter.n_samples:,} samples in {scatter.z_mean.shape[1]} latent dimensions, "
        f"{scatter.selection.size:,} selected; {slider.steps} frames of {slider.method}; "
        f"threshold {number(histogram.threshold)}, {int(histogram.metrics['n_flagged']):,} flagged"
    )
