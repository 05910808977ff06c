"""Labelled images on disk: NumPy archives and the idx files of MNIST's authors."""

import gzip
import io
import math
import zipfile
from collections.abc import Container, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vae_widgets.core.atomic_file import atomic_file, open_regular
from vae_widgets.core.image_shapes import MOVE_CHANNELS, has_channels_first
from vae_widgets.datasets.dataset import Dataset
from vae_widgets.datasets.pixels import DividePixels, divide_pixels
from vae_widgets.rendering import ImageRenderer

_IDX_FILES = {
    "x_train": "train-images-idx3-ubyte.gz",
    "y_train": "train-labels-idx1-ubyte.gz",
    "x_test": "t10k-images-idx3-ubyte.gz",
    "y_test": "t10k-labels-idx1-ubyte.gz",
}

_MOST_UNPACKED = 50
"""Times its size that a packed file of pictures may have; those of MNIST have 5 times."""


class Images(NamedTuple):
    """Grey images uint8 (n, height, width) and their labels uint8 (n,)."""

    x_train: NDArray[np.uint8]
    y_train: NDArray[np.uint8]
    x_test: NDArray[np.uint8]
    y_test: NDArray[np.uint8]


def grey_images(
    name: str, images: Images, label_names: tuple[str, ...], source: str, licence: str
) -> Dataset:
    """Return a data set of grey images, with pixels in [0, 1]."""
    return Dataset(
        name=name,
        x_train=as_samples(images.x_train),
        x_test=as_samples(images.x_test),
        y_train=images.y_train,
        y_test=images.y_test,
        label_names=label_names,
        renderer=ImageRenderer(),
        likelihood="bernoulli",
        preprocessing=DividePixels(),
        source=source,
        licence=licence,
    )


def as_samples(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Turn images (n, height, width) into samples (n, height, width, 1) in [0, 1]."""
    return divide_pixels(images[..., np.newaxis])


def read_images(path: Path, shape: tuple[int, int] = (28, 28)) -> Images:
    """Read labelled images of `shape` (height, width).

    `path` is an .npz file with ``x_train``, ``y_train``, ``x_test`` and ``y_test``, as of Keras, or
    a folder with ``{train,t10k}-{images-idx3,labels-idx1}-ubyte.gz``. Raises ``OSError`` or
    ``ValueError`` if it is missing or damaged, or does not hold such images.
    """
    arrays = _read_idx_folder(path) if path.is_dir() else _read_npz(path)
    for part in ("train", "test"):
        x, y = arrays[f"x_{part}"], arrays[f"y_{part}"]
        if x.dtype != np.uint8 or x.shape[1:] != shape or len(x) == 0:
            hint = ""
            if x.shape[1:] in ((1, *shape), (*shape, 1)):
                hint = f". Save x_{part}.squeeze(), without the axis of the one channel"
            elif has_channels_first(x.shape[1:]):
                hint = ", grey. For colour, channels first, make a Dataset of the arrays and "
                hint += MOVE_CHANNELS.format(f"x_{part}")
            raise ValueError(
                f"x_{part} is {x.dtype} {x.shape}; expected uint8 {('n', *shape)}{hint}"
            )
        if y.shape != x.shape[:1] or not np.issubdtype(y.dtype, np.integer):
            raise ValueError(f"y_{part} is {y.dtype} {y.shape}; expected whole numbers ({len(x)},)")
    return Images(**arrays)


def write_npz(path: Path, images: Images) -> None:
    """Write `images` to an .npz file, whole or not at all, also beside another writer."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_file(path) as file:
        np.savez_compressed(file, **images._asdict())


def _read_npz(path: Path) -> dict[str, NDArray[np.uint8]]:
    try:
        with open_regular(path) as file, zipfile.ZipFile(file) as archive:
            _require(Images._fields, [name.removesuffix(".npy") for name in archive.namelist()])
            return {name: _read_npy(archive, f"{name}.npy") for name in Images._fields}
    except zipfile.BadZipFile as error:
        raise ValueError(f"{error}; expected an .npz file, read with allow_pickle=False") from None


def _read_npy(archive: zipfile.ZipFile, name: str) -> NDArray[Any]:
    entry = archive.getinfo(name)
    _check_unpacked(name, entry.file_size, entry.compress_size)
    content = archive.read(entry)
    start = io.BytesIO(content)
    version = np.lib.format.read_magic(start)
    if version[0] > 2:
        raise ValueError(f"{name} has version {version} of its format; expected 1 or 2")
    read_header = (
        np.lib.format.read_array_header_1_0
        if version[0] == 1
        else np.lib.format.read_array_header_2_0
    )
    shape, _, dtype = read_header(start)
    if dtype.hasobject:
        raise ValueError(f"{name} has Python objects, which allow_pickle=False refuses")
    if math.prod(shape) * dtype.itemsize != len(content) - start.tell():
        raise ValueError(f"{name} claims {dtype} {shape} and has {len(content):,} bytes")
    array: NDArray[Any] = np.load(io.BytesIO(content), allow_pickle=False)
    return array


def _check_unpacked(name: str, size: int, packed: int) -> None:
    if size > _MOST_UNPACKED * packed + 2**20:
        raise ValueError(
            f"{name} would unpack from {packed:,} to {size:,} bytes; expected at most "
            f"{_MOST_UNPACKED} times as many"
        )


def _read_idx_folder(path: Path) -> dict[str, NDArray[np.uint8]]:
    _require(_IDX_FILES.values(), [file.name for file in path.iterdir()])
    return {name: _read_idx(path / file) for name, file in _IDX_FILES.items()}


def _read_idx(path: Path) -> NDArray[np.uint8]:
    """Read an idx file of bytes: 0, 0, 8, number of axes, each length (big-endian), the data."""
    with open_regular(path) as file:
        packed = file.read()
        most = _MOST_UNPACKED * len(packed) + 2**20
        with gzip.open(io.BytesIO(packed)) as unpacked:
            content = unpacked.read(most + 1)
    _check_unpacked(path.name, len(content), len(packed))
    if content[:3] != b"\0\0\x08":
        raise ValueError(f"{path.name} is not an idx file of bytes")
    start = 4 + 4 * content[3]
    shape = np.frombuffer(content[4:start], ">u4")
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)


def _require(names: Iterable[str], present: Container[str]) -> None:
    missing = [name for name in names if name not in present]
    if missing:
        raise ValueError(f"it lacks {', '.join(missing)}")
