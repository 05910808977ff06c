"""The pictures of queued samples as they travel to the page: input, reconstruction, residual."""

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_widgets.codec import Codec, attribution_of, check_codec, decode_samples, encode_mean
from vae_widgets.rendering import (
    Renderer,
    detail_of,
    details_compared,
    note_of,
    render,
    render_compared,
)
from vae_widgets.rendering.atlas import atlas_tiles, tile_atlas
from vae_widgets.widgets.base.widget import PageContents

# Pictures are sent for several samples together: about this many pixels, and this many samples.
TILE_BUDGET = 500_000
FEWEST, MOST = 6, 48


class ReviewPictures:
    """Renders samples, and what a codec makes of them.

    Raises ``TypeError`` or ``ValueError`` if the codec does not fit the items.
    """

    def __init__(
        self, items: NDArray[Any] | None, renderer: Renderer | None, codec: Codec | None
    ) -> None:
        if codec is not None:
            _check_items(check_codec(codec), items)
        self._items, self._codec = items, codec
        self._renderer: Any = renderer  # there is one where there are items

    @cached_property
    def most(self) -> int:
        """How many samples travel together."""
        if self._items is None:
            return MOST
        _, height, width, _ = render(self._renderer, self._items[:1]).shape
        pixels = height * width * (1 if self._codec is None else 3)
        return int(np.clip(TILE_BUDGET // pixels, FEWEST, MOST))

    def of(self, indices: NDArray[np.int64]) -> dict[str, Any]:
        """Return the tiles of samples: all inputs, then all reconstructions, then all residuals."""
        nothing = {"pictures": [], "tiles": {}, "note": "", "details": [], "error": ""}
        if self._items is None or not len(indices):
            return nothing
        try:
            return nothing | self._made(self._items[indices])
        except Exception as error:  # of the user's codec or renderer: the page says what
            return nothing | {"error": f"{type(error).__name__}: {error}"}

    def carried(self, page: PageContents) -> dict[str, Any]:
        """Return what an exported page draws them from."""
        if self._items is None:
            return {"pictures": None, "model": ""}
        model = "" if self._codec is None else page.add_model(self._codec)
        return {"pictures": page.add_pictures(self._items, self._renderer), "model": model}

    def _made(self, x: NDArray[Any]) -> dict[str, Any]:
        renderer, codec = self._renderer, self._codec
        note = note_of(renderer)
        if codec is None:
            return {
                "pictures": ["input"],
                "tiles": tile_atlas(render(renderer, x)),
                "note": note,
                "details": [detail_of(renderer, sample) for sample in x],
            }
        x_hat = decode_samples(codec, encode_mean(codec, x))
        return {
            "pictures": ["input", "reconstruction", "residual"],
            "tiles": tile_atlas(render_compared(renderer, x, x_hat)),
            "note": note,
            "details": details_compared(renderer, x, x_hat, lambda: attribution_of(codec, x)),
        }


def tiles_of(window: dict[str, Any]) -> dict[str, NDArray[np.uint8]]:
    """Return the tiles of what `ReviewPictures.of` returned, by the name of the picture."""
    names = window["pictures"]
    if not names:
        return {}
    return dict(zip(names, np.split(atlas_tiles(window["tiles"]), len(names)), strict=True))


def _check_items(codec: Codec, items: NDArray[Any] | None) -> None:
    if items is None:
        raise ValueError("codec needs samples to reconstruct; pass items to the AnomalyHistogram.")
    if items.shape[1:] != tuple(codec.sample_shape):
        raise ValueError(
            f"codec takes samples of shape {tuple(codec.sample_shape)}; the items of the histogram "
            f"have {items.shape[1:]}."
        )
