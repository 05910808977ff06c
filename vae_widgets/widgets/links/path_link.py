"""The path of an InterpolationSlider, drawn and moved in a LatentScatter."""

from contextlib import AbstractContextManager
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from vae_widgets.widgets.base.link import Link, Observable
from vae_widgets.widgets.latent_scatter.widget import LatentScatter


class PathView(Observable, Protocol):
    """What a link needs of an `InterpolationSlider`; `start`, `end` and `via` are traits."""

    path_traits: tuple[str, ...]
    start: Any
    end: Any
    via: Any

    @property
    def path(self) -> NDArray[np.float32]:
        """Latent vectors (steps, latent_dim)."""

    @property
    def stops(self) -> NDArray[np.float64]:
        """Positions of the way-points, 0 to 1."""

    @property
    def ends(self) -> str:
        """What way-points are: "auto", "latent" or "sample"."""

    @property
    def model_id(self) -> str:
        """The id of its model in the page."""

    def offer_ends(self, source: Any) -> None:
        """Let its page choose ends among samples: an `EndSource`."""

    def withdraw_ends(self, source: Any) -> None:
        """End this."""

    def hold_trait_notifications(self) -> AbstractContextManager[None]:
        """Change traits together."""


class PathLink(Link):
    """What `InterpolationSlider.link` returns: it lasts until `unlink`, or until one is closed."""

    can_pick = True

    def __init__(self, slider: PathView, scatter: LatentScatter) -> None:
        if not isinstance(scatter, LatentScatter):
            raise TypeError(
                f"scatter must be a LatentScatter; received {type(scatter).__name__}. Pass the "
                "widget itself, not what contains it."
            )
        if scatter.z_mean.shape[1] != slider.path.shape[1]:
            raise ValueError(
                f"scatter shows latent vectors of {scatter.z_mean.shape[1]} dimensions; expected "
                f"{slider.path.shape[1]}, those of the slider. Make both with the same codec."
            )
        super().__init__(slider, scatter)
        self._slider, self._scatter = slider, scatter
        self._slider_id = slider.model_id  # a closed slider has none
        # Drawn again when the slider has another path or the scatter shows another plane.
        for widget, names in ((slider, slider.path_traits), (scatter, scatter.plane_traits)):
            for name in names:
                self._follow(widget, name, self._draw)
        scatter.handle(self._choose_ends, "path")
        self._draw()
        self._follow(scatter, "picked", self._offer_ends)
        self._offer_ends()

    def unlink(self) -> None:
        """Remove the path from the scatter."""
        super().unlink()
        self._scatter.remove_handler(self._choose_ends)
        self._slider.withdraw_ends(self)
        if self._is_shown:
            self._scatter.hide_path()

    @property
    def n_samples(self) -> int:
        """Number of samples of the scatter."""
        return self._scatter.n_samples

    @property
    def picked_end(self) -> NDArray[np.float32] | None:
        """The sample or the latent vector that is picked in the scatter; None if nothing is."""
        picked, index = self._scatter.picked, self._scatter.picked_index
        if not picked.size:
            return None
        return np.asarray(picked) if index < 0 else self.end_at(index)

    def end_at(self, index: int) -> NDArray[np.float32]:
        """Return a sample of the scatter, or its latent vector where the slider takes these."""
        return end_at(self._scatter, index, self._slider.ends)

    def _offer_ends(self, change: Any = None) -> None:
        self._slider.offer_ends(self)

    @property
    def _is_shown(self) -> bool:
        return self._scatter.path_owner == self._slider_id

    def _draw(self, change: Any = None) -> None:
        if change and not self._is_shown:
            return
        try:
            positions = self._scatter.project(self._slider.path)
        except Exception as error:  # of the user's transformer
            if not change:
                raise
            self._scatter.hide_path(self._slider_id)
            self._scatter.post("path", {"error": f"It cannot be drawn here: {error}"})
            return
        stops = np.rint(self._slider.stops * (len(positions) - 1)).astype(int)
        self._scatter.show_path(self._slider_id, positions, stops)

    def _choose_ends(self, message: dict[str, Any]) -> dict[str, Any] | None:
        if not self._is_shown:
            return None
        try:
            ends: dict[str, Any] = {
                name: self._end(message[name]) for name in ("start", "end") if name in message
            }
            if "via" in message:
                via = [*self._slider.via]
                via[message["via"]["which"]] = self._end(message["via"])
                ends["via"] = via
            # Together, so that only one path is decoded.
            with self._slider.hold_trait_notifications():
                for name, end in ends.items():
                    setattr(self._slider, name, end)
        # Whatever the user's codec or transformer raises: the page says what.
        except Exception as error:
            return {"error": str(error)}
        return {}

    def _end(self, end: dict[str, Any]) -> NDArray[np.float32]:
        scatter = self._scatter
        if end["point"] < 0:
            (z,) = scatter.inverse_project([end["at"][: len(scatter.dims)]])
            return np.asarray(z)
        return self.end_at(end["point"])


def end_at(scatter: LatentScatter, index: int, ends: str = "auto") -> NDArray[np.float32]:
    """Return a sample of a scatter, or its latent vector where a slider with `ends` takes these."""
    sample, z = scatter.x[index], scatter.z_mean[index]
    # "auto" takes what has the shape of codes for a code.
    is_sample = ends == "sample" or (ends == "auto" and sample.shape != z.shape)
    return np.asarray(sample if is_sample else z)
