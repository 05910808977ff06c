"""The samples on both sides of a threshold, as tiles below `AnomalyHistogram`."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_widgets.core.scores.labelled_scores import LabelledScores
from vae_widgets.core.ticks import alike
from vae_widgets.rendering import Renderer, TextRenderer, note_of
from vae_widgets.rendering.thumbnails import thumbnails
from vae_widgets.widgets.base.widget import PageContents
from vae_widgets.widgets.tile_strip.widget import TileStrip, strip_content

_SIGNS = {"good": "✓ ", "bad": "✗ ", "": ""}


class ScoreStrip(TileStrip):
    """Rows of tiles: the most anomalous samples, and those on both sides of the threshold.

    A row without samples is left out.
    `shown` has the sample of each tile, row by row; -1 for none.
    """

    shown: list[int]

    def __init__(
        self, scores: LabelledScores, items: NDArray[Any], renderer: Renderer, n_tiles: int
    ) -> None:
        self._scores, self._items, self._renderer = scores, items, renderer
        self._columns = min(n_tiles, len(scores))
        self._threshold = np.inf
        self.shown = []
        super().__init__(selectable=True)

    def show_threshold(self, threshold: float) -> None:
        """Show the most anomalous samples, and those nearest to a threshold."""
        self._threshold = threshold
        order, columns = self._scores.order, self._columns
        cut = len(order) - self._scores.n_flagged(threshold)
        groups = {
            "Most anomalous": order[::-1][:columns],
            "Just flagged": order[cut:][:columns],
            "Just not flagged": order[:cut][::-1][:columns],
        }
        chosen = {name: indices for name, indices in groups.items() if len(indices)}
        # Together, because a renderer may scale by the samples that it gets.
        try:
            tiles = thumbnails(self._renderer, self._items[np.concatenate(list(chosen.values()))])
        except Exception as error:  # of the user's renderer
            self.shown, self.placeholder = [], f"The renderer failed. {error}"
            return self._caption(strip_content([]))
        rows, shown = [], []
        for indices in chosen.values():
            row = np.zeros((columns, *tiles.shape[1:]), np.uint8)  # clear where there are too few
            row[: len(indices)], tiles = tiles[: len(indices)], tiles[len(indices) :]
            rows.append(row)
            shown += indices.tolist() + [-1] * (columns - len(indices))
        self.shown = shown
        self._caption(strip_content(rows, list(chosen), note=note_of(self._renderer)))

    def show_labels(self) -> None:
        """Update the marks of the samples after labels have changed; the tiles stay."""
        self._caption(self._content)

    def sample_at(self, tile: int) -> int:
        """Return which sample a tile shows; -1 if none."""
        return self.shown[tile] if 0 <= tile < len(self.shown) else -1

    def carried(self, page: PageContents) -> dict[str, Any]:
        """Return the sample of each tile, and the pictures of all samples."""
        pictures = page.add_pictures(self._items, self._renderer)
        return {"shown": self.shown, "columns": self._columns, "pictures": pictures}

    def frame(self, index: int) -> None:
        """Frame a sample where it is shown; leave the frame where it was clicked."""
        if index < 0 or self.sample_at(self.selected) != index:
            found = index >= 0 and index in self.shown
            self.selected = self.shown.index(index) if found else -1

    def _caption(self, content: dict[str, Any]) -> None:
        marks = [self._verdict(index) if index >= 0 else "" for index in self.shown]
        room = 7 - 2 * any(marks)
        scores = self._scores.scores[[i for i in self.shown if i >= 0]]
        around = self._scores.around(self._threshold)
        apart = [score for score in around if score is not None]
        texts = iter(alike(scores, room, apart))
        captions = [
            _SIGNS[mark] + next(texts) if index >= 0 else ""
            for index, mark in zip(self.shown, marks, strict=True)
        ]
        legend = "" if self._scores.labels is None else ": ✓ the threshold is right, ✗ wrong"
        self.title = f"Samples by score{legend}"
        self.show_content({**content, "captions": captions, "marks": marks})

    def _verdict(self, index: int) -> str:
        labels = self._scores.labels
        if labels is None or np.isnan(labels[index]):
            return ""
        flagged = self._scores.scores[index] >= self._threshold
        return "good" if flagged == (labels[index] == 1) else "bad"


def check_items(items: Any, n: int, renderer: Renderer | str | None) -> NDArray[Any]:
    """Return the samples of `n` scores as an array, or raise."""
    array = np.asarray(items)
    if len(np.atleast_1d(array)) != n or not array.ndim:
        raise ValueError(
            f"items has shape {array.shape}; expected ({n}, *sample_shape), one sample a score."
        )
    if renderer is None and array.dtype.kind not in "biuf" and not TextRenderer.draws(array):
        raise TypeError(f"items of dtype {array.dtype} need a renderer; received None.")
    return array
