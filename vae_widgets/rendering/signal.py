"""Signals: one or more series drawn as lines on a small tile."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image, ImageDraw

from vae_widgets.core import checks
from vae_widgets.rendering.sound import Sound

# Petroff's first colours; readable on the white tile.
_LINE_COLOURS = ["#3f90da", "#bd1f01", "#94a4a2", "#832db6", "#a96b59", "#e76300"]


class SignalRenderer:
    """Show samples as line plots on white tiles.

    Parameters
    ----------
    width, height
        Size of a tile in pixels.
    vmin, vmax
        Values at the bottom and the top; None takes the range of the batch.
    sample_rate
        Values a second, in Hz, of signals that can be heard: then `detail` plays them, and the
        widgets have a button for it. None for signals without sound.
    """

    @checks.suggest_keywords
    def __init__(
        self,
        width: int = 64,
        height: int = 32,
        vmin: float | None = None,
        vmax: float | None = None,
        sample_rate: int | None = None,
    ) -> None:
        self.width = checks.positive_int("width", width, minimum=8)
        self.height = checks.positive_int("height", height, minimum=8)
        self.vmin = None if vmin is None else checks.finite_number("vmin", vmin)
        self.vmax = None if vmax is None else checks.finite_number("vmax", vmax)
        self.sample_rate = (
            None if sample_rate is None else checks.positive_int("sample_rate", sample_rate)
        )

    def __call__(self, batch: ArrayLike) -> NDArray[np.uint8]:
        """Map series (n, time[, channels]) to RGBA tiles (n, height, width, 4)."""
        series = np.asarray(batch, dtype=np.float32)
        series = series.reshape(len(series), series.shape[1] if series.ndim > 1 else 1, -1)
        low = np.nanmin(series) if self.vmin is None else self.vmin
        high = np.nanmax(series) if self.vmax is None else self.vmax
        # Twice the size, then halved: the cheapest anti-aliasing that Pillow offers.
        width, height = 2 * self.width, 2 * self.height
        x = np.linspace(2, width - 3, series.shape[1])
        y = (height - 3) - (height - 5) * (series - low) / max(high - low, 1e-12)
        y = np.nan_to_num(y, nan=height / 2).clip(0, height - 1)
        tiles = np.empty((len(series), self.height, self.width, 4), np.uint8)
        for i, channels in enumerate(y):
            tile = Image.new("RGBA", (width, height), "white")
            draw = ImageDraw.Draw(tile)
            for c, line in enumerate(channels.T):
                colour = _LINE_COLOURS[c % len(_LINE_COLOURS)]
                draw.line(list(zip(x, line, strict=True)), fill=colour, width=2)
            tiles[i] = np.asarray(tile.resize((self.width, self.height), Image.Resampling.BOX))
        return tiles

    def detail(self, sample: ArrayLike) -> Sound | None:
        """Return the sound of a series (time[, channels]); None without `sample_rate`.

        The mean is silence, and the loudest value is as loud as can be: which it is on the way
        between two samples is for the eye. Of more than two channels the mean is played.
        """
        if self.sample_rate is None:
            return None
        series = np.asarray(sample, np.float32)
        series = series.reshape(len(series), -1)
        if series.shape[1] > 2:
            series = series.mean(axis=1, keepdims=True)
        series = series - series.mean(axis=0)
        return Sound(series / max(float(np.abs(series).max()), 1e-12), self.sample_rate)
