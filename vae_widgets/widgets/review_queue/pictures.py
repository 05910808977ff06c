"""The pictures of queued samples as they travel to the page: input, reconstruction, residual."""

import json
import warnings
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_widgets.codec import Codec, attribution_of, check_codec, decode_samples, encode_mean
from vae_widgets.rendering import (
    Renderer,
    compared_note_of,
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
_MOST_DETAILS = 2000  # samples of an exported page that has the texts about each


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
            return {"pictures": None, "model": "", "details": None}
        return {
            "pictures": page.add_pictures(self._items, self._renderer),
            "model": "" if self._codec is None else page.add_model(self._codec),
            "details": self._all_details(self._items),
        }

    def _all_details(self, x: NDArray[Any]) -> bytes | None:
        """Return the texts about all samples as a JSON list; None for none, and for too many."""
        if len(x) > _MOST_DETAILS:
            return None
        try:
            # One tells whether the renderer has any, without the reconstruction of all.
            return self._details_json(x) if any(self.of(np.arange(1))["details"]) else None
        except Exception as error:  # of the user's codec or renderer
            warnings.warn(
                f"The page has no texts about samples: {error}", RuntimeWarning, stacklevel=2
            )
            return None

    def _details_json(self, x: NDArray[Any]) -> bytes:
        x_hat = None if self._codec is None else self._reconstructed(x)
        return json.dumps(self._details(x, x_hat)).encode()

    def _made(self, x: NDArray[Any]) -> dict[str, Any]:
        x_hat = None if self._codec is None else self._reconstructed(x)
        details = self._details(x, x_hat)
        if x_hat is None:
            return {
                "pictures": ["input"],
                "tiles": tile_atlas(render(self._renderer, x)),
                "note": note_of(self._renderer),
                "details": details,
            }
        return {
            "pictures": ["input", "reconstruction", "residual"],
            "tiles": tile_atlas(render_compared(self._renderer, x, x_hat)),
            "note": compared_note_of(self._renderer),
            "details": details,
        }

    def _reconstructed(self, x: NDArray[Any]) -> NDArray[np.float32]:
        codec: Any = self._codec  # there is one where this is called
        return decode_samples(codec, encode_mean(codec, x))

    def _details(self, x: NDArray[Any], x_hat: NDArray[np.float32] | None) -> list[str]:
        """Return the renderer's HTML about each sample, and about its reconstruction."""
        codec = self._codec
        if codec is None or x_hat is None:
            return [detail_of(self._renderer, sample) for sample in x]
        return details_compared(self._renderer, x, x_hat, lambda: attribution_of(codec, x))


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
