"""A split of samples into those for training and those for testing."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_widgets.core import checks


def split_rows(
    n: int, y: NDArray[np.integer] | None, test_size: Any, seed: Any, name: str = "x"
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rows for training and those for testing, drawn with a seed.

    Each class has its share in both, if it has at least two samples.

    Parameters
    ----------
    n
        Number of samples.
    y
        Class of each, or None.
    test_size
        Share for testing, between 0 and 1.
    seed
        Whole number of at least 0.
    name
        Of the samples, for the message of a ``ValueError``.
    """
    from sklearn.model_selection import train_test_split

    share = checks.open_share("test_size", test_size)
    seed = checks.positive_int("seed", seed, minimum=0)
    n_test = min(n - 1, max(1, round(share * n)))
    if n < 2:
        raise ValueError(
            f"{name} has {n} sample; expected at least 2, one to train and one to test."
        )
    classes = None
    if y is not None:
        _, counts = np.unique(y, return_counts=True)
        if counts.min() >= 2 and min(n_test, n - n_test) >= len(counts):
            classes = y
    rows = np.arange(n)
    train, test = train_test_split(rows, test_size=n_test, stratify=classes, random_state=seed)
    return np.sort(train), np.sort(test)
