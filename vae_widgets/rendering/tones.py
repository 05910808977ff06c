"""Soft tones for voices of pitches."""

import numpy as np
from numpy.typing import NDArray

from vae_widgets.rendering.sound import Sound

RATE = 16_000
"""Amplitudes a second, in Hz."""

_PARTIALS = (1.0, 0.4, 0.2, 0.08)  # amplitudes of the multiples of the frequency
_ATTACK, _RELEASE = 0.02, 0.06  # seconds
_DECAY = 1.5  # seconds in which a tone falls to 37 %
_REST = 0


def frequency(pitch: int) -> float:
    """Return the frequency in Hz of a MIDI pitch: equal temperament, 440 Hz for 69."""
    return 440.0 * float(2.0 ** ((pitch - 69) / 12))


def play_voices(pitches: NDArray[np.int64], seconds: float) -> Sound:
    """Return the sound of MIDI pitches (steps, voices), 0 for a rest, of `seconds` a step.

    A pitch that is repeated sounds as one long tone. The loudest place of a full chord stays within
    [-1, 1].
    """
    steps, voices = pitches.shape
    edges = np.rint(np.arange(steps + 1) * seconds * RATE).astype(int)
    samples = np.zeros(edges[-1], np.float32)
    for voice in pitches.T:
        starts = np.flatnonzero(np.diff(voice, prepend=-1))
        for start, stop in zip(starts, [*starts[1:], steps], strict=True):
            if voice[start] != _REST:
                samples[edges[start] : edges[stop]] += _tone(
                    frequency(int(voice[start])), edges[stop] - edges[start]
                )
    return Sound(samples / (sum(_PARTIALS) * max(1, voices)), RATE)


def _tone(pitch: float, length: int) -> NDArray[np.float32]:
    """Return a tone of `pitch` Hz and `length` samples that swells, fades and ends softly."""
    time = np.arange(length) / RATE
    left = (length - np.arange(length)) / RATE
    wave = np.zeros(length)
    for multiple, amplitude in enumerate(_PARTIALS, start=1):
        if multiple * pitch < RATE / 2:  # what is above would sound as another pitch
            wave += amplitude * np.sin(2 * np.pi * multiple * pitch * time)
    envelope = np.minimum(1, time / _ATTACK) * np.minimum(1, left / _RELEASE)
    tone: NDArray[np.float32] = (wave * envelope * np.exp(-time / _DECAY)).astype(np.float32)
    return tone
