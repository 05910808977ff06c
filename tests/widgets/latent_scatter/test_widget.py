import io

import numpy as np
import pandas as pd
import pytest
import traitlets
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA, FastICA
from traitlets import TraitError

import vae_widgets as vw
from tests.support.messages import ask
from vae_widgets.widgets.latent_scatter import pictures as scatter_pictures
from vae_widgets.widgets.latent_scatter.widget import LatentScatter


class Rotation:
    """A linear codec with a closed form: three numbers, coded by some rows of an orthogonal map."""

    sample_shape = (3,)
    rows = np.array([[2, 2, 1], [-2, 1, 2], [1, -2, 2]], np.float32) / 3

    def __init__(self, latent_dim=2):
        self.latent_dim = latent_dim

    def encode(self, x):
        return np.asarray(x) @ self.rows[: self.latent_dim].T

    def decode(self, z):
        return np.asarray(z) @ self.rows[: self.latent_dim]


X = np.random.default_rng(0).normal(size=(12, 3)).astype(np.float32)


def tiles(batch):
    """Grey 2 x 3 tiles whose level is the first number of the sample."""
    level = np.clip(100 + 20 * np.asarray(batch)[:, 0], 0, 255).astype(np.uint8)
    made = np.full((len(level), 3, 2, 4), 255, np.uint8)
    made[..., :3] = level[:, None, None, None]
    return made


def scatter(latent_dim=2, **arguments):
    return LatentScatter(Rotation(latent_dim), X, renderer=tiles, **arguments)


def from_page(widget, **state):
    """Set traits as a message of the page does."""
    widget.set_state(state)


def levels(atlas):
    """Grey level of each tile of an atlas."""
    sheet = np.asarray(Image.open(io.BytesIO(atlas["png"])).convert("RGBA"))
    assert (atlas["tile_width"], atlas["tile_height"]) == (2, 3)
    return sheet[::3, ::2, 0].ravel()[: atlas["count"]].tolist()


# -- what is shown ---------------------------------------------------------------------------------


def test_points_are_the_codes():
    widget = scatter()
    np.testing.assert_allclose(widget._positions, X @ Rotation.rows[:2].T, rtol=1e-6)
    np.testing.assert_array_equal(widget.z_mean, widget._positions)
    assert widget.n_samples == 12


def test_a_codec_may_return_mean_and_variance():
    class Vae(Rotation):
        def encode(self, x):
            return super().encode(x), np.zeros((len(x), self.latent_dim))

    np.testing.assert_array_equal(LatentScatter(Vae(), X).z_mean, scatter().z_mean)


def test_all_samples_travel_as_tiles():
    assert levels(scatter()._tiles) == tiles(X)[:, 0, 0, 0].tolist()


def test_beyond_the_budget_tiles_are_asked_for_one_by_one(monkeypatch):
    monkeypatch.setattr(scatter_pictures, "TILE_BUDGET", 12 * 6 - 1)
    widget = scatter()
    assert widget._tiles == {}
    answer = ask(widget, "tile", seq=4, index=7)
    assert answer["error"] == ""
    assert levels(answer["tiles"]) == [tiles(X)[7, 0, 0, 0]]


def test_the_view_holds_all_points_at_first():
    x_min, x_max, y_min, y_max = scatter().view
    x, y = scatter().z_mean.T
    assert x_min < x.min()
    assert x_max > x.max()
    assert y_min < y.min()
    assert y_max > y.max()


def test_the_plane_is_decoded_beforehand():
    widget = scatter()
    grid = widget._grid
    columns, rows = grid["columns"], grid["rows"]
    assert 100 <= columns * rows <= 500
    # Cells of the shape of a tile, 2 x 3, on a plot of 1.4 : 1.
    assert columns / rows == pytest.approx(1.4 * 3 / 2, rel=0.1)
    x_min, x_max, y_min, y_max = widget.view
    z = [x_min + (x_max - x_min) * 0.5 / columns, y_max - (y_max - y_min) * 0.5 / rows]
    expected = tiles(Rotation().decode([z]))[0, 0, 0, 0]
    assert levels(grid["tiles"])[0] == pytest.approx(expected, abs=1)


def test_classes_and_their_names():
    widget = scatter(labels=np.arange(12) % 3, label_names=["a", "b", "c"])
    assert widget._classes.tolist() == [0, 1, 2] * 4
    assert widget._class_names == ["a", "b", "c"]


