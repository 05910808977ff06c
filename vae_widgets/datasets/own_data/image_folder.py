"""A data set of a folder of pictures."""

import os
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_widgets.core import checks
from vae_widgets.core.labels.classes import index_classes
from vae_widgets.datasets.dataset import Dataset
from vae_widgets.datasets.own_data.attributes import read_attributes
from vae_widgets.datasets.own_data.split import split_rows
from vae_widgets.datasets.pictures import find_pictures, read_pictures
from vae_widgets.datasets.pixels import DividePixels, divide_pixels
from vae_widgets.rendering import Renderer

_MOST_NAMED = 5
_LARGEST_SIDE = 1024


@checks.suggest_keywords
def load_images(
    folder: str | os.PathLike[str],
    *,
    size: int | tuple[int, int] | None = None,
    crop: bool = True,
    color: bool | None = None,
    attributes: str | os.PathLike[str] | None = None,
    label: str | None = None,
    n_samples: int | None = None,
    test_size: float = 0.2,
    seed: int = 0,
    likelihood: str = "bernoulli",
    renderer: Renderer | str | None = None,
    name: str | None = None,
) -> Dataset:
    """Make a data set of the pictures in a folder, also those in folders inside it.

    If all pictures lie in folders inside it, such as ``NORMAL`` and ``PNEUMONIA``, these are their
    classes. If it has folders ``train`` and ``test``, these are the two parts, with or without
    folders of classes in them; no other folder is read then.

    Parameters
    ----------
    folder
        The folder. Pictures are PNG, JPEG, BMP, GIF (the first frame), TIFF, WebP, PGM and
        PPM files. Of files with 16 bits the bits that all of them together use are scaled to 255
        (8, 10, 12, 14 or 16), so that 12 bits keep 256 grey levels.
    size
        Height and width of a sample in pixels, or the side of a square. None takes the pictures as
        they are, of one size.
    crop
        Whether to cut the middle of a picture to the proportions of `size`; False squeezes it.
    color
        True for three channels, False for grey. None is grey if all pictures are.
    attributes
        A text or CSV file with a row for each picture, its name first, such as
        ``list_attr_celeba.txt`` or ``.csv`` of CelebA. Pictures that it does not name are left out.
    label
        The column of `attributes` that has the classes. Of values -1 and 1, or 0 and 1, the class 1
        gets its name.
    n_samples
        The most pictures to read, drawn with `seed`; None reads all. A picture of 64x64 in colour
        takes 48 KiB.
    test_size, seed
        Share of the pictures for testing, if there are no folders `train` and `test`, and the seed
        that draws them. Each class has this share.
    likelihood
        ``"bernoulli"`` or ``"gaussian"``. Pixels are divided by 255 for both.
    renderer
        None draws pictures.
    name
        Of the data set; None takes the name of the folder.

    Returns
    -------
    Dataset
        Samples (n, height, width, 1 or 3) in [0, 1], in the order of the names of their files.

    Raises
    ------
    FileNotFoundError
        If there is no such folder or file, or the folder has no pictures.
    ValueError
        If pictures differ in size and `size` is None, or an argument does not fit.

    Warns
    -----
    UserWarning
        Once, if pictures cannot be read or are not named in `attributes`. They are left out.

    Examples
    --------
    >>> from pathlib import Path
    >>> from PIL import Image
    >>> for k in range(10):
    ...     file = Path("shapes", "bright" if k % 2 else "dark", f"{k}.png")
    ...     file.parent.mkdir(parents=True, exist_ok=True)
    ...     Image.new("L", (40, 30), 20 * k).save(file)
    >>> ds = vw.load_images("shapes", size=28)
    >>> ds.x_train.shape, ds.label_names
    ((8, 28, 28, 1), ('bright', 'dark'))
    """
    folder = Path(folder)
    checks.one_of("likelihood", likelihood, ("bernoulli", "gaussian"))
    sides = None if size is None else _sides(size)
    table = _label_column(attributes, label)
    checks.open_share("test_size", test_size)
    checks.positive_int("seed", seed, minimum=0)
    parts = [folder / part for part in ("train", "test")]
    if not all(part.is_dir() for part in parts):
        parts = [folder]
    found = {file: part for part in parts for file in find_pictures(part)}
    unnamed: list[Path] = []
    if table is not None:
        unnamed = [file for file in found if _key(file, folder, table) is None]
        found = {file: part for file, part in found.items() if file not in set(unnamed)}
        if not found:
            raise ValueError(
                f"{attributes} names none of the {len(unnamed):,} pictures in {folder}: it has "
                f"{next(iter(table))!r}, the folder {unnamed[0].name!r}."
            )
    files = _drawn(list(found), n_samples, seed)
    pictures = read_pictures(files, sides, crop, color)
    _warn(pictures.problems, unnamed, attributes)

    part_of = [found[file] for file in pictures.files]
    labels, names = _classes(pictures.files, part_of, folder, table, label)
    if len(parts) == 2:
        in_train = np.array([part == parts[0] for part in part_of])
        rows = [np.flatnonzero(in_train), np.flatnonzero(~in_train)]
        for part, those in zip(parts, rows, strict=True):
            if not len(those):
                raise ValueError(f"no picture in {part} was read. Read more, or put some there.")
    else:
        rows = list(split_rows(len(pictures.x), labels, test_size, seed, str(folder)))
    x_train, x_test = (divide_pixels(pictures.x[those]) for those in rows)
    y_train, y_test = (None if labels is None else labels[those] for those in rows)
    return Dataset(
        name=folder.resolve().name if name is None else name,
        x_train=x_train,
        x_test=x_test,
        y_train=y_train,
        y_test=y_test,
        label_names=names,
        renderer="image" if renderer is None else renderer,
        likelihood=likelihood,
        preprocessing=DividePixels(),
        source=str(folder),
    )


