import io

import numpy as np
import pytest
from scipy.io import wavfile

import vae_widgets as vw

RATE = 4000
TIME = np.arange(400) / RATE
X = np.stack([np.sin(2 * np.pi * f * TIME) for f in (200, 300, 400, 500)]).astype(np.float32)


class Tones:
    """A linear codec of four tones, each a latent dimension."""

    latent_dim, sample_shape = 4, (400,)

    def encode(self, x):
        return np.asarray(x) @ X.T / (X[0] @ X[0])

    def decode(self, z):
        return np.asarray(z) @ X


@pytest.fixture
def ask(monkeypatch):
    """Ask a widget for a sound, as its page does; return the answer and the WAV file."""

    def go(widget, what):
        sent = []
        monkeypatch.setattr(
            widget, "send", lambda content, buffers=(): sent.append((content, buffers))
        )
        question = {"type": "hear", "page": "p", "seq": 3, "what": what}
        widget._handle_custom_msg(question, [])
        ((answer, buffers),) = sent
        assert (answer["type"], answer["page"], answer["seq"]) == ("sound", "p", 3)
        return answer, buffers

    return go


def pitch(wav):
    rate, levels = wavfile.read(io.BytesIO(wav))
    assert rate == RATE
    spectrum = np.abs(np.fft.rfft(levels.reshape(len(levels), -1)[:, 0]))
    return np.fft.rfftfreq(len(levels), 1 / rate)[spectrum.argmax()]


def test_a_frame_of_the_path_is_heard(ask):
    slider = vw.InterpolationSlider(
        Tones(), X[0], X[3], steps=5, renderer=vw.SignalRenderer(sample_rate=RATE)
    )
    assert slider._has_sound
    for frame, expected in ((0, 200), (4, 500)):
        _, (wav,) = ask(slider, frame)
        assert pitch(wav) == expected


def test_what_was_decoded_and_any_sample_are_heard(ask):
    scatter = vw.LatentScatter(Tones(), X, renderer=vw.SignalRenderer(sample_rate=RATE))
    assert scatter._has_sound
    answer, _ = ask(scatter, "decoded")
    assert answer["error"] == "nothing was decoded yet"
    scatter.picked = [0, 0, 1, 0]
    _, (wav,) = ask(scatter, "decoded")
    assert pitch(wav) == 400
    _, (wav,) = ask(scatter, 1)
    assert pitch(wav) == 300


def test_without_sound_there_is_no_button(ask):
    scatter = vw.LatentScatter(Tones(), X)
    assert not scatter._has_sound
    answer, buffers = ask(scatter, 1)
    assert answer["error"] == "the renderer makes no sound of it"
    assert not buffers
    assert not vw.InterpolationSlider(Tones(), X[0], X[1])._has_sound


def test_a_renderer_that_fails_is_told(ask):
    class Broken(vw.SignalRenderer):
        broken = False

        def detail(self, sample):
            if self.broken:
                raise RuntimeError("no strings")
            return super().detail(sample)

    renderer = Broken(sample_rate=RATE)
    slider = vw.InterpolationSlider(Tones(), X[0], X[3], renderer=renderer)
    Broken.broken = True
    assert ask(slider, 0)[0]["error"] == "no strings"
