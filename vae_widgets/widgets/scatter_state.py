"""The traits of LatentScatter and the rules for their values (frontend/src/scatter_state.ts)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import traitlets
from numpy.typing import NDArray

from vae_widgets.codec import Codec
from vae_widgets.core import checks
from vae_widgets.core.latent_space import LatentSpace
from vae_widgets.core.pairing import check_index
from vae_widgets.core.quantities import numbers_or_unknown
from vae_widgets.widgets.base import CanvasWidget
from vae_widgets.widgets.index_set import IndexSet
from vae_widgets.widgets.traits import (
    Array,
    Number,
    WholeNumber,
    array_from_json,
    array_to_json,
)

Loose = traitlets.TraitType[Any, Any]
MODES = ("pick", "pan", "lasso", "box")
SIDES = ("below", "above", "unknown")


def _arrays_to_json(arrays: Mapping[str, NDArray[Any]], widget: Any) -> dict[str, Any]:
    return {name: array_to_json(array) for name, array in arrays.items()}


def _arrays_from_json(arrays: Mapping[str, Any], widget: Any) -> dict[str, NDArray[Any]]:
    return {name: array_from_json(wire) for name, wire in arrays.items()}


def _numbers_of(name: str, given: Any, names: Sequence[str]) -> list[int]:
    """Return the place of each given name among `names`, each once and in order."""
    wanted = [given] if isinstance(given, str) or not isinstance(given, Iterable) else given
    return sorted({names.index(checks.one_of(name, str(one), names)) for one in wanted})


def _density_to_json(density: Mapping[str, Any], widget: Any) -> dict[str, Any]:
    """Return the wire form of `LatentSpace.aggregated_posterior`."""
    return {**density, "density": array_to_json(density["density"])} if density else {}


class ScatterState(CanvasWidget):
    """What a scatter and its page share; `LatentScatter` says what it means."""

    n_samples: int
    _codec: Codec
    _index: Any = None
    _space: LatentSpace

    # Public state. What the page owns is not echoed: by then the page has moved on. Where a
    # validator below takes more than one type, or says more than "expected a float", it is loose.
    selection = IndexSet().tag(sync=True, echo_update=False)
    hovered = WholeNumber(-1).tag(sync=True, echo_update=False)
    picked = Array("float32", 1).tag(sync=True)
    picked_index = traitlets.Int(-1).tag(sync=True)
    decoded = Array("float32", None)
    color_by: Loose = traitlets.TraitType("label").tag(sync=True, echo_update=False)
    quantities = traitlets.Dict().tag(sync=True, to_json=_arrays_to_json)
    threshold = Number(None, allow_none=True).tag(sync=True, echo_update=False)
    dims: Loose = traitlets.TraitType((0, 1)).tag(sync=True, echo_update=False)
    projection: Loose = traitlets.TraitType("latent").tag(sync=True, echo_update=False)
    held = Array("float32", 1).tag(sync=True, echo_update=False)
    view = traitlets.Tuple((-1.0, 1.0, -1.0, 1.0)).tag(sync=True, echo_update=False)
    mode = traitlets.Enum(MODES, MODES[0]).tag(sync=True, echo_update=False)
    grid = traitlets.Bool(False).tag(sync=True, echo_update=False)
    prior = traitlets.Bool(False).tag(sync=True, echo_update=False)
    density = traitlets.Bool(False).tag(sync=True, echo_update=False)
    point_size = Number(None, allow_none=True).tag(sync=True)

    bookmarks = traitlets.Dict().tag(
        sync=True, echo_update=False, to_json=_arrays_to_json, from_json=_arrays_from_json
    )
    group_a = IndexSet().tag(sync=True, echo_update=False)
    group_b = IndexSet().tag(sync=True, echo_update=False)
    attribute = Array("float32", 1).tag(sync=True)

    # What the page draws.
    _projections = traitlets.List(traitlets.Unicode()).tag(sync=True)
    _axes = traitlets.List(traitlets.Dict()).tag(sync=True)
    _origin = traitlets.Dict().tag(sync=True)  # whose data, and which kernel: for kept_state.ts
    _positions = Array("float32", 2).tag(sync=True)
    _home = traitlets.Tuple((-1.0, 1.0, -1.0, 1.0)).tag(sync=True)
    _classes = Array("uint32", 1).tag(sync=True)
    _class_names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    _tiles = traitlets.Dict().tag(sync=True)
    _has_sound = traitlets.Bool(False).tag(sync=True)
    _range_note = traitlets.Unicode("").tag(sync=True)  # what the values of a tile are
    _hidden = traitlets.List(traitlets.Int()).tag(sync=True, echo_update=False)
    _hidden_sides = traitlets.List(traitlets.Int()).tag(sync=True, echo_update=False)
    _prior = traitlets.List(traitlets.Float()).tag(sync=True)
    _density = traitlets.Dict().tag(sync=True, to_json=_density_to_json)
    _path = traitlets.Dict().tag(sync=True)  # of a linked InterpolationSlider, see path_link.py
    _keep_shown = traitlets.Bool(False).tag(sync=True, echo_update=False)
    _bookmarked_at = traitlets.Dict().tag(sync=True)
    _dims_shown = traitlets.Bool(False).tag(sync=True, echo_update=False)

    # Questions of the page and answers of the kernel; each answer repeats whose question it was
    # ("page") and which ("seq"), so that the page can drop those that come too late.
    _ask_pick = traitlets.Dict().tag(sync=True, echo_update=False)
    _pick = traitlets.Dict().tag(sync=True)
    _ask_place = traitlets.Dict().tag(sync=True, echo_update=False)
    _place = traitlets.Dict().tag(sync=True)
    _ask_grid = traitlets.Dict().tag(sync=True, echo_update=False)
    _grid = traitlets.Dict().tag(sync=True)
    _ask_traversals = traitlets.Dict().tag(sync=True, echo_update=False)
    _traversals = traitlets.Dict().tag(sync=True)
    _ask_tile = traitlets.Dict().tag(sync=True, echo_update=False)
    _tile = traitlets.Dict().tag(sync=True)
    _ask_detail = traitlets.Dict().tag(sync=True, echo_update=False)
    _detail = traitlets.Dict().tag(sync=True)

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
            if name in ("label", "none"):
                raise ValueError(f"quantities has {name!r}, which is reserved; rename it.")
            check_index(f"quantities[{name!r}]", numbers, self._index, "scatter")
            checked[str(name)] = numbers_or_unknown(
                f"quantities[{name!r}]", numbers, self.n_samples
            )
        return checks.one_of("color_by", color_by, ["label", "none", *checked]), checked

    @staticmethod
    def _checked_dims(dims: Any, n_coordinates: int) -> tuple[int, ...]:
        wanted = min(2, n_coordinates)
        dims = tuple(
            range(wanted)
            if dims is None
            else np.atleast_1d(checks.any_array("dims", dims)).tolist()
        )
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

    @traitlets.validate("quantities")
    def _validate_quantities(self, proposal: Any) -> dict[str, NDArray[np.float32]]:
        checked = self._checked_colour("none", proposal.value)[1]
        # Copies: a change in place would not reach the page.
        return {name: array.copy() for name, array in checked.items()}

    @traitlets.observe("quantities")
    def _keep_to_what_is_there(self, change: Any) -> None:
        if self.color_by not in ("label", "none", *self.quantities):
            self.color_by = "label"

    @traitlets.validate("color_by")
    def _validate_color_by(self, proposal: Any) -> str:
        if proposal.value is None or isinstance(proposal.value, str):
            return checks.one_of("color_by", proposal.value, ["label", "none", *self.quantities])
        name, self.quantities = self._checked_colour(proposal.value, self.quantities)
        return name

    @traitlets.validate("prior", "density")
    def _validate_shown(self, proposal: Any) -> bool:
        name = proposal.trait.name
        if proposal.value and self._space.z_log_var is None:
            raise traitlets.TraitError(
                f"{name} is True, but the codec has no prior: its encode gives codes without "
                "variances. Use a VAE."
            )
        if proposal.value and not self._space.prior_center(self.dims):
            raise traitlets.TraitError(
                f"{name} is True, but the coordinates {list(self.dims)} of {self.projection!r} "
                "have no prior; set projection to 'latent' or 'pca', with two dimensions."
            )
        return bool(proposal.value)

    @traitlets.validate("point_size")
    def _validate_point_size(self, proposal: Any) -> float | None:
        if proposal.value is None:
            return None
        return checks.number_between("point_size", proposal.value, 1, 40)

    @traitlets.validate("threshold")
    def _validate_threshold(self, proposal: Any) -> float | None:
        value = proposal.value
        return None if value is None else checks.finite_number("threshold", value)

    @traitlets.validate("dims")
    def _validate_dims(self, proposal: Any) -> tuple[int, ...]:
        return self._checked_dims(proposal.value, self._space.n_coordinates)

    @traitlets.validate("projection")
    def _validate_projection(self, proposal: Any) -> str:
        return self._checked_projection(proposal.value)

    @traitlets.validate("held")
    def _validate_held(self, proposal: Any) -> NDArray[np.float32]:
        held = checks.float_array("held", proposal.value)
        if len(held) != self._space.n_coordinates:
            raise ValueError(
                f"held has shape {held.shape}; expected ({self._space.n_coordinates},), one value "
                "for each coordinate, also for those that are shown."
            )
        return held

    @traitlets.validate("bookmarks")
    def _validate_bookmarks(self, proposal: Any) -> dict[str, NDArray[np.float32]]:
        checked = {}
        for name, z in proposal.value.items():
            if not isinstance(name, str) or not name.strip():
                raise TypeError(f"bookmarks has the name {name!r}; expected a text.")
            vector = checks.float_array(f"bookmarks[{name!r}]", z)
            if vector.shape != (self._codec.latent_dim,):
                raise ValueError(
                    f"bookmarks[{name!r}] has shape {vector.shape}; expected "
                    f"({self._codec.latent_dim},), one latent vector."
                )
            checked[name] = vector.copy()
        return checked

    @traitlets.validate("picked")
    def _validate_picked(self, proposal: Any) -> NDArray[np.float32]:
        z = proposal.value
        if z.size == 0:
            return z
        if z.shape != (self._codec.latent_dim,):
            raise ValueError(
                f"picked has shape {z.shape}; expected ({self._codec.latent_dim},), one "
                "latent vector."
            )
        return checks.float_array("picked", z)

    @traitlets.validate("hovered")
    def _validate_hovered(self, proposal: Any) -> int:
        if not -1 <= proposal.value < self.n_samples:
            raise ValueError(
                f"hovered is {proposal.value}; expected an index below {self.n_samples}, or -1 for "
                "none."
            )
        return int(proposal.value)

    @traitlets.validate("view")
    def _validate_view(self, proposal: Any) -> tuple[float, ...]:
        view = tuple(checks.finite_number("view", edge) for edge in proposal.value)
        if len(view) != 4 or view[0] >= view[1] or view[2] >= view[3]:
            raise ValueError(
                f"view is {view}; expected (x_min, x_max, y_min, y_max) with x_min < x_max and "
                "y_min < y_max."
            )
        return view
