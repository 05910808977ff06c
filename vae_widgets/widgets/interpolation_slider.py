"""Slide between two samples: all frames are decoded once and played in the page."""

import dataclasses
import io
import os
import pathlib
from typing import Any

import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from vae_widgets.codec import Codec, check_codec, decode_samples, encode_mean
from vae_widgets.core import checks
from vae_widgets.core.latent_paths import PATHS
from vae_widgets.rendering import Renderer, check_renderer, render
from vae_widgets.rendering.atlas import tile_atlas
from vae_widgets.widgets.base import CanvasWidget, bundle
from vae_widgets.widgets.traits import Array, array_to_json


@dataclasses.dataclass(frozen=True)
class _End:
    """One end of a path, as it was given and in latent space."""

    kind: str  # "latent" or "sample"
    given: NDArray[np.float32]
    z: NDArray[np.float32]


@dataclasses.dataclass(frozen=True)
class _Path:
    """What the page plays: ends, the latent vectors between them, and their samples."""

    start: NDArray[np.float32]
    end: NDArray[np.float32]
    method: str
    z: NDArray[np.float32]
    frames: NDArray[np.float32]
    tiles: NDArray[np.uint8]
    content: dict[str, Any]  # as it travels to the page

    def joins(self, start: Any, end: Any, method: str) -> bool:
        return (
            method == self.method
            and np.array_equal(start, self.start)
            and np.array_equal(end, self.end)
        )


@dataclasses.dataclass(frozen=True)
class _Position:
    """A point on a path."""

    path: _Path
    value: float
    z: NDArray[np.float32]
    sample: NDArray[np.float32]