@pytest.mark.parametrize("latent_dim", [1, 2, 3])
def test_one_point_and_any_latent_dimension(latent_dim):
    widget = LatentScatter(Rotation(latent_dim), X[:1])
    assert widget._positions.shape == (1, 2)
    ask(widget, "pick", at=[0.5, 0.5], point=-1)
    assert widget.picked.shape == (latent_dim,)


def test_one_latent_dimension_is_spread_along_y():
    widget = scatter(1)
    assert np.ptp(widget._positions[:, 1]) > 1.5
    assert len(np.unique(widget._positions[:, 1])) == 12


# -- picking ---------------------------------------------------------------------------------------


def test_a_click_on_an_empty_place_decodes_it():
    widget = scatter()
    ask(widget, "pick", at=[0.25, -1.5], point=-1)
    np.testing.assert_array_equal(widget.picked, np.float32([0.25, -1.5]))
    np.testing.assert_allclose(widget.decoded, Rotation().decode([0.25, -1.5]), rtol=1e-6)
    assert widget.picked_index == -1
    assert levels(widget._pick["tiles"]) == [tiles(widget.decoded[None])[0, 0, 0, 0]]


def test_a_click_on_a_point_picks_its_code_and_shows_its_sample():
    widget = scatter(3)
    ask(widget, "pick", at=[0.0, 0.0], point=5)
    np.testing.assert_array_equal(widget.picked, widget.z_mean[5])
    np.testing.assert_allclose(widget.decoded, X[5], atol=1e-6)  # three of three dimensions
    assert widget.picked_index == 5
    assert levels(widget._pick["tiles"])[1] == tiles(X)[5, 0, 0, 0]


def test_dimensions_that_are_not_shown_stay_at_the_mean():
    widget = scatter(3, dims=(2, 0))
    ask(widget, "pick", at=[0.5, -0.5], point=-1)
    expected = [-0.5, widget.z_mean[:, 1].mean(), 0.5]
    np.testing.assert_allclose(widget.picked, expected, rtol=1e-6)


def test_picked_can_be_set():
    widget = scatter()
    widget.picked = [1, 2]
    np.testing.assert_allclose(widget.decoded, Rotation().decode([1, 2]), rtol=1e-6)
    widget.picked = []
    assert widget.decoded.size == 0
    assert widget._pick == {}


def test_observers_of_picked_find_decoded_up_to_date():
    widget = scatter()
    seen = []
    widget.observe(lambda change: seen.append((change.new, widget.decoded)), "picked")
    widget.picked = [1, 2]
    ask(widget, "pick", at=[0.5, 0.5], point=-1)
    assert len(seen) == 2
    for z, decoded in seen:
        np.testing.assert_allclose(decoded, Rotation().decode(z), rtol=1e-6)


def test_an_observer_that_moves_the_pick_is_not_mistaken_for_the_page():
    widget = scatter()
    widget.observe(lambda change: setattr(widget, "picked", [0, 0]), "picked")
    ask(widget, "pick", at=[0.0, 0.0], point=5)
    assert widget.picked.tolist() == [0, 0]
    assert widget.picked_index == -1


def test_the_same_place_twice_is_answered_twice():
    widget = scatter()
    for seq in (1, 2):
        assert ask(widget, "pick", seq=seq, at=[0.5, 0.5], point=-1) == {"error": ""}


class Failing(Rotation):
    """Decodes what is near, and fails far away."""

    def decode(self, z):
        if np.abs(z).max() > 50:
            raise RuntimeError("too far away")
        return super().decode(z)


def test_an_error_of_the_decoder_reaches_the_page():
    widget = LatentScatter(Failing(), X)
    widget.picked = [1, 1]
    failure = {"error": "RuntimeError: too far away"}
    assert ask(widget, "pick", seq=2, at=[99.0, 0.0], point=-1) == failure
    assert widget._pick == {"point": -1, "at": [99.0, 0.0], **failure}
    assert widget.decoded.size == 0
    grid = widget._grid
    assert ask(widget, "grid", seq=3, bounds=[0, 99, 0, 1], columns=2, rows=2) == failure
    assert widget._grid["error"] == "RuntimeError: too far away"
    assert widget._grid["tiles"] == grid["tiles"]


def test_other_dimensions_are_shown_although_their_plane_cannot_be_decoded():
    class Broken(Rotation):
        def decode(self, z):
            if broken:
                raise RuntimeError("broken")
            return super().decode(z)

    broken = False
    widget = LatentScatter(Broken(3), X)
    broken = True
    widget.dims = (1, 2)
    np.testing.assert_array_equal(widget._positions, widget.z_mean[:, 1:])
    assert widget._grid["error"] == "RuntimeError: broken"


