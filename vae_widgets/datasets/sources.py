"""Places to load image data sets from, in their order."""

import hashlib
import os
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

from vae_widgets.datasets import keras_download, places
from vae_widgets.datasets.image_files import Images, read_images, write_npz

# SHA-256 of the published images and labels, in the order of `Images` and not compressed, so that
# it does not depend on the kind of file.
CHECKSUMS = {
    "mnist": "06b0d1f124c4e5fa796686ade41a9b778edacc8622f2195a352ef479ad44fc16",
    "fashion_mnist": "ca3ab2a37f845e1b8ae23cab1b51749a3011ba3bf1d9016176d75cbaabac376f",
}


class Source(NamedTuple):
    """One place that may have the data; `is_file` if the user can look at it and delete it."""

    name: str
    read: Callable[[], Images]
    is_file: bool = False


def stored(name: str, path: Path) -> Source:
    """Return a file or folder that is read and never written."""
    return Source(f"{name} ({path})", partial(read_images, path), True)


def stored_copies(dataset: str, keras_file: str) -> list[Source]:
    """Return the places on this machine where a data set of Keras may be.

    Keras keeps it as `keras_file` in ``~/.keras/datasets``.
    """
    sources = []
    if data := os.environ.get("VAE_WIDGETS_DATA"):
        for file in dict.fromkeys([f"{dataset}.npz", keras_file]):
            sources.append(stored("$VAE_WIDGETS_DATA", Path(data) / file))
    keras_home = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras"))
    return [
        *sources,
        stored("cache of vae_widgets", _cached(dataset)),
        stored("cache of Keras", keras_home / "datasets" / keras_file),
    ]


def downloads(dataset: str, keras_file: str, timeout: float) -> list[Source]:
    """Return the download by Keras, kept in our cache; nothing if `timeout` (seconds) is 0."""

    def download() -> Images:
        with keras_download.downloaded(dataset, timeout) as folder:
            images = read_images(folder / keras_file)
        if (found := checksum(images)) != CHECKSUMS[dataset]:
            raise ValueError(
                f"what was downloaded has the SHA-256 {found}; expected {CHECKSUMS[dataset]}. It "
                "was not kept. Try again, or in another network"
            )
        try:
            write_npz(_cached(dataset), images)
        except OSError as error:  # a full disk or a read-only home folder
            warnings.warn(f"{dataset} will be downloaded again next time: {error}", stacklevel=6)
        return images

    return [Source("download by Keras", download)] if timeout > 0 else []


def read_first(dataset: str, sources: Sequence[Source], remedy: str) -> tuple[Images, str]:
    """Read from the first of `sources` that works; return the images and the name of the source.

    Raises ``FileNotFoundError`` if all fail, naming each, why, and the `remedy`. Warns if a source
    is damaged, or holds other data than were published, which are used as they are.
    """
    failures, worth_a_warning = [], []
    for source in sources:
        try:
            images = source.read()
        except (FileNotFoundError, NotADirectoryError) as error:
            failures.append(f"{source.name}: {'not there' if error.filename else error}")
        except Exception as error:  # try the next place after any error
            failures.append(f"{source.name}: {type(error).__name__}: {error}")
            worth_a_warning.append(failures[-1])
        else:
            if worth_a_warning:
                reasons = "\n  ".join(worth_a_warning)
                warnings.warn(
                    f"{dataset} was read from {source.name} because this failed:\n  {reasons}",
                    stacklevel=5,  # the caller of load_dataset
                )
            if source.is_file and checksum(images) != CHECKSUMS[dataset]:
                warnings.warn(
                    f"{source.name} does not hold the published {dataset}: its checksum is "
                    "another one. It is used as it is; delete or move it if it is not yours.",
                    stacklevel=5,
                )
            return images, source.name
    reasons = "\n  ".join(failures)
    raise FileNotFoundError(
        f"the data set {dataset!r} was in none of these places:\n  {reasons}\n{remedy}"
    )


def checksum(images: Images) -> str:
    """Return the SHA-256 of images and labels; see `CHECKSUMS`."""
    digest = hashlib.sha256()
    for array in images:
        digest.update(np.ascontiguousarray(array, np.uint8).tobytes())
    return digest.hexdigest()


def _cached(dataset: str) -> Path:
    return places.cache_folder() / f"{dataset}.npz"
