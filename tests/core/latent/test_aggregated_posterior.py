import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import multivariate_normal

from vae_widgets.core.latent import aggregated_posterior
from vae_widgets.core.latent.aggregated_posterior import levels_of_mass, mass_on_grid
from vae_widgets.core.latent.plane import grid_points
from vae_widgets.core.latent.space import LatentSpace

BOUNDS = (-2.0, 3.0, -1.0, 2.5)


def brute_force(mean, covariance, bounds=BOUNDS, columns=17, rows=11):
    """The mass of each cell by the Gaussians of scipy one by one, widened by half a cell."""
    x0, x1, y0, y1 = bounds
    width, height = (x1 - x0) / columns, (y1 - y0) / rows
    cell = np.diag([(width / 2) ** 2, (height / 2) ** 2])
    at = grid_points(bounds, columns, rows)
    each = [multivariate_normal(m, c + cell).pdf(at) for m, c in zip(mean, covariance, strict=True)]
    return np.mean(each, axis=0).reshape(rows, columns) * width * height


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.booleans())
def test_it_is_the_mean_of_the_gaussians(seed, correlated):
    rng = np.random.default_rng(seed)
    mean = rng.normal(size=(9, 2))
    root = rng.normal(size=(9, 2, 2))
    covariance = root @ root.transpose(0, 2, 1) + 0.01 * np.eye(2)
    if not correlated:
        covariance *= np.eye(2)
    got = mass_on_grid(mean, covariance, BOUNDS, 17, 11)
    expected = brute_force(mean, covariance)
    np.testing.assert_allclose(got, expected, rtol=2e-4, atol=1e-6 * expected.max())


@pytest.mark.parametrize("correlation", [0.0, 0.6])
def test_narrow_gaussians_keep_their_mass(correlation):
    mean = np.random.default_rng(0).uniform(-0.5, 1.5, size=(400, 2))
    covariance = np.broadcast_to(1e-8 * np.array([[1, correlation], [correlation, 1]]), (400, 2, 2))
    mass = mass_on_grid(mean, covariance, BOUNDS, 40, 30)
    assert mass.sum() == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("size", [1e-12, 1e12, 1e25])
@pytest.mark.parametrize("correlation", [0.0, 0.6])
def test_the_unit_of_the_codes_makes_no_difference(size, correlation):
    mean = np.random.default_rng(0).normal(size=(50, 2))
    covariance = np.broadcast_to(np.array([[1, correlation], [correlation, 1]]), (50, 2, 2)) / 9
    expected = mass_on_grid(mean, covariance, BOUNDS, 40, 30)
    bounds = [size * edge for edge in BOUNDS]
    got = mass_on_grid(size * mean, size**2 * covariance, bounds, 40, 30)
    np.testing.assert_allclose(got, expected, rtol=1e-4, atol=1e-9)


def test_blocks_and_subsamples_change_nothing_but_the_cost(monkeypatch):
    rng = np.random.default_rng(1)
    mean = rng.normal(size=(60, 2))
    covariance = np.broadcast_to(np.diag([0.3, 0.1]), (60, 2, 2))
    whole = mass_on_grid(mean, covariance, BOUNDS, 17, 11)
    monkeypatch.setattr(aggregated_posterior, "BLOCK", 28 * 7)
    np.testing.assert_allclose(mass_on_grid(mean, covariance, BOUNDS, 17, 11), whole, rtol=1e-5)
    # Each of 20 stands for three that are alike.
    monkeypatch.setattr(aggregated_posterior, "MOST_SAMPLES", 20)
    some = mass_on_grid(np.repeat(mean[:20], 3, axis=0), covariance, BOUNDS, 17, 11)
    expected = brute_force(mean[:20], covariance[:20])
    np.testing.assert_allclose(some, expected, rtol=1e-4, atol=1e-7)


def test_regions_of_a_gaussian_hold_their_mass():
    # Of N(0, s^2 I), density t bounds a disc of mass 1 - 2 pi s^2 t.
    grid = mass_on_grid([[0, 0]], [np.diag([0.25, 0.25])], (-3, 3, -3, 3), 300, 300)
    levels = levels_of_mass(grid, [0.5, 0.9, 0.99])
    variance, area = 0.25 + 0.01**2, (6 / 300) ** 2
    expected = (1 - np.array([0.5, 0.9, 0.99])) / (2 * np.pi * variance) * area
    np.testing.assert_allclose(levels, expected, rtol=0.01)


def test_a_region_that_is_not_on_the_grid_has_no_level():
    grid = mass_on_grid([[0, 0]], [np.eye(2)], (0, 9, -9, 9), 90, 90)  # one half
    low, high = levels_of_mass(grid, [0.3, 0.6])
    assert low > 0
    assert high is None


def test_on_a_plane_of_a_latent_space_it_is_the_marginal():
    rng = np.random.default_rng(2)
    z_mean, z_log_var = rng.normal(size=(30, 4)), rng.normal(-2, 1, size=(30, 4))
    space = LatentSpace(z_mean.astype(np.float32), z_log_var.astype(np.float32))
    for name, dims in (("latent", (2, 0)), ("pca", (0, 3))):
        space.use(name)
        grid = space.aggregated_posterior(dims)
        directions = space.projections[name].directions[list(dims)]
        covariance = [directions @ np.diag(np.exp(v)) @ directions.T for v in z_log_var]
        mean = space.coordinates[:, dims]
        expected = brute_force(mean, covariance, grid["bounds"], grid["columns"], grid["rows"])
        np.testing.assert_allclose(grid["density"], expected, rtol=1e-3, atol=1e-4 * expected.max())
        assert grid["density"].sum() == pytest.approx(1, abs=0.01)
        assert [ring["probability"] for ring in grid["rings"]] == [0.5, 0.9]


def test_codes_of_any_size_have_a_density():
    rng = np.random.default_rng(4)
    log_var = np.zeros((200, 2), np.float32)
    for size, spread in ((1e12, 1e12), (1e12, 0), (1e18, 1e17)):
        z = (size + spread * rng.normal(size=(200, 2))).astype(np.float32)
        grid = LatentSpace(z, log_var).aggregated_posterior((0, 1))
        assert grid["density"].sum() == pytest.approx(1, abs=0.02)
        assert [ring["probability"] for ring in grid["rings"]] == [0.5, 0.9]


def test_without_variances_or_a_plane_there_is_none():
    z = np.random.default_rng(3).normal(size=(5, 2)).astype(np.float32)
    assert LatentSpace(z).aggregated_posterior((0, 1)) == {}
    assert LatentSpace(z[:, :1], z[:, :1]).aggregated_posterior((0,)) == {}
