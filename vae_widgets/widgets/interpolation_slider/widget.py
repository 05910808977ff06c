"""Slide through latent space: all frames are decoded once and played in the page."""

import os
from collections.abc import Iterable
from typing import Any

import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray

from vae_widgets.codec import Codec
from vae_widgets.core import checks
from vae_widgets.core.atomic_file import check_target
from vae_widgets.rendering import Renderer, detail_of
from vae_widgets.rendering.named import TWINS, renderer_to_json
from vae_widgets.rendering.sound import sound_of
from vae_widgets.widgets.base.assets import bundle
from vae_widgets.widgets.base.in_page import DecodingWidget, check_in_page
from vae_widgets.widgets.base.messages import PAGE
from vae_widgets.widgets.base.sound import answer_sounds
from vae_widgets.widgets.base.widget import PageContents
from vae_widgets.widgets.interpolation_slider import still_picture as picture
from vae_widgets.widgets.interpolation_slider.ends import (
    EndSource,
    chosen_end,
    ends_to_json,
    latent_rows,
)
from vae_widgets.widgets.interpolation_slider.export import write_gif, write_png
from vae_widgets.widgets.interpolation_slider.film import FilmMaker
from vae_widgets.widgets.latent_scatter.widget import LatentScatter
from vae_widgets.widgets.links.path_link import PathLink
from vae_widgets.widgets.still_pictures.pictured import Pictured
from vae_widgets.widgets.traits.array import Array, Loose, Number, validate

# What a path depends on, and the place on it: a change of any may need the decoder.
_ASKED = ("start", "end", "via", "method", "compare", "value")

_FRAMES_HEARD = 5  # of a path, ends included


