import ipywidgets
import numpy as np
import pytest
from sklearn.decomposition import PCA

import vae_widgets as vw
from tests.support.messages import send
from tests.support.pca_codec import PcaCodec, digits
from vae_widgets.widgets.traits.array import array_from_json

X = digits()[0][:120]
CODEC = PcaCodec(X, latent_dim=4)


@pytest.fixture
def scatter():
    return vw.LatentScatter(CODEC, X)


@pytest.fixture
def slider():
    return vw.InterpolationSlider(CODEC, X[0], X[1], steps=9, via=[X[2]])


def drawn(scatter):
    return array_from_json(scatter._path["positions"])


def click(scatter, **ends):
    sent = send(scatter, "path", **ends)
    return sent[-1]["error"] if sent else None


def test_the_path_is_drawn_on_the_plane_that_is_shown(slider, scatter):
    slider.link(scatter)
    np.testing.assert_allclose(drawn(scatter), slider.path[:, :2], atol=1e-6)
    assert scatter._path["stops"] == [0, 4, 8]
    scatter.dims = (3, 1)
    np.testing.assert_allclose(drawn(scatter), slider.path[:, [3, 1]], atol=1e-6)
    pca = PCA(3, random_state=0).fit(scatter.z_mean)
    scatter.projection = pca
    np.testing.assert_allclose(drawn(scatter), pca.transform(slider.path)[:, :2], atol=1e-5)


def test_every_new_path_is_drawn(slider, scatter):
    slider.link(scatter)
    slider.compare = True
    for change in ({"end": X[5]}, {"method": "linear"}, {"via": ()}, {"method": "slerp"}):
        ((name, value),) = change.items()
        setattr(slider, name, value)
        np.testing.assert_allclose(drawn(scatter), slider.path[:, :2], atol=1e-6)
    assert scatter._path["stops"] == [0, 8]


def test_clicks_on_points_set_samples_as_ends(slider, scatter):
    slider.link(scatter)
    click(scatter, start={"at": [9, 9], "point": 7}, end={"at": [9, 9], "point": 8})
    np.testing.assert_array_equal(slider.start, X[7])
    np.testing.assert_array_equal(slider.end, X[8])
    np.testing.assert_allclose(slider.path[[0, -1]], scatter.z_mean[[7, 8]], atol=1e-6)


def test_clicks_on_empty_places_set_latent_vectors(slider, scatter):
    slider.link(scatter)
    click(scatter, end={"at": [0.5, -0.25], "point": -1})
    np.testing.assert_array_equal(slider.start, X[0])
    np.testing.assert_allclose(slider.end[:2], [0.5, -0.25])
    np.testing.assert_allclose(slider.end[2:], scatter.z_mean.mean(axis=0)[2:], atol=1e-6)


def test_a_way_point_is_moved(slider, scatter):
    slider.via = [X[2], X[3]]
    slider.link(scatter)
    click(scatter, via={"which": 1, "at": [9, 9], "point": 7})
    np.testing.assert_array_equal(slider.via[0], X[2])
    np.testing.assert_array_equal(slider.via[1], X[7])
    np.testing.assert_allclose(slider.path[5], scatter.z_mean[7], atol=1e-6)
    np.testing.assert_array_equal(slider.start, X[0])


def test_both_ends_are_one_decode(slider, scatter):
    slider.link(scatter)
    contents = []
    slider.observe(lambda change: contents.append(change.new), "_content")
    click(scatter, start={"at": [0, 0], "point": 7}, end={"at": [1, 1], "point": -1})
    assert len(contents) == 1


def test_with_one_dimension_the_path_is_on_a_line():
    codec = PcaCodec(X, latent_dim=1)
    scatter = vw.LatentScatter(codec, X)
    slider = vw.InterpolationSlider(codec, [1.0], [2.0], steps=3)
    slider.link(scatter)
    np.testing.assert_allclose(drawn(scatter), [[1], [1.5], [2]])
    click(scatter, start={"at": [0.5, 0.7], "point": -1})
    np.testing.assert_array_equal(slider.start, [0.5])


