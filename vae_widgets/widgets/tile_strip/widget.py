"""Rows of tiles: originals above reconstructions, prior samples, the most anomalous items."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import traitlets
from numpy.typing import NDArray

from vae_widgets.core import checks
from vae_widgets.rendering.atlas import atlas_tiles, tile_atlas
from vae_widgets.widgets.base.assets import bundle
from vae_widgets.widgets.base.widget import CanvasWidget
from vae_widgets.widgets.still_pictures import tiles as picture
from vae_widgets.widgets.still_pictures.pictured import Pictured
from vae_widgets.widgets.traits.array import WholeNumber, validate


class TileStrip(Pictured, CanvasWidget):
    """Show rows of tiles; all tiles travel as one picture. A `placeholder` stands for none.

    `selected` is the tile that was clicked last, counted row by row; -1 if none.
    """

    _esm = bundle("tile_strip.js")
    _css = bundle("tile_strip.css")
    _picture_follows = ("title", "_content")

    title = traitlets.Unicode("").tag(sync=True)
    placeholder = traitlets.Unicode("").tag(sync=True)
    selected = WholeNumber(-1).tag(sync=True, page_writes=True)
    selectable = traitlets.Bool(False, help="Whether a click selects a tile.").tag(sync=True)
    # One trait, so that the page never sees new tiles with old captions.
    _content = traitlets.Dict().tag(sync=True)

    def show(
        self,
        rows: Sequence[NDArray[np.uint8]],
        names: Sequence[str] = (),
        captions: Sequence[str] = (),
        marks: Sequence[str] = (),
        note: str = "",
    ) -> None:
        """Replace the tiles: rows of uint8 RGBA (n, height, width, 4), all of one shape.

        Each row has a name; each tile, row by row, a caption and a mark "good", "bad" or "". `note`
        is shown after the title. Raises ``ValueError`` if rows differ in shape or the texts in
        number.
        """
        self.show_content(strip_content(rows, names, captions, marks, note))

    def show_content(self, content: dict[str, Any]) -> None:
        """Replace the tiles by the result of `strip_content`."""
        with self.hold_sync():
            if self.selected >= content["atlas"]["count"]:
                self.selected = -1
            self._content = content

    @property
    def content(self) -> dict[str, Any]:
        """The result of `strip_content` for the shown tiles; empty at first."""
        return self._content

    @validate("selected")
    def _check_selected(self, proposal: Any) -> int:
        last = self._content["atlas"]["count"] - 1 if self._content else -1
        return int(checks.number_between("selected", proposal.value, -1, last))

    def rows(self) -> dict[str, Any]:
        """Return the tiles that are shown, by the arguments of `show`."""
        return unpack_content(self._content) if self._content else {"rows": []}

    @property
    def _picture_height(self) -> float:
        return picture.height(len(self.rows()["rows"]))

    def _draw(self, figure: Any) -> None:
        picture.draw(figure, self.title, self.rows())

    def _summary(self) -> str:
        return picture.summary(self.title, self.rows())


def unpack_content(content: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments that `strip_content` was called with."""
    tiles, columns = atlas_tiles(content["atlas"]), content["columns"]
    rows = [tiles[at : at + columns] for at in range(0, len(tiles), columns or 1)]
    return {"rows": rows, **{name: content[name] for name in ("names", "captions", "marks")}}


def strip_content(
    rows: Sequence[NDArray[np.uint8]],
    names: Sequence[str] = (),
    captions: Sequence[str] = (),
    marks: Sequence[str] = (),
    note: str = "",
) -> dict[str, Any]:
    """Return what a `TileStrip` shows, to be kept and shown later; see `TileStrip.show`."""
    shapes = {np.shape(row) for row in rows}
    if len(shapes) > 1:
        raise ValueError(f"rows have shapes {sorted(shapes)}; expected the same for all rows.")
    columns = len(rows[0]) if rows else 0
    for name, texts, n in (
        ("names", names, len(rows)),
        ("captions", captions, columns * len(rows)),
        ("marks", marks, columns * len(rows)),
    ):
        if len(texts) not in (0, n):
            raise ValueError(f"{name} has {len(texts)} entries; expected {n} or none.")
    for mark in marks:
        checks.one_of("mark", mark, ("good", "bad", ""))
    tiles = np.concatenate(rows) if rows else np.zeros((0, 1, 1, 4), np.uint8)
    return {
        "atlas": tile_atlas(tiles),
        "columns": columns,
        "names": list(names),
        "captions": list(captions),
        "marks": list(marks),
        "note": note,
    }
