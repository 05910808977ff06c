"""MIDI files of the user as a data set."""

import os
import warnings
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_widgets.core import checks
from vae_widgets.datasets.dataset import Dataset
from vae_widgets.datasets.voices import REST, Cut, Piece, dataset_of_pieces
from vae_widgets.rendering.midi_file import import_mido

VOICES_BY = ("track", "pitch")
_SUFFIXES = (".mid", ".midi")
_DRUMS = 9  # the channel of General MIDI
_MOST_STEPS = 100_000  # five hours of eighth notes: more is a damaged length
_SAMPLED_AT = 0.25  # of a step
_NAMED = 10  # files that an error or a warning names

Notes = list[tuple[float, float, int]]
"""(start, end, pitch) in steps and as MIDI pitches."""


@checks.suggest_keywords
def load_midi(
    folder: str | os.PathLike[str],
    voices: int = 4,
    *,
    voices_by: str = "track",
    steps: int = 16,
    steps_per_quarter: int = 2,
    transpose: tuple[int, int] = (-5, 6),
    test_size: float = 0.2,
    seed: int = 0,
) -> Dataset:
    """Load a folder of MIDI files as windows of several voices.

    A sample holds a token for each step and voice, (steps, voices): 0 is a rest, 1 the lowest pitch
    in the files, and so on by semitones. Lengths are quantised: a step has the note that sounds a
    quarter of a step after its beginning, so that notes may be played a little early or late.
    Drums, tempo and loudness are left out. Whole files are held out for testing; those that share a
    passage stay together.

    Parameters
    ----------
    folder
        Has files that end in ``.mid`` or ``.midi``, also in subfolders. If all files are in
        subfolders, and there are two or more of these, their names are the labels.
    voices
        Number of voices of a sample, at least 1.
    voices_by
        "track"
            Each track with notes is a voice, the highest first. A file with another number of
            such tracks is left out. Of a chord in a track the highest note is kept.
        "pitch"
            Of what sounds together, the highest note is the first voice and the lowest the last.
            Of more notes than voices the highest and the lowest are kept; with fewer, voices
            before the last rest.
    steps
        Length of a window, at least 2: 16 eighth notes are two bars of four quarters.
    steps_per_quarter
        Steps in a quarter note: 2 for eighth notes, 4 for sixteenths, at most 48.
    transpose
        Semitones (from, to) by which windows for training are shifted, where their pitches stay
        within those of the files; (0, 0) for none.
    test_size
        Share of the pieces that is held out, between 0 and 1.
    seed
        Chooses them.

    Returns
    -------
    Dataset
        Its likelihood is "categorical" and its renderer a `PianoRollRenderer`. Windows for
        training begin at each quarter note, those for testing at each half window.

    Raises
    ------
    ImportError
        If mido is not installed: ``pip install 'vae_widgets[music]'``.
    FileNotFoundError
        If there is no such folder, or no MIDI file in it.
    ValueError
        If fewer than two files can be used; the message names each and why.

    Warns
    -----
    UserWarning
        Names the files that cannot be used, and why. The others are used.

    Examples
    --------
    >>> roll = vw.PianoRollRenderer(lowest=60, highest=84)
    >>> for i, tune in enumerate(np.random.default_rng(0).integers(1, 26, (4, 32, 2))):
    ...     roll.save_midi(f"tune_{i}.mid", tune)
    >>> vw.load_midi(".", voices=2, steps=8).sample_shape
    (8, 2)
    """
    root = Path(folder)
    voices = checks.positive_int("voices", voices)
    by = checks.one_of("voices_by", voices_by, VOICES_BY)
    cut = Cut(
        checks.positive_int("steps", steps, minimum=2),
        checks.int_up_to("steps_per_quarter", steps_per_quarter, 48, "64th notes of triplets"),
        _semitones(transpose),
        checks.open_share("test_size", test_size),
        checks.positive_int("seed", seed, minimum=0),
    )
    import_mido()
    paths = _files(root)
    classes, label_of = _labels(root, paths)
    pieces, failures = [], []
    for path in paths:
        try:
            pitches = read_pitches(path, voices, by, cut.steps_per_quarter)
            if len(pitches) < cut.steps:
                raise ValueError(f"has {len(pitches)} steps; expected {cut.steps} or more")
        except Exception as error:  # mido raises many types for a damaged file
            failures.append(f"{path.relative_to(root)}: {error or type(error).__name__}")
        else:
            pieces.append(Piece(path.name, pitches, label_of[path]))
    reasons = _some(failures)
    if len(pieces) < 2:
        raise ValueError(
            f"folder {os.fspath(folder)!r} has {len(pieces)} MIDI files that can be used; expected "
            f"2 or more, so that whole pieces can be held out.{reasons}"
        )
    if failures:
        warnings.warn(
            f"{len(failures)} of {len(paths)} MIDI files are left out:{reasons}", stacklevel=3
        )
    name = root.resolve().name
    return dataset_of_pieces(name, pieces, cut, classes, os.fspath(root), "unknown")


