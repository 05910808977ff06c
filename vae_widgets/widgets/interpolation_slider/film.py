"""The film of a path through latent space: all of its frames, decoded and rendered in one batch."""

import dataclasses
import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_widgets.codec import Codec, check_codec, decode_samples, encode_mean
from vae_widgets.core import checks
from vae_widgets.core.latent.neighbour_graph import NeighbourGraph
from vae_widgets.core.latent.path_profile import (
    changed_share,
    log_prior,
    step_size,
    usual_log_prior,
)
from vae_widgets.core.latent.paths import Leg, arc, latent_path, line
from vae_widgets.rendering import Renderer, check_renderer, note_of, render, with_range_of
from vae_widgets.rendering.atlas import tile_atlas
from vae_widgets.rendering.named import PAINTED, renderer_to_json
from vae_widgets.rendering.renderer import drawings_of
from vae_widgets.widgets.traits.array import array_to_json

# Samples of at most this many values travel to the page: vectors for a table of the path, and what
# the page draws itself, sharp at any size.
_SHORT = 256
# The range of values is taken from this many codes, if no samples are known.
_RANGE_CODES = 64


@dataclasses.dataclass(frozen=True)
class WayPoint:
    """A point that a path goes through, as it was given and in latent space."""

    kind: str  # "latent" or "sample"
    given: NDArray[np.float32]
    z: NDArray[np.float32]


@dataclasses.dataclass(frozen=True)
class Strip:
    """The frames of one method."""

    z: NDArray[np.float32]
    samples: NDArray[np.float32]
    tiles: NDArray[np.uint8]
    log_prior: NDArray[np.float64]
    step_size: NDArray[np.float64]


@dataclasses.dataclass(frozen=True)
class Film:
    """What the page plays: the way-points, and a strip for each method that was asked for."""

    points: tuple[WayPoint, ...]
    stops: NDArray[np.float64]
    """The position of each way-point."""
    compare: bool
    method: str
    strips: dict[str, Strip]
    content: dict[str, Any]

    @property
    def via(self) -> tuple[NDArray[np.float32], ...]:
        """The way-points between the ends, as they were given."""
        return tuple(point.given for point in self.points[1:-1])

    @property
    def shown(self) -> Strip:
        """The strip of the method that was chosen."""
        return self.strips[self.method]

    def leads_through(self, points: Sequence[ArrayLike]) -> bool:
        """Whether these are the way-points, as they were given."""
        return len(points) == len(self.points) and all(
            np.array_equal(point, own.given) for point, own in zip(points, self.points, strict=True)
        )


@dataclasses.dataclass(frozen=True)
class FilmPosition:
    """A point on a film."""

    film: Film
    value: float
    z: NDArray[np.float32]
    sample: NDArray[np.float32]


