"""Samples as a whole, from a file of rows or a folder of pictures."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_widgets.cli.errors import CommandError, report
from vae_widgets.cli.progress import progress
from vae_widgets.datasets.pictures import LARGEST_SIDE, find_pictures, read_pictures
from vae_widgets.datasets.rows import Columns, open_rows

_MOST_NAMED = 20


@dataclass(frozen=True)
class Samples:
    """Samples (n, *sample_shape), names of their columns, kept columns, and how many were bad."""

    x: NDArray[Any]
    names: tuple[str, ...] | None
    kept: dict[str, list[Any]]
    n_bad: int


def read_samples(path: Path, columns: Columns, side: int | None = None) -> Samples:
    """Read a whole file or folder; rows with a problem are reported and left out."""
    if path.is_dir():
        if any((columns.names, columns.keep, columns.leave_out)):
            raise CommandError(f"{path} is a folder of pictures, which have no columns.")
        return _read_folder(path, side)
    if side is not None:
        raise CommandError(f"--side is for a folder of pictures; {path} is a file.")
    rows = open_rows(path, columns)
    parts: list[NDArray[Any]] = []
    kept: dict[str, list[Any]] = {name: [] for name in rows.kept}
    n_bad = 0
    with progress("Reading") as show:
        for batch in rows.batches():
            good = batch.good
            parts.append(batch.values if good.all() else batch.values[good])
            for name, values in batch.kept.items():
                texts = values if isinstance(values, list) else values.to_pylist()  # type: ignore[attr-defined]
                kept[name] += [text for text, is_good in zip(texts, good, strict=True) if is_good]
            for row in sorted(batch.problems)[: max(0, _MOST_NAMED - n_bad)]:
                report(f"{batch.described(row)}. The row is left out; correct it or delete it.")
            n_bad += len(batch.problems)
            show(batch.share)
    x = np.concatenate(parts)
    if n_bad > _MOST_NAMED:
        report(f"{n_bad - _MOST_NAMED:,} more rows have a problem and are left out.")
    if len(x) == 0:
        chosen = columns.names is not None or rows.names is None
        help_ = "" if chosen else " Pass --leave-out with the columns that hold no numbers."
        raise CommandError(f"no row of {path} can be used.{help_}")
    return Samples(x, None if rows.names is None else tuple(rows.names), kept, n_bad)


def _read_folder(folder: Path, side: int | None) -> Samples:
    if side is not None and not 1 <= side <= LARGEST_SIDE:
        raise CommandError(f"--side is {side}; expected 1 to {LARGEST_SIDE} pixels.")
    size = None if side is None else (side, side)
    remedy = "Pass --side to scale all of them, such as --side 64."
    with progress("Reading") as show:
        pictures = read_pictures(find_pictures(folder), size, remedy=remedy, show=show)
    for file, problem in pictures.problems.items():
        report(f"{file} is not a picture that can be read: {problem} It is left out.")
    return Samples(pictures.x, None, {}, len(pictures.problems))