def read_pitches(path: Path, voices: int, by: str, steps_per_quarter: int) -> NDArray[np.uint8]:
    """Return the MIDI pitches (steps, voices) of a file, 0 for a rest; see `load_midi`."""
    file = import_mido().MidiFile(path)
    if file.ticks_per_beat <= 0:
        raise ValueError("has no ticks per quarter note, but seconds; expected quarter notes")
    step = file.ticks_per_beat / steps_per_quarter
    tracks = [notes for track in file.tracks if (notes := _notes(track, step))]
    if file.type == 0 and by == "track":
        tracks = _by_channel(file.tracks[0], step)
    if not tracks:
        raise ValueError("has no notes")
    length = int(np.ceil(max(end for notes in tracks for _, end, _ in notes) - _SAMPLED_AT))
    if length > _MOST_STEPS:
        raise ValueError(f"is {length:,} steps long; expected at most {_MOST_STEPS:,}")
    if by == "pitch":
        return _by_pitch([note for notes in tracks for note in notes], length, voices)
    if len(tracks) != voices:
        raise ValueError(
            f"has {len(tracks)} tracks with notes; expected {voices}, or pass voices_by='pitch'"
        )
    rows = [_by_pitch(notes, length, 1)[:, 0] for notes in tracks]
    rows.sort(key=lambda row: -row[row != REST].mean() if row.any() else 0)
    return np.stack(rows, axis=1)


def _notes(track: Any, step: float, channel: int | None = None) -> Notes:
    """Return the notes of a track, without drums; of one channel alone, if it is given."""
    notes: Notes = []
    begun: dict[tuple[int, int], list[int]] = defaultdict(list)
    tick = 0
    for message in track:
        tick += message.time
        if message.type not in ("note_on", "note_off") or message.channel == _DRUMS:
            continue
        if channel is not None and message.channel != channel:
            continue
        key = (message.channel, message.note)
        if message.type == "note_on" and message.velocity > 0:
            begun[key].append(tick)
        elif begun[key]:
            notes.append((begun[key].pop(0) / step, tick / step, message.note))
    return notes


def _by_channel(track: Any, step: float) -> list[Notes]:
    """Return the notes of each channel of a file that has one track for all."""
    channels = sorted({m.channel for m in track if m.type == "note_on" and m.channel != _DRUMS})
    return [notes for channel in channels if (notes := _notes(track, step, channel))]


def _by_pitch(notes: Notes, length: int, voices: int) -> NDArray[np.uint8]:
    """Return the pitches (length, voices) that sound at each step, the highest first."""
    sounding: list[set[int]] = [set() for _ in range(length)]
    for start, end, pitch in notes:
        first, stop = (int(np.ceil(time - _SAMPLED_AT)) for time in (start, end))
        for step in range(max(0, first), min(length, stop)):
            sounding[step].add(pitch)
    pitches = np.full((length, voices), REST, np.uint8)
    for row, together in zip(pitches, sounding, strict=True):
        *upper, lowest = sorted(together, reverse=True) or [REST]
        if upper and voices > 1:
            upper = upper[: voices - 1]
            row[: len(upper)], row[-1] = upper, lowest
        else:
            row[0] = upper[0] if upper else lowest
    return pitches


def _semitones(value: Any) -> tuple[int, int]:
    try:
        low, high = value
    except (TypeError, ValueError):
        raise TypeError(
            f"transpose must be two numbers of semitones, such as (-5, 6); received {value!r:.100}."
        ) from None
    low, high = (checks.whole_number(f"transpose[{i}]", n) for i, n in enumerate((low, high)))
    if not -48 <= low <= 0 <= high <= 48:
        raise ValueError(
            f"transpose is ({low}, {high}); expected semitones from -48 to 0, and from 0 to 48."
        )
    return low, high


def _files(root: Path) -> list[Path]:
    if not root.is_dir():
        raise FileNotFoundError(f"folder {os.fspath(root)!r} is not there.")
    paths = sorted(
        path for path in root.rglob("*") if path.suffix.lower() in _SUFFIXES and path.is_file()
    )
    if not paths:
        raise FileNotFoundError(
            f"folder {os.fspath(root)!r} has no file that ends in .mid or .midi, also not in "
            "subfolders."
        )
    return paths


def _labels(root: Path, paths: list[Path]) -> tuple[tuple[str, ...] | None, dict[Path, int]]:
    """Return the names of the subfolders, or None, and the number of each file's own."""
    folders = [path.relative_to(root).parts[0] for path in paths if path.parent != root]
    names = sorted(set(folders))
    if len(folders) < len(paths) or len(names) < 2:
        return None, dict.fromkeys(paths, 0)
    return tuple(names), {
        path: names.index(folder) for path, folder in zip(paths, folders, strict=True)
    }


def _some(failures: list[str]) -> str:
    """Return lines that name the first failures, after a line end."""
    more = len(failures) - _NAMED
    lines = [*failures[:_NAMED], *([f"and {more} more"] if more > 0 else [])]
    return "".join(f"\n  {line}" for line in lines)
