"""Where image data sets are looked for, in which order, and what went wrong where."""

import os
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import platformdirs

from vae_widgets.datasets import keras_download
from vae_widgets.datasets.image_files import Images, read_images, write_npz


class Source(NamedTuple):
    """One place that may have the data."""

    name: str
    read: Callable[[], Images]


def stored(name: str, path: Path) -> Source:
    """Return a file or folder that is read and never written."""
    return Source(f"{name} ({path})", partial(read_images, path))


def stored_copies(dataset: str, keras_file: str) -> list[Source]:
    """Return the places on this machine where a data set of Keras may be.

    Parameters
    ----------
    dataset
        Name of the data set, as in ``keras.datasets``.
    keras_file
        The file or folder that Keras makes of it in ``~/.keras/datasets``.
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
        try:
            write_npz(_cached(dataset), images)
        except OSError as error:  # a full disk or a read-only home: the data is here all the same
            warnings.warn(f"{dataset} will be downloaded again next time: {error}", stacklevel=6)
        return images

    return [Source("download by Keras", download)] if timeout > 0 else []


def read_first(dataset: str, sources: Sequence[Source], remedy: str) -> tuple[Images, str]:
    """Read from the first source that works.

    Parameters
    ----------
    dataset
        Name of the data set, for messages.
    sources
        Places to try, in this order.
    remedy
        What the user can do when all fail, for the message.

    Returns
    -------
    images, name
        What was read, and the name of its source.

    Raises
    ------
    FileNotFoundError
        If all fail, naming each and why.

    Warns
    -----
    UserWarning
        If a source was passed over because it is damaged or failed, not just absent.
    """
    failures, worth_a_warning = [], []
    for source in sources:
        try:
            images = source.read()
        except (FileNotFoundError, NotADirectoryError) as error:
            failures.append(f"{source.name}: {'not there' if error.filename else error}")
        except Exception as error:  # whatever is wrong with one place, the next may do
            failures.append(f"{source.name}: {type(error).__name__}: {error}")
            worth_a_warning.append(failures[-1])
        else:
            if worth_a_warning:
                reasons = "\n  ".join(worth_a_warning)
                warnings.warn(
                    f"{dataset} was read from {source.name} because this failed:\n  {reasons}",
                    stacklevel=5,  # the caller of load_dataset
                )
            return images, source.name
    reasons = "\n  ".join(failures)
    raise FileNotFoundError(
        f"the data set {dataset!r} was in none of these places:\n  {reasons}\n{remedy}"
    )


def _cached(dataset: str) -> Path:
    folder = os.environ.get("VAE_WIDGETS_CACHE") or platformdirs.user_cache_dir("vae_widgets")
    return Path(folder) / f"{dataset}.npz"
