import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import floyd_warshall, minimum_spanning_tree
from scipy.spatial.distance import cdist

from vae_widgets.core.latent.neighbour_graph import NeighbourGraph
from vae_widgets.core.latent.paths import latent_path


def brute_force_length(z, start, end, k):
    """Length of the shortest way, from all distances and all pairs of nodes."""
    n = len(z)
    nodes = np.vstack([z, start, end])
    distance = cdist(nodes, nodes)
    allowed = np.zeros((n + 2, n + 2), bool)
    for i in range(n + 2):
        others = [j for j in range(n) if j != i]
        nearest = sorted(others, key=lambda j: distance[i, j])[:k]
        allowed[i, nearest] = True
        if i >= n and distance[n, n + 1] <= distance[i, nearest[-1]]:
            allowed[n, n + 1] = True
    allowed |= allowed.T
    # Join the parts: of all edges, the cheapest tree in which those that are allowed cost nothing.
    inner = distance[:n, :n]
    tree = minimum_spanning_tree(np.where(allowed[:n, :n], 1e-6, inner)).toarray()
    bridges = tree > 1e-6
    allowed[:n, :n] |= bridges | bridges.T
    return floyd_warshall(np.where(allowed, distance, np.inf))[n, n + 1]


def length(route):
    return np.linalg.norm(np.diff(route, axis=0), axis=1).sum()


@settings(max_examples=40, deadline=None)
@given(st.integers(3, 40), st.integers(1, 4), st.integers(1, 6), st.integers(0, 10_000))
def test_the_route_is_the_shortest(n, dim, k, seed):
    random = np.random.default_rng(seed)
    # Two clouds, so that parts must often be joined.
    z = random.normal(size=(n, dim)) + 20 * (np.arange(n) % 2)[:, np.newaxis]
    start, end = random.normal(loc=[[0], [20]], size=(2, dim))
    graph = NeighbourGraph(z, k)
    route = graph.route(start, end)
    np.testing.assert_array_equal(route[[0, -1]], [start, end])
    assert length(route) == pytest.approx(brute_force_length(z, start, end, min(k, n - 1)))
    assert length(graph.route(end, start)) == pytest.approx(length(route))


def test_the_path_stays_near_the_data():
    random = np.random.default_rng(0)
    turn = np.sort(random.uniform(0, 2 * np.pi, 400))
    ring = np.column_stack([np.cos(turn), np.sin(turn)])
    path = latent_path([ring[0], ring[200]], np.linspace(0, 1, 64), NeighbourGraph(ring).leg)
    # The straight line would cross the empty middle; the way round is half the circle.
    assert np.linalg.norm(path, axis=1).min() > 0.99
    whole = turn[200] - turn[0]
    assert length(path) == pytest.approx(min(whole, 2 * np.pi - whole), rel=0.01)


def test_the_path_has_one_speed():
    random = np.random.default_rng(0)
    graph = NeighbourGraph(random.normal(size=(200, 3)))
    start, end = random.normal(size=(2, 3))
    route = graph.route(start, end)
    t = np.linspace(0, 1, 2001)
    path = graph.leg(start, end, t)
    np.testing.assert_array_equal(path[[0, -1]], [start, end])
    # Steps across a corner of the route are shorter; all others have the same length.
    steps = np.linalg.norm(np.diff(path, axis=0), axis=1)
    same = np.isclose(steps, length(route) / 2000)
    assert (~same).sum() <= len(route) - 2
    assert cdist(path, route).min(axis=0).max() < steps.max()


def test_along_a_row_of_points_it_is_the_straight_line():
    row = np.column_stack([np.linspace(0, 9, 10), np.zeros(10)])
    t = np.linspace(0, 1, 7)
    for leg in (NeighbourGraph(row, 1).leg, NeighbourGraph(row, 100).leg):
        np.testing.assert_allclose(leg(row[0], row[9], t), np.outer(t, [9, 0]), atol=1e-12)


def test_between_equal_ends_it_rests():
    graph = NeighbourGraph([[0, 0], [1, 0], [2, 1]])
    for end in ([1, 0], [5, 5]):
        end = np.array(end, float)
        np.testing.assert_array_equal(graph.leg(end, end, np.array([0, 0.5, 1])), [end] * 3)


def test_copies_count_once():
    z = np.repeat(np.random.default_rng(0).normal(size=(8, 2)), 30, axis=0)
    start, end = z[0], z[-1]
    route = NeighbourGraph(z, 3).route(start, end)
    np.testing.assert_array_equal(route, NeighbourGraph(z[::30], 3).route(start, end))


def test_every_part_is_joined_by_the_shortest_edges():
    z = np.concatenate([10 * i + np.random.default_rng(i).uniform(size=(15, 1)) for i in range(5)])
    edges = NeighbourGraph(z, 2)._edges
    bridges = edges[:, edges[2] > 2]
    ordered = np.sort(z[:, 0])
    np.testing.assert_allclose(np.sort(bridges[2]), np.sort(np.diff(ordered)[14:60:15]))


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (([[0, 0], [0, 0]],), ValueError, "all the same vector"),
        (([0, 1],), ValueError, r"latents has shape \(2,\); expected \(n, latent_dim\)"),
        (([[0], [np.inf]],), ValueError, "latents has 1 NaN or infinite"),
        (([[0], [1]], 0), ValueError, "n_neighbors must be at least 1"),
        (([[0], [1]], 1.5), TypeError, "n_neighbors must be a whole number"),
        (("abc",), TypeError, "latents must be an array of numbers"),
    ],
)
def test_bad_input_is_named(arguments, error, message):
    with pytest.raises(error, match=message):
        NeighbourGraph(*arguments)
