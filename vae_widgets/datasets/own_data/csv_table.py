"""A data set of a CSV file."""

import os
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_widgets.core import checks
from vae_widgets.datasets.dataset import Dataset
from vae_widgets.datasets.own_data.arrays import load_arrays
from vae_widgets.datasets.rows import Batch, Columns, CsvRows
from vae_widgets.rendering import Renderer, TableRenderer

_MOST_NAMED = 3
_BAD_ROWS = ("raise", "drop")


@checks.suggest_keywords
def load_csv(
    path: str | os.PathLike[str],
    *,
    label: str | int | None = None,
    columns: Sequence[str] | None = None,
    leave_out: Sequence[str] = (),
    sep: str | None = None,
    bad_rows: str = "raise",
    test_size: float = 0.2,
    seed: int = 0,
    likelihood: str = "auto",
    preprocessing: str | None = "auto",
    renderer: Renderer | str | None = None,
    name: str | None = None,
) -> Dataset:
    r"""Make a data set of a CSV file: each row is a sample, each column of numbers a feature.

    The file is in UTF-8. A first row of numbers alone is no header; its columns are then called
    "0", "1" and so on, and 32 columns or more are drawn as a signal. Empty lines do not count.

    Parameters
    ----------
    path
        The file, such as ``"table.csv"``.
    label
        The column with the class of each row, of numbers or texts. It is not a feature.
    columns
        The columns that are features, in their order. None takes all but `label` and `leave_out`.
    leave_out
        Columns that are not features, such as an identifier.
    sep
        What separates the columns, one character. None finds out whether it is ``,``, ``;``, a tab,
        or, in a file of numbers alone, blanks. Numbers may have a decimal comma where commas do not
        separate columns.
    bad_rows
        Of rows that lack a value, or have text or an infinite number in the place of a number:
        ``"raise"`` names the first, ``"drop"`` leaves them out with a warning.
    test_size, seed, likelihood, preprocessing, renderer
        As for `load_arrays`: by default a fifth of each class is for testing, and each column has
        mean 0 and deviation 1 unless all values lie in [0, 1].
    name
        Of the data set; None takes the name of the file.

    Returns
    -------
    Dataset
        ``feature_names`` and ``label_names`` are those of the file, and details show the values as
        they are in it.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If a column is missing or has no numbers, or rows are bad. The message says what to do.

    Examples
    --------
    >>> lines = ["height,weight,kind", "9.5,2,cat", "1.5,8,dog", "9,3,cat", "2,7.5,dog"]
    >>> _ = open("pets.csv", "w").write("\n".join(lines))
    >>> ds = vw.load_csv("pets.csv", label="kind", test_size=0.5)
    >>> ds.feature_names, ds.label_names, ds.x_train.shape
    (('height', 'weight'), ('cat', 'dog'), (2, 2))
    """
    path = Path(path)
    checks.one_of("bad_rows", bad_rows, _BAD_ROWS)
    kept = [] if label is None else [str(label)]
    rows = CsvRows(path, Columns(columns, kept, leave_out), sep)
    _check_numbers(path, rows, label)
    batches = list(rows.batches())
    good = np.concatenate([batch.good for batch in batches])
    x = np.concatenate([batch.values for batch in batches])
    y = None
    if label is not None:
        y = np.array([text for batch in batches for text in batch.kept[str(label)]], object)
        _check_labels(path, label, y, bad_rows)
        good &= y != ""
    if not good.all():
        _refuse_or_warn(batches, good, bad_rows)
    if renderer is None and rows.has_header:
        renderer = TableRenderer(columns=rows.names)
    return load_arrays(
        x[good],
        None if y is None else _whole_numbers(y[good]),
        test_size=test_size,
        seed=seed,
        likelihood=likelihood,
        preprocessing=preprocessing,
        renderer=renderer,
        name=path.stem if name is None else name,
        source=str(path),
    )


def _check_numbers(path: Path, rows: CsvRows, label: Any) -> None:
    """Raise ``ValueError`` that names all columns without numbers."""
    texts = rows.columns_of_text()
    if not texts:
        return
    first, example = next(iter(texts.items()))
    such_as = f"such as {example!r:.60}" if example else "which is empty"
    names = ", ".join(map(repr, texts))
    hint = f", or take one as the class of each row: label={first!r}" if label is None else ""
    raise ValueError(
        f"{path} has no numbers in the column{'s' * (len(texts) > 1)} {names}, {such_as}; "
        "expected features that are numbers. Leave out what is no feature with "
        f"leave_out={list(texts)!r}{hint}. To use texts as features, pass "
        "pandas.get_dummies(pandas.read_csv(path)) to vw.load_arrays."
    )


def _check_labels(path: Path, label: Any, y: NDArray[Any], bad_rows: str) -> None:
    missing = np.flatnonzero(y == "")
    if len(missing) == len(y) or (len(missing) and bad_rows == "raise"):
        raise ValueError(
            f"{path}: the label {str(label)!r} is missing in {len(missing):,} of {len(y):,} rows, "
            f"the first is row {missing[0]}. Fill it in, or pass bad_rows='drop' to leave these "
            "rows out."
        )


def _whole_numbers(y: NDArray[Any]) -> NDArray[Any]:
    """Return labels such as "1.0" as whole numbers; others as they are."""
    try:
        numbers = np.array(y, np.float64)
    except ValueError:
        return y
    is_float = any("." in text or "e" in text.lower() for text in y)
    return numbers if is_float and np.array_equal(numbers, np.rint(numbers)) else y


def _refuse_or_warn(batches: Sequence[Batch], good: NDArray[np.bool_], bad_rows: str) -> None:
    """Raise, or warn of the rows that are left out."""
    described = [batch.described(row) for batch in batches for row in sorted(batch.problems)]
    n, n_bad = len(good), int((~good).sum())
    text = f"{n_bad:,} of {n:,} rows cannot be used"
    if described:
        more = f", and {len(described) - _MOST_NAMED:,} more" * (len(described) > _MOST_NAMED)
        text += f": {'; '.join(described[:_MOST_NAMED])}{more}"
    if bad_rows == "raise" or n_bad == n:
        remedy = f"Pass bad_rows='drop' to keep the other {n - n_bad:,}, or leave out the column"
        raise ValueError(f"{text}. {remedy if n_bad < n else 'Correct the file'}.")
    warnings.warn(f"{text}. They are left out.", stacklevel=4)
