"""Traits that depend on each other change together, or not at all."""

import numpy as np
import pytest
import traitlets
from sklearn.decomposition import FastICA

import vae_widgets as vw
from tests.widgets import invariants
from vae_widgets.widgets.traits.array import (
    Loose,
    Number,
    TraitTypeError,
    TraitValueError,
    validate,
)

HOSTILE = [
    ("projection", "nosuch"),
    ("threshold", np.nan),
    ("view", "text"),
    ("view", ["a", "b", "c", "d"]),
    ("bookmarks", {"a": [1, 2]}),
    ("dims", (0, 9)),
    ("mode", np.zeros(3)),
    ("color_by", {"a": 1}),
    ("_hidden", [99]),
]


def together(widget, **values):
    with widget.hold_trait_notifications():
        for name, value in values.items():
            setattr(widget, name, value)


@pytest.fixture
def scatter():
    return invariants.scatter()


@pytest.mark.parametrize(("name", "value"), HOSTILE)
def test_what_is_refused_while_notifications_are_held_does_not_stay(scatter, name, value):
    heard = []
    scatter.observe(heard.append)
    before = {of: getattr(scatter, of) for of in ("grid", name)}
    with pytest.raises(traitlets.TraitError):
        together(scatter, grid=True, **{name: value})
    assert {of: getattr(scatter, of) for of in before} == before
    assert heard == []
    invariants.use(scatter)


def test_an_error_of_ones_own_takes_changes_back_and_is_raised(scatter):
    def fail():
        with scatter.hold_trait_notifications():
            scatter.dims = (7, 8)
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        fail()
    assert scatter.dims == (0, 1)
    invariants.check(scatter)


def test_errors_are_those_that_python_users_expect(scatter):
    for error in (ValueError, traitlets.TraitError):
        with pytest.raises(error, match="did you mean 'latent'"):
            scatter.projection = "latnt"
    for error in (TypeError, traitlets.TraitError):
        with pytest.raises(error, match="threshold must be a number; received 'high'"):
            scatter.threshold = "high"


@pytest.mark.parametrize("reverse", [False, True])
def test_a_new_plane_keeps_what_is_set_together_with_it(scatter, reverse):
    batch = {
        "projection": FastICA(2, random_state=0).fit(scatter.z_mean),
        "dims": (1, 0),
        "slice_at": [3, 4],
        "view": (-9, 9, -8, 8),
    }
    with scatter.hold_trait_notifications():
        for name in sorted(batch, reverse=reverse):
            setattr(scatter, name, batch[name])
    assert (scatter.projection, scatter.dims) == ("FastICA", (1, 0))
    assert scatter.slice_at.tolist() == [3, 4]
    assert scatter.view == (-9, 9, -8, 8)
    invariants.use(scatter)
    scatter.projection = "latent"  # alone: the rest is reset
    assert scatter.dims == (0, 1)
    np.testing.assert_allclose(scatter.slice_at, scatter.z_mean.mean(axis=0), atol=1e-6)
    assert scatter.view == scatter._home


def test_a_projection_that_is_refused_with_others_is_not_listed(scatter):
    ica = FastICA(2, random_state=0).fit(scatter.z_mean)
    with pytest.raises(traitlets.TraitError, match="dims is"):  # the third of two coordinates
        together(scatter, dims=(0, 2), projection=ica)
    invariants.check(scatter)
    with scatter.hold_trait_notifications():
        scatter.dims, scatter.projection = (1, 0), ica
    assert scatter._projections == ["latent", "pca", "FastICA"]


def test_the_prior_is_shown_only_on_planes_that_have_one(scatter):
    scatter.prior = scatter.density = True
    scatter.projection = FastICA(2, random_state=0).fit(scatter.z_mean)
    assert (scatter.prior, scatter.density, scatter._density) == (False, False, {})
    with scatter.hold_trait_notifications():
        scatter.prior, scatter.projection = True, "pca"
    assert scatter.prior
    invariants.check(scatter)