class InterpolationSlider(CanvasWidget):
    """Slide between two samples or two latent vectors.

    All frames are decoded in one batch and sent at once, so that dragging and playing need no
    kernel: the page sends one message when the pointer is released or the play is paused.

    Parameters
    ----------
    codec
        Anything with ``encode``, ``decode``, ``latent_dim`` and ``sample_shape``.
    start, end
        Each a latent vector (latent_dim,) or a sample (*sample_shape), told apart by the shape.
        Samples are encoded to their latent means. Where the two shapes are the same, they are
        taken for latent vectors: pass ``ends="sample"`` to say otherwise.
    steps
        Number of frames, both ends included; 2 or more.
    method
        "slerp", an arc around the origin (`vae_widgets.core.latent_paths.slerp_path`), or
        "linear", a straight line.
    renderer
        Maps samples (n, *sample_shape) to RGBA tiles; None chooses one by `sample_shape`.
    ends
        What `start` and `end` are: "auto" (by the shape), "latent" or "sample".

    Attributes
    ----------
    value : float
        The position that was committed: 0 is `start`, 1 is `end`. Set while the page is dragged or
        played only at the release or the pause.
    start, end : ndarray
        The ends as they were given; assign new ones to decode a new path.
    method : str
        "slerp" or "linear"; assign to decode a new path.
    z : ndarray
        Latent vector (latent_dim,) at `value`.
    sample : ndarray
        Decoded sample (*sample_shape) at `value`. The page shows the nearest frame; a value
        between two frames, which only Python can set, is decoded by itself.

    Raises
    ------
    TypeError
        If `codec` or `renderer` is not one, or an end is not made of numbers.
    ValueError
        If an end has another shape or is not finite, `steps` is below 2, `method` is unknown, or
        the codec returns samples of another shape or values that are not finite.
        Later assignments raise ``traitlets.TraitError`` instead and change nothing.

    Examples
    --------
    >>> slider = vw.InterpolationSlider(vae, x[0], x[1])        # doctest: +SKIP
    >>> slider.value, slider.z, slider.sample                   # doctest: +SKIP
    """

    _esm = bundle("interpolation_slider.js")
    _css = bundle("interpolation_slider.css")

    # The page owns both: its own changes need not come back.
    value = traitlets.Float(0.0).tag(sync=True, echo_update=False)
    method = traitlets.Unicode("slerp").tag(sync=True, echo_update=False)
    start = Array(ndim=None)
    end = Array(ndim=None)
    z = Array(read_only=True)
    sample = Array(ndim=None, read_only=True)
    # One trait, so that the page never sees new tiles with an old path. Its revision tells the
    # page that an equal answer is an answer too.
    _content = traitlets.Dict().tag(sync=True)

    @checks.suggest_keywords
    def __init__(
        self,
        codec: Codec,
        start: ArrayLike,
        end: ArrayLike,
        steps: int = 64,
        method: str = "slerp",
        renderer: Renderer | None = None,
        ends: str = "auto",
    ) -> None:
        self._codec = check_codec(codec)
        self._renderer = check_renderer(renderer, codec.sample_shape)
        self._steps = checks.positive_int("steps", steps, minimum=2)
        self._ends = checks.one_of("ends", ends, ("auto", "latent", "sample"))
        self._revision = 0
        self._shown = self._position(self._path(start, end, method), 0.0)
        self._next = self._shown  # what a validator has decoded and an observer will show
        super().__init__(start=start, end=end, method=method, _content=self._shown.path.content)
        self.on_msg(self._on_page_message)
        self._set_results()

    @property
    def frames(self) -> NDArray[np.float32]:
        """Decoded samples along the path (steps, *sample_shape), read-only."""
        return self._shown.path.frames

    @property
    def path(self) -> NDArray[np.float32]:
        """Latent vectors along the path (steps, latent_dim), read-only."""
        return self._shown.path.z

    @property
    def steps(self) -> int:
        """Number of frames."""
        return self._steps

    def swap_ends(self) -> None:
        """Exchange `start` and `end` and keep the sample that is shown."""
        # One message, lest the page show the old position on the new path.
        with self.hold_sync(), self.hold_trait_notifications():
            self.start, self.end, self.value = self.end, self.start, 1 - self.value

    def save_gif(
        self,
        path: str | os.PathLike[str],
        duration: float = 3.0,
        size: int = 256,
        ping_pong: bool = False,
    ) -> None:
        """Write the frames as an animated GIF that loops.

        Parameters
        ----------
        path
            The file; an existing one is replaced only once the new one is complete.
        duration
            Seconds from `start` to `end`. A GIF counts in hundredths of a second, and browsers
            slow down what is faster than 50 frames/s, so each frame lasts at least 0.02 s.
        size
            Tiles are enlarged with sharp edges, by a whole number, to at most this many pixels on
            the longer side; larger tiles keep their size.
        ping_pong
            Play back to `start` before the next round.

        Raises
        ------
        ValueError
            If `duration` is not above 0 or `size` is below 1.

        Notes
        -----
        Neighbouring frames without a difference are stored once and last longer. A frame of more
        than 256 colours is reduced to 256; grey ones stay exact.
        """
        duration = checks.number_between("duration", duration, 0, open_low=True)
        size = checks.positive_int("size", size)
        tiles = self._shown.path.tiles
        zoom = max(1, size // max(tiles.shape[1:3]))
        pictures = [_opaque(tile.repeat(zoom, 0).repeat(zoom, 1)) for tile in tiles]
        if ping_pong:
            pictures += pictures[-2:0:-1]
        gif = io.BytesIO()
        pictures[0].save(
            gif,
            "GIF",
            save_all=True,
            append_images=pictures[1:],
            duration=max(20, 10 * round(100 * duration / self._steps)),
            loop=0,
        )
        path = pathlib.Path(path)
        unfinished = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            unfinished.write_bytes(gif.getvalue())
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take what the page asks for; where that fails, tell it so and restore its state."""
        try:
            super().set_state(sync_data)
        except traitlets.TraitError as error:
            self.send_state(set(sync_data))
            self.send({"error": str(error)})

    def _on_page_message(self, widget: Any, message: Any, buffers: Any) -> None:
        if message == {"action": "swap"}:
            self.swap_ends()

    @traitlets.validate("start", "end", "method", "value")
    def _decode_first(self, proposal: Any) -> Any:
        """Decode before the trait changes, so that a failure changes nothing."""
        asked = {name: getattr(self, name) for name in ("start", "end", "method", "value")}
        asked[proposal.trait.name] = proposal.value
        value = asked.pop("value")
        try:
            path = self._next.path if self._next.path.joins(**asked) else self._path(**asked)
            self._next = self._position(path, checks.number_between("value", value, 0, 1))
        # Whatever a codec raises: traitlets rolls back for this error alone.
        except Exception as error:
            raise traitlets.TraitError(str(error)) from error
        return proposal.value

    @traitlets.observe("start", "end", "method", "value")
    def _show(self, change: Any) -> None:
        if self._next is self._shown:
            return
        before, self._shown = self._shown, self._next
        if before.path is not self._shown.path:
            self._content = self._shown.path.content
        self._set_results()

    def _set_results(self) -> None:
        self.set_trait("z", self._shown.z)
        self.set_trait("sample", self._shown.sample)

    def _path(self, start: ArrayLike, end: ArrayLike, method: str) -> _Path:
        """Check the ends, then decode and render all frames in one batch."""
        method = checks.one_of("method", method, PATHS)
        first, last = self._end("start", start), self._end("end", end)
        z = PATHS[method](first.z, last.z, np.linspace(0, 1, self._steps)).astype(np.float32)
        frames = decode_samples(self._codec, z).copy()  # frozen below; theirs must not be
        originals = [
            end.given if end.kind == "sample" else frame
            for end, frame in ((first, frames[0]), (last, frames[-1]))
        ]
        # One call: a renderer may scale by the range of its batch.
        tiles = render(self._renderer, np.concatenate([frames, originals]))
        self._revision += 1
        content = {
            "atlas": tile_atlas(tiles),  # the frames, then the two ends
            "path": array_to_json(z),
            "kinds": [first.kind, last.kind],
            "revision": self._revision,
        }
        frames.flags.writeable = z.flags.writeable = False
        return _Path(first.given, last.given, method, z, frames, tiles[:-2], content)

    def _end(self, name: str, value: ArrayLike) -> _End:
        """Tell by its shape what an end is, and find its latent vector."""
        given = checks.float_array(name, value).copy()  # the caller may change theirs later
        latent, sample = (self._codec.latent_dim,), tuple(self._codec.sample_shape)
        if self._ends != "sample" and given.shape == latent:
            return _End("latent", given, given)
        if self._ends != "latent" and given.shape == sample:
            return _End("sample", given, encode_mean(self._codec, given[np.newaxis])[0])
        expected = {
            "auto": f"a latent vector {latent} or a sample {sample}",
            "latent": f"a latent vector {latent}",
            "sample": f"a sample {sample}",
        }[self._ends]
        hint = f" Pass {name}[0] for its first row." if given.shape[1:] in (latent, sample) else ""
        raise ValueError(f"{name} has shape {given.shape}; expected {expected}.{hint}")

    def _position(self, path: _Path, value: float) -> _Position:
        frame = value * (self._steps - 1)
        nearest = round(frame)
        if abs(frame - nearest) < 1e-9:
            return _Position(path, value, path.z[nearest], path.frames[nearest])
        z = PATHS[path.method](path.z[0], path.z[-1], [value]).astype(np.float32)
        return _Position(path, value, z[0], decode_samples(self._codec, z)[0])


def _opaque(tile: NDArray[np.uint8]) -> Image.Image:
    """Lay a tile on white; a grey one becomes a grey picture, which a GIF holds exactly."""
    alpha = tile[..., 3:] / 255
    colours = np.rint(tile[..., :3] * alpha + 255 * (1 - alpha)).astype(np.uint8)
    grey = (colours == colours[..., :1]).all()
    return Image.fromarray(np.ascontiguousarray(colours[..., 0] if grey else colours))
