import io
import wave

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.io import wavfile

from vae_widgets.rendering import ImageRenderer, SignalRenderer, Sound
from vae_widgets.rendering.sound import sound_of


def tone(frequency, seconds=0.25, rate=8000):
    return np.sin(2 * np.pi * frequency * np.arange(int(seconds * rate)) / rate)


def loudest(samples, rate):
    """Frequency in Hz of the highest peak of the spectrum."""
    spectrum = np.abs(np.fft.rfft(samples))
    return np.fft.rfftfreq(len(samples), 1 / rate)[spectrum.argmax()]


@pytest.mark.parametrize("frequency", [220, 440, 1000])
def test_a_tone_keeps_its_pitch_and_length(frequency):
    sound = Sound(tone(frequency), 8000)
    rate, levels = wavfile.read(io.BytesIO(sound.wav()))  # another reader
    assert (rate, levels.dtype, levels.shape) == (8000, np.int16, (2000,))
    assert sound.duration == 0.25
    assert loudest(levels, rate) == frequency
    assert abs(levels / 32767 - tone(frequency)).max() < 1e-4


@given(st.lists(st.floats(-3, 3), min_size=1, max_size=50), st.integers(1, 192_000))
def test_the_header_is_that_of_16_bit_mono(samples, rate):
    with wave.open(io.BytesIO(Sound(samples, rate).wav())) as file:
        assert file.getparams()[:4] == (1, 2, rate, len(samples))
        levels = np.frombuffer(file.readframes(len(samples)), "<i2")
    np.testing.assert_allclose(levels / 32767, np.clip(samples, -1, 1), atol=2e-5)


def test_two_channels_alternate(tmp_path):
    both = np.stack([tone(300), tone(500)], axis=1)
    Sound(both, 8000).save(tmp_path / "both.wav")
    rate, levels = wavfile.read(tmp_path / "both.wav")
    assert [loudest(channel, rate) for channel in levels.T] == [300, 500]


@pytest.mark.parametrize(
    ("samples", "rate", "error", "message"),
    [
        (np.zeros((3, 4)), 8000, ValueError, r"samples has shape \(3, 4\); expected \(n,\)"),
        ([np.nan], 8000, ValueError, "samples has .*NaN"),
        ([0.0], 0, ValueError, "rate"),
        ([0.0], "fast", TypeError, "rate"),
    ],
)
def test_what_is_no_sound_is_refused(samples, rate, error, message):
    with pytest.raises(error, match=message):
        Sound(samples, rate)


def test_a_signal_with_a_rate_can_be_heard():
    renderer = SignalRenderer(sample_rate=8000)
    sound = renderer.detail(5 + 0.01 * tone(440))  # far from zero, and faint
    assert sound.rate == 8000
    assert loudest(sound.samples[:, 0], 8000) == 440
    assert np.abs(sound.samples).max() == pytest.approx(1)
    assert renderer.detail(np.stack([tone(300), tone(500)], 1)).samples.shape == (2000, 2)
    assert renderer.detail(np.ones((100, 3))).samples.tolist() == [[0]] * 100  # silence


def test_most_renderers_make_no_sound():
    class Text(ImageRenderer):
        def detail(self, sample):
            return "<b>words</b>"

    for renderer in (SignalRenderer(), ImageRenderer(), Text(), lambda batch: batch):
        assert sound_of(renderer, np.zeros((8, 8))) is None
    assert sound_of(SignalRenderer(sample_rate=360), np.zeros(8)) is None  # a heartbeat
    assert sound_of(SignalRenderer(sample_rate=4000), np.zeros(8)).duration == 0.002
