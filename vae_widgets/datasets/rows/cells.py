"""Numbers in the cells of a text."""

from collections.abc import Sequence


def read_cell(cell: str | None, decimal_comma: bool = False) -> float:
    """Return the number in a cell; raise ``ValueError`` with what the cell holds instead."""
    if cell is None or not cell.strip():
        raise ValueError("is missing; expected a number")
    text = cell.replace(",", ".") if decimal_comma else cell
    try:
        number = float(text)
    except ValueError:
        if any("\udc80" <= letter <= "\udcff" for letter in cell):
            raise ValueError("is not UTF-8; expected a number") from None
        raise ValueError(f"is {cell!r:.80}; expected a number{stray_quote([cell])}") from None
    if "_" in text:  # Python reads 1_000 as a number
        raise ValueError(f"is {cell!r:.80}; expected a number without _")
    return number


def stray_quote(cells: Sequence[str | None]) -> str:
    """Return what to say of a wrong row if a quote may have joined several lines to it, or ""."""
    n = 1 + sum((cell or "").count("\n") for cell in cells)
    return f"; {n:,} lines of the file are one row, so a quote may be missing" if n > 1 else ""


def read_cells(
    names: Sequence[str], cells: Sequence[str | None], decimal_comma: bool = False
) -> list[float]:
    """Return the numbers in cells; raise ``ValueError`` that names the first wrong one."""
    numbers = []
    for name, cell in zip(names, cells, strict=True):
        try:
            numbers.append(read_cell(cell, decimal_comma))
        except ValueError as error:
            raise ValueError(f"column {name!r} {error}") from None
    return numbers