def test_equal_values_of_another_type_are_checked_while_held(scatter):
    with scatter.hold_trait_notifications():
        scatter.dims = (0.0, 1.0)
    assert [type(dim) for dim in scatter.dims] == [int, int]
    histogram = invariants.histogram()
    histogram.threshold = 1.0
    with pytest.raises(traitlets.TraitError, match="threshold must be a number"):
        together(histogram, threshold=True)
    assert type(histogram.threshold) is float


def test_way_points_from_a_generator_are_read_once():
    slider = invariants.slider()
    with slider.hold_trait_notifications():
        slider.start = invariants.X[3]
        slider.via = (x for x in invariants.X[4:6])
        slider.method = "linear"
    assert len(slider.via) == 2
    invariants.use(slider)


def test_a_percentile_holds_with_its_method_in_any_order():
    histogram = invariants.histogram()
    for percentile, names in ((80, ("percentile", "method")), (60, ("method", "percentile"))):
        histogram.threshold = 0.3
        values = {"percentile": percentile, "method": "percentile"}
        with histogram.hold_trait_notifications():
            for name in names:
                setattr(histogram, name, values[name])
        assert (histogram.method, histogram.percentile) == ("percentile", percentile)
        flagged = len(histogram.scores) * (100 - percentile) // 100
        assert histogram.metrics["n_flagged"] == flagged
        invariants.check(histogram)


def test_flags_are_never_those_of_a_refused_threshold():
    histogram = invariants.histogram()
    before = histogram.flagged.tolist()

    def move(to):
        with histogram.hold_trait_notifications():
            histogram.threshold = 0.01
            assert histogram.flagged.tolist() == before
            histogram.threshold = to

    with pytest.raises(traitlets.TraitError):
        move(np.nan)
    assert histogram.flagged.tolist() == before


def test_a_method_is_chosen_together_with_other_traits_or_not_at_all():
    histogram = invariants.histogram()
    histogram.choose_threshold("top_k", k=3)
    before = histogram.chosen

    def choose(item):
        with histogram.hold_trait_notifications():
            chosen = histogram.choose_threshold("iqr", factor=0.5)
            histogram.picked_item = item
        return chosen

    with pytest.raises(traitlets.TraitError, match="picked_item"):
        choose(999)
    assert histogram.chosen is before
    invariants.use(histogram)
    assert choose(2) is histogram.chosen
    assert (histogram.method, histogram.picked_item) == ("iqr", 2)
    invariants.check(histogram)
    with histogram.hold_trait_notifications():  # other parameters with the same threshold
        chosen = histogram.choose_threshold("iqr", factor=0.5 + 1e-17)
    assert histogram.chosen is chosen
    invariants.check(histogram)


def test_derived_traits_are_read_only(scatter):
    for name in ("picked_index", "decoded", "attribute"):
        with pytest.raises(traitlets.TraitError, match="read-only"):
            setattr(scatter, name, getattr(scatter, name))


def test_controls_and_strips_refuse_what_they_cannot_show():
    monitor = vw.TrainingMonitor()
    controls, replay = monitor._drawing.controls, monitor._drawing.replay
    strip = monitor._drawing.strip
    for part, name, value in [
        (controls, "zoom", [0, np.inf]),
        (controls, "zoom", [np.nan, 1]),
        (controls, "panels", ["latent", "nosuch"]),
        (controls, "smoothing", np.nan),
        (controls, "smoothing", 10**400),
        (replay, "at", np.nan),
        (strip, "selected", 0),
    ]:
        before = getattr(part, name)
        with pytest.raises(traitlets.TraitError, match=f"{name}|{name[:-1]}"):
            setattr(part, name, value)
        assert getattr(part, name) == before
    controls.panels = ["replay", "replay"]
    assert controls.panels == ["replay"]


def test_a_loose_trait_shows_every_value_to_its_validator():
    class Holder(traitlets.HasTraits):
        number = Number(0.0)
        loose = Loose(1)

        @validate("loose")
        def _check(self, proposal):
            if proposal.value is True:
                raise OSError
            return proposal.value

    holder = Holder()
    with pytest.raises(TraitValueError, match="OSError"):
        together(holder, loose=True)
    assert holder.loose is not True
    with pytest.raises(TraitTypeError):
        holder.number = [1, 2]
    with pytest.raises(TraitValueError, match="too large"):
        holder.number = 10**400
