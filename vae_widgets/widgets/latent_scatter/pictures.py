"""The pictures of a scatter, decoded and rendered as they travel to the page."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_widgets.codec import Codec, decode_samples
from vae_widgets.core.latent.plane import grid_points
from vae_widgets.core.latent.space import LatentSpace
from vae_widgets.core.lazy_samples import Samples
from vae_widgets.rendering import Renderer, detail_of, render, render_compared
from vae_widgets.rendering.atlas import MAX_SIDE, tile_atlas

# All samples travel as tiles with the widget up to this many pixels (28 x 28: 5,100 samples);
# beyond, a hover asks the kernel for its one tile.
TILE_BUDGET = 4_000_000
# The plane is decoded beforehand for the first answer to a click: at most this many points, and
# pixels, with cells of the shape of a tile on a plot of about this width / height.
PREVIEW_POINTS = 400
PREVIEW_BUDGET = 1_000_000
PLOT_SHAPE = 1.4
# The most that a page may ask for: it asks for some 1,000,000 pixels, and for one cell at least.
MOST_CELLS = 20_000
MOST_PIXELS = 4_000_000
# Steps along a coordinate that is not shown; of many, those that the budget of pixels allows.
TRAVERSAL_STEPS = 15
ATTRIBUTE_REACH = 2.0  # as the page's slider (frontend/src/latent_scatter/panels/save_drawer.ts)


class ScatterPictures:
    """Decodes places of a latent space and renders them, and samples, to atlases of tiles."""

    def __init__(self, codec: Codec, x: Samples, renderer: Renderer, space: LatentSpace) -> None:
        self._codec, self._x, self._renderer, self._space = codec, x, renderer, space
        _, self._height, self._width, _ = render(renderer, x[:1]).shape

    def all_samples(self) -> dict[str, Any]:
        """Return all samples; empty where they are too many to travel together."""
        area = len(self._x) * self._height * self._width
        # The atlas is about square; a row or column of it may be empty.
        side = np.sqrt(area) + max(self._height, self._width)
        if area > TILE_BUDGET or side > MAX_SIDE:
            return {}
        return self._rendered(self._x[:])

    def sample(self, index: int) -> dict[str, Any]:
        """Return one sample."""
        return {"tiles": self._rendered(self._x[index : index + 1])}

    def detail(self, index: int, dims: Sequence[int]) -> dict[str, Any]:
        """Reconstruct a sample, describe it, and say where its posterior lies on `dims`."""
        x = self._x[index]
        x_hat = decode_samples(self._codec, self._space.z_mean[index : index + 1])[0]
        tiles = render_compared(self._renderer, x[np.newaxis], x_hat[np.newaxis])
        return {
            "tiles": tile_atlas(tiles),
            "text": self.text(x),
            "covariance": self._space.posterior_covariance(index, dims),
        }

    def decoded(self, z: NDArray[np.float32]) -> dict[str, Any]:
        """Decode latent vectors (m, latent_dim)."""
        return self._rendered(decode_samples(self._codec, z))

    def picked(self, decoded: NDArray[np.float32], index: int) -> dict[str, Any]:
        """Return what was decoded, beside the sample `index` if it is not below 0."""
        # Together in one batch: some renderers scale by the range of what they are given.
        return self._rendered(np.stack([decoded] if index < 0 else [decoded, self._x[index]]))

    def text(self, sample: NDArray[np.float32]) -> str:
        """Return what the renderer says of a sample, as HTML; empty if nothing."""
        return detail_of(self._renderer, sample)

    def preview(
        self, bounds: Sequence[float], dims: Sequence[int], slice_at: Any
    ) -> dict[str, Any]:
        """Decode all of the plane, before anything is asked."""
        points = min(PREVIEW_POINTS, PREVIEW_BUDGET / (self._height * self._width))
        shape = PLOT_SHAPE * self._height / self._width
        columns, rows = (max(2, round(np.sqrt(points * s))) for s in (shape, 1 / shape))
        return self.plane(bounds, columns, rows, dims, slice_at)

    def no_plane(
        self, bounds: Sequence[float], slice_at: NDArray[np.float32], error: Exception
    ) -> dict[str, Any]:
        """Say that the plane cannot be decoded, and why."""
        return {
            "bounds": [float(edge) for edge in bounds],
            "columns": 1,
            "rows": 1,
            "slice_at": slice_at.tolist(),
            "tiles": self._rendered(self._x[:1]),
            "error": str(error),
        }

    def plane(
        self,
        bounds: Sequence[float],
        columns: int,
        rows: int,
        dims: Sequence[int],
        slice_at: NDArray[np.float32],
    ) -> dict[str, Any]:
        """Decode the plane through `slice_at` along `dims`, as a grid of pictures."""
        cells, pixels = columns * rows, self._height * self._width
        if cells > max(4, min(MOST_CELLS, MOST_PIXELS // pixels)):
            raise ValueError(f"{columns} x {rows} pictures of {pixels} pixels are too many")
        z = self._space.from_plane(grid_points(bounds, columns, rows), dims, slice_at)
        return {
            "bounds": [float(edge) for edge in bounds],
            "columns": columns,
            "rows": rows,
            "slice_at": slice_at.tolist(),
            "tiles": self._rendered(decode_samples(self._codec, z)),
        }

    def traversals(
        self,
        base: NDArray[np.float32],
        axes: Sequence[dict[str, Any]],
        line: tuple[NDArray[np.float32], NDArray[np.float32]] | None = None,
    ) -> dict[str, Any]:
        """Decode steps from the coordinates `base` along some of `LatentSpace.axes`, in one batch.

        The last row are steps along a `line`: a latent vector, and what is added to it, up to
        `ATTRIBUTE_REACH` times.
        """
        fit = PREVIEW_BUDGET // (TRAVERSAL_STEPS * self._height * self._width)
        axes = axes[: max(1, fit)]
        rows = [{key: axis[key] for key in ("index", "low", "high")} for axis in axes]
        coordinates = np.tile(base, (len(axes), TRAVERSAL_STEPS, 1))
        for steps, axis in zip(coordinates, axes, strict=True):
            steps[:, axis["index"]] = np.linspace(axis["low"], axis["high"], TRAVERSAL_STEPS)
        z = self._space.inverse_project(coordinates.reshape(-1, len(base)))
        if line:
            rows.append({"index": -1, "low": -ATTRIBUTE_REACH, "high": ATTRIBUTE_REACH})
            share = np.linspace(-ATTRIBUTE_REACH, ATTRIBUTE_REACH, TRAVERSAL_STEPS)
            z = np.concatenate([z, line[0] + np.outer(share, line[1]).astype(np.float32)])
        return {
            "base": base.tolist(),
            "line": [part.tolist() for part in line or ()],
            "rows": rows,
            "steps": TRAVERSAL_STEPS,
            "tiles": self._rendered(decode_samples(self._codec, z)),
        }

    def _rendered(self, samples: NDArray[np.float32]) -> dict[str, Any]:
        return tile_atlas(render(self._renderer, samples))
