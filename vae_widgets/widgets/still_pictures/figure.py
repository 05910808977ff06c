"""The page of every still picture: its width, colours, fonts, and the PNG file.

Matplotlib is imported when the first picture is drawn, and never through pyplot.
"""

import io
import textwrap
import threading
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image

WIDTH = 704
"""Width of every picture in CSS pixels."""
MOST_BYTES = 120_000
"""Approximate limit of a picture in a notebook; larger ones get fewer colours, then pixels."""

# Petroff's ten-colour cycle (arXiv:2107.02270) and the page's colours, as in canvas/palette.ts.
CATEGORIES = (
    "#3f90da",
    "#ffa90e",
    "#bd1f01",
    "#94a4a2",
    "#832db6",
    "#a96b59",
    "#e76300",
    "#b9ac70",
    "#717581",
    "#92dadd",
)
_SHADES = 0.0, -0.2, 0.35
_MARKS = "o", "s", "^", "D", "X"
INK, FAINT, LINE, ACCENT = "#212121", "#616161", "#e0e0e0", "#1976d2"

_DPI = 100  # CSS pixels of an inch
POINTS_PER_PIXEL = 72 / _DPI
_STYLE = {
    "axes.axisbelow": True,
    "axes.edgecolor": LINE,
    "axes.grid": True,
    "axes.labelcolor": INK,
    "axes.labelsize": 8,
    "axes.titlelocation": "left",
    "axes.titlesize": 8,
    "font.size": 8,
    "grid.color": LINE,
    "grid.linewidth": 0.6,
    "legend.fontsize": 8,
    "legend.frameon": False,
    "text.color": INK,
    "text.parse_math": False,  # a dollar sign in a name does not start a formula
    "xtick.color": LINE,
    "xtick.labelcolor": FAINT,
    "xtick.labelsize": 7.5,
    "ytick.color": LINE,
    "ytick.labelcolor": FAINT,
    "ytick.labelsize": 7.5,
}
# Matplotlib's settings are one for the process; a training thread may draw too.
_LOCK = threading.Lock()

Draw = Callable[[Any], None]


def png(draw: Draw, height: float, most_bytes: int | None = None) -> bytes:
    """Return a picture as a PNG on white, `WIDTH` by `height` CSS pixels of two pixels each.

    Above `most_bytes` it gets at most 256 colours, and then one pixel for each CSS pixel.
    """
    picture = _pixels(draw, height)
    data = _encoded(picture)
    if most_bytes is not None and len(data) > most_bytes:
        data = _encoded(_fewer_colours(picture))
    if most_bytes is not None and len(data) > most_bytes:
        half = picture.width // 2, picture.height // 2
        data = _encoded(_fewer_colours(picture.resize(half, Image.Resampling.BOX)))
    return data


def caption(figure: Any, title: str, text: str) -> None:
    """Write a title above a figure and a line of text, folded where it is long, below it."""
    figure.suptitle(title, x=0.01, ha="left", fontsize=9.5, fontweight="bold")
    if text:
        folded = "\n".join(textwrap.wrap(text, 112))
        figure.supxlabel(folded, x=0.01, ha="left", fontsize=8, color=FAINT)


def category_colour(index: int) -> str:
    """Return the colour of a class; each ten classes are darker, then lighter than the first."""
    colour = CATEGORIES[index % len(CATEGORIES)]
    shade = _SHADES[index // len(CATEGORIES) % len(_SHADES)]
    end = 0 if shade < 0 else 255
    levels = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
    mixed = (int(level + abs(shade) * (end - level) + 0.5) for level in levels)
    return f"#{''.join(f'{level:02x}' for level in mixed)}"


def category_mark(index: int) -> str:
    """Return Matplotlib's marker of a class; each ten classes have another one."""
    return _MARKS[index // len(CATEGORIES) % len(_MARKS)]


def four_digits(value: float) -> str:
    """Format a number with four digits and a true minus sign."""
    return f"{value:,.4g}".replace("-", "\N{MINUS SIGN}")


def bare(axes: Any) -> None:
    """Take the frame, the grid and the ticks away from axes that hold tiles."""
    axes.set(xticks=[], yticks=[])
    axes.grid(False)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _pixels(draw: Draw, height: float) -> Image.Image:
    from matplotlib import style
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with _LOCK, style.context(["default", _STYLE]), warnings.catch_warnings():
        # A name in a script that the font lacks is drawn as boxes; the picture still helps.
        warnings.filterwarnings("ignore", "Glyph")
        figure = Figure(figsize=(WIDTH / _DPI, height / _DPI), dpi=2 * _DPI, layout="constrained")
        canvas = FigureCanvasAgg(figure)
        draw(figure)
        canvas.draw()
        return Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")


def _fewer_colours(picture: Image.Image) -> Image.Image:
    """Return a picture of 256 colours, white among them: the quantizer would make it a grey."""
    near = picture.quantize(255, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    indices, palette = np.array(near), near.getpalette() or []
    indices[(np.asarray(picture) == 255).all(axis=2)] = 255
    found = Image.fromarray(indices, "P")
    found.putpalette(palette[: 3 * 255] + [0] * (3 * 255 - len(palette)) + [255, 255, 255])
    return found


def _encoded(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()
