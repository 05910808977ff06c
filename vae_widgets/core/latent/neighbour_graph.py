"""A path that stays near the data: the shortest way through a graph of nearest latent vectors.

It approximates the geodesic of the surface on which the data lie (J. Tenenbaum et al., "A global
geometric framework for nonlinear dimensionality reduction", Science 290, 2000).
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_widgets.core import checks

# scikit-learn, which brings SciPy, is imported where it is used: most widgets never need either.


class NeighbourGraph:
    """Latent vectors (n, latent_dim), 2 different ones or more, each joined to its nearest.

    Parts that no edge joins are joined by the shortest edges between them, as in a minimum spanning
    tree.
    """

    def __init__(self, latents: ArrayLike, n_neighbors: int = 10) -> None:
        from sklearn.neighbors import NearestNeighbors

        n_neighbors = checks.positive_int("n_neighbors", n_neighbors)
        z = checks.float_array("latents", latents, np.float64)
        if z.ndim != 2:
            raise ValueError(f"latents has shape {z.shape}; expected (n, latent_dim).")
        self._z = np.unique(z, axis=0)
        if len(self._z) < 2:
            raise ValueError("latents are all the same vector; expected two different ones.")
        k = min(n_neighbors, len(self._z) - 1)
        self._nearest = NearestNeighbors(n_neighbors=k).fit(self._z)
        self._edges = _edges(np.arange(len(self._z)), *self._nearest.kneighbors())
        self._join_parts()

    def route(self, start: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the shortest way (m, latent_dim) from `start` to `end`, both included."""
        from scipy.sparse.csgraph import dijkstra

        n, ends = len(self._z), np.stack([start, end])
        distance, index = self._nearest.kneighbors(ends)
        edges = [self._edges, _edges(np.array([n, n + 1]), distance, index)]
        direct = np.linalg.norm(end - start)
        if direct <= distance.max():
            edges.append(np.array([[n], [n + 1], [direct]]))
        graph = _graph(n + 2, np.hstack(edges))
        _, before = dijkstra(graph, directed=False, indices=n, return_predecessors=True)
        way = [n + 1]
        while way[-1] != n:
            way.append(before[way[-1]])
        nodes: NDArray[np.float64] = np.concatenate([self._z, ends])[way[::-1]]
        return nodes

    def leg(
        self, start: NDArray[np.float64], end: NDArray[np.float64], t: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return points along `route` at the shares t (n,) of its length."""
        route = self.route(start, end)
        length = np.linalg.norm(np.diff(route, axis=0), axis=1)
        # An end that is one of the latents makes an edge of no length.
        route = np.concatenate([route[:1], route[1:][length > 0]])
        if len(route) == 1:
            return np.repeat(route, len(t), axis=0)
        at = np.append(0, np.cumsum(length[length > 0]))
        return np.column_stack([np.interp(t, at / at[-1], axis) for axis in route.T])

    def _join_parts(self) -> None:
        from scipy.sparse.csgraph import connected_components
        from sklearn.neighbors import NearestNeighbors

        n = len(self._z)
        while True:
            parts, part = connected_components(_graph(n, self._edges), directed=False)
            if parts == 1:
                return
            inside, outside = np.flatnonzero(part == part[0]), np.flatnonzero(part != part[0])
            nearest = NearestNeighbors(n_neighbors=1).fit(self._z[inside])
            distance, index = nearest.kneighbors(self._z[outside])
            i = [distance.argmin()]
            bridge = _edges(outside[i], distance[i], inside[index[i]])
            self._edges = np.hstack([self._edges, bridge])


def _edges(
    nodes: NDArray[np.intp], distance: NDArray[np.float64], index: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Return rows from, to, length (3, n * k) of edges from nodes (n,) to their `index` (n, k)."""
    return np.array([np.repeat(nodes, index.shape[1]), index.ravel(), distance.ravel()])


def _graph(n: int, edges: NDArray[np.float64]) -> Any:
    from scipy.sparse import coo_array

    return coo_array((edges[2], edges[:2].astype(np.intp)), shape=(n, n)).tocsr()