def test_an_error_of_the_decoder_reaches_the_cell_that_picks():
    widget = LatentScatter(Failing(), X)
    widget.picked = [1, 1]
    before = widget.decoded, widget._pick
    with pytest.raises(TraitError, match="too far away"):
        widget.picked = [99, 0]
    assert widget.picked.tolist() == [1, 1]
    assert (widget.decoded, widget._pick) == before


def test_the_visible_plane_is_decoded_on_demand():
    widget = scatter()
    question = {"bounds": [0, 2, -1, 1], "columns": 2, "rows": 1}
    assert ask(widget, "grid", **question) == {"error": ""}
    assert {**question, "error": ""}.items() <= widget._grid.items()
    expected = tiles(Rotation().decode([[0.5, 0], [1.5, 0]]))[:, 0, 0, 0]
    np.testing.assert_allclose(levels(widget._grid["tiles"]), expected, atol=1)


class Vae(Rotation):
    def encode(self, x):
        return super().encode(x), np.tile(np.log([0.04, 0.09, 0.25]), (len(x), 1))


def test_a_hovered_sample_is_reconstructed_beside_its_residual():
    widget = LatentScatter(Vae(3), X, renderer=tiles, dims=(2, 0))
    widget._codec.rows = Rotation.rows * [1, 1, 0.5]  # now the decoder errs
    answer = ask(widget, "detail", seq=3, index=5)
    assert answer["error"] == ""
    x_hat = widget.z_mean[5] @ (Rotation.rows * [1, 1, 0.5])
    expected = tiles(np.stack([X[5], x_hat, np.abs(X[5] - x_hat)]))[:, 0, 0, 0]
    np.testing.assert_allclose(levels(answer["tiles"]), expected, atol=1)
    np.testing.assert_allclose(answer["covariance"], [0.25, 0, 0, 0.04], rtol=1e-6)
    assert widget._prior == [0, 0]


def test_without_a_posterior_or_a_plane_there_is_no_ellipse():
    for widget in (scatter(), LatentScatter(Vae(3), X, projection=PCA(1).fit(X), renderer=tiles)):
        answer = ask(widget, "detail", seq=3, index=5)
        assert (answer["covariance"], widget._prior) == ([], [])


def test_a_reconstruction_that_fails_is_told():
    widget = LatentScatter(Failing(), X)
    widget._space.z_mean = widget.z_mean + 99
    failure = {"error": "RuntimeError: too far away"}
    assert ask(widget, "detail", seq=3, index=5) == failure


def test_the_place_under_the_pointer_is_decoded_and_not_picked():
    widget = scatter()
    answer = ask(widget, "place", seq=2, at=[0.25, 0.5])
    assert answer["error"] == ""
    expected = tiles(widget._codec.decode(widget.inverse_project([[0.25, 0.5]])))[0, 0, 0, 0]
    assert levels(answer["tiles"]) == [expected]
    assert answer["off_data"] == widget.far_from_data(widget.inverse_project([[0.25, 0.5]]))[0]
    assert widget.picked.size == 0
    assert ask(widget, "place", seq=3, at=[50, 50])["off_data"]


def test_a_pick_far_from_all_data_is_marked():
    widget = scatter()
    widget.pick(3)
    assert widget._pick["off_data"] is False
    widget.picked = [50, 50]
    assert widget._pick["off_data"] is True
    assert widget.far_from_data([[50, 50], widget.z_mean[0]]).tolist() == [True, False]
    with pytest.raises(ValueError, match=r"z has shape \(2,\); expected \(n, 2\)"):
        widget.far_from_data([1, 2])


# -- selection, hover, view ------------------------------------------------------------------------


WIDGET = scatter()


@given(st.lists(st.integers(0, 11)))
def test_a_selection_is_sorted_and_unique(indices):
    WIDGET.selection = indices
    assert WIDGET.selection.dtype == np.uint32
    assert WIDGET.selection.tolist() == sorted(set(indices))


def test_a_mask_selects():
    widget = scatter()
    widget.selection = np.arange(12) % 5 == 1
    assert widget.selection.tolist() == [1, 6, 11]
    widget.selection = []
    assert widget.selection.tolist() == []


