"""Places that may have a data set, and the first one that has it."""

import inspect
import os
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import platformdirs

from vae_widgets.datasets.dataset import Dataset


class Place(NamedTuple):
    """Where a data set may be, and how it is read from there.

    `read` takes the name, which is the source of the data set. It raises ``FileNotFoundError`` if
    nothing is there, and another error if that cannot be used.
    """

    name: str
    read: Callable[[str], Dataset]


def stored(name: str, path: Path, read: Callable[[Path, str], Dataset]) -> Place:
    """Return a file or folder as a place, which is read and never written."""
    return Place(f"{name} ({path})", partial(read, path))


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
    place whose data cannot be used, if another place has the data.
    """
    failures, damaged = [], []
    for place in places:
        try:
            found = place.read(place.name)
        except (FileNotFoundError, NotADirectoryError) as error:
            why = "not there" if error.filename else str(error).rstrip(".")
            failures.append(f"{place.name}: {why}")
        except Exception as error:  # a damaged file gives errors of many kinds
            failures.append(f"{place.name}: {type(error).__name__}: {error}")
            damaged.append(failures[-1])
        else:
            if damaged:
                reasons = "; ".join(damaged)
                warn_user(f"{dataset} was read from {place.name}, because this failed: {reasons}")
            return found
    raise FileNotFoundError(
        f"the data set {dataset!r} was in none of these places: {'; '.join(failures)}. {remedy}"
    )


def warn_user(text: str) -> None:
    """Warn, and name the line of the user's code that has asked for the data set."""
    level, frame = 1, inspect.currentframe()
    while frame and str(frame.f_globals.get("__name__")).startswith("vae_widgets."):
        level, frame = level + 1, frame.f_back
    warnings.warn(text, stacklevel=level)
