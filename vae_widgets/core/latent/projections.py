"""Coordinates of a latent space: its own dimensions, principal axes, or a fitted transformer.

Each has ``transform``, from latent vectors (n, latent_dim) to coordinates (n, n_coordinates), and
``inverse_transform``.
"""

from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_widgets.core import checks
from vae_widgets.core.latent.plane import columns_of


class Projection(Protocol):
    """What scikit-learn calls an invertible transformer: PCA, FastICA, UMAP, ..."""

    def transform(self, X: Any) -> Any:
        """Map latent vectors (n, latent_dim) to coordinates (n, n_coordinates)."""

    def inverse_transform(self, X: Any) -> Any:
        """Map coordinates (n, n_coordinates) to latent vectors (n, latent_dim)."""


class Rotation:
    """Coordinates along orthonormal rows of `directions` (latent_dim, latent_dim)."""

    def __init__(self, directions: ArrayLike, origin: ArrayLike) -> None:
        self.directions = np.asarray(directions, np.float64)
        self.origin = np.asarray(origin, np.float64)

    def transform(self, z: ArrayLike) -> NDArray[np.float64]:
        """Map latent vectors (n, latent_dim) to coordinates of the same shape."""
        return (np.asarray(z, np.float64) - self.origin) @ self.directions.T

    def inverse_transform(self, coordinates: ArrayLike) -> NDArray[np.float64]:
        """Map coordinates (n, latent_dim) to latent vectors: exactly the way back."""
        return np.asarray(coordinates, np.float64) @ self.directions + self.origin


def latent_axes(latent_dim: int) -> Rotation:
    """Return the latent dimensions themselves as coordinates."""
    return Rotation(np.eye(latent_dim), np.zeros(latent_dim))


def principal_axes(z: ArrayLike) -> Rotation:
    """Return the principal axes of codes z (n, latent_dim), the one of largest variance first.

    The eigenvectors of the covariance (I. Jolliffe, "Principal component analysis", 2002, section
    1.1), with signs as in scikit-learn.
    """
    columns = columns_of(np.asarray(z)).astype(np.float64)
    origin = columns.mean(axis=1)
    centred = columns - origin[:, np.newaxis]
    _, vectors = np.linalg.eigh(centred @ centred.T)
    directions = vectors.T[::-1]
    largest = np.abs(directions).argmax(axis=1)
    signs = np.sign(directions[np.arange(len(directions)), largest])
    return Rotation(directions * signs[:, np.newaxis], origin)


def check_projection(projection: Any, z: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the coordinates (n, n_coordinates) of codes z, or raise if the projection is unfit."""
    missing = [name for name in ("transform", "inverse_transform") if not hasattr(projection, name)]
    if missing:
        raise TypeError(
            f"projection of type {type(projection).__name__} lacks {' and '.join(missing)}; "
            "expected 'latent', 'pca', or a fitted transformer that goes both ways, such as "
            "sklearn.decomposition.FastICA."
        )
    try:
        coordinates = projection.transform(z)
        back = projection.inverse_transform(coordinates[:1])
    except Exception as error:
        raise ValueError(
            f"projection of type {type(projection).__name__} cannot transform the codes of shape "
            f"{z.shape}: {error} Fit it on codec.encode(x) first."
        ) from error
    coordinates = checks.float_array("projection.transform(z)", coordinates)
    if coordinates.ndim != 2 or len(coordinates) != len(z):
        raise ValueError(
            f"projection.transform(z) has shape {coordinates.shape}; expected ({len(z)}, "
            "n_coordinates)."
        )
    checks.samples("projection.inverse_transform(coordinates)", back, z.shape[1:])
    return coordinates
