"""What a renderer is, and which one suits a sample of a given shape."""

import math
from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_widgets.core.image_shapes import has_channels_first, is_image
from vae_widgets.core.registry import without_exit
from vae_widgets.rendering.atlas import MAX_SIDE
from vae_widgets.rendering.image import ImageRenderer
from vae_widgets.rendering.registry import renderer_by_name
from vae_widgets.rendering.signal import SignalRenderer
from vae_widgets.rendering.sound import Sound
from vae_widgets.rendering.table import TableRenderer
from vae_widgets.rendering.text import TextRenderer

_SHORTEST_SIGNAL = 32
_ROWS_COMPARED = 1000
_ALIKE = 0.7  # 0.3 for digits, 1 for noise, and more for smooth signals


@runtime_checkable
class Renderer(Protocol):
    """Turns samples into tiles. A function from a batch to tiles will do.

    A renderer may also have:

    - ``for_data(data)`` returns a renderer whose range of values is that of samples (n,
      *sample_shape).
    - ``difference(x, x_hat)`` returns the tiles of a residual.
    - ``svg(sample)`` returns the drawing of a tile as SVG, which the page shows where it enlarges
      tiles. It raises ``ValueError`` for a sample of which there is none.
    - ``attribution(sample, reconstruction, nats)`` returns HTML that says which parts of one sample
      drive its error; `nats` (*sample_shape) is what each adds to the loss, or None. A
      `ReviewQueue` shows it in the place of ``detail``.
    - ``compare(sample, reconstruction)`` returns HTML or SVG of both, for the same place.
    - ``note``, a text, says what the range is; ``residual_note`` what the tiles of ``difference``
      show.

    Examples
    --------
    >>> def grey(batch):
    ...     return np.full((len(batch), 8, 8, 4), 128, np.uint8)
    >>> isinstance(vw.ImageRenderer(), vw.Renderer)
    True
    >>> strip = vw.LatentScatter(codec, x, renderer=grey)  # doctest: +SKIP
    """

    def __call__(self, batch: ArrayLike) -> NDArray[np.uint8]:
        """Map samples (n, *sample_shape) to RGBA tiles (n, height, width, 4), uint8."""

    def detail(self, sample: ArrayLike) -> str | Sound | None:
        """Describe one sample as HTML or SVG, or play it as a `Sound`; None for nothing.

        Escape text that comes from data (``html.escape``).
        """


def renderer_for(sample_shape: tuple[int, ...], data: Any = None) -> Renderer:
    """Choose a renderer by the shape of one sample.

    (h, w), (h, w, c) and (c, h, w) with 1, 3 or 4 channels and sides of 8 or more are images. A
    vector of fewer than 32 numbers is the row of a table, anything else a signal. It has a hint
    where vectors may be flattened images, by samples `data` if there are any.
    """
    shape = tuple(sample_shape)
    if is_image(shape):
        return ImageRenderer()
    if has_channels_first(shape):
        return ImageRenderer(channels_first=True)
    if len(shape) == 1 and shape[0] < _SHORTEST_SIGNAL:
        return TableRenderer()
    signal = SignalRenderer()
    side = math.isqrt(shape[0]) if len(shape) == 1 else 0
    if side**2 == math.prod(shape) and _may_be_images(side, data):
        signal.hint = f"for pictures pass renderer=vw.ImageRenderer(shape=({side}, {side}))"
    return signal


