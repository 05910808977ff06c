"""Fresh copies of the lessons."""

import shutil
from pathlib import Path

from vae_widgets.course.arguments import folder_of, lesson_of

_REPOSITORY = Path(__file__).parents[2] / "notebooks/course"
_INSTALLED = ("vae_widgets", "course")  # in a data folder of Jupyter


def reset(lesson: int | str, folder: str | Path = ".") -> Path:
    """Write a fresh copy of a lesson beside yours, which stays as it is.

    Parameters
    ----------
    lesson
        Its number, from 1 to 5.
    folder
        Where the copy is written.

    Returns
    -------
    Path
        The copy, under a name that was free. Open it in the file browser.

    Raises
    ------
    TypeError
        If an argument is of another type.
    ValueError
        If there is no such lesson.
    FileNotFoundError
        If the folder does not exist.

    Examples
    --------
    >>> vw.course.reset(1).name
    '1_what_a_vae_is.ipynb'
    """
    masters = _masters()
    master, folder = masters[lesson_of(lesson, masters)], folder_of(folder)
    copy, n = folder / master.name, 0
    while copy.exists():
        n += 1
        copy = folder / f"{master.stem}-fresh-{n}.ipynb"
    shutil.copyfile(master, copy)
    return copy


def _masters() -> dict[str, Path]:
    """Return the lessons by number: those that were installed, which no student has changed."""
    from jupyter_core.paths import jupyter_path

    for place in (*map(Path, jupyter_path(*_INSTALLED)), _REPOSITORY):
        if found := sorted(place.glob("[1-9]_*.ipynb")):
            return {path.name[0]: path for path in found}
    raise FileNotFoundError("the lessons are not installed. Install vae_widgets again.")
