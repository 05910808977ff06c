"""Writing voices of pitches as a MIDI file."""

import os
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_widgets.core.atomic_file import atomic_file, check_target

TICKS = 480
"""Ticks of a quarter note."""

_REST = 0
_VELOCITY = 80


def import_mido() -> Any:
    """Return the library that reads and writes MIDI files; ``ImportError`` without it."""
    try:
        import mido
    except ImportError as error:
        raise ImportError(
            "MIDI files need mido, which is not installed: pip install 'vae_widgets[music]'."
        ) from error
    return mido


def write_midi(
    path: str | os.PathLike[str],
    pitches: NDArray[np.int64],
    steps_per_quarter: int,
    tempo: float,
) -> None:
    """Write MIDI pitches (steps, voices), 0 for a rest; see `PianoRollRenderer.save_midi`."""
    mido = import_mido()
    check_target(path, ".mid")
    file = mido.MidiFile(ticks_per_beat=TICKS)
    for number, voice in enumerate(pitches.T):
        track = mido.MidiTrack([mido.MetaMessage("track_name", name=f"voice {number + 1}")])
        if number == 0:
            track.append(mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(tempo)))
        # A channel for each voice, but not the tenth, which has drums.
        channel = [c for c in range(16) if c != 9][number % 15]
        told = 0  # the tick of the last message

        for start, stop in _notes(voice):
            for kind, step in (("note_on", start), ("note_off", stop)):
                tick = round(step * TICKS / steps_per_quarter)
                track.append(
                    mido.Message(
                        kind,
                        channel=channel,
                        note=int(voice[start]),
                        velocity=_VELOCITY,
                        time=tick - told,
                    )
                )
                told = tick
        end = round(len(voice) * TICKS / steps_per_quarter)
        track.append(mido.MetaMessage("end_of_track", time=end - told))
        file.tracks.append(track)
    with atomic_file(path, ".mid") as target:
        file.save(file=target)


def _notes(voice: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Return the first step of each note and the step after its last one."""
    starts = np.flatnonzero(np.diff(voice, prepend=-1))
    stops = [*starts[1:], len(voice)]
    return [(int(a), int(b)) for a, b in zip(starts, stops, strict=True) if voice[a] != _REST]
