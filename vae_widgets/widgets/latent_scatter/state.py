"""The traits of `LatentScatter` and the rules for their values, as in ``state/model.ts``."""

import contextlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import traitlets
from numpy.typing import NDArray

from vae_widgets.codec import Codec
from vae_widgets.core import checks
from vae_widgets.core.latent.space import LatentSpace
from vae_widgets.core.pairing import check_index
from vae_widgets.core.quantities import numbers_or_unknown
from vae_widgets.widgets.base.in_page import DecodingWidget
from vae_widgets.widgets.base.messages import PAGE
from vae_widgets.widgets.traits.array import (
    MOST_ARRAYS,
    Array,
    Arrays,
    Loose,
    Number,
    WholeNumber,
    array_to_json,
    validate,
)
from vae_widgets.widgets.traits.index_set import IndexSet

MODES = ("pick", "pan", "lasso", "box")
SIDES = ("below", "above", "unknown")
NO_NAME = "__proto__"
"""An object of JavaScript may lose what has this name."""


def _numbers_of(name: str, given: Any, names: Sequence[str]) -> list[int]:
    wanted = [given] if isinstance(given, str) or not isinstance(given, Iterable) else given
    return sorted({names.index(checks.one_of(name, str(one), names)) for one in wanted})


def _density_to_json(density: Mapping[str, Any], widget: Any) -> dict[str, Any]:
    return {**density, "density": array_to_json(density["density"])} if density else {}


def _linear_to_json(linear: Mapping[str, Any], widget: Any) -> dict[str, Any]:
    arrays = {name: of for name, of in linear.items() if isinstance(of, np.ndarray)}
    return {**linear, **{name: array_to_json(array) for name, array in arrays.items()}}