class InterpolationSlider(Pictured, DecodingWidget):
    """Slide between two samples or two latent vectors, and through others on the way.

    All frames are decoded and sent at once, so that dragging and playing need no kernel. Below them
    are the density of the prior along the path, and the change from frame to frame.

    Parameters
    ----------
    codec
        Anything with ``encode``, ``decode``, ``latent_dim`` and ``sample_shape``.
    start, end
        Each a latent vector (latent_dim,) or a sample (*sample_shape), which is encoded. Where both
        have one shape, pass ``ends="sample"`` for samples.
    steps
        Number of frames, ends included; at least 2 and the number of way-points.
    method
        How two neighbouring way-points are joined: "slerp", an arc around the origin; "linear"; or
        "neighbours", the shortest way from neighbour to neighbour among `latents`, which stays near
        the data.
    renderer
        Maps samples (n, *sample_shape) to RGBA tiles, or the name of a renderer; None takes the
        codec's, or chooses one by `sample_shape`. Its range is that of the first path and of some
        `latents`. What its ``detail`` returns is shown or played at `value`.
    ends
        What `start`, `end` and `via` are: "auto" (by the shape), "latent" or "sample".
    via
        Way-points between `start` and `end`, each given like an end, at equal distances.
    latents
        Latent vectors (n, latent_dim) of data, for the method "neighbours", and to choose ends by
        their numbers in the page.
    n_neighbors
        How many of its nearest each of `latents` is joined to.
    compare
        Decode every method, and show their frames and curves together.
    in_page
        Whether the page decodes with the model itself while a way-point is dragged in a linked
        scatter: "auto", True or False, as for `LatentScatter`.

    Attributes
    ----------
    value : float
        Position from 0 (`start`) to 1 (`end`). A drag or play sets it at its end.
    start, end : ndarray
        The ends as given; assign to decode a new path.
    via : tuple of ndarray
        The way-points as given; assign to decode a new path.
    method : str
        "slerp", "linear" or "neighbours"; assign to decode a new path.
    compare : bool
        Whether every method is shown; the rest is about `method`.
    z : ndarray
        Latent vector (latent_dim,) at `value`.
    sample : ndarray
        Decoded sample (*sample_shape) at `value`. Between two frames the page decodes it, too, if
        it has the model and the method is "slerp" or "linear"; else it shows the nearest frame.

    Raises
    ------
    TypeError
        If `codec` or `renderer` is not one, or a way-point is not made of numbers.
    ValueError
        If a value or a shape is wrong. Later assignments raise ``traitlets.TraitError`` and change
        nothing.

    Examples
    --------
    >>> vae = vw.VAE.build((4,), likelihood="gaussian")
    >>> slider = vw.InterpolationSlider(vae, start=[0.0, 0.0], end=[1.0, 2.0], method="linear")
    >>> slider.value = 0.5
    >>> slider.z
    array([0.5, 1. ], dtype=float32)
    """

    _esm = bundle("interpolation_slider.js")
    _css = bundle("interpolation_slider.css")
    _picture_follows = ("value", "_content", "method")
    path_traits = ("_content", "method")

    # The page owns these: its own changes need not come back.
    value = Number(0.0).tag(**PAGE)
    method = traitlets.Unicode("slerp").tag(**PAGE)
    compare = traitlets.Bool(False).tag(**PAGE)
    start = Array(ndim=None)
    end = Array(ndim=None)
    via = Loose(())
    z = Array(read_only=True)
    sample = Array(ndim=None, read_only=True)
    _has_sound = traitlets.Bool(False).tag(sync=True)
    _ends = traitlets.Dict().tag(sync=True)  # see ends.py
    _detail = traitlets.Unicode("").tag(sync=True)  # what the renderer says of `sample`, as HTML
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
        renderer: Renderer | str | None = None,
        ends: str = "auto",
        *,
        via: Iterable[ArrayLike] = (),
        latents: ArrayLike | None = None,
        n_neighbors: int = 10,
        compare: bool = False,
        in_page: bool | str = "auto",
    ) -> None:
        in_page = check_in_page(in_page)
        self._maker = FilmMaker(codec, renderer, steps, ends, latents, n_neighbors)
        self._source = latent_rows(self._maker.latents)
        self._rows: dict[str, int | None] = {"start": None, "end": None}
        film = self._maker.film(start, end, via, method, compare)
        self._shown = self._maker.position(film, 0.0)
        self._next = self._shown  # what a validator has decoded and an observer will show
        super().__init__(
            start=start,
            end=end,
            via=film.via,
            method=method,
            compare=compare,
            _content=film.content,
            _has_sound=sound_of(self._maker.renderer, film.shown.samples[0]) is not None,
        )
        self._offer_model(codec, self._maker.renderer, in_page)
        answer_sounds(self, self._maker.renderer, self._heard)
        self.handle(self._swap, "swap")
        self.handle(self._choose_end, "end")
        self.observe(self._forget_row, ["start", "end"])
        self._tell_ends()
        self._set_results()

    @property
    def frames(self) -> NDArray[np.float32]:
        """Decoded samples along the path (steps, *sample_shape), read-only."""
        return self._shown.film.shown.samples

    @property
    def path(self) -> NDArray[np.float32]:
        """Latent vectors along the path (steps, latent_dim), read-only."""
        return self._shown.film.shown.z

    @property
    def log_prior(self) -> NDArray[np.float64]:
        """Log density of each of `path` under the prior N(0, I), in nats: (steps,), read-only."""
        return self._shown.film.shown.log_prior

    @property
    def step_size(self) -> NDArray[np.float64]:
        """Change from frame to frame (steps - 1,), read-only.

        The root mean square change of the values, in data units; where these are numbers of tokens,
        the share of tokens that change, from 0 to 1.
        """
        return self._shown.film.shown.step_size

    @property
    def has_tokens(self) -> bool:
        """Whether samples hold numbers of tokens: the codec has a number as its ``n_classes``."""
        return self._maker.has_tokens

    @property
    def stops(self) -> NDArray[np.float64]:
        """The `value` at which each way-point is reached: 0 for `start`, those of `via`, 1."""
        return self._shown.film.stops.copy()

    @property
    def ends(self) -> str:
        """What `start`, `end` and `via` are: "auto" (by the shape), "latent" or "sample"."""
        return self._maker.ends

    @property
    def steps(self) -> int:
        """Number of frames."""
        return self._maker.steps

    def swap_ends(self) -> None:
        """Walk the path the other way round; the sample shown stays, to within one frame."""
        start, end = self._rows.values()
        # One message, so that the page never shows the old position on the new path.
        with self.hold_sync():
            with self.hold_trait_notifications():
                self.start, self.end, self.value = self.end, self.start, 1 - self.value
                self.via = self.via[::-1]
            self._rows = {"start": end, "end": start}
            self._tell_ends()

    def offer_ends(self, source: EndSource) -> None:
        """Let the page choose ends among these samples, in place of those offered before."""
        if source is not self._source:
            self._rows = {"start": None, "end": None}
        self._source = source
        self._tell_ends()

    def withdraw_ends(self, source: EndSource) -> None:
        """Offer `latents` again, if these samples are offered."""
        if self._source is source:
            self._source = latent_rows(self._maker.latents)
            self._rows = {"start": None, "end": None}
            self._tell_ends()

    def link(self, scatter: LatentScatter) -> PathLink:
        """Draw the path in a `LatentScatter` of the same codec, and steer it from there.

        Its point and way-points can be dragged there, and *Path ends* chooses new ends. In the
        slider, its samples can be chosen as ends by their numbers, and its picked point. The
        scatter shows the path linked last.

        Returns
        -------
        PathLink
            Its ``unlink()``, or closing a widget, ends the link.

        Raises
        ------
        TypeError, ValueError
            If `scatter` is no `LatentScatter`, or shows latent vectors of another length.
        """
        return PathLink(self, scatter)

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
            A file that ends in ``.gif``; it is replaced only once the new one is complete.
        duration
            Seconds from `start` to `end`. A frame lasts a multiple of 0.01 s, at least 0.02 s.
        size
            Tiles are enlarged by a whole number to at most this many pixels on the longer side.
        ping_pong
            Play back to `start` before the next round.
        """
        check_target(path, ".gif")
        duration = checks.number_between("duration", duration, 0, open_low=True)
        size = checks.positive_int("size", size)
        tiles = self._shown.film.shown.tiles
        if ping_pong:
            tiles = np.concatenate([tiles, tiles[-2:0:-1]])
        write_gif(path, tiles, size, duration / self.steps)

    def save_png(
        self, path: str | os.PathLike[str], columns: int = 12, size: int = 64, gap: int = 4
    ) -> None:
        """Write frames at equal distances from `start` to `end`, on white.

        With `compare` there is a row for each method.

        Parameters
        ----------
        path
            A file that ends in ``.png``; it is replaced only once the new one is complete.
        columns
            Number of frames in a row, 2 or more; all frames where there are fewer.
        size
            As for `save_gif`.
        gap
            Pixels between two tiles, at least 0.
        """
        check_target(path, ".png")
        columns = checks.positive_int("columns", columns, minimum=2)
        size = checks.positive_int("size", size)
        gap = checks.positive_int("gap", gap, minimum=0)
        write_png(path, [*self._frames_at(columns).values()], size, gap)

    def _heard(self, what: Any) -> NDArray[np.float32]:
        """Return the samples that the page wants to hear: a frame, or some along the path."""
        frames = np.array([what])
        if what == "path":
            heard = min(_FRAMES_HEARD, self.steps)
            frames = np.rint(np.linspace(0, self.steps - 1, heard)).astype(int)
        samples: NDArray[np.float32] = self.frames[frames]
        return samples

    def _frames_at(self, columns: int) -> dict[str, NDArray[np.uint8]]:
        frames = np.rint(np.linspace(0, self.steps - 1, min(columns, self.steps))).astype(int)
        return {name: strip.tiles[frames] for name, strip in self._shown.film.strips.items()}

    def carried(self, page: PageContents) -> dict[str, Any]:
        """Return the way-points, the samples among which ends are chosen, and the model."""
        film, maker = self._shown.film, self._maker
        spec = renderer_to_json(maker.renderer)
        model = page.add_model(maker.codec) if spec.get("name") in TWINS else ""
        neighbours = None
        if model and maker.latents is not None:
            given = [point.given for point in film.points]
            neighbours = maker.film(given[0], given[-1], given[1:-1], "neighbours", False).shown.z
        return {
            "model": model,
            "renderer": spec,
            "points": [
                {"z": point.z, "sample": point.given if point.kind == "sample" else None}
                for point in film.points
            ],
            "neighbours": neighbours,
            "latents": maker.latents,
            "ends": maker.ends,
            "state": {
                "_model": {"id": model, "renderer": spec} if model else {},
                "_has_sound": False,  # unless the page makes them itself
            },
        }

    @property
    def _picture_height(self) -> float:
        return picture.height(len(self._shown.film.strips))

    def _draw(self, figure: Any) -> None:
        picture.draw(figure, self, self._frames_at(picture.COLUMNS), repr(self))

    def _summary(self) -> str:
        return picture.summary(self)

    @validate(*_ASKED)
    def _decode_first(self, proposal: Any) -> Any:
        """Decode before the trait changes, so that a failure changes nothing."""
        asked = {name: getattr(self, name) for name in _ASKED}
        name = proposal.trait.name
        asked[name] = () if name == "via" and proposal.value is None else proposal.value
        value = asked.pop("value")
        film = self._maker.film(**asked, like=self._next.film)
        self._next = self._maker.position(film, value)
        return film.via if name == "via" else proposal.value

    @traitlets.observe(*_ASKED)
    def _show(self, change: Any) -> None:
        if self._next is self._shown:
            return
        before, self._shown = self._shown, self._next
        if before.film.content is not self._shown.film.content:
            self._confirm_model()
            self._content = self._shown.film.content
        self._set_results()

    def _swap(self, message: dict[str, Any]) -> dict[str, Any]:
        self.swap_ends()
        return {}

    def _choose_end(self, message: dict[str, Any]) -> dict[str, Any]:
        which, sample = message["which"], message["sample"]
        with self.hold_sync():
            setattr(self, which, chosen_end(self._source, which, sample))
            self._rows[which] = sample
            self._tell_ends()
        return {}

    def _forget_row(self, change: Any) -> None:
        self._rows[change.name] = None
        self._tell_ends()

    def _tell_ends(self) -> None:
        self._ends = ends_to_json(self._source, self._rows)

    def _set_results(self) -> None:
        self.set_trait("z", self._shown.z)
        self.set_trait("sample", self._shown.sample)
        self._detail = detail_of(self._maker.renderer, self._shown.sample)