def test_a_selection_of_the_page_is_observed_once_and_not_sent_back():
    widget = scatter()
    heard = []
    widget.observe(lambda change: heard.append(change.new.tolist()), "selection")
    wire = {"dtype": "uint32", "shape": [2], "data": memoryview(np.array([3, 8], np.uint32))}
    sent = []
    widget._send = lambda message, buffers=None: sent.append(message)
    from_page(widget, selection=wire)
    assert heard == [[3, 8]]
    assert sent == []


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("selection", [12], "selection has index 12; expected indices below 12"),
        ("selection", [-1], "received -1"),
        ("selection", np.ones(3, bool), r"mask of shape \(3,\); expected \(12,\)"),
        ("hovered", 12, "hovered is 12; expected an index below 12"),
        ("picked", [1, 2, 3], r"picked has shape \(3,\); expected \(2,\)"),
        ("picked", [1, np.nan], "picked has 1 NaN"),
        ("dims", (0, 2), r"dims is \(0, 2\); expected 2 different dimension"),
        ("dims", (1, 1), r"dims is \(1, 1\)"),
        ("projection", "pcs", "projection is 'pcs'; did you mean 'pca'"),
        ("projection", KMeans(), "KMeans lacks inverse_transform"),
        ("projection", PCA(2), "Fit it on codec.encode"),
        ("slice_at", [1], r"slice_at has shape \(1,\); expected \(2,\)"),
        ("slice_at", [1, np.inf], "slice_at has 1 NaN or infinite"),
        ("bookmarks", {"a": [1]}, r"bookmarks\['a'\] has shape \(1,\); expected \(2,\)"),
        ("bookmarks", {" ": [1, 2]}, "bookmarks has the name ' '; expected a text"),
        ("bookmarks", {"__proto__": [1, 2]}, "'__proto__', which is reserved; rename it"),
        ("quantities", {"__proto__": range(12)}, "'__proto__', which is reserved"),
        ("group_a", [12], "group_a has index 12"),
        ("view", (0, 1, 5, 5), "x_min < x_max and y_min < y_max"),
        ("view", (0, 1, 5, np.nan), "view has 1 NaN"),
        ("color_by", "lable", "did you mean 'label'"),
        ("color_by", [1, 2], r"quantities\['value'\] has shape \(2,\); expected \(12,\)"),
        ("quantities", {"score": [np.inf] * 12}, r"quantities\['score'\] has 12 infinite"),
        ("quantities", {"none": range(12)}, "'none', which is reserved"),
    ],
)
def test_a_bad_value_is_refused_and_the_old_one_stays(name, value, message):
    widget = scatter()
    old = getattr(widget, name)
    with pytest.raises((ValueError, TypeError, TraitError), match=message):
        setattr(widget, name, value)
    np.testing.assert_equal(getattr(widget, name), old)


def test_other_dimensions_move_the_points_the_view_and_the_grid():
    widget = scatter(3)
    grid = widget._grid
    widget.view = (0, 1, 0, 1)
    widget.dims = (2, 1)
    np.testing.assert_array_equal(widget._positions, widget.z_mean[:, [2, 1]])
    assert widget.view == widget._home
    assert widget._grid["tiles"] != grid["tiles"]


# -- other coordinates -----------------------------------------------------------------------------


def test_principal_axes_are_shown_and_decoded():
    widget = scatter(3, projection="pca", dims=(0, 2))
    pca = PCA().fit(widget.z_mean)
    np.testing.assert_allclose(
        widget._positions, pca.transform(widget.z_mean)[:, [0, 2]], atol=1e-5
    )
    ask(widget, "pick", at=[0.5, -1.0], point=-1)
    expected = pca.inverse_transform([[0.5, 0, -1]])[0]
    np.testing.assert_allclose(widget.picked, expected, atol=1e-5)
    np.testing.assert_allclose(widget.decoded, Rotation(3).decode(expected), atol=1e-5)
    assert widget._pick["at"] == pytest.approx([0.5, -1], abs=1e-5)


def test_the_grid_is_decoded_on_the_plane_of_the_projection():
    widget = scatter(3)
    widget.projection = "pca"
    question = {"bounds": [0, 2, -1, 1], "columns": 2, "rows": 1}
    ask(widget, "grid", **question)
    z = PCA().fit(widget.z_mean).inverse_transform([[0.5, 0, 0], [1.5, 0, 0]])
    expected = tiles(Rotation(3).decode(z))[:, 0, 0, 0]
    np.testing.assert_allclose(levels(widget._grid["tiles"]), expected, atol=1)


