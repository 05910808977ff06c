"""A data set of arrays or of a DataFrame."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_widgets.core import checks
from vae_widgets.core.labels.classes import index_classes
from vae_widgets.core.pairing import shared_index
from vae_widgets.core.preprocessing import PREPROCESSING, Preprocessing, StandardizeFeatures
from vae_widgets.datasets.dataset import LIKELIHOODS, Dataset
from vae_widgets.datasets.own_data.likelihood import choose_likelihood
from vae_widgets.datasets.own_data.split import split_rows
from vae_widgets.datasets.pixels import DividePixels, divide_pixels
from vae_widgets.rendering import Renderer, TableRenderer, check_renderer

_STANDARDIZE = "standardize"
_PREPROCESSING = ("auto", _STANDARDIZE, *PREPROCESSING)


@checks.suggest_keywords
def load_arrays(
    x: ArrayLike,
    y: ArrayLike | None = None,
    *,
    x_test: ArrayLike | None = None,
    y_test: ArrayLike | None = None,
    test_size: float = 0.2,
    seed: int = 0,
    label_names: Sequence[str] | None = None,
    likelihood: str = "auto",
    n_classes: int | None = None,
    preprocessing: str | None = "auto",
    renderer: Renderer | str | None = None,
    name: str = "my data",
    source: str = "given by the user",
    licence: str = "unknown",
) -> Dataset:
    """Make a data set of your own arrays or DataFrames: split, scaled, and with its names.

    Parameters
    ----------
    x
        Samples (n, *sample_shape): images (n, height, width, channels), signals (n, time), or the
        rows of a table (n, n_features). A DataFrame keeps the names of its columns.
    y
        Class of each sample (n,): whole numbers, texts or a pandas categorical. None for no
        classes.
    x_test, y_test
        Samples for testing. None takes a part of `x`.
    test_size
        Share of `x` for testing, between 0 and 1, if there is no `x_test`. Each class has this
        share.
    seed
        Of the split.
    label_names
        Name of each class, indexed by whole numbers in `y`. None takes the values in `y`.
    likelihood
        ``"bernoulli"``, ``"gaussian"`` or ``"categorical"`` (whole numbers are tokens). ``"auto"``
        takes Bernoulli for pixels, and for values in [0, 1], and else Gaussian. Pixels of one byte
        (uint8) are divided by 255 for it.
    n_classes
        Number of tokens for the categorical likelihood; None takes the highest in `x` plus one.
    preprocessing
        ``"standardize_features"`` brings each column of a table to mean 0 and deviation 1 over the
        training samples, ``"standardize"`` all values together, which keeps the form of signals and
        images, and ``"standardize_samples"`` each sample by itself. None keeps the values.
        ``"auto"`` is the first for tables and the second for other samples with the Gaussian
        likelihood, and None otherwise. ``Dataset.preprocess`` does the same to new samples.
    renderer
        As for `Dataset`. None draws a DataFrame, and vectors of fewer than 32 numbers, as a table,
        which shows the values before they were standardised.
    name, source, licence
        As for `Dataset`.

    Raises
    ------
    TypeError, ValueError
        If samples are missing, are not numbers, or do not fit to the labels. The message names the
        column and the row of a DataFrame.

    Examples
    --------
    >>> table = {"age": [30.0, 40.0, 50.0, 60.0], "income": [2e3, 3e3, 3e3, 5e3]}
    >>> import pandas as pd
    >>> ds = vw.load_arrays(pd.DataFrame(table), ["no", "yes", "no", "yes"], test_size=0.5)
    >>> ds
    <Dataset my data: 2 train and 2 test samples of 2; source: given by the user>
    >>> ds.feature_names, ds.label_names, ds.likelihood
    (('age', 'income'), ('no', 'yes'), 'gaussian')
    """
    checks.one_of("likelihood", likelihood, ("auto", *LIKELIHOODS))
    if preprocessing is not None:
        checks.one_of("preprocessing", preprocessing, _PREPROCESSING)
    columns = _columns(x)
    parts = _parts(x, x_test)
    chosen = choose_likelihood(parts[0], likelihood)
    if preprocessing not in (None, "auto"):  # which leaves no pixels, and no values in [0, 1]
        name_of = "gaussian" if likelihood == "auto" else chosen.name
        chosen = chosen._replace(name=name_of, divisor=1)
    if chosen.divisor != 1:
        parts = [divide_pixels(part) for part in parts]
    labels, names = _labels(y, y_test, [len(part) for part in parts], label_names)
    shared_index({"x": x, "y": y})
    shared_index({"x_test": x_test, "y_test": y_test})
    if x_test is None:
        train, test = split_rows(len(parts[0]), labels[0], test_size, seed)
        parts = [parts[0][train], parts[0][test]]
        labels = [None if labels[0] is None else labels[0][rows] for rows in (train, test)]
    if chosen.name == "categorical" and n_classes is None:
        n_classes = max(2, int(parts[0].max()) + 1)

    shape = parts[0].shape[1:]
    drawn = check_renderer(renderer, shape)
    if renderer is None and columns is not None:
        drawn = TableRenderer()
    if preprocessing == "auto":
        tabular = "standardize_features" if isinstance(drawn, TableRenderer) else _STANDARDIZE
        preprocessing = tabular if chosen.name == "gaussian" else None
    prepare = _preprocessing(preprocessing, parts[0])
    pixels = DividePixels() if chosen.divisor != 1 else None
    if isinstance(drawn, TableRenderer):
        drawn = drawn.in_units(columns, *_units(prepare))
    if prepare is not None:
        parts = [prepare(part.reshape(len(part), -1)).reshape(part.shape) for part in parts]
    return Dataset(
        name=name,
        x_train=parts[0],
        x_test=parts[1],
        y_train=labels[0],
        y_test=labels[1],
        label_names=names,
        renderer=drawn,
        likelihood=chosen.name,
        n_classes=n_classes,
        preprocessing=prepare if prepare is not None else pixels,
        source=source,
        licence=licence,
    )


def _columns(x: Any) -> list[str] | None:
    columns = getattr(x, "columns", None)
    return None if columns is None else [str(column) for column in columns]


def _numbers(name: str, x: Any) -> NDArray[Any]:
    """Return samples as numbers that are precise enough to be standardised."""
    checks.refuse_strings(name, x)
    array = checks.any_array(name, x)
    precise = np.float64 if array.dtype.kind != "f" or array.dtype.itemsize > 4 else np.float32
    if array.dtype == np.uint8 and array.size:
        numbers = array
    else:
        numbers = checks.float_array(name, x, precise)
    if numbers.ndim < 2:
        raise ValueError(
            f"{name} has shape {numbers.shape}; expected samples (n, *sample_shape). For one value "
            f"a sample pass {checks.as_array(name, x)}[:, np.newaxis]."
        )
    return numbers


def _parts(x: Any, x_test: Any) -> list[NDArray[Any]]:
    """Return the samples, and those for testing if they were given."""
    parts = [_numbers("x", x)]
    if x_test is not None:
        parts.append(_numbers("x_test", x_test))
        if parts[1].shape[1:] != parts[0].shape[1:]:
            raise ValueError(
                f"x_test has samples of shape {parts[1].shape[1:]}; x has {parts[0].shape[1:]}. "
                "Pass samples of one shape."
            )
        columns, others = _columns(x), _columns(x_test)
        if columns is not None and others is not None and columns != others:
            raise ValueError(
                "x_test has other columns than x, or in another order. Pass x_test[x.columns]."
            )
    return parts


def _labels(
    y: Any, y_test: Any, sizes: list[int], label_names: Sequence[str] | None
) -> tuple[list[NDArray[np.int64] | None], tuple[str, ...] | None]:
    """Return the class of each sample in each part, and the names of all classes."""
    if y_test is not None and len(sizes) < 2:
        raise ValueError("y_test was given without x_test. Pass both, or neither.")
    given = [(name, of) for name, of in (("y", y), ("y_test", y_test)) if of is not None]
    if not given:
        return [None, None], None if label_names is None else tuple(label_names)
    lengths = {"y": sizes[0], "y_test": sizes[-1]}
    for name, labels in given:
        checks.labels(name, labels, lengths[name], name.replace("y", "x"))
    every = given[0][1]  # a categorical has an order of its own
    if len(given) > 1:
        objects = [np.asarray(checks.any_array(*one), object) for one in given]
        every = np.concatenate(objects)
    n = sum(lengths[name] for name, _ in given)
    indices, names = index_classes(every, n, label_names)
    missing = np.flatnonzero(indices == len(names))
    if len(missing):
        raise ValueError(
            f"{' and '.join(name for name, _ in given)}: {len(missing):,} of {n:,} samples have no "
            f"class, the first in row {missing[0]}. Drop them, or give them a class of their own."
        )
    classes = indices.astype(np.int64)
    n_train = 0 if y is None else lengths["y"]
    parts = [classes[:n_train], classes[n_train:]]
    known = [part if len(part) else None for part in parts]
    return known, tuple(names)


def _preprocessing(kind: str | None, x: NDArray[Any]) -> Preprocessing | None:
    if kind is None:
        return None
    rows = x.reshape(len(x), -1)
    if kind != _STANDARDIZE:
        return PREPROCESSING[kind].of(rows)
    whole = StandardizeFeatures.of(rows.reshape(-1, 1))
    n = rows.shape[1]
    return StandardizeFeatures(np.repeat(whole.mean, n), np.repeat(whole.deviation, n))


def _units(prepare: Preprocessing | None) -> tuple[Any, Any]:
    """Return the mean and the deviation of each column, where values were standardised by them."""
    if isinstance(prepare, StandardizeFeatures):
        return prepare.mean, prepare.deviation
    return None, None
