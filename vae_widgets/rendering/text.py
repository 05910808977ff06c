"""Strings and rows of tokens: text on a tile, and the whole text beside it."""

import html
import re
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image, ImageDraw, ImageFont

from vae_widgets.core import checks
from vae_widgets.core.vocabulary import Vocabulary

Colour = tuple[int, int, int]

_CELL = (6, 11)  # pixels of a character of Pillow's bitmap font
_MARGIN = 2
_INK, _CHANGED, _SAME = (17, 17, 17), (189, 31, 1), (178, 178, 178)
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FONT_SIZE = 10  # of which the characters of most monospaced fonts are six tenths wide


class TextRenderer:
    """Show strings, or rows of tokens as strings.

    Parameters
    ----------
    vocabulary
        Turns token numbers (length,) into texts; None for samples that are texts.
    columns, lines
        Characters in a line, and lines, of a tile. Longer texts end in "...".

    Examples
    --------
    >>> TextRenderer()(["CCO", "c1ccccc1"]).shape
    (2, 70, 88, 4)
    """

    residual_note = "other tokens in red"

    @checks.suggest_keywords
    def __init__(
        self, vocabulary: Vocabulary | None = None, columns: int = 14, lines: int = 6
    ) -> None:
        if vocabulary is not None and not isinstance(vocabulary, Vocabulary):
            raise TypeError(
                f"vocabulary must be a Vocabulary; received {type(vocabulary).__name__}. Make one "
                "by vw.Vocabulary.fit(strings)."
            )
        self.vocabulary = vocabulary
        self.columns = checks.tile_side("columns", columns, 4, _CELL[0])
        self.lines = checks.tile_side("lines", lines, 1, _CELL[1])

    @staticmethod
    def draws(data: NDArray[Any]) -> bool:
        """Return whether `data` is an array of texts (n,)."""
        return data.ndim == 1 and bool(data.size) and all(isinstance(each, str) for each in data)

    def __call__(self, batch: ArrayLike) -> NDArray[np.uint8]:
        """Map token numbers (n, length), or texts (n,), to RGBA tiles (n, height, width, 4)."""
        return self._tiles([[(part, _INK) for part in parts] for parts in self._parts(batch)])

    def difference(self, x: ArrayLike, x_hat: ArrayLike) -> NDArray[np.uint8]:
        """Return tiles of the texts of `x`, with the tokens that are others in `x_hat` in red."""
        marked = []
        for parts, others in zip(self._parts(x, True), self._parts(x_hat, True), strict=True):
            others += [""] * (len(parts) - len(others))
            marked.append(
                [
                    # A token that is missing in one is superfluous in the other.
                    (part or "_", _SAME if part == other else _CHANGED)
                    for part, other in zip(parts, others, strict=False)
                    if part or other
                ]
            )
        return self._tiles(marked)

    def detail(self, sample: ArrayLike) -> str:
        """Return the whole text of a sample as HTML."""
        parts = self._parts(np.asarray(sample)[np.newaxis])[0]
        return f"<code>{html.escape(self._joiner.join(parts))}</code>"

    def svg(self, sample: ArrayLike) -> str:
        """Return the tile of one sample as SVG, sharp at any size: ``IPython.display.SVG(...)``."""
        parts = self._parts(np.asarray(sample)[np.newaxis])[0]
        cells = self._cells([(part, _INK) for part in parts])
        width, height = self._size
        lines = []
        for line in range(0, len(cells), self.columns):
            row = cells[line : line + self.columns]
            middles = [_MARGIN + (k + 0.5) * _CELL[0] for k in range(len(row))]
            base = _MARGIN + (line // self.columns + 0.8) * _CELL[1]
            text = html.escape(_NOT_XML.sub("\ufffd", "".join(character for character, _ in row)))
            lines.append(
                f'<text x="{" ".join(f"{x:g}" for x in middles)}" y="{base:g}">{text}</text>'
            )
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}"><rect width="100%" height="100%" fill="white"/>'
            f'<g fill="rgb{_INK}" font-family="monospace" font-size="{_FONT_SIZE}" '
            f'text-anchor="middle" xml:space="preserve">{"".join(lines)}</g></svg>'
        )

    @property
    def _joiner(self) -> str:
        return "" if self.vocabulary is None else self.vocabulary.joiner

    def _parts(self, batch: ArrayLike, padded: bool = False) -> list[list[str]]:
        """Return the tokens of each sample, or its characters; padding as empty texts."""
        array = np.asarray(batch)
        if self.vocabulary is None:
            if array.dtype.kind not in "UO" or array.ndim != 1:
                raise TypeError(
                    f"batch is {array.dtype} of shape {array.shape}; without a vocabulary expected "
                    "texts (n,). For token numbers pass vw.TextRenderer(vocabulary)."
                )
            return [list(str(text)) for text in array]
        rows = self.vocabulary.numbers(array)
        if not padded:
            return [self.vocabulary.texts(row) for row in rows]
        return [["".join(self.vocabulary.texts([number])) for number in row] for row in rows]

    def _tiles(self, texts: list[list[tuple[str, Colour]]]) -> NDArray[np.uint8]:
        width, height = self._size
        tiles = np.empty((len(texts), height, width, 4), np.uint8)
        for i, parts in enumerate(texts):
            tile = Image.new("RGBA", (width, height), "white")
            draw = ImageDraw.Draw(tile)
            for k, (character, colour) in enumerate(self._cells(parts)):
                line, column = divmod(k, self.columns)
                at = (_MARGIN + column * _CELL[0], _MARGIN + line * _CELL[1])
                draw.text(at, character, fill=colour, font=_font(character))
            tiles[i] = np.asarray(tile)
        return tiles

    @property
    def _size(self) -> tuple[int, int]:
        """Width and height of a tile in pixels."""
        return self.columns * _CELL[0] + 2 * _MARGIN, self.lines * _CELL[1] + 2 * _MARGIN

    def _cells(self, parts: list[tuple[str, Colour]]) -> list[tuple[str, Colour]]:
        """Return the characters of a tile, which end in "..." where not all fit."""
        joined = [(self._joiner if k else "") + part for k, (part, _) in enumerate(parts)]
        cells = [
            (character, colour)
            for text, (_, colour) in zip(joined, parts, strict=True)
            for character in text
        ]
        room = self.columns * self.lines
        return cells if len(cells) <= room else [*cells[: room - 3], *[(".", _SAME)] * 3]


def _font(character: str) -> Any:
    """Return Pillow's bitmap font, which is sharp, or one that has more than Latin letters."""
    if ord(character) > 255:
        return _wide_font()
    return ImageFont.load_default_imagefont()


def _wide_font() -> Any:
    for name in ("DejaVuSansMono.ttf", "NotoSansCJK-Regular.ttc", "Arial Unicode.ttf"):
        try:
            return ImageFont.truetype(name, 9)
        except OSError:
            continue
    return ImageFont.load_default(9)
