"""A folder of pictures as samples."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_widgets.cli.errors import CommandError, report, sentence
from vae_widgets.cli.progress import progress
from vae_widgets.core.atomic_file import open_regular

PICTURE_SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp")
_GREY_MODES = ("1", "L", "LA")
_LARGEST_SIDE = 4096


def read_pictures(folder: Path, side: int | None) -> tuple[NDArray[np.uint8], int]:
    """Return the pictures in a folder and in folders inside it, in the order of their names.

    They are (n, height, width, 1) if all are grey, else (n, height, width, 3). With a `side`, each
    is scaled to a square. Pictures that cannot be read are reported and left out.

    Returns
    -------
    pictures, n_bad
    """
    if side is not None and not 1 <= side <= _LARGEST_SIDE:
        raise CommandError(f"--side is {side}; expected 1 to {_LARGEST_SIDE} pixels.")
    files = sorted(
        file
        for file in folder.rglob("*")
        if file.suffix.lower() in PICTURE_SUFFIXES
        and not file.name.startswith(".")
        and not file.is_dir()
    )
    if not files:
        raise CommandError(
            f"{folder} has no pictures; expected files such as {', '.join(PICTURE_SUFFIXES)}."
        )
    pictures: list[tuple[Path, Any]] = []
    with progress("Reading") as show:
        for number, file in enumerate(files, 1):
            try:
                pictures.append((file, _read(file, side)))
            except Exception as error:  # Pillow has a dozen kinds for a damaged picture
                report(
                    f"{file} is not a picture that can be read: {sentence(error)} It is left out."
                )
            show(number / len(files))
    if not pictures:
        raise CommandError(f"no picture in {folder} can be read.")
    first, picture = pictures[0]
    for file, other in pictures:
        if other.shape[:2] != picture.shape[:2]:
            raise CommandError(
                f"{file} has {_size(other)} pixels, and {first} {_size(picture)}; expected one "
                "size. Pass --side to scale all of them, such as --side 64."
            )
    n_channels = max(other.shape[2] for _, other in pictures)
    shape = (*picture.shape[:2], n_channels)
    samples = np.empty((len(pictures), *shape), np.uint8)
    for sample, (_, other) in zip(samples, pictures, strict=True):
        sample[:] = other  # grey ones have the same value in each channel
    return samples, len(files) - len(pictures)


def _read(file: Path, side: int | None) -> NDArray[np.uint8]:
    from PIL import Image, ImageOps

    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        open_regular(file).close()  # a pipe would wait for its other end
        with Image.open(file) as opened:
            picture = ImageOps.exif_transpose(opened)
            if picture.mode.startswith(("I", "F")):  # which Pillow would cut off at 255
                picture = Image.fromarray(_eight_bits(np.asarray(picture)))
            is_grey = picture.mode in _GREY_MODES
            picture = picture.convert("L" if is_grey else "RGB")
    if side is not None:
        picture = picture.resize((side, side), Image.Resampling.LANCZOS)
    pixels = np.asarray(picture)
    return pixels[..., np.newaxis] if is_grey else pixels


def _eight_bits(pixels: NDArray[Any]) -> NDArray[np.uint8]:
    """Return pixels of 16 bits with 8 bits each."""
    low, high = pixels.min(), pixels.max()
    if pixels.dtype.kind == "f" or low < 0 or high >= 2**16:
        raise ValueError(
            f"its pixels are {pixels.dtype} numbers from {low:.4g} to {high:.4g}; expected 8 or 16 "
            "bits. Save its values in an NPY file."
        )
    return (pixels // 257).astype(np.uint8)


def _size(picture: NDArray[Any]) -> str:
    height, width = picture.shape[:2]
    return f"{width}x{height}"
