"""Read and check the parts of a bundle beside its model."""

import io
import types
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vae_widgets.bundle.archive import MANIFEST, Archive
from vae_widgets.bundle.errors import BundleError
from vae_widgets.core.scores.policy import ThresholdPolicy
from vae_widgets.rendering import AbsentRenderer, Renderer, renderer_for, renderer_from_json
from vae_widgets.rendering.atlas import MAX_SIDE

LOG_VARS_PART = "log_vars.f32"
LABELS_PART = "labels.u32"


def read_renderer(
    content: Any, sample_shape: tuple[int, ...], where: str
) -> tuple[Renderer, AbsentRenderer | None]:
    """Return the renderer of a bundle, or one for the shape and the one that is not here."""
    if content is None:
        return renderer_for(sample_shape), None
    try:
        found = renderer_from_json(content)
    except (TypeError, ValueError) as error:
        raise BundleError(f"{where}: part {MANIFEST!r}: 'renderer': {error}") from None
    if isinstance(found, AbsentRenderer):
        return renderer_for(sample_shape), found
    return found, None


def read_score_note(content: Any, where: str) -> tuple[str, str, bool]:
    """Return the kind of a bundle's score, why it is missing, and whether its graph names it."""
    if content is None:
        return "", "an earlier version of vae_widgets wrote it.", False
    note = content if isinstance(content, dict) else {}
    kind, missing = note.get("kind"), note.get("missing")
    if not isinstance(kind, str) or not isinstance(missing, str | types.NoneType):
        raise BundleError(
            f"{where}: part {MANIFEST!r}: 'score' must have the texts 'kind' and 'missing'; "
            f"received {content!r:.200}."
        )
    return kind, missing or "", bool(note.get("named"))


def read_latents(archive: Archive, latent_dim: int) -> NDArray[np.float32] | None:
    """Return the latent vectors of a bundle, (n, latent_dim), or None."""
    return _read_rows(archive, "latents.f32", latent_dim)


def read_log_vars(
    archive: Archive, latents: NDArray[np.float32] | None
) -> NDArray[np.float32] | None:
    """Return the log-variances of the latent vectors of a bundle, of the same shape, or None."""
    if LOG_VARS_PART not in archive.parts:
        return None
    if latents is None:
        raise BundleError(f"{archive.path}: it has a part {LOG_VARS_PART!r} without 'latents.f32'.")
    log_vars = _read_rows(archive, LOG_VARS_PART, latents.shape[1])
    if log_vars is None or log_vars.shape != latents.shape:
        raise BundleError(
            f"{archive.path}: part {LOG_VARS_PART!r} has other rows than 'latents.f32'; expected "
            f"{len(latents)}."
        )
    return log_vars


def read_labels(archive: Archive, n: int | None) -> NDArray[np.object_] | None:
    """Return the names of the classes of `n` latent vectors, None for an unknown one, or None."""
    content = archive.parts.get(LABELS_PART)
    if content is None:
        return None
    names = archive.manifest.get("label_names")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise BundleError(
            f"{archive.path}: part {MANIFEST!r}: 'label_names' must be a list of texts; received "
            f"{names!r:.200}."
        )
    classes = np.frombuffer(content[: len(content) // 4 * 4], "<u4")
    if len(content) != 4 * (n or 0) or (classes > len(names)).any():
        raise BundleError(
            f"{archive.path}: part {LABELS_PART!r} must have a uint32 number from 0 to "
            f"{len(names)} for each of {n or 0} rows of 'latents.f32'."
        )
    labels: NDArray[np.object_] = np.array([*names, None], object)[classes]
    return labels


def _read_rows(archive: Archive, part: str, latent_dim: int) -> NDArray[np.float32] | None:
    content, where = archive.parts.get(part), str(archive.path)
    if content is None:
        return None
    if not content or len(content) % (4 * latent_dim):
        raise BundleError(
            f"{where}: part {part!r} has {len(content)} bytes; expected a multiple of "
            f"{4 * latent_dim}, rows of {latent_dim} float32 numbers."
        )
    rows = np.frombuffer(content, "<f4").reshape(-1, latent_dim).astype(np.float32)
    if not np.isfinite(rows).all():
        raise BundleError(f"{where}: part {part!r} has NaN or infinite numbers.")
    return rows


def read_policy(archive: Archive) -> ThresholdPolicy | None:
    """Return the policy in a bundle, or None."""
    content = archive.parts.get("policy.json")
    if content is None:
        return None
    try:
        return ThresholdPolicy.from_json(content, f"{archive.path}: part 'policy.json'")
    except ValueError as error:
        raise BundleError(str(error)) from None


def read_tiles(png: bytes, layout: Any, where: str) -> NDArray[np.uint8]:
    """Return the tiles of a bundle, RGBA (n, height, width, 4), from one picture of all."""
    names = ("count", "columns", "tile_width", "tile_height")
    counts = [layout.get(name) if isinstance(layout, dict) else None for name in names]
    if not all(type(value) is int and 1 <= value <= MAX_SIDE**2 for value in counts):
        raise BundleError(
            f"{where}: part {MANIFEST!r}: 'tiles' must have the whole numbers {', '.join(names)}; "
            f"received {layout!r:.200}."
        )
    count, columns, width, height = (int(value) for value in counts)  # type: ignore[arg-type]
    rows = -(-count // columns)
    size = (columns * width, rows * height)
    try:
        with Image.open(io.BytesIO(png), formats=["PNG"]) as picture:
            if max(size) > MAX_SIDE or picture.size != size:
                raise ValueError(f"it has {picture.size} pixels, and the manifest says {size}")
            sheet = np.asarray(picture.convert("RGBA"))
    except Exception as error:  # Pillow has a dozen kinds for a damaged picture
        raise BundleError(f"{where}: part 'tiles.png' is not such a picture: {error}") from error
    tiles = sheet.reshape(rows, height, columns, width, 4).swapaxes(1, 2)
    return tiles.reshape(-1, height, width, 4)[:count]