def test_a_fitted_transformer_gives_the_coordinates():
    widget = scatter(3)
    ica = FastICA(2, random_state=0).fit(widget.z_mean)
    widget.dims = (2, 1)
    widget.projection = ica
    assert (widget.projection, widget.dims) == ("FastICA", (0, 1))
    assert widget._projections == ["latent", "pca", "FastICA"]
    np.testing.assert_allclose(widget._positions, ica.transform(widget.z_mean), rtol=1e-5)
    np.testing.assert_allclose(widget.slice_at, widget._positions.mean(axis=0), atol=1e-6)
    points = np.float32([[0.5, -1], [2, 0]])
    z = widget.inverse_project(points)
    np.testing.assert_allclose(z, ica.inverse_transform(points), rtol=1e-5)
    np.testing.assert_allclose(widget.project(z), points, atol=1e-5)
    from_page(widget, projection="latent")
    assert widget.dims == tuple(sorted(np.argsort(widget.z_mean.var(axis=0))[1:]))
    np.testing.assert_array_equal(widget._positions, widget.z_mean[:, widget.dims])


def test_a_transformer_of_one_coordinate_spreads_the_points_along_y():
    widget = scatter(3, projection=PCA(1).fit(scatter(3).z_mean))
    assert widget.dims == (0,)
    assert len(np.unique(widget._positions[:, 1])) == 12
    ask(widget, "pick", at=[0.5, 0.5], point=-1)
    assert widget._pick["at"] == [pytest.approx(0.5, abs=1e-6), None]


def test_held_dimensions_move_the_plane():
    widget = scatter(3, dims=(2, 0))
    held = widget.slice_at.copy()
    held[1] = 7
    from_page(
        widget,
        slice_at={"dtype": "float32", "shape": [3], "data": memoryview(held)},
    )
    ask(widget, "pick", at=[0.5, -0.5], point=-1)
    np.testing.assert_allclose(widget.picked, [-0.5, 7, 0.5])
    question = {"bounds": [0, 2, -1, 1], "columns": 1, "rows": 1}
    ask(widget, "grid", **question)
    assert widget._grid["slice_at"] == held.tolist()
    expected = tiles(Rotation(3).decode([[0, 7, 1]]))[0, 0, 0, 0]
    assert levels(widget._grid["tiles"]) == [pytest.approx(expected, abs=1)]


def test_steps_along_each_held_coordinate_are_decoded_together(monkeypatch):
    class Wide(Rotation):
        sample_shape = (5,)
        rows = np.linalg.qr(np.random.default_rng(1).normal(size=(5, 5)))[0].astype(np.float32)

        def decode(self, z):
            batches.append(len(z))
            return super().decode(z)

    batches = []
    codec = Wide(5)
    x = np.random.default_rng(2).normal(size=(20, 5)).astype(np.float32)
    widget = LatentScatter(codec, x, renderer=tiles, dims=(1, 3))
    batches.clear()
    from_page(widget, _dims_shown=True)
    answer = ask(widget, "traversals", seq=2, at=[0.5, -1.0])
    assert batches == [3 * 15]
    assert answer["error"] == ""
    base = widget.slice_at.copy()
    base[[1, 3]] = 0.5, -1
    assert answer["base"] == base.tolist()
    z = []
    for row in answer["rows"]:
        assert row["low"] == pytest.approx(widget.z_mean[:, row["index"]].min())
        for value in np.linspace(row["low"], row["high"], answer["steps"]):
            z.append([value if i == row["index"] else base[i] for i in range(5)])
    assert sorted(row["index"] for row in answer["rows"]) == [0, 2, 4]
    expected = tiles(codec.decode(z))[:, 0, 0, 0]
    np.testing.assert_allclose(levels(answer["tiles"]), expected, atol=1)

    # As many coordinates as there is room for; those that say most come first.
    monkeypatch.setattr(scatter_pictures, "PREVIEW_BUDGET", 2 * 15 * 6)
    answer = ask(widget, "traversals", seq=3, at=[0.5, -1.0])
    variance = widget.z_mean.var(axis=0)
    largest = sorted([0, 2, 4], key=lambda i: -variance[i])[:2]
    assert [row["index"] for row in answer["rows"]] == largest


def test_steps_along_the_attribute_start_at_what_was_picked():
    widget = scatter(3, dims=(0, 1))
    widget.group_a, widget.group_b = [1, 2], [5, 7, 8]
    widget.pick(4)
    from_page(widget, _save_shown=True)
    answer = ask(widget, "traversals", at=[9, 9])
    assert answer["rows"] == [{"index": -1, "low": -2, "high": 2}]
    z = widget.z_mean[4] + np.outer(np.linspace(-2, 2, 15), widget.attribute)
    expected = tiles(Rotation(3).decode(z))[:, 0, 0, 0]
    np.testing.assert_allclose(levels(answer["tiles"]), expected, atol=1)
    # By these the page knows whether they are of what is picked and of the attribute.
    assert answer["line"] == [widget.z_mean[4].tolist(), widget.attribute.tolist()]
    ask(widget, "pick", point=-1, along=0.5)
    assert widget._pick["base"] == answer["line"][0]
    widget.pick(3)
    assert widget._pick["base"] == widget.z_mean[3].tolist()


