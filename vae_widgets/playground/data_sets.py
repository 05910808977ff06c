"""Data sets as the page that trains carries them: few bytes for each value."""

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_widgets.datasets import Dataset, load_dataset

_USUAL = {"mnist": 5000, "fashion_mnist": 1500, "digits": 5000}
"""Names, and the most samples: so the page stays below 2 MB."""
_TITLES = {
    "mnist": "Handwritten digits",
    "fashion_mnist": "Clothes",
    "digits": "Handwritten digits",
}
_FEWEST = 20
_MOST_VALUES = 4096
_MOST_CLASSES = 150
_SMALL = 256
"""Images of more pixels are kept in 16 levels."""


def usual_data_sets() -> list[tuple[Dataset, int]]:
    """Return what a page has if none is named, each with the most samples.

    Fashion-MNIST is 30 MB: it is not downloaded without being named.
    """
    found = []
    for name, most in _USUAL.items():
        try:
            timeout = 0.0 if name == "fashion_mnist" else None
            found.append((load_dataset(name, timeout=timeout), most))
        except FileNotFoundError as error:
            if name == "mnist":
                warnings.warn(f"The page has no MNIST digits: {error}", stacklevel=4)
    return found


def carried_data_set(dataset: Dataset, most: int) -> dict[str, Any]:
    """Return samples as the page reads them (frontend/src/playground/data/carried.ts).

    ``values`` are bytes to be divided by ``divisor``; with ``halves``, each byte holds two values,
    the first in its lower half.
    """
    shape = _shape(dataset)
    x = np.concatenate([dataset.x_train, dataset.x_test])
    total = len(x)
    if total < _FEWEST:
        raise ValueError(
            f"datasets has {dataset.name!r} with {total} samples; expected at least {_FEWEST}."
        )
    rows = np.unique(np.linspace(0, total - 1, min(most, total)).astype(int))
    x = _in_unit_range(x[rows].reshape(len(rows), -1), by_feature=len(shape) == 1)
    values, divisor = _levels(x, few=len(shape) == 2 and x.shape[1] > _SMALL)
    halves = divisor == 15
    labels, names = _classes(dataset, rows)
    some = f"{len(rows):,}" if len(rows) == total else f"{len(rows):,} of {total:,}"
    grey = ", in 16 grey levels" if halves else ""
    return {
        "name": _title(dataset.name, shape),
        "note": f"{some} samples{grey}. Licence: {dataset.licence}.",
        "shape": list(shape),
        "count": len(rows),
        "divisor": divisor,
        "halves": halves,
        "values": _paired(values.ravel()) if halves else values,
        "labels": labels,
        "label_names": names,
    }


def _title(name: str, shape: tuple[int, ...]) -> str:
    if name not in _TITLES:
        return name
    return f"{_TITLES[name]}, {' x '.join(map(str, shape))}"


def _shape(dataset: Dataset) -> tuple[int, ...]:
    """Return the shape of a sample: (height, width), or (values,)."""
    if dataset.likelihood == "categorical":
        raise ValueError(
            f"datasets has {dataset.name!r}, whose samples are tokens; expected images or vectors "
            "of numbers, which the page models with a Bernoulli likelihood. Leave it out."
        )
    shape = dataset.sample_shape
    if len(shape) == 3 and shape[-1] == 1:
        shape = shape[:-1]
    size = int(np.prod(shape))
    if len(shape) not in (1, 2) or not 2 <= size <= _MOST_VALUES:
        raise ValueError(
            f"datasets has {dataset.name!r} with samples of the shape {dataset.sample_shape}; "
            f"expected grey images (height, width) or (height, width, 1), or vectors (values,), "
            f"of 2 to {_MOST_VALUES:,} values. Make the images grey or smaller."
        )
    return shape


def _in_unit_range(x: NDArray[np.float32], by_feature: bool) -> NDArray[np.float32]:
    if x.min() >= 0 and x.max() <= 1:
        return x
    axis = 0 if by_feature else None
    low, high = x.min(axis=axis), x.max(axis=axis)
    scaled: NDArray[np.float32] = (x - low) / np.where(high > low, high - low, 1)
    return scaled


def _levels(x: NDArray[np.float32], few: bool) -> tuple[NDArray[np.uint8], int]:
    """Return values as bytes, and what one divides them by."""
    sixteenths = np.rint(16 * x)
    if np.array_equal(sixteenths, 16 * x):  # as the digits of scikit-learn
        return sixteenths.astype(np.uint8), 16
    divisor = 15 if few else 255
    return np.rint(divisor * x).astype(np.uint8), divisor


def _paired(values: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return bytes with two values of 4 bits each."""
    even = np.concatenate([values, values[:0] if len(values) % 2 == 0 else np.zeros(1, np.uint8)])
    packed: NDArray[np.uint8] = even[::2] | (even[1::2] << 4)
    return packed


def _classes(
    dataset: Dataset, rows: NDArray[np.int64]
) -> tuple[NDArray[np.uint8] | None, list[str]]:
    """Return the class of each row as an index into the names of classes."""
    if dataset.y_train is None or dataset.y_test is None:
        return None, []
    y = np.concatenate([dataset.y_train, dataset.y_test])[rows]
    found, labels = np.unique(y, return_inverse=True)
    if len(found) > _MOST_CLASSES:
        return None, []
    known = dataset.label_names
    return labels.astype(np.uint8), [known[i] if known else str(i) for i in found]
