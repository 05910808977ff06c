"""Chest X-rays of children, 28x28: healthy ones for training, pneumonia among those for testing."""

import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vae_widgets.core.atomic_file import open_regular
from vae_widgets.datasets import places
from vae_widgets.datasets.dataset import Dataset
from vae_widgets.datasets.pictures import find_pictures, read_pictures
from vae_widgets.datasets.pixels import DividePixels, divide_pixels
from vae_widgets.rendering import ImageRenderer

FILE = "pneumoniamnist.npz"
FOLDER = "chest_xray"
SIDE = 28
_CLASSES = ("NORMAL", "PNEUMONIA")
_TEST_SHARE = 0.2  # of the healthy ones, in a folder without a part for testing
_REMEDY = (
    f"Download {FILE} from medmnist.com (4 MB) and set VAE_WIDGETS_DATA to its folder. The package "
    f'medmnist does it, too: PneumoniaMNIST("train", download=True). Or put {FOLDER}, a folder of '
    f"pictures with the folders {' and '.join(_CLASSES)}, there."
)


def load_xray() -> Dataset:
    """Load the X-rays from the first place that has them.

    Class 0 is normal, and all samples for training are of it.
    """
    folders = places.own_folders()
    files = [places.stored(name, folder / FILE, _read_npz) for name, folder in folders.items()]
    files.append(places.stored("cache of medmnist", Path.home() / ".medmnist" / FILE, _read_npz))
    pictures = [
        places.stored(name, folder / FOLDER, _read_folder) for name, folder in folders.items()
    ]
    return places.read_first("xray", [*files, *pictures], _REMEDY)


def _read_npz(path: Path, source: str) -> Dataset:
    """Read a file of MedMNIST; the healthy images of its validation set are trained on, too."""
    with open_regular(path) as file, np.load(file, allow_pickle=False) as data:
        parts = {part: _part(data, part) for part in ("train", "val", "test")}
    healthy = [images[labels == 0] for images, labels in (parts["train"], parts["val"])]
    return _dataset(np.concatenate(healthy), *parts["test"], source)


def _part(data: np.lib.npyio.NpzFile, part: str) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    names = (f"{part}_images", f"{part}_labels")
    missing = [name for name in names if name not in data]
    if missing:
        raise ValueError(f"it lacks {' and '.join(missing)}; expected a file of MedMNIST")
    images, labels = (data[name] for name in names)
    if images.dtype != np.uint8 or images.shape[1:] != (SIDE, SIDE):
        raise ValueError(
            f"{names[0]} is {images.dtype} {images.shape}; expected uint8 (n, {SIDE}, {SIDE})"
        )
    if labels.shape != (len(images), 1) or not np.isin(labels, (0, 1)).all():
        raise ValueError(f"{names[1]} has other values than 0 and 1 in ({len(images)}, 1)")
    return images[..., np.newaxis], labels[:, 0].astype(np.int64)


def _read_folder(path: Path, source: str) -> Dataset:
    """Read pictures, with or without folders `train` and `test` around those of the classes."""
    if not path.is_dir():
        raise FileNotFoundError(path)
    has_parts = all((path / part).is_dir() for part in ("train", "test"))
    train, test = (path / part if has_parts else path for part in ("train", "test"))
    healthy = _pictures(train / _CLASSES[0])
    if has_parts:
        healthy_test = _pictures(test / _CLASSES[0])
    else:
        healthy = np.random.default_rng(0).permutation(healthy)
        n_test = max(1, round(_TEST_SHARE * len(healthy)))
        healthy, healthy_test = healthy[n_test:], healthy[:n_test]
    ill = _pictures(test / _CLASSES[1])
    labels = np.repeat([0, 1], [len(healthy_test), len(ill)])
    return _dataset(healthy, np.concatenate([healthy_test, ill]), labels, source)


def _pictures(folder: Path) -> NDArray[np.uint8]:
    """Return the middle square of each picture, as MedMNIST does."""
    try:
        files = find_pictures(folder)
    except FileNotFoundError as error:  # while the folder around it is there
        raise ValueError(str(error)) from None
    pictures = read_pictures(files, (SIDE, SIDE), crop=True, color=False)
    if pictures.problems:
        first = next(iter(pictures.problems.items()))
        warnings.warn(
            f"{len(pictures.problems):,} of {len(files):,} pictures in {folder} cannot be read; "
            f"the first, {first[0].name}: {first[1]}",
            stacklevel=8,  # the caller of load_dataset
        )
    return pictures.x


def _dataset(
    x_train: NDArray[np.uint8],
    x_test: NDArray[np.uint8],
    y_test: NDArray[np.int64],
    source: str,
) -> Dataset:
    return Dataset(
        name="xray",
        x_train=divide_pixels(x_train),
        x_test=divide_pixels(x_test),
        y_train=np.zeros(len(x_train), np.int64),
        y_test=y_test,
        label_names=("normal", "pneumonia"),
        renderer=ImageRenderer(),
        likelihood="bernoulli",
        preprocessing=DividePixels(),
        source=source,
        licence="CC BY 4.0 (D. Kermany, K. Zhang and M. Goldbaum, 2018; MedMNIST)",
    )
