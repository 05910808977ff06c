"""Paths between two latent vectors: a straight line, or an arc around the origin.

The prior of a VAE puts nearly all of its mass near a sphere of radius sqrt(latent_dim). A straight
line between two codes leaves that shell; the arc stays on it (T. White, "Sampling Generative
Networks", arXiv:1609.04468, section 2.1).
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_widgets.core import checks

# Below this sine of the angle between two directions, the plane that they span is rounding noise.
_NO_PLANE = 1e-9


def linear_path(start: ArrayLike, end: ArrayLike, t: ArrayLike) -> NDArray[np.float64]:
    """Return points on the straight line from `start` to `end`.

    Parameters
    ----------
    start, end
        Latent vectors (latent_dim,).
    t
        Positions (n,): 0 is `start` and 1 is `end`, both exactly.

    Returns
    -------
    ndarray
        float64 points (n, latent_dim).

    Raises
    ------
    ValueError
        If a value is not finite, the shapes differ, or a position is outside [0, 1].
    """
    a, b, t = _checked(start, end, t)
    return (1 - t) * a + t * b


def slerp_path(start: ArrayLike, end: ArrayLike, t: ArrayLike) -> NDArray[np.float64]:
    """Return points on the arc from `start` to `end`: spherical linear interpolation.

    The direction turns at a constant rate along the great circle through both directions (K.
    Shoemake, "Animating rotation with quaternion curves", SIGGRAPH 1985) while the length grows
    linearly from that of `start` to that of `end`. For two vectors of one length, every point has
    that length. With the angle w between the unit vectors u and v::

        point(t) = ((1 - t) |start| + t |end|) (sin((1 - t) w) u + sin(t w) v) / sin(w)

    - Where one vector is zero or both have the same direction, this is the straight line.
    - Opposite vectors are joined by infinitely many arcs. The one taken bends towards the axis on
      which `start` is smallest in magnitude (the first of them), so that the answer is always the
      same. In one dimension there is no way around the origin: the straight line is taken.

    Parameters
    ----------
    start, end
        Latent vectors (latent_dim,).
    t
        Positions (n,): 0 is `start` and 1 is `end`, both exactly.

    Returns
    -------
    ndarray
        float64 points (n, latent_dim).

    Raises
    ------
    ValueError
        If a value is not finite, the shapes differ, or a position is outside [0, 1].
    """
    a, b, t = _checked(start, end, t)
    length_a, u = _polar(a)
    length_b, v = _polar(b)
    if length_a == 0 or length_b == 0:
        return linear_path(a, b, t[:, 0])
    # Dividing by sin(w) fails near 0 and pi. With a unit vector at a right angle to u, in the plane
    # of u and v, the same arc needs no division.
    sideways = v - (u @ v) * u
    if np.linalg.norm(sideways) < _NO_PLANE:
        if u @ v > 0 or len(u) == 1:
            return linear_path(a, b, t[:, 0])
        sideways = np.zeros_like(u)
        sideways[np.argmin(np.abs(u))] = 1
    sideways /= np.linalg.norm(sideways)
    sideways -= (u @ sideways) * u
    sideways /= np.linalg.norm(sideways)
    # Kahan's formula: exact to rounding for every angle, where arccos loses half the digits.
    angle = 2 * np.arctan2(np.linalg.norm(u - v), np.linalg.norm(u + v))
    direction = np.cos(t * angle) * u + np.sin(t * angle) * sideways
    path = ((1 - t) * length_a + t * length_b) * direction
    return np.where(t == 0, a, np.where(t == 1, b, path))


PATHS: dict[str, Callable[[ArrayLike, ArrayLike, ArrayLike], NDArray[np.float64]]] = {
    "slerp": slerp_path,
    "linear": linear_path,
}


def _checked(start: ArrayLike, end: ArrayLike, t: ArrayLike) -> tuple[NDArray[np.float64], ...]:
    """Return both vectors and the positions, as a column, in double precision."""
    a, b, positions = (np.asarray(value, np.float64) for value in (start, end, t))
    for name, value in (("start", a), ("end", b), ("t", positions)):
        checks.float_array(name, value)
        if value.ndim != 1:
            raise ValueError(f"{name} has shape {value.shape}; expected one dimension.")
    if a.shape != b.shape:
        raise ValueError(f"end has shape {b.shape}; expected that of start, {a.shape}.")
    if positions.min() < 0 or positions.max() > 1:
        raise ValueError(
            f"t spans [{positions.min():g}, {positions.max():g}]; expected positions in [0, 1]."
        )
    return a, b, positions[:, np.newaxis]


def _polar(vector: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
    """Return the length of a vector and its direction (zero for the zero vector)."""
    largest = np.abs(vector).max()
    if largest == 0:
        return 0.0, vector
    scaled = vector / largest  # the squares of very small or large entries would not fit
    norm = np.linalg.norm(scaled)
    return float(largest * norm), scaled / norm
