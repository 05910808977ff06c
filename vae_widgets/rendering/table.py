"""Rows of a table: one bar for each column, and the values by name."""

import copy
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_widgets.core import checks
from vae_widgets.core.ticks import MINUS
from vae_widgets.rendering.html_table import bar, header_row, number, table_row

_REACH = 3.0  # standard deviations that fill half of a tile
# Petroff's blue and orange, and greys: readable on a light and on a dark page.
_ABOVE, _BELOW = (63, 144, 218, 255), (231, 99, 0, 255)
_MISSING, _BASELINE = (128, 128, 128, 72), (138, 144, 144, 255)
_BREAK = 2  # pixels that are cut out of a bar that is longer than the tile
_ROWS = 12
_ROWS_MEASURED = 100_000
_OF_COLUMNS = ("columns", "center", "scale", "mean", "deviation")


class TableRenderer:
    """Show rows of a table: a bar for each column, up or down from the column's mean.

    The edge of the tile is 3 standard deviations away; a longer bar is broken near its end. A
    missing value (NaN) is a grey stripe. Tiles are transparent, for a light and a dark page.

    Parameters
    ----------
    columns
        Names of the columns (n_columns,). None takes those of a DataFrame, or the numbers from 0.
    center, scale
        Of each column, (n_columns,): the value without a bar, and the standard deviation, above 0.
        None takes the mean and the standard deviation (1 for a constant column) of the samples of
        the widget, or of each batch.
    width, height
        Size of a tile in pixels, at most 2,048. Columns that share one show the longest bar.
    mean, deviation
        Of each column before it was standardised, (n_columns,), deviation above 0. Details then
        show ``value * deviation + mean``, the value in its own unit. None shows it as it is.

    Examples
    --------
    >>> renderer = TableRenderer(columns=["age", "income"], center=[40, 3000], scale=[10, 500])
    >>> renderer([[50, 3000]]).shape
    (1, 48, 64, 4)
    """

    residual_note = "input minus reconstruction, in deviations"

    @checks.suggest_keywords
    def __init__(
        self,
        columns: Sequence[Any] | None = None,
        center: ArrayLike | None = None,
        scale: ArrayLike | None = None,
        width: int = 64,
        height: int = 48,
        mean: ArrayLike | None = None,
        deviation: ArrayLike | None = None,
    ) -> None:
        if columns is not None and (isinstance(columns, str) or not np.iterable(columns)):
            raise TypeError(f"columns must be a sequence of names; received {columns!r:.100}.")
        self.columns = None if columns is None else [str(name) for name in columns]
        self.center = None if center is None else _numbers("center", center)
        self.scale = None if scale is None else _numbers("scale", scale)
        self.mean = None if mean is None else _numbers("mean", mean)
        self.deviation = None if deviation is None else _numbers("deviation", deviation)
        for name in ("scale", "deviation"):
            value = getattr(self, name)
            if value is not None and min(value) <= 0:
                raise ValueError(f"{name} must be above 0; received {min(value):g}.")
        sizes = {
            name: len(value) for name in _OF_COLUMNS if (value := getattr(self, name)) is not None
        }
        if len(set(sizes.values())) > 1:
            received = ", ".join(f"{name} of {size}" for name, size in sizes.items())
            raise ValueError(f"expected one entry for each column; received {received}.")
        self.width = checks.tile_side("width", width)
        self.height = checks.tile_side("height", height)

    def for_data(self, data: Any) -> Self:
        """Return this renderer with names, `center` and `scale` from data, where they are None.

        `data` is a DataFrame, or rows (n, n_columns), of which at most 100,000 are used.
        """
        if self.columns is not None and self.center is not None and self.scale is not None:
            return self
        fixed = copy.copy(self)
        if self.columns is None and hasattr(data, "columns"):
            fixed.columns = [str(name) for name in data.columns]
        step = -(-len(data) // _ROWS_MEASURED)
        center, scale = self._measured(_rows(data[::step]))
        fixed.center, fixed.scale = center.tolist(), scale.tolist()
        return fixed

    def in_units(
        self, columns: Sequence[Any] | None, mean: ArrayLike | None, deviation: ArrayLike | None
    ) -> Self:
        """Return this renderer with names, `mean` and `deviation`, where they are None."""
        return type(self)(
            self.columns if self.columns is not None else columns,
            self.center,
            self.scale,
            self.width,
            self.height,
            self.mean if self.mean is not None else mean,
            self.deviation if self.deviation is not None else deviation,
        )

    @property
    def note(self) -> str:
        """How long a bar is."""
        return f"bars from the means of the columns, {_REACH:g} deviations to the edge"

    def __call__(self, batch: ArrayLike) -> NDArray[np.uint8]:
        """Map rows (n, n_columns) to RGBA tiles (n, height, width, 4)."""
        rows = _rows(batch)
        center, scale = self._measured(rows)
        return self._bars((rows - center) / scale)

    def difference(self, x: ArrayLike, x_hat: ArrayLike) -> NDArray[np.uint8]:
        """Return tiles (n, height, width, 4) of x - x_hat in standard deviations: up, x is more."""
        rows, others = _rows(x), _rows(x_hat)
        _, scale = self._measured(np.concatenate([rows, others]))
        return self._bars((rows - others) / scale)

    def detail(self, sample: ArrayLike) -> str:
        """Return an HTML table of one row: name, value, and how far it is from the mean.

        It has at most 12 columns, those farthest from the mean.
        """
        row = _rows(np.asarray(sample)[np.newaxis])[0]
        names = self._names(len(row))
        known = self.center is not None and self.scale is not None
        deviations = np.zeros(len(row))
        if known:
            center, scale = self._measured(row[np.newaxis])
            deviations = (row - center) / scale
        far_first = np.argsort(-np.nan_to_num(np.abs(deviations), nan=np.inf), kind="stable")
        shown = np.sort(far_first[:_ROWS]) if len(row) <= _ROWS else far_first[:_ROWS]
        values = self._in_units(row)
        lines = [
            table_row(names[i], number(values[i]), _away(deviations[i]) if known else "")
            for i in shown
        ]
        more = len(row) - len(shown)
        if more:
            nearest = "" if known else " in their order"
            lines.append(f'<tr><td colspan="3">and {more} more{nearest}</td></tr>')
        return f"<table>{''.join(lines)}</table>"

    def attribution(
        self, sample: ArrayLike, reconstruction: ArrayLike, nats: ArrayLike | None = None
    ) -> str:
        """Return an HTML table of the columns that drive the error of a reconstruction.

        It has at most 12 columns, those that add most first: the value, what the model made of it,
        and a bar.

        Parameters
        ----------
        sample, reconstruction
            One row each, (n_columns,).
        nats
            What each column adds to the reconstruction loss (n_columns,), as
            ``VAE.attribution`` has it. None takes the squared error in standard deviations, and
            shows the share of each column in per cent.
        """
        row, other = (_rows(np.asarray(one)[np.newaxis])[0] for one in (sample, reconstruction))
        names = self._names(len(row))
        if nats is None:
            _, scale = self._measured(np.stack([row, other]))
            parts = np.square((row - other) / scale)
            total = parts.sum()
            texts = [f"{100 * part / total if total else 0:.0f} %" for part in parts]
            title, caption = "squared error", "of the squared error in standard deviations"
        else:
            parts = _rows(np.asarray(nats)[np.newaxis])[0]
            texts = [f"{part:.2f}".replace("-", MINUS) for part in parts]
            title = "nats"
            caption = f"of a reconstruction loss of {parts.sum():.1f} nats".replace("-", MINUS)
        order = np.argsort(-parts, kind="stable")
        shown, left = order[:_ROWS], order[_ROWS:]
        longest = max(float(parts.max()), 1e-12)
        values, others = self._in_units(row), self._in_units(other)
        lines = [header_row("column", "value", "reconstructed", title)]
        for i in shown:
            share = max(0.0, float(parts[i])) / longest
            colour = _ABOVE if row[i] >= other[i] else _BELOW
            numbers = number(values[i], 4), number(others[i], 4)
            lines.append(table_row(names[i], *numbers, bar(share, colour), texts[i]))
        ends = [caption] if not len(left) else [f"and {len(left)} more", caption]
        lines.append(f'<tr><td colspan="5">{", ".join(ends)}</td></tr>')
        return f"<table>{''.join(lines)}</table>"

    def _names(self, n_columns: int) -> list[str]:
        names = self.columns or [str(i) for i in range(n_columns)]
        if len(names) != n_columns:
            raise ValueError(f"columns has {len(names)} names; the sample has {n_columns} values.")
        return names

    def _in_units(self, row: NDArray[np.float64]) -> NDArray[np.float64]:
        self._check_length(len(row))
        scaled = row if self.deviation is None else row * np.array(self.deviation)
        return scaled if self.mean is None else scaled + np.array(self.mean)

    def _check_length(self, n_columns: int) -> None:
        for name in _OF_COLUMNS:
            value = getattr(self, name)
            if value is not None and len(value) != n_columns:
                raise ValueError(
                    f"{name} has {len(value)} entries; the samples have {n_columns} columns. Pass "
                    "one for each."
                )

    def _measured(self, rows: NDArray[np.float64]) -> tuple[NDArray[Any], NDArray[Any]]:
        self._check_length(rows.shape[1])
        if self.center is not None and self.scale is not None:
            return np.array(self.center), np.array(self.scale)
        known = np.ma.masked_invalid(rows)
        mean = known.mean(axis=0).filled(0)
        deviation = known.std(axis=0).filled(0)
        deviation[deviation <= 1e-7 * np.abs(mean)] = 1  # constant except for rounding
        deviation[deviation == 0] = 1
        center = mean if self.center is None else np.array(self.center)
        return center, deviation if self.scale is None else np.array(self.scale)

    def _bars(self, deviations: NDArray[np.float64]) -> NDArray[np.uint8]:
        n, n_columns = deviations.shape
        height, middle = self.height, self.height // 2
        edges = np.linspace(0, self.width, n_columns + 1)
        gap = 1 if self.width >= 3 * n_columns else 0
        tiles = np.zeros((n, height, self.width, 4), np.uint8)
        tiles[:, middle] = _BASELINE
        y = np.arange(height)
        for x in range(self.width):
            # The columns that this pixel shows: one, a gap, or the longest bar of several.
            first = int(np.searchsorted(edges, x, side="right")) - 1
            last = max(first + 1, int(np.searchsorted(edges, x + 1, side="left")))
            if gap and first + 1 < n_columns and x + 1 >= edges[first + 1]:
                continue
            several = deviations[:, first:last]
            longest = np.nan_to_num(np.abs(several), nan=-1.0).argmax(axis=1)
            value = several[np.arange(n), longest]
            length = np.clip(np.abs(value) / _REACH, 0, 1) * (middle - 1)
            distance = np.abs(y - middle)[np.newaxis]
            side = np.sign(middle - y)[np.newaxis] == np.sign(value)[:, np.newaxis]
            inside = side & (distance > 0) & (distance <= np.rint(length)[:, np.newaxis])
            colour = np.where(value[:, np.newaxis] > 0, _ABOVE, _BELOW)
            column = tiles[:, :, x]
            column[...] = np.where(inside[..., np.newaxis], colour[:, np.newaxis], column)
            cut = (distance <= middle - 4) & (distance > middle - 4 - _BREAK)
            column[inside & cut & (np.abs(value) > _REACH)[:, np.newaxis]] = 0
            column[np.isnan(value)] = _MISSING
        return tiles


def _rows(data: Any) -> NDArray[np.float64]:
    if hasattr(data, "to_numpy"):  # pandas' NA is not a float
        data = data.to_numpy(dtype=np.float64, na_value=np.nan)
    rows = np.asarray(data, np.float64)
    if rows.ndim < 2 or not rows[:1].size:
        raise ValueError(
            f"batch has shape {rows.shape}; expected rows (n, n_columns). For one row pass "
            "row[np.newaxis]."
        )
    return rows.reshape(len(rows), -1)


def _away(deviation: float) -> str:
    """Return how far a value is from the mean, bold from 2 standard deviations on."""
    if not np.isfinite(deviation):
        return ""
    text = f"{deviation:+z.1f} sd".replace("-", MINUS)
    return f"<b>{text}</b>" if abs(deviation) >= 2 else text


def _numbers(name: str, value: ArrayLike) -> list[float]:
    array = checks.float_array(name, value, np.float64)
    if array.ndim != 1:
        raise ValueError(f"{name} has shape {array.shape}; expected (n_columns,).")
    numbers: list[float] = array.tolist()
    return numbers