def test_steps_that_fail_are_told():
    widget = LatentScatter(Failing(3), X)
    from_page(widget, _dims_shown=True)
    failure = {"error": "RuntimeError: too far away"}
    assert ask(widget, "traversals", seq=2, at=[99, 99]) == failure


def test_what_is_picked_keeps_its_place_in_other_coordinates():
    widget = scatter(3)
    widget.picked = [1, 2, 3]
    picture = widget._pick["tiles"]
    widget.dims = (2, 0)
    assert widget._pick["at"] == [3, 1]
    assert widget._pick["tiles"] == picture
    widget.pick(4)
    widget.projection = "pca"
    np.testing.assert_array_equal(widget._pick["at"], widget._positions[4])


def test_bad_places_are_refused():
    with pytest.raises(ValueError, match=r"z has shape \(1, 2\); expected \(n, 3\)"):
        scatter(3).project([[1, 2]])
    with pytest.raises(ValueError, match=r"points has shape \(2,\); expected \(n, 2\)"):
        scatter(3).inverse_project([1, 2])


def test_the_density_of_the_codes_is_found_when_it_is_shown():
    class Vae(Rotation):
        def encode(self, x):
            mean = super().encode(x)
            return mean, np.full_like(mean, -2)

    widget = LatentScatter(Vae(3), X, renderer=tiles, dims=(0, 1))
    assert widget._density == {}
    from_page(widget, density=True)
    first = widget._density
    np.testing.assert_array_equal(
        first["density"], widget._space.aggregated_posterior((0, 1))["density"]
    )
    wire = widget.get_state("_density")["_density"]["density"]
    assert (wire["dtype"], wire["shape"]) == ("float32", [96, 128])
    widget.dims = (2, 0)
    assert widget._density["bounds"] != first["bounds"]
    from_page(widget, density=False)
    widget.dims = (0, 1)
    assert widget._density == {}


def test_without_variances_there_is_no_density():
    widget = scatter()
    with pytest.raises(traitlets.TraitError, match="density is True, but the codec has no prior"):
        widget.density = True
    from_page(widget, density=True)
    assert (widget.density, widget._density) == (False, {})


# -- save ----------------------------------------------------------------------------------------


def test_bookmarks_are_kept_and_marked_on_the_plane():
    widget = scatter(3, dims=(2, 0))
    widget.bookmark("here", [1, 2, 3])
    widget.pick(4)
    widget.bookmark("<b>five</b>")
    assert list(widget.bookmarks) == ["here", "<b>five</b>"]
    np.testing.assert_array_equal(widget.bookmarks["<b>five</b>"], widget.z_mean[4])
    assert widget._bookmarked_at["here"] == [3, 1]
    widget.dims = (0, 1)
    assert widget._bookmarked_at["here"] == [1, 2]
    wire = {"dtype": "float32", "shape": [3], "data": memoryview(np.float32([7, 8, 9]))}
    from_page(widget, bookmarks={"page": wire})
    assert {name: z.tolist() for name, z in widget.bookmarks.items()} == {"page": [7, 8, 9]}
    widget.bookmarks = {}
    assert widget._bookmarked_at == {}


def test_nothing_picked_cannot_be_bookmarked():
    with pytest.raises(ValueError, match="nothing is picked to be kept as 'x'"):
        scatter().bookmark("x")


def test_the_attribute_vector_is_the_difference_of_means():
    widget = scatter(3)
    expected = widget.z_mean[[1, 2]].mean(axis=0) - widget.z_mean[[5, 7, 8]].mean(axis=0)
    np.testing.assert_allclose(widget.attribute_vector([1, 2], [5, 7, 8]), expected, atol=1e-6)
    mask = np.isin(np.arange(12), [5, 7, 8])
    np.testing.assert_allclose(widget.attribute_vector([1, 2], mask), expected, atol=1e-6)


def test_a_pick_moves_along_the_attribute_and_back():
    widget = scatter(3, dims=(0, 1))
    widget.group_a, widget.group_b = [1, 2], [5, 7, 8]
    attribute = widget.attribute_vector([1, 2], [5, 7, 8])
    np.testing.assert_array_equal(widget.attribute, attribute)
    widget.pick(0)
    for seq, along in enumerate([1.0, -2.0, 0.0], start=1):
        ask(widget, "pick", seq=seq, point=-1, along=along)
        expected = widget.z_mean[0] + along * attribute
        np.testing.assert_allclose(widget.picked, expected, atol=1e-6)
        np.testing.assert_allclose(widget._pick["at"], expected[:2], atol=1e-6)
        assert widget._pick["along"] == along
    widget.group_a = []
    assert widget.attribute.size == 0