@pytest.mark.parametrize("ends", ["latent", "sample", "auto"])
def test_a_point_is_what_the_slider_takes(scatter, ends):
    given = X[:2] if ends == "sample" else scatter.z_mean[:2]
    slider = vw.InterpolationSlider(CODEC, *given, ends=ends)
    slider.link(scatter)
    click(scatter, start={"at": [0, 0], "point": 7})
    np.testing.assert_allclose(slider.path[0], scatter.z_mean[7], atol=1e-6)


def test_a_path_that_fails_is_told_and_changes_nothing(slider, scatter, monkeypatch):
    slider.link(scatter)
    monkeypatch.setattr(CODEC, "decode", lambda z: np.full((len(z), 8, 8), np.nan))
    assert "NaN or infinite" in click(scatter, start={"at": [0, 0], "point": 7})
    np.testing.assert_array_equal(slider.start, X[0])


def test_unlinked_means_left_alone(slider, scatter):
    link = slider.link(scatter)
    link.unlink()
    assert scatter._path == {}
    slider.end = X[6]
    scatter.dims = (1, 2)
    click(scatter, start={"at": [0, 0], "point": 7})
    assert scatter._path == {}
    np.testing.assert_array_equal(slider.start, X[0])


@pytest.mark.parametrize("which", ["slider", "scatter"])
def test_closing_one_unlinks(slider, scatter, which):
    slider.link(scatter)
    {"slider": slider, "scatter": scatter}[which].close()
    assert scatter._path == {}
    slider.end = X[6]
    click(scatter, start={"at": [0, 0], "point": 7})
    assert scatter._path == {}
    np.testing.assert_array_equal(slider.start, X[0])


def test_the_last_link_is_shown(slider, scatter):
    first = slider.link(scatter)
    other = vw.InterpolationSlider(CODEC, X[3], X[4], steps=5)
    other.link(scatter)
    slider.end = X[6]
    np.testing.assert_allclose(drawn(scatter), other.path[:, :2], atol=1e-6)
    click(scatter, end={"at": [0, 0], "point": 9})
    np.testing.assert_array_equal(slider.end, X[6])
    np.testing.assert_array_equal(other.end, X[9])
    first.unlink()
    assert scatter._path["slider"] == other.model_id


def test_what_cannot_be_linked_is_named(slider):
    with pytest.raises(TypeError, match="scatter must be a LatentScatter; received VBox"):
        slider.link(ipywidgets.VBox())
    other = vw.LatentScatter(PcaCodec(X, latent_dim=2), X)
    with pytest.raises(ValueError, match="2 dimensions; expected 4"):
        slider.link(other)


class FailsFar:
    """A projection of the user that knows no place for a vector far away."""

    def transform(self, z):
        """Return the first two dimensions."""
        z = np.asarray(z)
        if (abs(z) > 50).any():
            raise ArithmeticError("too far")
        return z[:, :2]

    def inverse_transform(self, c):
        """Return codes."""
        return np.pad(c, [(0, 0), (0, 2)])


def test_a_transformer_that_fails_on_a_path_takes_it_out_until_it_can_be_drawn(
    slider, scatter, monkeypatch
):
    slider.link(scatter)
    sent = []
    monkeypatch.setattr(scatter, "send", lambda content, buffers=None: sent.append(content))
    scatter.projection = FailsFar()
    assert len(drawn(scatter)) == 9
    slider.end = np.full(4, 99.0)
    assert "positions" not in scatter._path
    assert "too far" in sent[-1]["error"]
    slider.end = X[3]
    np.testing.assert_allclose(drawn(scatter), slider.path[:, :2], atol=1e-6)
    slider.end = np.full(4, 99.0)
    scatter.projection = "latent"
    np.testing.assert_allclose(drawn(scatter), slider.path[:, :2], atol=1e-5)


def test_what_a_transformer_cannot_place_is_left_out(scatter):
    scatter.bookmarks = {"near": scatter.z_mean[0], "far": np.full(4, 99.0)}
    scatter.picked = np.full(4, 99.0)
    scatter.projection = FailsFar()
    assert [*scatter._bookmarked_at] == ["near"]
    assert not scatter.picked.size
    assert "too far" in scatter._pick["error"]
    scatter.projection = "latent"
    assert [*scatter._bookmarked_at] == ["near", "far"]
