"""Anomaly scores without a network: baselines that a model's scores must beat.

Pass samples after the preprocessing of the model. Distances are Euclidean.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_widgets.core import checks

_NUMBERS_AT_ONCE = 2**21  # as float64: 16 MiB
_LARGEST = 1e150  # sums of squares must be finite
_NO_VARIANCE = 1e-12  # share of the largest; what is below is rounding


@checks.suggest_keywords
def baseline_scores(
    x_train: ArrayLike, x_test: ArrayLike, *, n_components: int = 8, n_neighbors: int | None = 5
) -> dict[str, NDArray[np.float64]]:
    """Score samples without a network, to compare with a model by `compare_scores`.

    Parameters
    ----------
    x_train, x_test
        Samples (n, *sample_shape) of training, at least two, and (m, *sample_shape) to score.
    n_components
        Components of the PCA, best the number of latent dimensions; below n.
    n_neighbors
        How many nearest training samples, at most n; None leaves them out: they are slow.

    Returns
    -------
    dict
        By name, each (m,), higher = more anomalous: ``norm`` (length of the sample as a vector),
        ``distance from the mean``, ``PCA residual`` and ``nearest neighbours``.

    Examples
    --------
    >>> x = np.eye(4)
    >>> sorted(vw.baseline_scores(x, x[:2], n_components=1, n_neighbors=2))
    ['PCA residual', 'distance from the mean', 'nearest neighbours', 'norm']
    """
    train, test = _vectors(x_train, x_test)
    n_components = _check_components(n_components, train)
    if n_neighbors is not None:
        n_neighbors = _check_neighbors(n_neighbors, train)
    baselines = {
        "norm": _lengths(test, np.zeros(test.shape[1])),
        "distance from the mean": distance_from_mean(train, test),
        "PCA residual": pca_residual(train, test, n_components),
    }
    if n_neighbors is not None:
        baselines["nearest neighbours"] = nearest_neighbours(train, test, n_neighbors)
    return baselines


def distance_from_mean(x_train: ArrayLike, x_test: ArrayLike) -> NDArray[np.float64]:
    """Return the distance (m,) of samples from the mean of the training samples."""
    train, test = _vectors(x_train, x_test)
    return _lengths(test, train.mean(axis=0))


def pca_residual(
    x_train: ArrayLike, x_test: ArrayLike, n_components: int = 8
) -> NDArray[np.float64]:
    """Return the distance (m,) of samples from the plane of the first principal components.

    It is the error of the best linear autoencoder (P. Baldi and K. Hornik, "Neural networks and
    principal component analysis", Neural Networks 2, 1989).
    """
    train, test = _vectors(x_train, x_test)
    mean = train.mean(axis=0)
    return _lengths(test, mean, _directions(train, mean, _check_components(n_components, train)))


def nearest_neighbours(
    x_train: ArrayLike, x_test: ArrayLike, n_neighbors: int = 5
) -> NDArray[np.float64]:
    """Return the mean distance (m,) of samples to their nearest training samples."""
    from sklearn.neighbors import NearestNeighbors  # most users never need it

    train, test = _vectors(x_train, x_test)
    neighbours = NearestNeighbors(n_neighbors=_check_neighbors(n_neighbors, train))
    # Far from 0, squares cancel in |x|^2 - 2xy + |y|^2, and with them the distances.
    origin = train.mean(axis=0)
    found = neighbours.fit(train - origin).kneighbors(test - origin)[0]
    distances: NDArray[np.float64] = found.mean(axis=1)
    return distances


def _vectors(
    x_train: ArrayLike, x_test: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    train = checks.float_array("x_train", x_train, np.float64)
    if train.ndim < 2 or len(train) < 2:
        raise ValueError(
            f"x_train has shape {train.shape}; expected (n, *sample_shape) with at least two "
            "samples."
        )
    wanted: Any = train.shape[1:], (-_LARGEST, _LARGEST), "a squared distance"
    checks.samples("x_train", train, *wanted, dtype=np.float64)
    test = checks.samples("x_test", x_test, *wanted, dtype=np.float64)
    return train.reshape(len(train), -1), test.reshape(len(test), -1)


def _check_components(n_components: int, train: NDArray[np.float64]) -> int:
    n_components = checks.positive_int("n_components", n_components)
    most = min(len(train) - 1, train.shape[1])
    if n_components > most:
        raise ValueError(
            f"n_components is {n_components}; expected at most {most}, for x_train has "
            f"{len(train)} samples of {train.shape[1]} elements."
        )
    return n_components


def _check_neighbors(n_neighbors: int, train: NDArray[np.float64]) -> int:
    n_neighbors = checks.positive_int("n_neighbors", n_neighbors)
    if n_neighbors > len(train):
        raise ValueError(
            f"n_neighbors is {n_neighbors}; expected at most {len(train)}, the number of samples "
            "in x_train."
        )
    return n_neighbors


def _directions(
    x: NDArray[np.float64], mean: NDArray[np.float64], n_components: int
) -> NDArray[np.float64]:
    """Return unit vectors (d, at most n_components) along which samples x (n, d) vary most."""
    n, d = x.shape
    if d <= n:
        variances, vectors = np.linalg.eigh(sum(part.T @ part for part in _parts(x, mean)))
    else:  # the n x n products have the same eigenvalues, and n samples span all eigenvectors
        centred = x - mean
        variances, weights = np.linalg.eigh(centred @ centred.T)
        vectors = centred.T @ weights
    first = slice(None, -n_components - 1, -1)
    varying = variances[first] > _NO_VARIANCE * variances[-1]
    chosen = vectors[:, first][:, varying]
    directions: NDArray[np.float64] = chosen / np.linalg.norm(chosen, axis=0)
    return directions


def _lengths(
    x: NDArray[np.float64],
    origin: NDArray[np.float64],
    directions: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    lengths = []
    for part in _parts(x, origin):
        if directions is not None:
            part = part - part @ directions @ directions.T
        lengths.append(np.linalg.norm(part, axis=1))
    return np.concatenate(lengths)


def _parts(x: NDArray[np.float64], origin: NDArray[np.float64]) -> Iterator[NDArray[np.float64]]:
    step = max(1, _NUMBERS_AT_ONCE // x.shape[1])
    return (x[start : start + step] - origin for start in range(0, len(x), step))
