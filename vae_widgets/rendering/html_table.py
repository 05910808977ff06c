"""Rows, numbers and bars of the HTML tables that renderers give as details."""

import html

import numpy as np

from vae_widgets.core.ticks import MINUS

_BAR = (56, 10)  # pixels


def table_row(name: str, *cells: str) -> str:
    """Return a row: a name, which is escaped, and cells of HTML at the right of their columns."""
    right = "".join(f'<td style="text-align:right">{cell}</td>' for cell in cells)
    return f"<tr><td>{html.escape(name)}</td>{right}</tr>"


def header_row(name: str, *titles: str) -> str:
    """Return a row of titles: of the names, and of the cells. The last is that of a bar, too."""
    columns = [1] * (len(titles) - 1) + [2]
    right = "".join(
        f'<th colspan="{span}" style="text-align:right">{title}</th>'
        for title, span in zip(titles, columns, strict=True)
    )
    return f"<tr><th>{name}</th>{right}</tr>"


def number(value: float, digits: int = 5) -> str:
    """Return a value with some digits, without exponent from 1 to a million, or "missing"."""
    if np.isnan(value):
        return "missing"
    text = f"{value:.{digits}g}"
    if "e+" in text and abs(value) < 1e6:
        text = f"{value:.0f}"
    return text.replace("-", MINUS)


def bar(share: float, colour: tuple[int, ...]) -> str:
    """Return a bar, as SVG, that is long by a share of 0 to 1; `colour` begins with RGB."""
    width, height = _BAR
    fill = "#{:02x}{:02x}{:02x}".format(*colour[:3])
    length = f"{share * width:.1f}"
    return (
        f'<svg width="{width}" height="{height}" aria-hidden="true">'
        f'<rect width="{length}" height="{height}" fill="{fill}"/></svg>'
    )
