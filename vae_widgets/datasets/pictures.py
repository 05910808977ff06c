"""Pictures in a folder, as arrays of bytes."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_widgets.core.atomic_file import open_regular
from vae_widgets.core.one_line import sentence
from vae_widgets.rendering.value_range import full_scale

PICTURE_SUFFIXES = (
    *(".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp"),
    *(".pgm", ".ppm"),
)
LARGEST_SIDE = 4096
_GREY_MODES = ("1", "L", "LA")


@dataclass(frozen=True)
class Pictures:
    """Pictures of one size.

    Attributes
    ----------
    x : ndarray
        uint8 (n, height, width, 1) if all are grey, else (n, height, width, 3).
    files : list of Path
        The file of each.
    problems : dict
        Why a file could not be read.
    """

    x: NDArray[np.uint8]
    files: list[Path]
    problems: dict[Path, str]


def find_pictures(folder: Path) -> list[Path]:
    """Return the pictures in a folder and in folders inside it, in the order of their names.

    Raises ``FileNotFoundError`` if there is none.
    """
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder} is not a folder; expected one with pictures.")
    files = sorted(
        file
        for file in folder.rglob("*")
        if file.suffix.lower() in PICTURE_SUFFIXES
        and not file.name.startswith(".")
        and not file.is_dir()
    )
    if not files:
        raise FileNotFoundError(
            f"{folder} has no pictures; expected files such as {', '.join(PICTURE_SUFFIXES)}."
        )
    return files


def read_pictures(
    files: Sequence[Path],
    size: tuple[int, int] | None = None,
    crop: bool = False,
    color: bool | None = None,
    remedy: str = "Pass size=64 to make all of them 64x64.",
    show: Callable[[float], None] = lambda share: None,
) -> Pictures:
    """Read pictures, and leave out those that cannot be read.

    Pixels of 16 bits are brought to 8 bits by the bits that all pictures together use
    (`full_scale`): 12 bits in files of 16 keep 256 grey levels.

    Parameters
    ----------
    files
        Their files.
    size
        Height and width to scale them to. None takes those that they have.
    crop
        Cut the middle to the proportions of `size`, rather than to squeeze.
    color
        False makes all grey, True gives all three channels, and None all if one has them.
    remedy
        What to do about pictures of other sizes.
    show
        Called with the share of the files that was read.

    Raises
    ------
    ValueError
        If they differ in size, or none can be read.
    """
    pictures: dict[Path, NDArray[np.uint8]] = {}
    problems: dict[Path, str] = {}
    with _no_bombs(), ThreadPoolExecutor() as pool:
        white = full_scale(max(pool.map(_highest, files), default=0))
        read = partial(_read, white=white, size=size, crop=crop, color=color)
        for number, (file, made) in enumerate(zip(files, pool.map(read, files), strict=True), 1):
            if isinstance(made, str):
                problems[file] = made
            else:
                pictures[file] = made
            show(number / len(files))
    if not pictures:
        file, problem = next(iter(problems.items()))
        raise ValueError(
            f"none of {len(files):,} pictures can be read; the first, {file}: {problem}"
        )
    first = next(iter(pictures))
    for file, other in pictures.items():
        if other.shape[:2] != pictures[first].shape[:2]:
            raise ValueError(
                f"{file} has {_size(other)} pixels, and {first} {_size(pictures[first])}; expected "
                f"one size. {remedy}"
            )
    n_channels = max(other.shape[2] for other in pictures.values())
    x = np.empty((len(pictures), *pictures[first].shape[:2], n_channels), np.uint8)
    for sample, other in zip(x, pictures.values(), strict=True):
        sample[:] = other  # grey ones have the same value in each channel
    return Pictures(x, list(pictures), problems)


@contextmanager
def _no_bombs() -> Iterator[None]:
    """Refuse pictures with more pixels than Pillow finds plausible."""
    from PIL import Image

    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        yield


def _highest(file: Path) -> int:
    """Return the highest pixel of a picture of 16 bits; 0 for one of 8 bits."""
    from PIL import Image

    try:
        open_regular(file).close()
        with Image.open(file) as opened:
            return int(_sixteen_bits(opened).max()) if _is_deep(opened) else 0
    except Exception:  # `_read` says why
        return 0


def _read(
    file: Path, white: int, size: tuple[int, int] | None, crop: bool, color: bool | None
) -> NDArray[np.uint8] | str:
    """Return a picture (height, width, 1 or 3), or why it cannot be read.

    `white` is the value of white in pictures of 16 bits.
    """
    try:
        return _pixels(file, white, size, crop, color)
    except Exception as error:  # Pillow has a dozen kinds for a damaged picture
        return sentence(error)


def _pixels(
    file: Path, white: int, size: tuple[int, int] | None, crop: bool, color: bool | None
) -> NDArray[np.uint8]:
    from PIL import Image, ImageOps

    open_regular(file).close()  # a pipe would wait for its other end
    with Image.open(file) as opened:
        picture = ImageOps.exif_transpose(opened)
        if _is_deep(picture):  # which Pillow would cut off at 255
            levels = np.rint(_sixteen_bits(picture) * (255 / white))
            picture = Image.fromarray(levels.astype(np.uint8))
        is_grey = picture.mode in _GREY_MODES if color is None else not color
        picture = picture.convert("L" if is_grey else "RGB")
    if size is not None:
        width_and_height = size[::-1]
        if crop:
            picture = ImageOps.fit(picture, width_and_height, Image.Resampling.LANCZOS)
        else:
            picture = picture.resize(width_and_height, Image.Resampling.LANCZOS)
    pixels = np.asarray(picture)
    return pixels[..., np.newaxis] if is_grey else pixels


def _is_deep(picture: Any) -> bool:
    """Return whether the pixels of a picture of Pillow have more than 8 bits."""
    return bool(picture.mode.startswith(("I", "F")))


def _sixteen_bits(picture: Any) -> NDArray[Any]:
    """Return the pixels of a deep picture; raise ``ValueError`` if they have more than 16 bits."""
    pixels = np.asarray(picture)
    low, high = pixels.min(), pixels.max()
    if pixels.dtype.kind == "f" or low < 0 or high >= 2**16:
        raise ValueError(
            f"its pixels are {pixels.dtype} numbers from {low:.4g} to {high:.4g}; expected 8 or 16 "
            "bits. Save its values in an NPY file."
        )
    return pixels


def _size(picture: NDArray[Any]) -> str:
    height, width = picture.shape[:2]
    return f"{width}x{height}"