class FilmMaker:
    """Makes films with one codec and renderer; the arguments are `InterpolationSlider`'s."""

    def __init__(
        self,
        codec: Codec,
        renderer: Renderer | str | None,
        steps: int,
        ends: str,
        latents: ArrayLike | None,
        n_neighbors: int,
    ) -> None:
        self._codec = check_codec(codec)
        self.renderer = check_renderer(renderer, codec.sample_shape, codec=codec)
        self._range_is_known = False
        shape = tuple(codec.sample_shape)
        self._is_short = math.prod(shape) <= _SHORT
        self._is_row = self._is_short and len(shape) == 1
        self.has_tokens = getattr(codec, "n_classes", None) is not None
        self.steps = checks.positive_int("steps", steps, minimum=2)
        self.ends = checks.one_of("ends", ends, ("auto", "latent", "sample"))
        self._n_neighbors = checks.positive_int("n_neighbors", n_neighbors)
        self._latents: NDArray[np.float32] | None = None
        self._legs: dict[str, Leg] = {"slerp": arc, "linear": line}
        self.methods = ["slerp", "linear"]
        if latents is not None:
            # Copied, because the caller may change them before they are used.
            self._latents = checks.samples("latents", latents, (codec.latent_dim,)).copy()
            self._latents.flags.writeable = False
            self.methods.append("neighbours")
        self._revision = 0

    @property
    def codec(self) -> Codec:
        """What decodes."""
        return self._codec

    @property
    def latents(self) -> NDArray[np.float32] | None:
        """Latent vectors of data (n, latent_dim), read-only; None if they were not given."""
        return self._latents

    def film(
        self,
        start: ArrayLike,
        end: ArrayLike,
        via: Iterable[ArrayLike],
        method: str,
        compare: bool,
        like: Film | None = None,
    ) -> Film:
        """Check the way-points, then decode and render all frames; or take those of `like`."""
        if method == "neighbours" and self._latents is None:
            raise ValueError(
                "method 'neighbours' needs the latent vectors (n, latent_dim) to stay near: pass "
                "latents=codec.encode(x)[0]."
            )
        checks.one_of("method", method, self.methods)
        if not isinstance(via, Iterable):
            raise TypeError(
                f"via must be a sequence of way-points, each given like an end; received {via!r}."
            )
        given = [start, *via, end]
        if like and like.compare == compare and method in like.strips and like.leads_through(given):
            return dataclasses.replace(like, method=method)
        names = ["start", *(f"via[{i}]" for i in range(len(given) - 2)), "end"]
        points = tuple(self._way_point(*each) for each in zip(names, given, strict=True))
        if len(points) > self.steps:
            raise ValueError(
                f"steps is {self.steps}; expected {len(points)} or more, one for each way-point."
            )
        # Every way-point is a frame, so that it is shown itself and not a neighbour.
        last = self.steps - 1
        stops = np.rint(np.linspace(0, last, len(points))) / last
        methods = self.methods if compare else [method]
        at = np.arange(self.steps) / last
        paths = np.stack([self._path(points, stops, name, at) for name in methods])
        z = paths.reshape(-1, self._codec.latent_dim)
        samples = decode_samples(self._codec, z).copy()  # copied, because these are frozen below
        first = samples[methods.index(method) * self.steps :]
        originals = [
            point.given if point.kind == "sample" else frame
            for point, frame in ((points[0], first[0]), (points[-1], first[last]))
        ]
        if not self._range_is_known:
            self._fix_range(np.concatenate([samples, originals]), [start, *via, end], points)
        # One call: a renderer may scale by the range of its batch.
        shown = np.concatenate([samples, originals])
        tiles = render(self.renderer, shown)
        atlas = tile_atlas(tiles, drawings_of(self.renderer, shown))
        paths.flags.writeable = samples.flags.writeable = False
        strips = {}
        change = changed_share if self.has_tokens else step_size
        for i, name in enumerate(methods):
            frames = slice(i * self.steps, (i + 1) * self.steps)
            curves = log_prior(paths[i]), change(samples[frames])
            for curve in curves:
                curve.flags.writeable = False
            strips[name] = Strip(paths[i], samples[frames], tiles[frames], *curves)
        content = self._content(points, stops, strips, atlas, np.stack(originals))
        return Film(points, stops, compare, method, strips, content)

    def _fix_range(
        self,
        drawn: NDArray[np.float32],
        given: Sequence[ArrayLike],
        points: Sequence[WayPoint],
    ) -> None:
        """Give the renderer one range of values, for this film and those to come."""
        own = [
            np.asarray(each)
            for each, point in zip(given, points, strict=True)
            if point.kind == "sample"
        ]
        renderer = with_range_of(self.renderer, np.stack(own) if own else drawn)
        if renderer is not self.renderer and note_of(renderer):
            # Two ends do not show the range of the data, so use its codes, or draws from the prior.
            shape = (_RANGE_CODES, self._codec.latent_dim)
            z: NDArray[Any] = np.random.default_rng(0).standard_normal(shape)
            if self._latents is not None:
                z = self._latents[:: -(-len(self._latents) // _RANGE_CODES)]
            if not own or any(each.dtype.kind not in "bui" for each in own):
                decoded = decode_samples(self._codec, z.astype(np.float32))
                renderer = with_range_of(self.renderer, np.concatenate([drawn, decoded]))
        self.renderer, self._range_is_known = renderer, True

    def _content(
        self,
        points: Sequence[WayPoint],
        stops: NDArray[np.float64],
        strips: dict[str, Strip],
        atlas: dict[str, Any],
        originals: NDArray[np.float32],
    ) -> dict[str, Any]:
        """Return what travels to the page, to ``frontend/src/interpolation_slider/widget.ts``."""
        self._revision += 1
        drawing = self._drawing(originals)
        # Those of a renderer of texts are a number.
        names = getattr(self.renderer, "columns", None) if self._is_row else None
        has_samples = self._is_row or drawing is not None
        return {
            "atlas": atlas,  # the frames of each strip, then the two ends
            "strips": [
                {
                    "method": name,
                    "path": array_to_json(strip.z),
                    "log_prior": array_to_json(strip.log_prior),
                    "step_size": array_to_json(strip.step_size),
                    "samples": _rows(strip.samples) if has_samples else None,
                }
                for name, strip in strips.items()
            ],
            "drawing": drawing,
            "tokens": self.has_tokens,
            "columns": list(names) if isinstance(names, list | tuple) else [],
            "methods": self.methods,
            "stops": np.rint(stops * (self.steps - 1)).astype(int).tolist(),
            "usual_log_prior": usual_log_prior(self._codec.latent_dim),
            "kinds": [points[0].kind, points[-1].kind],
            "note": note_of(self.renderer),
            "revision": self._revision,
        }

    def _drawing(self, ends: NDArray[np.float32]) -> dict[str, Any] | None:
        """Return what the page draws samples with, and those of both ends; None if it cannot."""
        spec = renderer_to_json(self.renderer)
        if not self._is_short or spec.get("name") not in PAINTED or "package" in spec:
            return None
        shape = list(self._codec.sample_shape)
        return {"renderer": spec, "shape": shape, "ends": _rows(ends)}

    def position(self, film: Film, value: float) -> FilmPosition:
        """Return the sample at a value: a frame, or a sample decoded between two frames."""
        value = checks.number_between("value", value, 0, 1)
        frame = value * (self.steps - 1)
        nearest = round(frame)
        if abs(frame - nearest) < 1e-9:
            return FilmPosition(film, value, film.shown.z[nearest], film.shown.samples[nearest])
        z = self._path(film.points, film.stops, film.method, np.array([value]))
        return FilmPosition(film, value, z[0], decode_samples(self._codec, z)[0])

    def _path(
        self, points: Sequence[WayPoint], stops: ArrayLike, method: str, at: ArrayLike
    ) -> NDArray[np.float32]:
        if method not in self._legs:
            assert self._latents is not None
            self._legs[method] = NeighbourGraph(self._latents, self._n_neighbors).leg
        z = latent_path([point.z for point in points], at, self._legs[method], stops)
        return z.astype(np.float32)

    def _way_point(self, name: str, value: ArrayLike) -> WayPoint:
        given = checks.float_array(name, value).copy()
        latent, sample = (self._codec.latent_dim,), tuple(self._codec.sample_shape)
        if self.ends != "sample" and given.shape == latent:
            return WayPoint("latent", given, given)
        if self.ends != "latent" and given.shape == sample:
            return WayPoint("sample", given, encode_mean(self._codec, given[np.newaxis])[0])
        expected = {
            "auto": f"a latent vector {latent} or a sample {sample}",
            "latent": f"a latent vector {latent}",
            "sample": f"a sample {sample}",
        }[self.ends]
        hint = f" Pass {name}[0] for its first row." if given.shape[1:] in (latent, sample) else ""
        if name.startswith("via") and not hint:
            hint = " Pass via=[z] for one way-point."
        raise ValueError(f"{name} has shape {given.shape}; expected {expected}.{hint}")


def _rows(samples: NDArray[np.float32]) -> dict[str, Any]:
    """Return samples (n, *sample_shape) as rows (n, size) for the page."""
    return array_to_json(samples.reshape(len(samples), -1))
