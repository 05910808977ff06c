"""What the kernel answers to the page of a LatentScatter."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_widgets.codec import CannotDecodeError, decode_samples
from vae_widgets.core import checks
from vae_widgets.core.latent.far_from_data import CODES_KEPT
from vae_widgets.core.latent.plane import on_plane
from vae_widgets.core.lazy_samples import Samples
from vae_widgets.core.pairing import index_to_json, rows_with
from vae_widgets.widgets.base.messages import Refused, in_words
from vae_widgets.widgets.latent_scatter.pictures import ScatterPictures
from vae_widgets.widgets.latent_scatter.state import ScatterState
from vae_widgets.widgets.traits.array import array_to_json, validate

MOST_CODE_NUMBERS = 500_000
"""The most numbers of latent vectors that a page gets, to know what is far from data: 2 MB."""


class ScatterAnswers(ScatterState):
    """Decodes what the page asks for: one method for each kind of `messages.KINDS`."""

    z_mean: NDArray[np.float32]
    x: Samples
    _pictures: ScatterPictures

    def __init__(self, **traits: Any) -> None:
        self._request: dict[str, Any] = {}
        self._base = np.zeros(0, np.float32)  # what was picked before a move along `attribute`
        super().__init__(**traits)

    def _answer_requests(self) -> None:
        self.observe(self._show_picked, "picked")
        self.handle(self._answer_pick, "pick")
        self.handle(self._answer_place, "place")
        self.handle(self._answer_grid, "grid")
        self.handle(self._answer_traversals, "traversals")
        self.handle(self._answer_tile, "tile")
        self.handle(self._answer_detail, "detail")
        self.handle(self._answer_find, "find")
        self.handle(lambda request: {"keys": index_to_json(self._index)}, "keys")
        self.handle(self._answer_codes, "codes")

    def _inverse_project(self, at: Sequence[float]) -> NDArray[np.float32]:
        return self._space.from_plane([at], self.dims, self.slice_at)

    def _where(self, index: int, at: Sequence[float] | None = None) -> dict[str, Any]:
        """Say where on the plane `picked` lies: the sample `index`, the place `at`, or neither."""
        if index >= 0:
            coordinates, at = self._space.coordinates[index], self._positions[index].tolist()
        else:
            if at is None:
                coordinates = self._space.project(self.picked[np.newaxis])[0]
            else:
                coordinates = on_plane([at], self.dims, self.slice_at)[0]
            at = coordinates[list(self.dims)].tolist()
        # A place on a line has no y.
        return {"at": [*at, None][:2], "coordinates": coordinates.tolist()}

    @validate("picked")
    def _validate_picked(self, proposal: Any) -> NDArray[np.float32]:
        z: NDArray[np.float32] = proposal.value
        if z.size and z.shape != (self._codec.latent_dim,):
            raise ValueError(
                f"picked has shape {z.shape}; expected ({self._codec.latent_dim},), one "
                "latent vector."
            )
        self._decode_first(z)  # what fails changes nothing
        return z

    def _decode_first(self, z: NDArray[np.float32]) -> None:
        error, decoded = "", np.zeros(0, np.float32)
        if z.size:
            place = self._space.project(checks.float_array("picked", z)[np.newaxis])
            checks.float_array("the place of picked", place)
            try:
                decoded = decode_samples(self._codec, z[np.newaxis])[0]
            except CannotDecodeError as cannot:  # no fault: the page says why there is nothing
                error = in_words(cannot)
        self._next = decoded, error

    def _show_picked(self, change: Any = None) -> None:
        decoded, error = self._next
        # Taken out, so that an observer of `picked` who sets it again is not mistaken for the page.
        request, self._request = self._request, {}
        index, along = request.get("point", -1), request.get("along", 0.0)
        if not along:
            self._base = self.picked
        self._confirm_model()
        answer: dict[str, Any] = {}
        if self.picked.size:
            answer = {"point": index, "along": along, "error": error, "base": self._base.tolist()}
            answer |= self._where(index, request.get("at"))
        if decoded.size:
            try:
                answer["tiles"] = self._pictures.picked(decoded, index)
                answer["text"] = self._pictures.text(decoded)
                answer["off_data"] = bool(self._space.off_data(self.picked[np.newaxis])[0])
            except Exception as failed:  # of the user's renderer: the page says what
                answer["error"] = in_words(failed)
        with self.hold_sync():
            self.set_trait("decoded", decoded)
            self.set_trait("picked_index", index if answer else -1)
            self._pick = answer

    def _answer_pick(self, request: dict[str, Any]) -> dict[str, Any]:
        index, at = request["point"], request.get("at")
        try:
            if "along" in request:
                z = self._base + np.float32(request["along"]) * self.attribute
            elif index >= 0:
                z = self.z_mean[index]
            elif at is None:
                raise ValueError("no place was named")
            else:
                z = self._inverse_project(at)[0]
            self._pick_vector(z, request)
        except Exception as error:
            self.picked = []  # never the picture of another vector
            self._pick = {"point": index, "at": at, "error": in_words(error)}
        return {"error": self._pick.get("error", "")}

    def _pick_vector(self, z: NDArray[np.float32], request: dict[str, Any]) -> None:
        self._request = request
        try:
            with self.hold_sync():
                if np.array_equal(z, self.picked):
                    self._decode_first(z)
                    self._show_picked()
                else:
                    self.picked = z
        finally:
            self._request = {}

    def _answer_place(self, request: dict[str, Any]) -> dict[str, Any]:
        z = self._inverse_project(request["at"])
        far = bool(self._space.off_data(z)[0])
        return self._confirmed({"tiles": self._pictures.decoded(z), "off_data": far})

    def _confirmed(self, answer: dict[str, Any]) -> dict[str, Any]:
        """Return an answer that was decoded, after which the page must know the same weights."""
        self._confirm_model()
        return answer

    def _heard(self, what: Any) -> NDArray[np.float32]:
        """Return the sample (1, *sample_shape) that the page wants to hear."""
        if what != "decoded":
            sample: NDArray[np.float32] = self.x[what]
            return sample[np.newaxis]
        if not self.decoded.size:
            raise ValueError("nothing was decoded yet")
        decoded: NDArray[np.float32] = self.decoded
        return decoded[np.newaxis]

    def _answer_grid(self, request: dict[str, Any]) -> dict[str, Any]:
        plane = request["bounds"], request["columns"], request["rows"], self.dims, self.slice_at
        grid = self._grid_or_error(lambda: self._pictures.plane(*plane))
        self._grid = self._confirmed(grid)
        return {"error": self._grid["error"]}

    def _grid_or_error(self, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        try:
            return {**make(), "error": ""}
        except Exception as error:  # of the user's decoder or renderer: the page says what
            return {**self._grid, "error": in_words(error)}

    def _answer_traversals(self, request: dict[str, Any]) -> dict[str, Any]:
        base = on_plane([request["at"]], self.dims, self.slice_at)[0]
        axes = [axis for axis in self._axes if axis["index"] not in self.dims]
        movable = self._save_shown and self.attribute.size and self._base.size
        line = (self._base, self.attribute) if movable else None
        axes = axes if self._dims_shown else []
        return self._confirmed(self._pictures.traversals(base, axes, line))

    def _answer_tile(self, request: dict[str, Any]) -> dict[str, Any]:
        return self._pictures.sample(request["index"])

    def _answer_detail(self, request: dict[str, Any]) -> dict[str, Any]:
        return self._confirmed(self._pictures.detail(request["index"], self.dims))

    def _answer_find(self, request: dict[str, Any]) -> dict[str, Any]:
        label = request["label"]
        rows = rows_with(label, () if self._index is None else self._index)
        if not rows.size:
            raise Refused(f"No sample has the label {label!r:.80} in the index.")
        return {"point": int(rows[0]), "count": len(rows)}

    def _answer_codes(self, request: dict[str, Any]) -> dict[str, Any]:
        few = self.n_samples <= CODES_KEPT and self.z_mean.size <= MOST_CODE_NUMBERS
        far, log_var = self._space.off_data, self._space.z_log_var
        return {
            "codes": array_to_json(self.z_mean if few else self.z_mean[:0]),
            "log_var": array_to_json(log_var) if few and log_var is not None else None,
            "scale": array_to_json(far.scale),
            "limit": far.limit if np.isfinite(far.limit) else None,
        }
