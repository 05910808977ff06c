"""The codes of samples, and the coordinates in which they are shown."""

from collections.abc import Collection, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_widgets.core.latent.aggregated_posterior import levels_of_mass, mass_on_grid
from vae_widgets.core.latent.far_from_data import FarFromData
from vae_widgets.core.latent.plane import columns_of, on_plane
from vae_widgets.core.latent.projections import (
    Projection,
    Rotation,
    check_projection,
    latent_axes,
    principal_axes,
)
from vae_widgets.core.latent.statistics import active_units, kl_per_dimension

# How far a slider for a dimension with a standard normal prior reaches at least.
PRIOR_REACH = 3.0
# The aggregated posterior: its grid, how many deviations it reaches beyond the codes, and the
# shares of it that are encircled.
DENSITY_COLUMNS, DENSITY_ROWS = 128, 96
DENSITY_REACH = 3.0
DENSITY_RINGS = (0.5, 0.9)


class LatentSpace:
    """Codes z_mean (n, latent_dim) of samples, in coordinates that can be chosen.

    Without log-variances of q(z | x), z_log_var (n, latent_dim), there is no prior. `projections`
    has "latent", "pca", and what was added; `coordinates`, float32 (n, n_coordinates), are those of
    `name`.
    """

    def __init__(
        self, z_mean: NDArray[np.float32], z_log_var: NDArray[np.float32] | None = None
    ) -> None:
        self.z_mean, self.z_log_var = z_mean, z_log_var
        self.projections: dict[str, Projection] = {
            "latent": latent_axes(z_mean.shape[1]),
            "pca": principal_axes(z_mean),
        }
        self._coordinates = {"latent": z_mean}  # unchanged, without a pass over a million codes
        self._axes: dict[str, list[dict[str, Any]]] = {}
        self.use("latent")

    def add(self, projection: Any) -> str:
        """Check a fitted transformer and return the name under which it can be used."""
        for name, known in self.projections.items():
            if known is projection:
                return name
        coordinates = check_projection(projection, self.z_mean)
        name = kind = type(projection).__name__
        count = 1
        while name in self.projections:
            count += 1
            name = f"{kind} {count}"
        self.projections[name], self._coordinates[name] = projection, coordinates
        return name

    def keep(self, names: Collection[str]) -> None:
        """Forget the projections that are not among `names`."""
        for known in (self.projections, self._coordinates, self._axes):
            for name in known.keys() - names:
                del known[name]

    def coordinates_of(self, name: str) -> NDArray[np.float32]:
        """Return the coordinates (n, n_coordinates) of the codes in the projection `name`."""
        if name not in self._coordinates:
            made = self.projections[name].transform(self.z_mean)
            self._coordinates[name] = np.asarray(made, np.float32)
        return self._coordinates[name]

    def use(self, name: str) -> None:
        """Use the coordinates of the projection `name`."""
        self.name, self.coordinates = name, self.coordinates_of(name)

    @cached_property
    def off_data(self) -> FarFromData:
        """Detects latent vectors that are far from all codes."""
        return FarFromData(self.z_mean, self.z_log_var)

    @property
    def n_coordinates(self) -> int:
        """Number of coordinates."""
        return int(self.coordinates.shape[1])

    @property
    def center(self) -> NDArray[np.float32]:
        """Mean of the coordinates, float32 (n_coordinates,)."""
        mean: NDArray[np.float32] = columns_of(self.coordinates).mean(axis=1)
        return mean

    def project(self, z: ArrayLike) -> NDArray[np.float32]:
        """Return the coordinates (m, n_coordinates) of latent vectors (m, latent_dim)."""
        return np.asarray(self.projections[self.name].transform(z), np.float32)

    def inverse_project(self, coordinates: ArrayLike) -> NDArray[np.float32]:
        """Return the latent vectors (m, latent_dim) of coordinates (m, n_coordinates)."""
        return np.asarray(self.projections[self.name].inverse_transform(coordinates), np.float32)

    def from_plane(
        self, points: ArrayLike, dims: Sequence[int], slice_at: ArrayLike
    ) -> NDArray[np.float32]:
        """Return the latent vectors (m, latent_dim) of points (m, 2) on the plane of `dims`."""
        return self.inverse_project(on_plane(points, dims, slice_at))

    def prior_center(self, dims: Sequence[int]) -> list[float]:
        """Return the centre of the prior N(0, I) on the plane of two coordinates, or []."""
        rotation = self.rotation(self.name)
        if rotation is None:
            return []
        center: list[float] = rotation.transform(np.zeros_like(self.z_mean[:1]))[0][
            [*dims]
        ].tolist()
        return center

    def posterior_covariance(self, index: int, dims: Sequence[int]) -> list[float]:
        """Return the covariance of q(z | x) of a sample in two coordinates: xx, xy, yx, yy.

        It is U diag(sigma^2) U^T with the directions U. Empty without a prior.
        """
        rotation = self.rotation(self.name)
        if rotation is None or self.z_log_var is None:
            return []
        directions = rotation.directions[[*dims]]
        variance = np.exp(self.z_log_var[index].astype(np.float64))
        covariance: list[float] = (directions * variance @ directions.T).ravel().tolist()
        return covariance

    def aggregated_posterior(self, dims: Sequence[int]) -> dict[str, Any]:
        """Return the density of q(z), the mean of all q(z | x), on the plane of two coordinates.

        A dict of ``bounds``, ``columns``, ``rows``, ``density`` float32 (rows, columns), which is
        the probability of each cell, and ``rings``: the densities that bound shares of it. Empty
        without a prior.
        """
        rotation = self.rotation(self.name)
        if rotation is None or self.z_log_var is None:
            return {}
        directions = rotation.directions[[*dims]].astype(np.float32)
        products = (directions[:, np.newaxis] * directions).reshape(4, -1)
        covariance = (np.exp(self.z_log_var) @ products.T).reshape(-1, 2, 2)
        mean = self.coordinates[:, [*dims]].astype(np.float64)  # large codes keep their reach
        reach = DENSITY_REACH * np.sqrt(covariance[:, [0, 1], [0, 1]])
        low, high = (mean - reach).min(axis=0), (mean + reach).max(axis=0)
        bounds = [float(edge) for pair in zip(low, high, strict=True) for edge in pair]
        density = mass_on_grid(mean, covariance, bounds, DENSITY_COLUMNS, DENSITY_ROWS)
        levels = levels_of_mass(density, DENSITY_RINGS)
        return {
            "bounds": bounds,
            "columns": DENSITY_COLUMNS,
            "rows": DENSITY_ROWS,
            "density": density,
            "rings": [
                {"probability": probability, "density": level}
                for probability, level in zip(DENSITY_RINGS, levels, strict=True)
                if level is not None
            ],
        }

    def rotation(self, name: str) -> Rotation | None:
        """Return the projection `name` if it is linear and the codes have variances, or None."""
        projection = self.projections[name]
        if self.z_log_var is None or self.z_mean.shape[1] < 2:
            return None
        return projection if isinstance(projection, Rotation) else None

    def planes(self) -> dict[str, dict[str, Any]]:
        """Describe all projections, for a page without Python.

        By name: ``axes``, ``center`` and `most_active` as ``dims``; whether there is a ``prior``;
        ``directions`` and ``origin`` of a rotation, or else the ``coordinates``.
        """
        described = {}
        for name, projection in self.projections.items():
            coordinates = self.coordinates_of(name)
            plane: dict[str, Any] = {
                "axes": self.axes(name),
                "center": coordinates.mean(axis=0),
                "dims": self.most_active(name),
                "prior": self.rotation(name) is not None,
            }
            if isinstance(projection, Rotation):
                plane |= {"origin": projection.origin, "directions": projection.directions}
            else:
                plane["coordinates"] = coordinates
            described[name] = plane
        return described

    def linear_map(self) -> dict[str, NDArray[np.float64]]:
        """Return how latent vectors follow from coordinates: coordinates @ directions + origin.

        A dict of ``directions`` (latent_dim, latent_dim) and ``origin`` (latent_dim,). Without
        ``directions``, coordinates are latent dimensions; the dict is empty for a transformer.
        """
        projection = self.projections[self.name]
        if not isinstance(projection, Rotation):
            return {}
        if self.name == "latent":
            return {"origin": projection.origin}
        return {"directions": projection.directions, "origin": projection.origin}

    def most_active(self, name: str) -> tuple[int, ...]:
        """Return the two coordinates of a projection that say most, ascending; or the only one.

        They are the first two of `axes`, but 0 and 1 of a fitted transformer, whose author has
        ordered them.
        """
        if name not in ("latent", "pca"):
            return tuple(range(min(2, self.coordinates_of(name).shape[1])))
        return tuple(sorted(axis["index"] for axis in self.axes(name)[:2]))

    def axes(self, name: str = "") -> list[dict[str, Any]]:
        """Describe the coordinates of a projection, by default those in use.

        The latent dimension of largest KL, or else of largest variance, is the first. It is
        collapsed where its mean does not vary (`active_units`).
        """
        name = name or self.name
        if name not in self._axes:
            self._axes[name] = self._describe(name, self.coordinates_of(name))
        return self._axes[name]

    def _describe(self, name: str, coordinates: NDArray[np.float32]) -> list[dict[str, Any]]:
        columns = columns_of(coordinates)
        k = len(columns)
        order, notes, collapsed = np.arange(k), [""] * k, np.zeros(k, bool)
        center, low, high = columns.mean(axis=1), columns.min(axis=1), columns.max(axis=1)
        if name == "latent":
            names = [f"z[{i}]" for i in range(k)]
            if self.z_log_var is not None:
                kl = kl_per_dimension(self.z_mean, self.z_log_var)
                order = np.argsort(-kl, kind="stable")
                notes = [f"{nats:.2f} nats" for nats in kl]
                collapsed = ~active_units(self.z_mean)
                low, high = np.minimum(low, -PRIOR_REACH), np.maximum(high, PRIOR_REACH)
            else:
                order = np.argsort(-columns.var(axis=1), kind="stable")
        elif name == "pca":
            names = [f"PC[{i}]" for i in range(k)]
            variance = columns.var(axis=1)
            notes = [f"{share:.0%}" for share in variance / max(variance.sum(), 1e-30)]
        else:
            names = [f"{name}[{i}]" for i in range(k)]
        return [
            {
                "index": int(i),
                "name": names[i],
                "note": notes[i],
                "collapsed": bool(collapsed[i]),
                "low": float(low[i]),
                "high": float(high[i]),
                "mean": float(center[i]),
            }
            for i in order
        ]
