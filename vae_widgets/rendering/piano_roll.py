"""Piano rolls: time from left to right, pitch from bottom to top, a colour for each voice."""

import os

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_widgets.core import checks
from vae_widgets.rendering.line_drawing import LINE_COLOURS
from vae_widgets.rendering.midi_file import write_midi
from vae_widgets.rendering.sound import Sound
from vae_widgets.rendering.tones import play_voices

REST = 0
_GRID = (128, 128, 128)
_C_LINE, _QUARTER_LINE = 96, 40  # alpha
# Of `difference`: notes of both, of the sample alone, of the reconstruction alone.
_SAME, _MISSED, _ADDED = (150, 150, 150), (63, 144, 218), (231, 99, 0)
_COLOUR_NAMES = ("blue", "orange", "grey", "red", "brown", "purple")


class PianoRollRenderer:
    """Show tokens of several voices as a piano roll on transparent tiles, and play them.

    Token 0 is a rest, token 1 the pitch `lowest`, and so on by semitones. A token that is repeated
    is one long note. Grey lines are at each C and at each quarter note. Where two voices have one
    pitch, the later one has the lower half of it. The widgets play a sample as soft tones.

    Parameters
    ----------
    lowest, highest
        MIDI pitches at the bottom and at the top, 0 to 127; 60 is the middle C.
    steps_per_quarter
        Steps in a quarter note: 2 for eighth notes.
    tempo
        Quarter notes a minute.
    step_width, pitch_height
        Pixels of a step and of a semitone, at least 2.

    Examples
    --------
    >>> renderer = vw.PianoRollRenderer(lowest=48, highest=72)
    >>> chord = np.tile([25, 20, 17, 1], (1, 4, 1))  # four eighth notes of four voices
    >>> renderer(chord).shape
    (1, 50, 32, 4)
    >>> renderer.pitches(chord)[0, 0]
    array([72, 67, 64, 48])
    """

    residual_note = (
        "notes of both in grey, of the input alone in blue, of the reconstruction alone in orange"
    )

    @checks.suggest_keywords
    def __init__(
        self,
        lowest: int = 36,
        highest: int = 81,
        steps_per_quarter: int = 2,
        tempo: float = 100.0,
        step_width: int = 8,
        pitch_height: int = 2,
    ) -> None:
        why = "the highest MIDI pitch"
        self.lowest = checks.int_up_to("lowest", lowest, 127, why, minimum=0)
        self.highest = checks.int_up_to("highest", highest, 127, why, minimum=self.lowest + 1)
        self.steps_per_quarter = checks.int_up_to(
            "steps_per_quarter", steps_per_quarter, 48, "the finest that a MIDI file here can hold"
        )
        self.tempo = checks.number_between("tempo", tempo, 10, 1000)
        self.step_width = checks.tile_side("step_width", step_width, 2)
        rows = self.highest - self.lowest + 1
        self.pitch_height = checks.tile_side("pitch_height", pitch_height, 2, rows)

    @property
    def note(self) -> str:
        """What the lines and the colours of a tile stand for."""
        octaves = [p // 12 - 1 for p in range(self.lowest, self.highest + 1) if p % 12 == 0]
        lines = f"lines at {', '.join(f'C{octave}' for octave in octaves)}; " if octaves else ""
        return f"{lines}voices from the first: {', '.join(_COLOUR_NAMES[:4])}"

    def pitches(self, samples: ArrayLike) -> NDArray[np.int64]:
        """Return the MIDI pitches of tokens, of any shape; 0 for a rest and for what is none."""
        tokens = np.asarray(samples, np.float64)
        known = (tokens >= 1) & (tokens <= self.highest - self.lowest + 1)
        return np.where(known, np.where(known, tokens, 0).astype(np.int64) + self.lowest - 1, 0)

    def __call__(self, batch: ArrayLike) -> NDArray[np.uint8]:
        """Map tokens (n, steps[, voices]) to RGBA tiles (n, height, width, 4)."""
        pitches = self._voices(batch)
        tiles = self._empty(pitches)
        for voice in range(pitches.shape[2]):
            shared = (pitches[:, :, :voice] == pitches[:, :, voice, np.newaxis]).any(axis=2)
            colour = LINE_COLOURS[voice % len(LINE_COLOURS)]
            self._draw(tiles, pitches[:, :, voice], colour, lower_half=shared)
        return tiles

    def difference(self, x: ArrayLike, x_hat: ArrayLike) -> NDArray[np.uint8]:
        """Return tiles (n, height, width, 4) of where tokens differ.

        Grey notes are in both, blue ones in `x` alone, and orange ones in `x_hat` alone.
        """
        ours, theirs = self._voices(x), self._voices(x_hat)
        tiles = self._empty(ours)
        same = ours == theirs
        none = np.zeros(ours.shape[:2], bool)
        for colour, pitches in (
            (_SAME, np.where(same, ours, 0)),
            (_MISSED, np.where(same, 0, ours)),
            (_ADDED, np.where(same, 0, theirs)),
        ):
            for voice in range(ours.shape[2]):
                self._draw(tiles, pitches[:, :, voice], colour, lower_half=none)
        return tiles

    def detail(self, sample: ArrayLike) -> Sound:
        """Return the sound of tokens (steps[, voices])."""
        pitches = self._voices(np.asarray(sample)[np.newaxis])[0]
        return play_voices(pitches, seconds=60 / self.tempo / self.steps_per_quarter)

    def save_midi(self, path: str | os.PathLike[str], samples: ArrayLike) -> None:
        """Write one sample, or several one after another, as a MIDI file with a track for a voice.

        Parameters
        ----------
        path
            A file that ends in ``.mid``; it is replaced only once the new one is complete.
        samples
            Tokens (steps, voices), or (n, steps, voices) such as the frames of an
            `InterpolationSlider`.

        Raises
        ------
        ImportError
            If mido is not installed: ``pip install 'vae_widgets[music]'``.
        """
        tokens = np.asarray(samples)
        if tokens.ndim not in (2, 3) or not tokens.size:
            raise ValueError(
                f"samples has shape {tokens.shape}; expected (steps, voices) or (n, steps, "
                "voices). For one voice pass samples[..., np.newaxis]."
            )
        pitches = self.pitches(tokens).reshape(-1, tokens.shape[-1])
        write_midi(path, pitches, self.steps_per_quarter, self.tempo)

    def _voices(self, batch: ArrayLike) -> NDArray[np.int64]:
        pitches = self.pitches(batch)
        return pitches.reshape(len(pitches), pitches.shape[1] if pitches.ndim > 1 else 1, -1)

    def _empty(self, pitches: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Return tiles with the lines alone."""
        steps, height = pitches.shape[1], (self.highest - self.lowest + 1) * self.pitch_height
        width = checks.tile_side("step_width, times the steps,", steps * self.step_width, 1)
        tile = np.zeros((height, width, 4), np.uint8)
        tile[..., :3] = _GRID
        tile[:, :: self.step_width * self.steps_per_quarter, 3] = _QUARTER_LINE
        for pitch in range(-(-self.lowest // 12) * 12, self.highest + 1, 12):
            tile[height - 1 - (pitch - self.lowest) * self.pitch_height, :, 3] = _C_LINE
        return np.repeat(tile[np.newaxis], len(pitches), axis=0)

    def _draw(
        self,
        tiles: NDArray[np.uint8],
        pitches: NDArray[np.int64],
        colour: tuple[int, int, int],
        lower_half: NDArray[np.bool_],
    ) -> None:
        """Draw the notes (n, steps) of a voice, with a gap of a pixel after each."""
        n, height = tiles.shape[:2]
        rows = self.highest - pitches  # from the top
        shape = (n, height // self.pitch_height, self.pitch_height, pitches.shape[1])
        covers = np.zeros(shape, bool)
        sample, step = np.nonzero(pitches)
        row = rows[sample, step]
        covers[sample, row, :, step] = True
        half = lower_half[sample, step]
        covers[sample[half], row[half], : self.pitch_height // 2, step[half]] = False
        pixels = np.repeat(covers.reshape(n, height, -1), self.step_width, axis=2)
        ends = np.ones(pitches.shape, bool)
        ends[:, :-1] = pitches[:, 1:] != pitches[:, :-1]
        pixels[:, :, self.step_width - 1 :: self.step_width] &= ~ends[:, np.newaxis]
        tiles[pixels] = (*colour, 255)