class ScatterState(DecodingWidget):
    """What a scatter and its page share; `LatentScatter` says what it means."""

    n_samples: int
    _codec: Codec
    _index: Any = None
    _space: LatentSpace
    _set_together: Collection[str] = ()

    # Public state. What the page owns is not echoed: by then the page has moved on. Where a
    # validator below takes more than one type, or says more than "expected a float", it is loose.
    selection = IndexSet().tag(**PAGE)
    flagged = IndexSet().tag(sync=True)
    hovered = WholeNumber(-1).tag(**PAGE)
    picked = Array("float32", 1).tag(sync=True, page_writes=True)
    picked_index = traitlets.Int(-1, read_only=True).tag(sync=True)
    decoded = Array("float32", None, read_only=True)
    color_by = Loose("label").tag(**PAGE)
    quantities = Arrays().tag(sync=True)
    threshold = Number(None, allow_none=True).tag(**PAGE)
    dims = Loose((0, 1)).tag(**PAGE)
    projection = Loose("latent").tag(**PAGE)
    slice_at = Array("float32", 1).tag(**PAGE)
    view = Loose((-1.0, 1.0, -1.0, 1.0)).tag(**PAGE)
    mode = traitlets.Unicode(MODES[0]).tag(**PAGE)
    grid = traitlets.Bool(False).tag(**PAGE)
    prior = traitlets.Bool(False).tag(**PAGE)
    density = traitlets.Bool(False).tag(**PAGE)
    point_size = Number(None, allow_none=True).tag(**PAGE)
    opacity = Number(None, allow_none=True).tag(**PAGE)

    bookmarks = Arrays().tag(**PAGE)
    group_a = IndexSet().tag(**PAGE)
    group_b = IndexSet().tag(**PAGE)
    attribute = Array("float32", 1, read_only=True).tag(sync=True)

    # What the page draws.
    _projections = traitlets.List(traitlets.Unicode()).tag(sync=True)
    _axes = traitlets.List(traitlets.Dict()).tag(sync=True)
    # The data and the kernel, by which storage/kept_state.ts keeps traits.
    _origin = traitlets.Dict().tag(sync=True)
    _positions = Array("float32", 2).tag(sync=True)
    _home = traitlets.Tuple((-1.0, 1.0, -1.0, 1.0)).tag(sync=True)
    _classes = Array("uint32", 1).tag(sync=True)
    _class_names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    _tiles = traitlets.Dict().tag(sync=True)
    _has_sound = traitlets.Bool(False).tag(sync=True)
    _range_note = traitlets.Unicode("").tag(sync=True)  # what the values of a tile are
    _hidden = traitlets.List(traitlets.Int()).tag(**PAGE)
    _hidden_sides = traitlets.List(traitlets.Int()).tag(**PAGE)
    _prior = traitlets.List(traitlets.Float()).tag(sync=True)
    # How latent vectors follow from coordinates: `LatentSpace.linear_map`, and the `projection` and
    # `dims` of `_positions`, which tell the page whether the plane that it has asked for is there.
    _linear = traitlets.Dict().tag(sync=True, to_json=_linear_to_json)
    _density = traitlets.Dict().tag(sync=True, to_json=_density_to_json)
    _path = traitlets.Dict().tag(sync=True)  # of a linked InterpolationSlider, see path_link.py
    _save_shown = traitlets.Bool(False).tag(**PAGE)
    _bookmarked_at = traitlets.Dict().tag(sync=True)
    _dims_shown = traitlets.Bool(False).tag(**PAGE)
    _points_shown = traitlets.Bool(False).tag(**PAGE)
    _has_index = traitlets.Bool(False).tag(sync=True)  # of pandas, whose labels can be found

    # What all views show of the last answers, each with its `error`: what is picked, decoded, and
    # the decoded plane.
    _pick = traitlets.Dict().tag(sync=True)
    _grid = traitlets.Dict().tag(sync=True)

    @contextlib.contextmanager
    def hold_trait_notifications(self) -> Iterator[None]:
        """Change traits together; a new plane then keeps what is set together with it."""
        if self._cross_validation_lock:  # those around this one are held, too
            yield
            return
        before = {name: getattr(self, name) for name in ("dims", "slice_at", "view")}
        outer = self._set_together
        try:
            with super().hold_trait_notifications():
                yield
                self._set_together = [n for n, old in before.items() if getattr(self, n) is not old]
        except BaseException:
            self._space.keep({*self._projections, self.projection})  # not one that was refused
            raise
        finally:
            self._set_together = outer

    @property
    def hidden_classes(self) -> tuple[str, ...]:
        """Names of the classes that are not drawn, ``"unknown"`` for samples without one."""
        names = [*self._class_names, "unknown"]
        return tuple(names[i] for i in self._hidden)

    @hidden_classes.setter
    def hidden_classes(self, names: Any) -> None:
        self._hidden = _numbers_of("hidden_classes", names, [*self._class_names, "unknown"])

    @property
    def hidden_sides(self) -> tuple[str, ...]:
        """Sides of the threshold that are not drawn: "below", "above" and "unknown"."""
        return tuple(SIDES[i] for i in self._hidden_sides)

    @hidden_sides.setter
    def hidden_sides(self, names: Any) -> None:
        self._hidden_sides = _numbers_of("hidden_sides", names, SIDES)

    def _checked_colour(
        self, color_by: Any, quantities: Mapping[str, Any]
    ) -> tuple[str, dict[str, NDArray[np.float32]]]:
        if color_by is not None and not isinstance(color_by, str):
            quantities, color_by = {**quantities, "value": color_by}, "value"
        checked = {}
        for name, numbers in quantities.items():
            if name in ("label", "none", NO_NAME):
                raise ValueError(f"quantities has {name!r}, which is reserved; rename it.")
            check_index(f"quantities[{name!r}]", numbers, self._index, "scatter")
            checked[str(name)] = numbers_or_unknown(
                f"quantities[{name!r}]", numbers, self.n_samples
            )
        return checks.one_of("color_by", color_by, ["label", "none", *checked]), checked

    @staticmethod
    def _checked_dims(dims: Any, n_coordinates: int) -> tuple[int, ...]:
        wanted = min(2, n_coordinates)
        dims = tuple(np.atleast_1d(checks.any_array("dims", dims)).tolist())
        known = {*range(n_coordinates)}
        if len(dims) != wanted or len(set(dims)) != wanted or not set(dims) <= known:
            raise ValueError(
                f"dims is {dims}; expected {wanted} different dimension(s) from 0 to "
                f"{n_coordinates - 1}."
            )
        return tuple(int(dim) for dim in dims)

    def _checked_projection(self, projection: Any) -> str:
        if projection is None or isinstance(projection, str):
            return checks.one_of("projection", projection, self._space.projections)
        return self._space.add(projection)

    def _n_coordinates(self) -> int:
        """Return the number of coordinates, also of a projection that is set together with more."""
        name = self._checked_projection(self.projection)
        return int(self._space.coordinates_of(name).shape[1])

    @validate("quantities")
    def _validate_quantities(self, proposal: Any) -> dict[str, NDArray[np.float32]]:
        checked = self._checked_colour("none", proposal.value)[1]
        # Copies: a change in place would not reach the page.
        return {name: array.copy() for name, array in checked.items()}

    @traitlets.observe("quantities")
    def _keep_to_what_is_there(self, change: Any) -> None:
        if self.color_by not in ("label", "none", *self.quantities):
            self.color_by = "label"

    @validate("color_by")
    def _validate_color_by(self, proposal: Any) -> str:
        if proposal.value is None or isinstance(proposal.value, str):
            return checks.one_of("color_by", proposal.value, ["label", "none", *self.quantities])
        name, self.quantities = self._checked_colour(proposal.value, self.quantities)
        return name

    @validate("prior", "density")
    def _validate_shown(self, proposal: Any) -> bool:
        name = proposal.trait.name
        if proposal.value and self._space.z_log_var is None:
            raise traitlets.TraitError(
                f"{name} is True, but the codec has no prior: its encode gives codes without "
                "variances. Use a VAE."
            )
        if proposal.value and not self._space.rotation(self._checked_projection(self.projection)):
            raise traitlets.TraitError(
                f"{name} is True, but the coordinates {list(self.dims)} of {self.projection!r} "
                "have no prior; set projection to 'latent' or 'pca', with two dimensions."
            )
        return bool(proposal.value)

    @validate("point_size")
    def _validate_point_size(self, proposal: Any) -> float | None:
        if proposal.value is None:
            return None
        return checks.number_between("point_size", proposal.value, 1, 40)

    @validate("opacity")
    def _validate_opacity(self, proposal: Any) -> float | None:
        if proposal.value is None:
            return None
        return checks.number_between("opacity", proposal.value, 0.05, 1)

    @validate("mode")
    def _validate_mode(self, proposal: Any) -> str:
        return checks.one_of("mode", proposal.value, MODES)

    @validate("_hidden", "_hidden_sides")
    def _validate_hidden(self, proposal: Any) -> list[int]:
        # In the order of the page: sorted ones would go back to it, and undo its next click.
        name, hidden = proposal.trait.name, [*dict.fromkeys(proposal.value)]
        n = len(SIDES if name == "_hidden_sides" else self._class_names) + (name == "_hidden")
        if hidden and not 0 <= min(hidden) <= max(hidden) < n:
            raise ValueError(f"{name} is {hidden}; expected numbers from 0 to {n - 1}.")
        return hidden

    @validate("dims")
    def _validate_dims(self, proposal: Any) -> tuple[int, ...]:
        if proposal.value is None:
            return self._space.most_active(self._checked_projection(self.projection))
        return self._checked_dims(proposal.value, self._n_coordinates())

    @validate("projection")
    def _validate_projection(self, proposal: Any) -> str:
        return self._checked_projection(proposal.value)

    @validate("slice_at")
    def _validate_slice_at(self, proposal: Any) -> NDArray[np.float32]:
        slice_at = checks.float_array("slice_at", proposal.value)
        if len(slice_at) != self._n_coordinates():
            raise ValueError(
                f"slice_at has shape {slice_at.shape}; expected ({self._n_coordinates()},), one "
                "value for each coordinate, also for those that are shown."
            )
        return slice_at

    @validate("bookmarks")
    def _validate_bookmarks(self, proposal: Any) -> dict[str, NDArray[np.float32]]:
        if len(proposal.value) > MOST_ARRAYS:
            raise ValueError(
                f"bookmarks has {len(proposal.value)} entries; expected at most {MOST_ARRAYS}."
            )
        checked = {}
        for name, z in proposal.value.items():
            if not isinstance(name, str) or not name.strip():
                raise TypeError(f"bookmarks has the name {name!r}; expected a text.")
            if name == NO_NAME:
                raise ValueError(f"bookmarks has the name {name!r}, which is reserved; rename it.")
            vector = checks.float_array(f"bookmarks[{name!r}]", z)
            if vector.shape != (self._codec.latent_dim,):
                raise ValueError(
                    f"bookmarks[{name!r}] has shape {vector.shape}; expected "
                    f"({self._codec.latent_dim},), one latent vector."
                )
            checked[name] = vector.copy()
        if checked:
            checks.float_array("the place of a bookmark", self._space.project([*checked.values()]))
        return checked

    @validate("hovered")
    def _validate_hovered(self, proposal: Any) -> int:
        if not -1 <= proposal.value < self.n_samples:
            raise ValueError(
                f"hovered is {proposal.value}; expected an index below {self.n_samples}, or -1 for "
                "none."
            )
        return int(proposal.value)

    @validate("view")
    def _validate_view(self, proposal: Any) -> tuple[float, ...]:
        view = checks.float_array("view", proposal.value, np.float64)
        with np.errstate(over="ignore"):
            sides = view[1::2] - view[::2] if view.shape == (4,) else np.zeros(1)
        if not (np.isfinite(sides) & (sides > 0)).all():
            raise ValueError(
                f"view is {view.tolist()}; expected (x_min, x_max, y_min, y_max) with x_min < "
                "x_max and y_min < y_max."
            )
        return tuple(view.tolist())
