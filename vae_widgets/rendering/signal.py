"""Signals: one or more series drawn as lines on a small tile."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_widgets.core import checks
from vae_widgets.rendering.line_chart import Line, line_chart
from vae_widgets.rendering.line_drawing import LINE_COLOURS, draw_line
from vae_widgets.rendering.sound import Sound
from vae_widgets.rendering.value_range import RangedRenderer, range_note, signal_range

_LOWEST_SOUND = 3000  # Hz, the lowest rate that browsers play


class SignalRenderer(RangedRenderer):
    """Show samples as line plots on transparent tiles, for a light and a dark page.

    Parameters
    ----------
    width, height
        Size of a tile in pixels, at most 2,048.
    vmin, vmax
        Values at the bottom and the top. None takes the lowest and the highest value of the samples
        of the widget, or of each batch.
    sample_rate
        In Hz. Details then show the signal over a time in seconds or milliseconds. Signals of 3,000
        Hz and more can be heard: the widgets play them instead. None if it is not known.
    unit
        Of the values, such as ``"mV"``, or None.

    Attributes
    ----------
    hint : str
        Shown by the widgets after the range.

    Examples
    --------
    >>> vw.SignalRenderer(width=96)(np.zeros((5, 200))).shape
    (5, 64, 96, 4)
    """

    hint = ""

    @checks.suggest_keywords
    def __init__(
        self,
        width: int = 128,
        height: int = 64,
        vmin: float | None = None,
        vmax: float | None = None,
        sample_rate: int | None = None,
        unit: str | None = None,
    ) -> None:
        self.width = checks.tile_side("width", width)
        self.height = checks.tile_side("height", height)
        super().__init__(vmin, vmax)
        self.sample_rate = (
            None if sample_rate is None else checks.positive_int("sample_rate", sample_rate)
        )
        if unit is not None and not isinstance(unit, str):
            raise TypeError(f"unit must be a text; received {unit!r:.100}.")
        self.unit = unit

    @property
    def note(self) -> str:
        """What the bottom and the top of a tile stand for; the `hint`, where there is one."""
        if self.vmin is None or self.vmax is None:
            return self.hint
        text = range_note(self.vmin, self.vmax, ("bottom", "top"))
        text = f"{text} {self.unit}" if self.unit else text
        return f"{text}; {self.hint}" if self.hint else text

    def __call__(self, batch: ArrayLike) -> NDArray[np.uint8]:
        """Map series (n, time[, channels]) to RGBA tiles (n, height, width, 4)."""
        return self._tiles(batch, *self._range(batch))

    def difference(self, x: ArrayLike, x_hat: ArrayLike) -> NDArray[np.uint8]:
        """Return tiles (n, height, width, 4) of |x - x_hat|, from 0 to the width of the range."""
        x, x_hat = np.asarray(x, np.float32), np.asarray(x_hat, np.float32)
        low, high = self._range(np.stack([x, x_hat]))
        return self._tiles(np.abs(x - x_hat), 0.0, high - low)

    def _range(self, data: ArrayLike) -> tuple[float, float]:
        low, high = signal_range(data)
        low = low if self.vmin is None else self.vmin
        high = high if self.vmax is None else self.vmax
        if high <= low:  # one end is given, and the data lie beyond it
            low, high = (high - 1, high) if self.vmin is None else (low, low + 1)
        return low, high

    def _tiles(self, batch: ArrayLike, low: float, high: float) -> NDArray[np.uint8]:
        series = np.asarray(batch, dtype=np.float32)
        series = series.reshape(len(series), series.shape[1] if series.ndim > 1 else 1, -1)
        room = self.height - 3  # the line stays whole at the top and at the bottom
        y = self.height - 1.5 - room * (series - low) / (high - low)
        y = np.nan_to_num(y, nan=self.height / 2).clip(0, self.height)
        tiles = np.zeros((len(series), self.height, self.width, 4), np.uint8)
        for c in range(series.shape[2]):
            draw_line(tiles, y[:, :, c], LINE_COLOURS[c % len(LINE_COLOURS)])
        return tiles

    def detail(self, sample: ArrayLike) -> str | Sound | None:
        """Return a series (time[, channels]) as a sound, or as a line over time with axes, as SVG.

        None without `sample_rate` and `unit`, which say what the axes mean. In a sound the mean is
        silence, half of the range full volume; without a range, the loudest value. More than two
        channels are averaged.
        """
        if self.sample_rate is not None and self.sample_rate >= _LOWEST_SOUND:
            return self._sound(sample)
        if self.sample_rate is None and self.unit is None:
            return None
        return self._chart(sample)

    def compare(self, sample: ArrayLike, reconstruction: ArrayLike) -> str:
        """Return a series and its reconstruction over time, as SVG: where they part is the error.

        Both are (time[, channels]). Of several channels the one with the largest squared error is
        shown.
        """
        series, other = self._series(sample), self._series(reconstruction)
        worst = int(np.nansum((series - other) ** 2, axis=0).argmax())
        name = f"input, channel {worst}" if series.shape[1] > 1 else "input"
        lines = [
            Line(series[:, worst], LINE_COLOURS[0], name),
            Line(other[:, worst], LINE_COLOURS[1], "reconstruction", is_dashed=True),
        ]
        low, high = self._range(np.stack([line.values for line in lines]))
        return line_chart(lines, low, high, self.sample_rate, self.unit or "")

    def _series(self, sample: ArrayLike) -> NDArray[np.float32]:
        series = np.asarray(sample, np.float32)
        return series.reshape(len(series), -1)

    def _chart(self, sample: ArrayLike) -> str:
        series = self._series(sample)
        colours = [LINE_COLOURS[c % len(LINE_COLOURS)] for c in range(series.shape[1])]
        lines = [Line(values, colour) for values, colour in zip(series.T, colours, strict=True)]
        return line_chart(lines, *self._range(series), self.sample_rate, self.unit or "")

    def _sound(self, sample: ArrayLike) -> Sound:
        series = self._series(sample)
        if series.shape[1] > 2:
            series = series.mean(axis=1, keepdims=True)
        series = series - series.mean(axis=0)
        loudest = float(np.abs(series).max())
        if self.vmin is not None and self.vmax is not None:
            loudest = (self.vmax - self.vmin) / 2
        return Sound(series / max(loudest, 1e-12), self.sample_rate or _LOWEST_SOUND)
