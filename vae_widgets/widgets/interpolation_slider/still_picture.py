"""The still picture of an `InterpolationSlider`."""

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from vae_widgets.widgets.still_pictures.figure import ACCENT, INK, caption, four_digits
from vae_widgets.widgets.still_pictures.tiles import ROW_HEIGHT, draw_rows

COLUMNS = 12
_CURVES = 190  # CSS pixels of the two curves with title and caption


class Slider(Protocol):
    """What the picture needs of an `InterpolationSlider`."""

    value: Any
    method: Any
    compare: Any

    @property
    def path(self) -> NDArray[np.float32]:
        """Latent vectors (steps, latent_dim)."""

    @property
    def log_prior(self) -> NDArray[np.float64]:
        """Log density of the prior (steps,)."""

    @property
    def step_size(self) -> NDArray[np.float64]:
        """Change from frame to frame (steps - 1,)."""

    @property
    def has_tokens(self) -> bool:
        """Whether samples hold numbers of tokens."""

    @property
    def stops(self) -> NDArray[np.float64]:
        """Positions of the way-points."""


def height(n_rows: int) -> float:
    """Return the height of the rows of frames, in CSS pixels."""
    return _CURVES + ROW_HEIGHT * n_rows


def draw(figure: Any, slider: Slider, rows: Mapping[str, NDArray[np.uint8]], text: str) -> None:
    """Draw frames at equal distances, and how likely and how even the path is.

    `rows` holds tiles (n, height, width, 4) by method; `text` is the line below.
    """
    caption(figure, "Interpolation", text)
    strip, prior, change = figure.subplots(
        3, 1, height_ratios=[ROW_HEIGHT * len(rows), 46, 46], sharex=False
    )
    draw_rows(strip, list(rows.values()), list(rows) if len(rows) > 1 else ())
    at = np.linspace(0, 1, len(slider.path))
    prior.plot(at, slider.log_prior, color=ACCENT, linewidth=1.3)
    prior.set_title("log prior density N(0, I) (nats)", pad=3)
    change.plot((at[:-1] + at[1:]) / 2, slider.step_size, color=ACCENT, linewidth=1.3)
    unit = "share of tokens" if slider.has_tokens else "RMS, data units"
    change.set_title(f"change to the next frame ({unit})", pad=3)
    change.set_ylim(0, 1.2 * float(slider.step_size.max()) or 1.0)
    change.set_xlabel("value: 0 is the start, 1 the end")
    prior.tick_params(labelbottom=False)
    for axes in (prior, change):
        axes.set_xlim(0, 1)
        axes.locator_params(axis="y", nbins=3)
        axes.axvline(slider.value, color=INK, linewidth=1)
        axes.tick_params(length=0)


def summary(slider: Slider) -> str:
    """Say in a line what is shown."""
    via = len(slider.stops) - 2
    through = f" through {via} way-point{'s' * (via > 1)}" if via else ""
    method = "every method compared" if slider.compare else slider.method
    distance = float(np.linalg.norm(np.diff(slider.path, axis=0), axis=1).sum())
    return (
        f"{len(slider.path)} frames from start to end{through}, {method}, "
        f"latent length {four_digits(distance)}, value {four_digits(slider.value)}"
    )
