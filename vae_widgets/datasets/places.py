"""Data sets in files that the user has, in the first place that has them."""

import os
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import platformdirs

from vae_widgets.datasets.dataset import Dataset


class Place(NamedTuple):
    """Where a data set may be, and how it is read from there.

    `read` takes the path, and what to say about it as the source of the data set. It raises
    ``FileNotFoundError`` if nothing is there, and another error if that cannot be used.
    """

    name: str
    path: Path
    read: Callable[[Path, str], Dataset]


def cache_folder() -> Path:
    """Return the folder where vae_widgets keeps what took long to get."""
    folder = os.environ.get("VAE_WIDGETS_CACHE") or platformdirs.user_cache_dir("vae_widgets")
    return Path(folder)


def own_folders() -> dict[str, Path]:
    """Return the folders where the user may keep files: $VAE_WIDGETS_DATA and our cache."""
    folders = {}
    if data := os.environ.get("VAE_WIDGETS_DATA"):
        folders["$VAE_WIDGETS_DATA"] = Path(data)
    return folders | {"cache of vae_widgets": cache_folder()}


def read_first(dataset: str, places: Sequence[Place], remedy: str) -> Dataset:
    """Read a data set from the first place that has it.

    Raises ``FileNotFoundError`` with one line, which names the places and the `remedy`. Warns of a
    file that cannot be used, if another place has the data.
    """
    failures, damaged = [], []
    for place in places:
        where = f"{place.name} ({place.path})"
        try:
            found = place.read(place.path, where)
        except (FileNotFoundError, NotADirectoryError):
            failures.append(f"{where}: not there")
        except Exception as error:  # a damaged file gives errors of many kinds
            failures.append(f"{where}: {type(error).__name__}: {error}")
            damaged.append(failures[-1])
        else:
            if damaged:
                reasons = "; ".join(damaged)
                warnings.warn(
                    f"{dataset} was read from {where}, because this failed: {reasons}",
                    stacklevel=6,  # the caller of load_dataset
                )
            return found
    raise FileNotFoundError(
        f"the data set {dataset!r} was in none of these places: {'; '.join(failures)}. {remedy}"
    )