def _sides(size: Any) -> tuple[int, int]:
    both = size if isinstance(size, tuple | list) else (size, size)
    if len(both) != 2:
        raise ValueError(f"size is {size!r}; expected a side, or (height, width).")
    height, width = (
        checks.int_up_to("size", side, _LARGEST_SIDE, "the largest sample", minimum=8)
        for side in both
    )
    return height, width


def _label_column(attributes: Any, label: Any) -> Mapping[str, str] | None:
    """Return the label of each picture that a file names, by the name of the picture."""
    if attributes is None:
        if label is not None:
            raise ValueError(
                f"label is {label!r}, but no file has attributes. Pass attributes=..., such as "
                "list_attr_celeba.txt. Folders inside the folder are classes without it."
            )
        return None
    table = read_attributes(Path(attributes))
    if label is None:
        return dict.fromkeys(table.rows, "")
    return table.column(label)


def _key(file: Path, folder: Path, table: Mapping[str, str]) -> str | None:
    """Return how the attributes name a picture: by its path, its name, or its name alone."""
    for key in (file.relative_to(folder).as_posix(), file.name, file.stem):
        if key in table:
            return key
    return None


def _drawn(files: list[Path], n_samples: Any, seed: int) -> list[Path]:
    if n_samples is None or checks.positive_int("n_samples", n_samples, 2) >= len(files):
        return files
    rows = np.random.default_rng(seed).choice(len(files), n_samples, replace=False)
    return [files[row] for row in np.sort(rows)]


def _warn(problems: Mapping[Path, str], unnamed: Sequence[Path], attributes: Any) -> None:
    """Warn once of the pictures that are left out."""
    texts = []
    if problems:
        texts.append(f"{_listed(problems)} cannot be read ({next(iter(problems.values()))})")
    if unnamed:
        texts.append(f"{_listed(unnamed)} not named in {attributes}")
    if texts:
        warnings.warn(f"Pictures were left out: {'; '.join(texts)}.", stacklevel=4)


def _listed(files: Any) -> str:
    names = [str(file) for file in files]
    more = f" and {len(names) - _MOST_NAMED:,} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more


def _classes(
    files: Sequence[Path],
    part_of: Sequence[Path],
    folder: Path,
    table: Mapping[str, str] | None,
    label: str | None,
) -> tuple[NDArray[np.int64] | None, tuple[str, ...] | None]:
    """Return the class of each picture (n,) and the names of the classes; None without any."""
    if table is not None:
        if label is None:
            return None, None
        values = [table[_key(file, folder, table) or ""] for file in files]
        if set(values) <= {"-1", "1"} or set(values) <= {"0", "1"}:
            return np.array([int(value == "1") for value in values]), (f"not {label}", label)
    else:
        inside = [file.relative_to(part) for file, part in zip(files, part_of, strict=True)]
        if any(len(path.parts) == 1 for path in inside):
            return None, None
        values = [path.parts[0] for path in inside]
    indices, names = index_classes(values, len(values))
    return indices.astype(np.int64), tuple(names)