@pytest.mark.parametrize(
    ("positive", "error", "message"),
    [
        ([], ValueError, "positive has no samples"),
        (np.zeros(12, bool), ValueError, "positive has no samples"),
        (np.ones(5, bool), ValueError, "positive is a mask of 5 samples; expected 12"),
        ([1, 12], ValueError, "positive spans rows 1 to 12; expected 0 to 11"),
        ([0.5], TypeError, "positive must be rows of x or a mask"),
    ],
)
def test_a_bad_group_is_refused(positive, error, message):
    with pytest.raises(error, match=message):
        scatter().attribute_vector(positive, [0])


# -- colours ---------------------------------------------------------------------------------------


def test_numbers_colour_the_points():
    widget = scatter(color_by=np.arange(12))
    assert widget.color_by == "value"
    assert widget.quantities["value"].tolist() == list(range(12))
    widget.color_by = "none"
    widget.color_by = -np.arange(12.0)
    assert widget.color_by == "value"
    assert widget.quantities["value"][3] == -3


def test_named_quantities():
    widget = scatter(quantities={"score": range(12), "error": np.ones(12)}, color_by="error")
    assert widget.color_by == "error"
    widget.color_by = "score"
    assert set(widget.get_state("quantities")["quantities"]) == {"score", "error"}


def test_a_threshold_is_a_finite_number_or_none():
    widget = scatter(color_by=np.arange(12), threshold=3)
    assert widget.threshold == 3.0
    from_page(widget, threshold=4.5)
    assert widget.threshold == 4.5
    with pytest.raises(ValueError, match="threshold must be a finite number; received nan"):
        widget.threshold = np.nan
    with pytest.raises(TraitError, match="threshold"):
        widget.threshold = "high"
    assert widget.threshold == 4.5
    widget.threshold = None


# -- the constructor -------------------------------------------------------------------------------


class Counting(Rotation):
    calls = 0

    def encode(self, x):
        type(self).calls += 1
        return super().encode(x)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"x": X[:, :2]}, ValueError, r"x has shape \(12, 2\); expected \(n, 3\)"),
        ({"x": X[:0]}, ValueError, "x is empty"),
        ({"x": np.where(X > 1, np.nan, X)}, ValueError, "x has .* NaN"),
        ({"labels": [0, 1]}, ValueError, r"labels has shape \(2,\); expected \(12,\)"),
        ({"labels": range(12), "label_names": "ab"}, TypeError, "label_names must be a list"),
        ({"color_by": "score"}, ValueError, "color_by is 'score'"),
        ({"quantities": {"score": [1]}}, ValueError, r"quantities\['score'\] has shape \(1,\)"),
        ({"threshold": "high"}, TypeError, "threshold must be a number; received 'high'"),
        ({"threshold": np.inf}, ValueError, "threshold must be a finite number"),
        ({"dims": (0, 5)}, ValueError, r"dims is \(0, 5\)"),
        ({"projection": "umap"}, ValueError, "projection is 'umap'"),
        ({"renderer": 3}, TypeError, "renderer must be callable"),
        ({"label": range(12)}, TypeError, "did you mean 'labels'"),
    ],
)
def test_bad_arguments_fail_before_any_work(arguments, error, message):
    before = Counting.calls
    with pytest.raises(error, match=message):
        LatentScatter(**{"codec": Counting(), "x": X, **arguments})
    assert Counting.calls == before


@pytest.mark.parametrize(
    ("method", "result", "message"),
    [
        ("encode", np.full((12, 2), np.nan), r"codec.encode\(x\) has 24 NaN"),
        ("encode", np.ones((12, 3)), r"codec.encode\(x\) has shape \(12, 3\); expected \(n, 2\)"),
        ("encode", np.ones((11, 2)), r"codec.encode\(x\) has 11 rows; expected 12"),
        ("decode", np.ones((400, 4)), r"codec.decode\(z\) has shape \(400, 4\)"),
        ("decode", np.ones((7, 3)), r"codec.decode\(z\) has 7 samples"),
    ],
)
def test_a_codec_that_returns_nonsense_is_named(method, result, message):
    codec = Rotation()
    setattr(codec, method, lambda _: result)
    with pytest.raises(ValueError, match=message):
        LatentScatter(codec, X)


