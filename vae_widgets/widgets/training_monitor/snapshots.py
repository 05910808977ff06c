"""Pictures of fixed samples and fixed noise during training, kept for a replay."""

import time
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vae_widgets.codec import Codec
from vae_widgets.core.latent.statistics import active_units, kl_per_dimension
from vae_widgets.core.tensors import as_numpy
from vae_widgets.core.training.series import Thinned
from vae_widgets.rendering import Renderer, check_renderer, note_of, render
from vae_widgets.widgets.tile_strip.widget import strip_content

MAX_TILES = 10
# Codes are computed for this many samples: enough for the KL and for a small scatter.
MAX_SAMPLES = 128
# A replay keeps this many frames, spread evenly: a PNG of 30 tiles and 128 codes each. 100 of them
# are 2 MB for digits of 28x28, some 60 MB for colour pictures of 128x128.
MAX_FRAMES = 100

# Pictures are made in the training thread: not more often than this, in seconds, nor for more than
# this share of the time.
_PERIOD = 0.25
_SHARE = 0.015


class Frame(NamedTuple):
    """The pictures and codes of one moment."""

    at: float
    """The epoch, or the step where there are no epochs."""
    content: dict[str, Any]
    """Tiles, for `TileStrip.show_content`."""
    codes: NDArray[np.float32]
    """Means of the codes of the samples (n, latent_dim)."""


class Latents(NamedTuple):
    """The state of the latent dimensions."""

    kl: NDArray[np.float64]
    active: int


class TrainingPictures:
    """Makes frames of a codec when it is time.

    `samples` (n, *sample_shape) None takes those that `begin` offers; `codec` None the model in
    training.
    """

    def __init__(
        self,
        samples: NDArray[np.float32] | None = None,
        renderer: Renderer | str | None = None,
        codec: Codec | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._given, self._renderer, self._own_codec = samples, renderer, codec
        self._clock = clock
        self._samples = samples
        self._codec = codec
        self._next = 0.0
        # The renderer with the range of values of this run.
        self._drawing: Renderer | None = None
        self._extremes: list[NDArray[Any]] = []
        self.frames: Thinned[Frame] = Thinned(MAX_FRAMES)

    def begin(self, model: Any = None, preview: Any = None, keep_frames: bool = False) -> None:
        """Start a run of `model`, which offers samples as a `preview`, or continue one."""
        if not keep_frames:
            self.clear()
        is_codec = all(hasattr(model, name) for name in ("encode", "decode", "latent_dim"))
        self._codec = self._own_codec or (model if is_codec else None)
        self._samples = self._given
        if self._given is None and preview is not None:
            self._samples = np.asarray(preview, np.float32)[:MAX_SAMPLES]

    def clear(self) -> None:
        """Forget all frames."""
        self.frames = Thinned(MAX_FRAMES)
        self._drawing, self._extremes = None, []

    def give_up(self) -> None:
        """Make no more pictures in this run."""
        self._codec = None

    @property
    def due(self) -> bool:
        """Whether it is time for the next frame."""
        return self._codec is not None and self._clock() >= self._next

    def make(self, at: float) -> Latents | None:
        """Make a frame; return the state of the latent dimensions, if the codec has it."""
        if self._codec is None:
            return None
        first, began = not self.frames, self._clock()
        frame, latents = self._make(self._codec, at)
        self.frames.append(frame)
        cost = self._clock() - began
        # The first call compiles, so its time is not typical.
        self._next = began + (1.0 if first else max(_PERIOD, cost / _SHARE))
        return latents

    def nearest(self, at: float | None) -> Frame | None:
        """Return the frame nearest to `at`, the newest for None; None if there is none."""
        if not self.frames:
            return None
        if at is None:
            return self.frames[-1]
        return min(self.frames, key=lambda frame: abs(frame.at - at))

    def plane(self) -> list[int]:
        """Return the two latent dimensions in which the newest codes spread most, in order."""
        if not self.frames or not len(self.frames[-1].codes):
            return []
        return sorted(np.argsort(-self.frames[-1].codes.var(axis=0), kind="stable")[:2].tolist())

    def _make(self, codec: Codec, at: float) -> tuple[Frame, Latents | None]:
        batches, names = [], []
        n, latents = MAX_TILES, None
        z_mean = np.zeros((0, codec.latent_dim), np.float32)
        if self._samples is not None:
            originals = self._samples[:MAX_TILES]
            n = len(originals)
            z_mean, z_log_var = _code(codec, self._samples)
            batches += [originals, np.asarray(as_numpy(codec.decode(z_mean[:n])))]
            names += ["originals", "reconstructed"]
            if z_log_var is not None:
                kl = kl_per_dimension(z_mean, z_log_var)
                latents = Latents(kl, int(active_units(z_mean).sum()))
        noise = np.random.default_rng(0).standard_normal((n, codec.latent_dim), dtype=np.float32)
        batches.append(np.asarray(as_numpy(codec.decode(noise))))
        names.append("from the prior")
        # One call, because a renderer may scale by its batch.
        samples = np.concatenate(batches)
        renderer = self._renderer_of_run(samples)
        tiles = render(renderer, samples)
        content = strip_content(np.split(tiles, len(batches)), names, note=note_of(renderer))
        return Frame(at, content, z_mean.astype(np.float32)), latents

    def _renderer_of_run(self, drawn: NDArray[Any]) -> Renderer:
        if self._samples is not None:
            if self._drawing is None:
                self._drawing = check_renderer(
                    self._renderer, drawn.shape[1:], self._samples, self._codec
                )
            return self._drawing
        # Without samples the range is that of everything decoded so far.
        seen = np.concatenate([drawn, *self._extremes])
        self._extremes = [seen.min(axis=0, keepdims=True), seen.max(axis=0, keepdims=True)]
        return check_renderer(self._renderer, drawn.shape[1:], seen, self._codec)


def _code(codec: Codec, x: NDArray[np.float32]) -> tuple[Any, Any]:
    code = codec.encode(x)
    if not isinstance(code, tuple | list):
        return np.asarray(as_numpy(code)), None
    z_mean, *others = (np.asarray(as_numpy(part)) for part in code[:2])
    return z_mean, others[0] if others else None
