"""Pieces of several voices as a data set: windows, transposition, and whole pieces held out."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vae_widgets.datasets.dataset import Dataset
from vae_widgets.rendering.piano_roll import PianoRollRenderer

REST = 0
_MOVES = 0.25  # share of steps with a new pitch: 0.43 in chorales in eighth notes
Pitches = NDArray[np.uint8]


class Piece(NamedTuple):
    """One piece: MIDI pitches (steps, voices), 0 for a rest, and the number of its class."""

    name: str
    pitches: Pitches
    label: int = 0


class Cut(NamedTuple):
    """How pieces become samples; see `vae_widgets.load_midi` for the meaning of each part."""

    steps: int = 16
    steps_per_quarter: int = 2
    transpose: tuple[int, int] = (-5, 6)
    test_size: float = 0.2
    seed: int = 0


def dataset_of_pieces(
    name: str,
    pieces: Sequence[Piece],
    cut: Cut,
    label_names: tuple[str, ...] | None,
    source: str,
    licence: str,
) -> Dataset:
    """Return windows of tokens (steps, voices): 0 is a rest, then one token for each pitch.

    Training windows begin at each quarter note and are transposed by each number of semitones of
    ``cut.transpose`` that keeps all voices within the pitches of the pieces. Windows of held-out
    pieces begin at each half window, as they were written.
    """
    sounding = np.concatenate([piece.pitches[piece.pitches != REST] for piece in pieces])
    low, high = int(sounding.min()), int(sounding.max())
    held_out = held_out_pieces(pieces, cut)
    train = _windows([p for p, out in zip(pieces, held_out, strict=True) if not out], cut, False)
    test = _windows([p for p, out in zip(pieces, held_out, strict=True) if out], cut, True)
    x_train, y_train = _transposed(*train, cut.transpose, low, high)

    def tokens(pitches: NDArray[np.int16]) -> NDArray[np.float32]:
        return np.where(pitches == REST, 0, pitches - low + 1).astype(np.float32)

    return Dataset(
        name=name,
        x_train=tokens(x_train),
        x_test=tokens(test[0]),
        y_train=None if label_names is None else y_train,
        y_test=None if label_names is None else test[1],
        label_names=label_names,
        renderer=PianoRollRenderer(low, high, steps_per_quarter=cut.steps_per_quarter),
        likelihood="categorical",
        n_classes=high - low + 2,
        source=source,
        licence=licence,
    )


def held_out_pieces(pieces: Sequence[Piece], cut: Cut) -> NDArray[np.bool_]:
    """Choose pieces for testing (n,), at least `cut.test_size` of them, by chance.

    Pieces that share a window that moves, also in another key, stay together: a collection may hold
    one piece twice.
    """
    group = np.arange(len(pieces))
    first: dict[int, int] = {}
    for number, piece in enumerate(pieces):
        windows = _slices(piece.pitches, cut.steps, 1).astype(np.int16)
        moves = (np.diff(windows, axis=1) != 0).mean(axis=(1, 2)) >= _MOVES
        # Rests and long chords are not enough to recognise a piece.
        windows = windows[(windows != REST).all(axis=(1, 2)) & moves]
        for shape in windows - windows[:, :1, :1]:  # without the key
            other = first.setdefault(hash(shape.tobytes()), number)
            group[group == group[number]] = group[other]
    groups = np.unique(group)
    if len(groups) == 1:
        raise ValueError("all pieces share passages; expected at least two different pieces.")
    held_out = np.zeros(len(pieces), bool)
    for chosen in np.random.default_rng(cut.seed).permutation(groups)[:-1]:
        held_out |= group == chosen
        if held_out.mean() >= cut.test_size:
            break
    return held_out


def _slices(pitches: Pitches, steps: int, hop: int) -> NDArray[np.uint8]:
    """Return windows (n, steps, voices) of a piece that begin at every `hop` steps."""
    windows = np.lib.stride_tricks.sliding_window_view(pitches, steps, axis=0)[::hop]
    return windows.transpose(0, 2, 1)


def _windows(
    pieces: Sequence[Piece], cut: Cut, for_test: bool
) -> tuple[NDArray[np.int16], NDArray[np.int64]]:
    """Return windows (n, steps, voices) in which something sounds, and their classes (n,)."""
    hop = max(1, cut.steps // 2) if for_test else cut.steps_per_quarter
    parts = [_slices(piece.pitches, cut.steps, hop) for piece in pieces]
    labels = np.repeat([piece.label for piece in pieces], [len(part) for part in parts])
    windows = np.concatenate(parts).astype(np.int16)
    sounds = (windows != REST).any(axis=(1, 2))
    return windows[sounds], labels[sounds]


def _transposed(
    windows: NDArray[np.int16],
    labels: NDArray[np.int64],
    semitones: tuple[int, int],
    low: int,
    high: int,
) -> tuple[NDArray[np.int16], NDArray[np.int64]]:
    """Return the windows in each key in which all their pitches lie in [low, high]."""
    rests = windows == REST
    lowest = np.where(rests, high, windows).min(axis=(1, 2))
    highest = np.where(rests, low, windows).max(axis=(1, 2))
    parts, kept = [], []
    for shift in range(semitones[0], semitones[1] + 1):
        fits = (lowest + shift >= low) & (highest + shift <= high)
        parts.append(np.where(rests[fits], REST, windows[fits] + np.int16(shift)))
        kept.append(labels[fits])
    return np.concatenate(parts), np.concatenate(kept)