def _may_be_images(side: int, data: Any) -> bool:
    """Say whether vectors of length side^2 may be images, row after row.

    In images, pixels below each other are more alike than those that are half a row apart; in
    signals they are not. Without samples, a power of two is a usual length of signals.
    """
    if data is None or not len(data):
        return side & (side - 1) != 0
    rows = np.asarray(data[:_ROWS_COMPARED], np.float64)
    rows = rows[np.isfinite(rows).all(axis=1)]
    below, half = (np.abs(rows[:, n:] - rows[:, :-n]).sum() for n in (side, side // 2))
    return bool(below < _ALIKE * half)


def check_renderer(
    renderer: Any, sample_shape: tuple[int, ...], data: Any = None, codec: Any = None
) -> Renderer:
    """Return the renderer of a widget.

    Parameters
    ----------
    renderer
        The user's, or the name of one in `RENDERERS`. None takes that of `codec`, or else a
        `TableRenderer` for a DataFrame, a `TextRenderer` for texts, and otherwise `renderer_for`.
    sample_shape
        Shape of one sample.
    data
        Samples (n, *sample_shape) for the range of values, or None.
    codec
        The model whose samples are drawn.
    """
    if renderer is None:
        renderer = getattr(codec, "renderer", None)
    if renderer is None:
        renderer = _renderer_of(data, tuple(sample_shape))
    if isinstance(renderer, str):
        renderer = renderer_by_name(renderer)
    if not callable(renderer):
        raise TypeError(
            f"renderer must be callable on a batch (n, *sample_shape), or the name of a renderer; "
            f"received {type(renderer).__name__}. Use vae_widgets.ImageRenderer() or a function."
        )
    return renderer if data is None else with_range_of(renderer, data)


def _renderer_of(data: Any, sample_shape: tuple[int, ...]) -> Renderer:
    if hasattr(data, "columns") and len(sample_shape) == 1:
        return TableRenderer()
    if isinstance(data, np.ndarray) and data.dtype.kind in "UO" and TextRenderer.draws(data):
        return TextRenderer()
    return renderer_for(sample_shape, data)


def with_range_of(renderer: Renderer, data: Any) -> Renderer:
    """Return the renderer with its range of values fixed by samples, if it has one."""
    fix = getattr(renderer, "for_data", None)
    with without_exit("renderer"):
        return renderer if fix is None else fix(data)


def note_of(renderer: Renderer) -> str:
    """Return what the widgets say of the range of values; empty if there is nothing to say."""
    return str(getattr(renderer, "note", "") or "")


def compared_note_of(renderer: Renderer) -> str:
    """Return what the widgets say of samples beside their reconstructions and residuals."""
    residual = str(getattr(renderer, "residual_note", "") or "")
    return "; ".join(filter(None, [note_of(renderer), residual and f"in the residual, {residual}"]))


def detail_of(renderer: Renderer, sample: ArrayLike) -> str:
    """Return the HTML or SVG that a renderer has for a sample; empty if it has none."""
    detail = getattr(renderer, "detail", None)  # a function has none
    with without_exit("renderer"):
        made = detail(sample) if detail else None
    return made if isinstance(made, str) else ""


def drawings_of(renderer: Renderer, batch: NDArray[Any]) -> list[str]:
    """Return the SVG of each sample, empty where there is none; an empty list if all are without.

    Equal samples, such as neighbours among rows of tokens, are drawn once.
    """
    svg = getattr(renderer, "svg", None)
    if svg is None:
        return []
    drawn: dict[bytes, str] = {}
    for sample in batch:
        key = sample.tobytes()
        if key not in drawn:
            try:
                with without_exit("renderer"):
                    drawn[key] = svg(sample)
            except ValueError:
                drawn[key] = ""
    return [drawn[sample.tobytes()] for sample in batch]


def details_compared(
    renderer: Renderer,
    x: NDArray[Any],
    x_hat: NDArray[Any],
    find_nats: Callable[[], NDArray[Any] | None],
) -> list[str]:
    """Return HTML that says where each sample differs from its reconstruction.

    It is the detail of the sample for a renderer that has neither ``attribution`` nor ``compare``.
    `find_nats` returns what each element adds to the loss (n, *sample_shape), or None; it is called
    only for a renderer that shows it, as it may take a second.
    """
    if attribution := getattr(renderer, "attribution", None):
        nats = find_nats()
        parts = [None] * len(x) if nats is None else nats
        with without_exit("renderer"):
            return [attribution(*each) for each in zip(x, x_hat, parts, strict=True)]
    if compare := getattr(renderer, "compare", None):
        with without_exit("renderer"):
            return [compare(*each) for each in zip(x, x_hat, strict=True)]
    return [detail_of(renderer, sample) for sample in x]


def render_compared(renderer: Renderer, x: ArrayLike, x_hat: ArrayLike) -> NDArray[np.uint8]:
    """Draw samples, their reconstructions, and then the residuals: (3 n, height, width, 4)."""
    x, x_hat = np.asarray(x), np.asarray(x_hat)
    difference = getattr(renderer, "difference", None)
    if difference is None:  # in one batch: a renderer may scale by the range of what it is given
        return render(renderer, np.concatenate([x, x_hat, np.abs(x - x_hat)]))
    tiles = render(renderer, np.concatenate([x, x_hat]))
    with without_exit("renderer"):
        made = difference(x.copy(), x_hat.copy())
    return np.concatenate([tiles, _checked_tiles(made, len(x))])


def render(renderer: Renderer, batch: ArrayLike) -> NDArray[np.uint8]:
    """Call `renderer` and check its tiles: uint8 RGBA (n, height, width, 4)."""
    batch = np.array(batch)  # a copy: a renderer of the user may scale its samples in place
    with without_exit("renderer"):
        made = renderer(batch)
    return _checked_tiles(made, len(batch))


def _checked_tiles(made: Any, n: int) -> NDArray[np.uint8]:
    try:
        tiles = np.asarray(made)
    except ValueError:
        raise TypeError(
            "renderer returned a list of arrays of different shapes; expected uint8 RGBA tiles of "
            "shape (n, height, width, 4)."
        ) from None
    wrong = tiles.dtype != np.uint8 or tiles.ndim != 4 or tiles.shape[-1] != 4
    if wrong or 0 in tiles.shape[1:]:
        raise TypeError(
            f"renderer returned {tiles.dtype} of shape {tiles.shape}; expected uint8 RGBA tiles of "
            "shape (n, height, width, 4)."
        )
    height, width = tiles.shape[1:3]
    if height * width > MAX_SIDE**2:
        raise ValueError(
            f"renderer returned tiles of {width}x{height} pixels; expected at most "
            f"{MAX_SIDE**2:,} pixels. Draw smaller ones."
        )
    if len(tiles) != n:
        raise ValueError(f"renderer returned {len(tiles)} tiles for {n} samples.")
    return tiles
