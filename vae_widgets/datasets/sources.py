"""The places of data sets that Keras has, too: files, and its download."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np

from vae_widgets.datasets import keras_download, places
from vae_widgets.datasets.dataset import Dataset
from vae_widgets.datasets.image_files import Images, read_images, write_npz
from vae_widgets.datasets.places import Place

# SHA-256 of the published images and labels, in the order of `Images` and not compressed, so that
# it does not depend on the kind of file.
CHECKSUMS = {
    "mnist": "06b0d1f124c4e5fa796686ade41a9b778edacc8622f2195a352ef479ad44fc16",
    "fashion_mnist": "ca3ab2a37f845e1b8ae23cab1b51749a3011ba3bf1d9016176d75cbaabac376f",
}


Make = Callable[[Images, str], Dataset]
"""Makes a data set of the images, given where they were found."""


def stored(dataset: str, name: str, path: Path, make: Make) -> Place:
    """Return a file or folder with images as a place.

    It warns of other data than were published, which are used as they are.
    """

    def read(path: Path, source: str) -> Dataset:
        images = read_images(path)
        if checksum(images) != CHECKSUMS[dataset]:
            places.warn_user(
                f"{source} does not hold the published {dataset}: its checksum is another one. It "
                "is used as it is; delete or move it if it is not yours."
            )
        return make(images, source)

    return places.stored(name, path, read)


def stored_copies(dataset: str, keras_file: str, make: Make) -> list[Place]:
    """Return the places on this machine where a data set of Keras may be.

    Keras keeps it as `keras_file` in ``~/.keras/datasets``.
    """
    keras_home = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras"))
    found = [("cache of vae_widgets", _cached(dataset))]
    found.append(("cache of Keras", keras_home / "datasets" / keras_file))
    if data := os.environ.get("VAE_WIDGETS_DATA"):
        names = dict.fromkeys([f"{dataset}.npz", keras_file])
        found = [*(("$VAE_WIDGETS_DATA", Path(data) / file) for file in names), *found]
    return [stored(dataset, name, path, make) for name, path in found]


def downloads(dataset: str, keras_file: str, timeout: float, make: Make) -> list[Place]:
    """Return the download by Keras, kept in our cache; nothing if `timeout` (seconds) is 0."""

    def download(source: str) -> Dataset:
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
            places.warn_user(f"{dataset} will be downloaded again next time: {error}")
        return make(images, source)

    return [Place("download by Keras", download)] if timeout > 0 else []


def checksum(images: Images) -> str:
    """Return the SHA-256 of images and labels; see `CHECKSUMS`."""
    digest = hashlib.sha256()
    for array in images:
        digest.update(np.ascontiguousarray(array, np.uint8).tobytes())
    return digest.hexdigest()


def _cached(dataset: str) -> Path:
    return places.cache_folder() / f"{dataset}.npz"
