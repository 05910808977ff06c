"""What the kernel answers to the page of a LatentScatter."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import traitlets
from numpy.typing import NDArray

from vae_widgets.codec import CannotDecodeError, decode_samples
from vae_widgets.core import checks
from vae_widgets.core.latent.plane import on_plane
from vae_widgets.widgets.latent_scatter.pictures import ScatterPictures
from vae_widgets.widgets.latent_scatter.state import ScatterState
from vae_widgets.widgets.traits.array import validate


class ScatterAnswers(ScatterState):
    """Decodes what the page asks for; each question is a trait, and so is its answer."""

    z_mean: NDArray[np.float32]
    x: NDArray[np.float32]
    _pictures: ScatterPictures

    def __init__(self, **traits: Any) -> None:
        self._question: dict[str, Any] = {}
        self._base = np.zeros(0, np.float32)  # what was picked before a move along `attribute`
        super().__init__(**traits)

    def _answer_questions(self) -> None:
        self.observe(self._show_picked, "picked")
        for answer in (
            *(self._answer_pick, self._answer_place, self._answer_grid),
            *(self._answer_traversals, self._answer_tile, self._answer_detail),
        ):
            name = answer.__name__.replace("answer", "ask")
            self.observe(lambda change, answer=answer: change.new and answer(change.new), name)

    def _lift(self, at: Sequence[float]) -> NDArray[np.float32]:
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
        question, self._question = self._question, {}
        index, along = question.get("point", -1), question.get("along", 0.0)
        if not along:
            self._base = self.picked
        answer: dict[str, Any] = {}
        if self.picked.size:
            answer = {**sender(question), "point": index, "along": along, "error": error}
            answer |= {"base": self._base.tolist(), **self._where(index, question.get("at"))}
        if decoded.size:
            try:
                answer["tiles"] = self._pictures.picked(decoded, index)
                answer["text"] = self._pictures.text(decoded)
                answer["off_data"] = bool(self._space.far(self.picked[np.newaxis])[0])
            except Exception as failed:  # of the user's renderer: the page says what
                answer["error"] = in_words(failed)
        with self.hold_sync():
            self.set_trait("decoded", decoded)
            self.set_trait("picked_index", index if answer else -1)
            self._pick = answer

    def _answer_pick(self, question: dict[str, Any]) -> None:
        index, at = question["point"], question.get("at")
        try:
            if "along" in question:
                z = self._base + np.float32(question["along"]) * self.attribute
            elif index >= 0:
                z = self.z_mean[index]
            elif at is None:
                raise ValueError("no place was named")
            else:
                z = self._lift(at)[0]
            self._pick_vector(z, question)
        except Exception as error:
            self.picked = []  # never the picture of another vector
            answer = {**sender(question), "point": index, "at": at}
            self._pick = {**answer, "error": in_words(error)}

    def _pick_vector(self, z: NDArray[np.float32], question: dict[str, Any]) -> None:
        self._question = question
        try:
            with self.hold_sync():
                if np.array_equal(z, self.picked):
                    self._decode_first(z)
                    self._show_picked()
                else:
                    self.picked = z
        finally:
            self._question = {}

    def _answer_place(self, question: dict[str, Any]) -> None:
        at = question["at"]

        def decode() -> dict[str, Any]:
            z = self._lift(at)
            return {"tiles": self._pictures.decoded(z), "off_data": bool(self._space.far(z)[0])}

        self._place = {"at": at, **self._answer(question, decode, otherwise={})}

    def _heard(self, what: Any) -> NDArray[np.float32]:
        if what != "decoded":
            sample: NDArray[np.float32] = self.x[what]
            return sample
        if not self.decoded.size:
            raise ValueError("nothing was decoded yet")
        return self.decoded

    def _answer_grid(self, question: dict[str, Any]) -> None:
        shape = question["bounds"], question["columns"], question["rows"]
        self._grid = self._answer(
            question,
            lambda: self._pictures.plane(*shape, self.dims, self.slice_at),
            otherwise=self._grid,
        )

    def _answer_traversals(self, question: dict[str, Any]) -> None:
        base = on_plane([question["at"]], self.dims, self.slice_at)[0]
        axes = [axis for axis in self._axes if axis["index"] not in self.dims]
        axes = axes if self._dims_shown else []
        movable = self._save_shown and self.attribute.size and self._base.size
        line = (self._base, self.attribute) if movable else None
        self._traversals = self._answer(
            question, lambda: self._pictures.traversals(base, axes, line), otherwise={"rows": []}
        )

    def _answer_tile(self, question: dict[str, Any]) -> None:
        index = question["index"]
        self._tile = self._answer(
            question, lambda: self._pictures.sample(index), otherwise={"index": index}
        )

    def _answer_detail(self, question: dict[str, Any]) -> None:
        index = question["index"]
        self._detail = self._answer(
            question,
            lambda: self._pictures.detail(index, self.dims),
            otherwise={"index": index},
        )

    @staticmethod
    def _answer(
        question: dict[str, Any], make: Callable[[], dict[str, Any]], otherwise: dict[str, Any]
    ) -> dict[str, Any]:
        # The user's decoder or renderer may raise anything; the page says what.
        try:
            answer = {**make(), "error": ""}
        except Exception as error:
            answer = {**otherwise, "error": in_words(error)}
        return {**answer, **sender(question)}


def sender(question: dict[str, Any]) -> dict[str, Any]:
    """Return whose question it was, and which; of no question, that nobody asked."""
    return {"page": question.get("page", ""), "seq": question.get("seq", 0)}


def in_words(error: BaseException) -> str:
    """Return what the page says of an error."""
    if isinstance(error, traitlets.TraitError) and error.__cause__:
        error = error.__cause__
    if isinstance(error, CannotDecodeError):
        return str(error)
    return f"{type(error).__name__}: {error}"
