"""Sound of one sample, which a renderer's ``detail`` may return."""

import io
import os
import wave
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_widgets.core import checks
from vae_widgets.core.atomic_file import atomic_file
from vae_widgets.core.registry import without_exit


class Sound:
    """A recording, as the page plays it.

    Parameters
    ----------
    samples
        Amplitudes (n,), or (n, 2) for left and right, clipped to [-1, 1].
    rate
        Amplitudes a second, in Hz.

    Examples
    --------
    >>> import numpy as np
    >>> time = np.arange(4000) / 8000
    >>> Sound(np.sin(2 * np.pi * 440 * time), rate=8000).duration
    0.5
    """

    @checks.suggest_keywords
    def __init__(self, samples: ArrayLike, rate: int) -> None:
        self.samples: NDArray[np.float32] = checks.float_array("samples", samples)
        if self.samples.ndim not in (1, 2) or self.samples.shape[1:] not in ((), (1,), (2,)):
            raise ValueError(
                f"samples has shape {self.samples.shape}; expected (n,), or (n, 2) for two "
                "channels."
            )
        self.rate = checks.positive_int("rate", rate)

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.rate

    def wav(self) -> bytes:
        """Return it as a WAV file: 16 bits, linear PCM."""
        levels = np.rint(self.samples.clip(-1, 1) * 32767).astype("<i2")
        buffer = io.BytesIO()
        with wave.open(buffer, "wb") as file:
            file.setnchannels(1 if levels.ndim == 1 else levels.shape[1])
            file.setsampwidth(2)
            file.setframerate(self.rate)
            file.writeframes(levels.tobytes())
        return buffer.getvalue()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it as a ``.wav`` file; an existing one is replaced once the new one is complete."""
        with atomic_file(path, ".wav") as file:
            file.write(self.wav())


def joined(sounds: Sequence[Sound]) -> Sound:
    """Return sounds of one rate and number of channels, one after another."""
    return Sound(np.concatenate([sound.samples for sound in sounds]), sounds[0].rate)


def sound_of(renderer: Any, sample: ArrayLike) -> Sound | None:
    """Return the sound that `renderer` makes of a sample, or None if it makes none."""
    detail = getattr(renderer, "detail", None)  # a function has none
    with without_exit("renderer"):
        made = detail(sample) if detail else None
    return made if isinstance(made, Sound) else None
