import numpy as np
import pytest

from vae_widgets.rendering.tones import RATE, frequency, play_voices


def test_frequencies_are_those_of_equal_temperament():
    assert frequency(69) == 440
    assert frequency(81) == 880
    assert frequency(60) == pytest.approx(261.6256, abs=1e-4)  # the published middle C


def test_notes_follow_each_other_softly():
    sound = play_voices(np.array([[69], [69], [0], [72]]), seconds=0.5)
    assert len(sound.samples) == 4 * RATE // 2
    half = RATE // 2
    assert not sound.samples[2 * half : 3 * half].any()  # a rest
    # A tone that is repeated goes on; the first and the last amplitudes of a tone are faint.
    middle = np.abs(sound.samples[half - 80 : half + 80]).max()
    assert middle > 0.2
    for edge in (slice(0, 16), slice(2 * half - 16, 2 * half), slice(3 * half, 3 * half + 16)):
        assert np.abs(sound.samples[edge]).max() < 0.05
    last = sound.samples[3 * half :]
    loudest = np.abs(np.fft.rfft(last)).argmax() / 0.5
    assert loudest == pytest.approx(frequency(72), abs=2)


def test_many_voices_stay_within_the_range():
    sound = play_voices(np.full((4, 30), 60), seconds=0.1)
    assert 0.3 < np.abs(sound.samples).max() <= 1


def test_high_tones_have_no_other_pitch():
    """A multiple above half of the rate would be heard as another pitch."""
    sound = play_voices(np.array([[108]]), seconds=1)
    power = np.abs(np.fft.rfft(sound.samples)) ** 2
    near = slice(round(frequency(108)) - 50, round(frequency(108)) + 50)
    assert power[near].sum() > 0.999 * power.sum()
