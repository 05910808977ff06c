"""The path of an InterpolationSlider, drawn and steered in a LatentScatter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from vae_widgets.widgets.base.link import Link
from vae_widgets.widgets.latent_scatter.widget import LatentScatter
from vae_widgets.widgets.traits.array import array_to_json

if TYPE_CHECKING:
    from vae_widgets.widgets.interpolation_slider.widget import InterpolationSlider


class PathLink(Link):
    """What `InterpolationSlider.link` returns: it lasts until `unlink`, or until one is closed."""

    def __init__(self, slider: InterpolationSlider, scatter: LatentScatter) -> None:
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
        self._slider_id = slider.model_id  # a closed one has none any more
        # Drawn anew when the slider has another path or the scatter shows another plane.
        self._follow(slider, "_content", self._draw)
        self._follow(slider, "method", self._draw)
        self._follow(scatter, "_positions", self._draw)
        self._follow(scatter, "projection", self._draw)  # also one with the same positions
        scatter.hear(self._choose_ends, "path")
        self._draw()

    def unlink(self) -> None:
        """Take the path out of the scatter, and leave the slider alone from now on."""
        super().unlink()
        self._scatter.hear_no_more(self._choose_ends)
        if self._is_shown:
            self._scatter._path = {}

    @property
    def _is_shown(self) -> bool:
        return self._slider_id in self._scatter._path.values()

    def _draw(self, change: Any = None) -> None:
        if change and not self._is_shown:
            return
        try:
            positions = self._scatter.project(self._slider.path)
        except Exception as error:  # of the user's transformer
            if not change:
                raise
            self._scatter._path = {"not_shown": self._slider_id}
            self._scatter.send({"type": "path", "error": f"It cannot be drawn here: {error}"})
            return
        self._scatter._path = {
            "slider": self._slider_id,
            "positions": array_to_json(positions),
            "stops": np.rint(self._slider.stops * (self._slider.steps - 1)).astype(int).tolist(),
        }

    def _choose_ends(self, message: dict[str, Any]) -> None:
        if not self._is_shown:
            return
        try:
            ends: dict[str, Any] = {
                name: self._end(message[name]) for name in ("start", "end") if name in message
            }
            if "via" in message:
                via = [*self._slider.via]
                via[message["via"]["which"]] = self._end(message["via"])
                ends["via"] = via
            # Together, so that one path is decoded.
            with self._slider.hold_trait_notifications():
                for name, end in ends.items():
                    setattr(self._slider, name, end)
        # Whatever the user's codec or transformer raises: the page says what.
        except Exception as error:
            self._scatter.send({"type": "path", "error": str(error)})

    def _end(self, end: dict[str, Any]) -> NDArray[np.float32]:
        if end["point"] < 0:
            return self._scatter.inverse_project([end["at"][: len(self._scatter.dims)]])[0]
        sample, z = self._scatter._x[end["point"]], self._scatter.z_mean[end["point"]]
        takes = self._slider._maker.ends
        told_apart = takes == "auto" and sample.shape != z.shape
        return sample if told_apart or takes == "sample" else z
