"""Chorales by Johann Sebastian Bach, in four voices."""

import importlib.util
import sys
import warnings
import zipfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vae_widgets.core.atomic_file import atomic_file, open_regular
from vae_widgets.datasets import places
from vae_widgets.datasets.dataset import Dataset
from vae_widgets.datasets.music_xml import read_score
from vae_widgets.datasets.voices import REST, Cut, Piece, dataset_of_pieces

FILE = "bach_chorales_satb16.npz"
MODES = ("major", "minor", "other")
_VOICES = 4
_PER_QUARTER = 4  # the file has sixteenth notes
_REMEDY = (
    f"Install music21, whose corpus has them: pip install 'vae_widgets[music]'. Or set "
    f"VAE_WIDGETS_DATA to a folder with {FILE}."
)


class Chorales(NamedTuple):
    """What the file holds.

    `grid` (4, steps) has MIDI pitches in sixteenth notes, 0 for a rest; piece i is ``grid[:,
    offsets[i]:offsets[i + 1]]``. `sharps` (n,) are those of the key signature.
    """

    grid: NDArray[np.uint8]
    offsets: NDArray[np.int64]
    names: NDArray[np.str_]
    sharps: NDArray[np.int8]


def load_music() -> Dataset:
    """Load two-bar windows of the chorales, in eighth notes."""
    chorales, source = _find()
    pieces = []
    for i, name in enumerate(chorales.names):
        part = chorales.grid[:, chorales.offsets[i] : chorales.offsets[i + 1]]
        eighths = part[:, :: _PER_QUARTER // Cut().steps_per_quarter].T
        if len(eighths) >= Cut().steps:
            pieces.append(Piece(str(name), eighths, mode_of(eighths[:, -1], chorales.sharps[i])))
    return dataset_of_pieces(
        "music", pieces, Cut(), MODES, source, "public domain (J. S. Bach, 1685 to 1750)"
    )


def mode_of(bass: NDArray[np.uint8], sharps: int) -> int:
    """Return the place of a piece in `MODES`, by its last bass note and its key signature.

    The last bass note is the tonic of the major or of the minor key of the signature. Otherwise it
    is "other": an older mode, or an end that is open.
    """
    last = bass[bass != REST][-1:]
    if not len(last):
        return MODES.index("other")
    above = (int(last[0]) - 7 * int(sharps)) % 12  # semitones above the tonic of the major key
    return {0: MODES.index("major"), 9: MODES.index("minor")}.get(above, MODES.index("other"))


def _find() -> tuple[Chorales, str]:
    failures = []
    for place, folder in places.own_folders().items():
        path = folder / FILE
        try:
            return _read(path), f"{place} ({path})"
        except (FileNotFoundError, NotADirectoryError):
            failures.append(f"{place}: not there")
        except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
            failures.append(f"{place} ({path}): {error}")
            warnings.warn(f"{path} cannot be read as chorales: {error}", stacklevel=4)
    found = importlib.util.find_spec("music21")
    if found is None or found.origin is None:
        failures.append("music21: not installed")
        raise FileNotFoundError(
            f"the data set 'music' was in none of these places: {'; '.join(failures)}. {_REMEDY}"
        )
    chorales = read_corpus(Path(found.origin).parent / "corpus" / "bach")
    try:
        _write(places.cache_folder() / FILE, chorales)
    except OSError as error:
        warnings.warn(f"music21's corpus will be read again next time: {error}", stacklevel=4)
    return chorales, "corpus of music21"


def read_corpus(folder: Path) -> Chorales:
    """Read the scores of four parts in a folder of MusicXML files; say so, as it takes seconds."""
    paths = sorted(path for path in folder.iterdir() if path.suffix in (".mxl", ".xml"))
    print(f"Reading {len(paths)} scores of music21's corpus, once ...", file=sys.stderr, flush=True)
    scores = {path.stem: read_score(path, _PER_QUARTER) for path in paths}
    chorales = {
        name: score
        for name, score in scores.items()
        if score.pitches.shape[1] == _VOICES and score.pitches.any()
    }
    grids = [score.pitches.T for score in chorales.values()]
    return Chorales(
        np.concatenate(grids, axis=1),
        np.cumsum([0, *(grid.shape[1] for grid in grids)]),
        np.array([f"bach/{name}" for name in chorales]),
        np.array([score.sharps for score in chorales.values()], np.int8),
    )


def _read(path: Path) -> Chorales:
    with open_regular(path) as file, np.load(file, allow_pickle=False) as data:
        chorales = Chorales(*(data[name] for name in Chorales._fields))
    grid, offsets, names, sharps = chorales
    if grid.dtype != np.uint8 or grid.ndim != 2 or len(grid) != _VOICES or grid.max() > 127:
        raise ValueError(f"grid is {grid.dtype} {grid.shape}; expected MIDI pitches uint8 (4, n)")
    if not (len(offsets) == len(names) + 1 == len(sharps) + 1 and (np.diff(offsets) > 0).all()):
        raise ValueError("offsets, names and sharps do not fit together")
    if offsets[0] != 0 or offsets[-1] != grid.shape[1]:
        raise ValueError(f"offsets end at {offsets[-1]}; expected {grid.shape[1]}")
    return chorales


def _write(path: Path, chorales: Chorales) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_file(path) as file:
        np.savez_compressed(file, **chorales._asdict())
