"""Paths, planes and what is far from data: the page computes what core/latent computes."""

import json
import pathlib
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from vae_widgets.core.latent.far_from_data import FarFromData
from vae_widgets.core.latent.path_profile import changed_share, log_prior, step_size
from vae_widgets.core.latent.paths import arc, latent_path, line
from vae_widgets.core.latent.plane import on_plane
from vae_widgets.core.latent.projections import latent_axes, principal_axes
from vae_widgets.core.latent.space import LatentSpace

NUMBERS = st.floats(-5, 5, width=32) | st.sampled_from([0.0, 1e-20, 1e18, -1e18])


@pytest.fixture(scope="module")
def compute():
    """Compute in the page: float64 (n,)."""
    node = pathlib.Path(sys.executable).with_name("node")
    script = pathlib.Path(__file__).with_name("compute.mjs")
    text = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "bufsize": 1}
    with subprocess.Popen([node, "--no-warnings", script], **text) as process:

        def ask(what, **given):
            arrays = {
                name: value.tolist() if isinstance(value, np.ndarray) else value
                for name, value in given.items()
            }
            process.stdin.write(json.dumps({"what": what, **arrays}) + "\n")
            return np.array(json.loads(process.stdout.readline()), float)

        yield ask
        process.stdin.close()


@hypothesis_settings(max_examples=80)
@given(st.data(), st.integers(1, 4), st.integers(2, 4), st.sampled_from(["slerp", "linear"]))
def test_paths(compute, data, latent_dim, n, method):
    vector = st.lists(NUMBERS, min_size=latent_dim, max_size=latent_dim)
    points = np.array(data.draw(st.lists(vector, min_size=n, max_size=n)), np.float32)
    frames = data.draw(st.integers(n, 12))
    stops = np.rint(np.linspace(0, frames - 1, n)).astype(int)
    t = np.arange(frames) / (frames - 1)
    leg = {"slerp": arc, "linear": line}[method]
    expected = latent_path(points, t, leg, stops / (frames - 1)).astype(np.float32)
    made = compute("path", points=points, stops=stops, frames=frames, method=method)
    size = np.abs(points).max()
    np.testing.assert_allclose(made.reshape(frames, -1), expected, rtol=1e-6, atol=1e-6 * size)


def test_opposite_vectors_bend_as_in_python(compute):
    for start in ([1.0, 0.0, 2.0], [3.0, -3.0, 3.0], [2.0]):
        points = np.array([start, -2 * np.array(start)], np.float32)
        expected = latent_path(points, np.arange(9) / 8, arc)
        made = compute("path", points=points, stops=[0, 8], frames=9, method="slerp")
        np.testing.assert_allclose(made.reshape(9, -1), expected, atol=1e-6)


def test_curves(compute):
    random = np.random.default_rng(0)
    z = random.normal(size=(7, 3)).astype(np.float32)
    made = compute("logPrior", path=z.ravel(), frames=7)
    np.testing.assert_allclose(made, log_prior(z), rtol=1e-6)
    samples = random.normal(size=(7, 20)).astype(np.float32)
    made = compute("stepSize", samples=samples, tokens=False)
    np.testing.assert_allclose(made, step_size(samples), rtol=1e-6)
    tokens = random.integers(0, 3, size=(7, 20))
    made = compute("stepSize", samples=tokens, tokens=True)
    np.testing.assert_allclose(made, changed_share(tokens), rtol=1e-12)


@pytest.mark.parametrize("latent_dim", [1, 2, 5])
@pytest.mark.parametrize("name", ["latent", "pca"])
def test_planes(compute, latent_dim, name):
    random = np.random.default_rng(latent_dim)
    codes = random.normal(size=(30, latent_dim))
    projection = latent_axes(latent_dim) if name == "latent" else principal_axes(codes)
    dims = [0] if latent_dim == 1 else [latent_dim - 1, 0]
    places = random.normal(size=(4, 2)).astype(np.float32)
    slice_at = random.normal(size=latent_dim).astype(np.float32)
    made = compute(
        "plane",
        dims=dims,
        origin=projection.origin,
        directions=projection.directions.ravel() if name == "pca" else None,
        places=places.ravel(),
        sliceAt=slice_at,
    )
    z = projection.inverse_transform(on_plane(places, dims, slice_at)).astype(np.float32)
    np.testing.assert_allclose(made[: z.size], z.ravel(), atol=1e-6)
    # Back on the plane, where they came from.
    np.testing.assert_allclose(made[z.size :], places[:, : len(dims)].ravel(), atol=1e-5)


@pytest.mark.parametrize("name", ["latent", "pca"])
@pytest.mark.parametrize("dims", [(0, 1), (2, 0)])
def test_posteriors_on_the_plane(compute, name, dims):
    z_mean, z_log_var = np.random.default_rng(0).normal(size=(2, 20, 3)).astype(np.float32)
    space = LatentSpace(z_mean, z_log_var)
    space.name = name
    directions = space.linear_map().get("directions")
    made = compute(
        "covariance",
        dims=dims,
        directions=None if directions is None else directions.ravel(),
        variance=np.exp(z_log_var[7]),
    )
    np.testing.assert_allclose(made, space.posterior_covariance(7, dims), rtol=1e-5, atol=1e-7)


def test_what_is_far_from_data(compute):
    random = np.random.default_rng(0)
    codes = random.normal(size=(200, 3)).astype(np.float32)
    far = FarFromData(codes, random.normal(-2, 1, size=(200, 3)))
    z = (2 * random.normal(size=(100, 3))).astype(np.float32)
    given = {"codes": codes.ravel(), "scale": far.scale, "z": z}
    np.testing.assert_array_equal(compute("far", limit=far.limit, **given), far(z))
    assert 0 < far(z).mean() < 1
    assert not compute("far", limit=None, **given).any()  # one code alone