def test_an_object_that_is_no_codec_is_refused():
    with pytest.raises(TypeError, match="lacks encode, decode"):
        LatentScatter(object(), X)


@pytest.mark.parametrize("number", [np.float32(0.5), np.float64(0.5), np.array(0.5)])
def test_numbers_of_numpy_are_numbers(number):
    shown = scatter(color_by=X[:, 0])
    shown.threshold = number
    assert shown.threshold == 0.5
    assert type(shown.threshold) is float


def test_dims_may_be_an_array():
    shown = scatter(latent_dim=3)
    shown.dims = np.array([2, 0])
    assert shown.dims == (2, 0)


@pytest.mark.parametrize("name", ["color_by", "projection"])
def test_none_is_refused_by_name(name):
    shown = scatter()
    before = getattr(shown, name)
    with pytest.raises(ValueError, match=f"{name} is None; "):
        setattr(shown, name, None)
    assert getattr(shown, name) == before


def test_a_quantity_changed_in_place_and_set_again_is_seen():
    numbers = np.zeros(12, np.float32)
    shown = scatter(color_by=numbers)
    numbers[:] = X[:, 1]
    assert not shown.quantities["value"].any()
    sent = []
    shown.observe(lambda change: sent.append(change.name), "quantities")
    shown.color_by = numbers
    assert sent == ["quantities"]
    np.testing.assert_array_equal(shown.quantities["value"], numbers)


def test_a_colour_that_is_gone_gives_way_to_the_labels():
    shown = scatter(color_by=X[:, 0])
    shown.quantities = {}
    assert shown.color_by == "label"


def test_labels_of_a_histogram_with_unknown_ones_colour_a_scatter():
    histogram = vw.AnomalyHistogram(np.arange(12.0))
    histogram.label([3, 5], [1, 0])
    widget = scatter(labels=histogram.labels)
    assert widget._class_names == ["0", "1"]
    assert widget._classes.tolist() == [2, 2, 2, 1, 2, 0, 2, 2, 2, 2, 2, 2]


def test_quantities_with_missing_values():
    values = [0.5, None, *range(10)]
    widget = scatter(color_by=values, quantities={"age": np.full(12, np.nan)})
    wanted = np.float32([0.5, np.nan, *range(10)])
    np.testing.assert_array_equal(widget.quantities["value"], wanted)
    widget.color_by = np.ma.array(np.arange(12), mask=np.arange(12) == 4)
    assert np.flatnonzero(np.isnan(widget.quantities["value"])).tolist() == [4]
    with pytest.raises(TypeError, match=r"quantities\['value'\] has 'a' in row 0.*labels"):
        widget.color_by = ["a"] * 12


def test_a_selection_by_the_index_of_the_data():
    names = [f"p{k}" for k in range(12)]
    x = pd.DataFrame(X, index=names)
    widget = LatentScatter(Rotation(), x, pd.Series(range(12), names), renderer=tiles)
    assert list(widget.index) == names
    widget.selection = [3, 1]
    assert list(widget.selection_index) == ["p1", "p3"]
    widget.selection_index = ["p7", "p2"]
    assert widget.selection.tolist() == [2, 7]
    with pytest.raises(ValueError, match=r"selection_index has 'q'; expected entries"):
        widget.selection_index = ["p1", "q"]
    assert scatter().index is None
    plain = scatter()
    plain.selection_index = [4]
    assert plain.selection_index.tolist() == plain.selection.tolist() == [4]


def test_data_of_other_indices_are_refused_at_any_time():
    x = pd.DataFrame(X, index=range(5, 17))
    with pytest.raises(ValueError, match=r"labels has another index than x.*labels.to_numpy\(\)"):
        LatentScatter(Rotation(), x, pd.Series(range(12)), renderer=tiles)
    widget = LatentScatter(Rotation(), x, renderer=tiles)
    other = pd.Series(np.arange(12.0), index=range(16, 4, -1))
    for name, value in (("color_by", other), ("quantities", {"value": other})):
        with pytest.raises(ValueError, match=r"pass quantities\['value'\].loc\[scatter.index\]"):
            setattr(widget, name, value)
    widget.color_by = other.loc[widget.index]
    assert widget.quantities["value"].tolist() == list(range(11, -1, -1))
    mask = other > 9
    with pytest.raises(TraitError, match=r"mask.reindex\(widget.index, fill_value=False\)"):
        widget.selection = mask
    with pytest.raises(ValueError, match="positive has another index than scatter"):
        widget.attribute_vector(mask, [0, 1])
    widget.selection = mask.reindex(widget.index, fill_value=False)
    assert list(widget.selection_index) == [5, 6]
