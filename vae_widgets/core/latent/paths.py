"""Paths through latent vectors: straight lines, or arcs around the origin.

The prior has nearly all of its mass near a sphere of radius sqrt(latent_dim); an arc stays there
(T. White, "Sampling Generative Networks", arXiv:1609.04468, section 2.1).
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_widgets.core import checks

Vector = NDArray[np.float64]
Leg = Callable[[Vector, Vector, Vector], Vector]
"""(start, end, t) -> points (n, latent_dim) at positions t (n,) in [0, 1] between two vectors."""

# Below this sine of the angle between two directions, the plane that they span is rounding noise.
_NO_PLANE = 1e-9


def latent_path(
    points: ArrayLike, t: ArrayLike, leg: Leg, stops: ArrayLike | None = None
) -> NDArray[np.float64]:
    """Return latent vectors along a path through given ones: float64 (n, latent_dim).

    `points` (m, latent_dim), 2 or more, are at the `stops` (m,), which rise from 0 to 1; None
    spreads them evenly. `t` (n,) are positions in [0, 1]. A `leg` joins two neighbours: `line`,
    `arc`, or ``NeighbourGraph(latents).leg``.
    """
    points, t = np.asarray(points, np.float64), np.asarray(t, np.float64)
    checks.float_array("points", points)
    checks.float_array("t", t)
    if points.ndim != 2 or len(points) < 2:
        raise ValueError(f"points has shape {points.shape}; expected (m, latent_dim), m >= 2.")
    if t.ndim != 1:
        raise ValueError(f"t has shape {t.shape}; expected one dimension.")
    if t.min() < 0 or t.max() > 1:
        raise ValueError(f"t spans [{t.min():g}, {t.max():g}]; expected positions in [0, 1].")
    stops = np.linspace(0, 1, len(points)) if stops is None else np.asarray(stops, np.float64)
    rising = stops.shape == points.shape[:1] and (np.diff(stops) > 0).all()
    if not rising or stops[0] != 0 or stops[-1] != 1:
        raise ValueError(
            f"stops is {stops.tolist()}; expected {len(points)} rising positions from 0 to 1, one "
            "for each of points."
        )
    path = np.empty((len(t), points.shape[1]))
    legs = np.minimum(np.searchsorted(stops, t, side="right"), len(points) - 1) - 1
    for i in np.unique(legs):
        mine = legs == i
        share = (t[mine] - stops[i]) / (stops[i + 1] - stops[i])
        path[mine] = leg(points[i], points[i + 1], share)
    return path


def line(start: Vector, end: Vector, t: Vector) -> Vector:
    """Return points on the straight line between two vectors."""
    t = t[:, np.newaxis]
    return (1 - t) * start + t * end


def arc(start: Vector, end: Vector, t: Vector) -> Vector:
    """Return points on the arc between two vectors: spherical linear interpolation.

    The direction turns at a constant rate (K. Shoemake, "Animating rotation with quaternion
    curves", SIGGRAPH 1985) while the length changes linearly. With the angle w between the unit
    vectors u and v::

        point(t) = ((1 - t) |start| + t |end|) (sin((1 - t) w) u + sin(t w) v) / sin(w)

    Where one vector is zero, both have the same direction, or there is one dimension, this is the
    straight line. The arc between opposite vectors bends towards the axis on which `start` is
    smallest in magnitude.
    """
    length_a, u = _polar(start)
    length_b, v = _polar(end)
    if length_a == 0 or length_b == 0:
        return line(start, end, t)
    # Dividing by sin(w) fails near 0 and pi. With a unit vector at a right angle to u, in the plane
    # of u and v, the same arc needs no division.
    sideways = v - (u @ v) * u
    if np.linalg.norm(sideways) < _NO_PLANE:
        if u @ v > 0 or len(u) == 1:
            return line(start, end, t)
        sideways = np.zeros_like(u)
        sideways[np.argmin(np.abs(u))] = 1
    sideways /= np.linalg.norm(sideways)
    sideways -= (u @ sideways) * u
    sideways /= np.linalg.norm(sideways)
    # Kahan's formula: exact to rounding for every angle, where arccos loses half the digits.
    angle = 2 * np.arctan2(np.linalg.norm(u - v), np.linalg.norm(u + v))
    t = t[:, np.newaxis]
    direction = np.cos(t * angle) * u + np.sin(t * angle) * sideways
    path = ((1 - t) * length_a + t * length_b) * direction
    return np.where(t == 0, start, np.where(t == 1, end, path))


def _polar(vector: Vector) -> tuple[float, Vector]:
    largest = np.abs(vector).max()
    if largest == 0:
        return 0.0, vector
    scaled = vector / largest  # the squares of very small or large entries would not fit
    norm = np.linalg.norm(scaled)
    return float(largest * norm), scaled / norm
