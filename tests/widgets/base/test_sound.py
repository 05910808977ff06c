import io

import numpy as np
from scipy.io import wavfile

import vae_widgets as vw
from tests.support.messages import ask

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


def pitch(wav):
    rate, levels = wavfile.read(io.BytesIO(wav))
    assert rate == RATE
    spectrum = np.abs(np.fft.rfft(levels.reshape(len(levels), -1)[:, 0]))
    return np.fft.rfftfreq(len(levels), 1 / rate)[spectrum.argmax()]


def test_a_frame_of_the_path_is_heard():
    slider = vw.InterpolationSlider(
        Tones(), X[0], X[3], steps=5, renderer=vw.SignalRenderer(sample_rate=RATE)
    )
    assert slider._has_sound
    for frame, expected in ((0, 200), (4, 500)):
        answer = ask(slider, "sound", what=frame)
        assert pitch(answer["wav"]) == expected


def test_a_path_is_heard_from_start_to_end():
    renderer = vw.SignalRenderer(vmin=-1, vmax=1, sample_rate=RATE)
    slider = vw.InterpolationSlider(
        Tones(), X[0], X[3], steps=9, method="linear", renderer=renderer
    )
    rate, levels = wavfile.read(io.BytesIO(ask(slider, "sound", what="path")["wav"]))
    assert rate == RATE
    assert len(levels) == 5 * 400
    parts = levels.reshape(5, 400) / 32767
    for part, share in zip(parts, (0, 0.25, 0.5, 0.75, 1), strict=True):
        expected = (1 - share) * X[0] + share * X[3]
        np.testing.assert_allclose(part, expected, atol=0.01)
    scatter = vw.LatentScatter(Tones(), X, renderer=renderer)
    assert ask(scatter, "sound", what="path")["error"]  # a scatter has no path of its own


def test_what_was_decoded_and_any_sample_are_heard():
    scatter = vw.LatentScatter(Tones(), X, renderer=vw.SignalRenderer(sample_rate=RATE))
    assert scatter._has_sound
    answer = ask(scatter, "sound", what="decoded")
    assert answer == {"error": "nothing was decoded yet"}
    scatter.picked = [0, 0, 1, 0]
    assert pitch(ask(scatter, "sound", what="decoded")["wav"]) == 400
    assert pitch(ask(scatter, "sound", what=1)["wav"]) == 300


def test_without_sound_there_is_no_button():
    scatter = vw.LatentScatter(Tones(), X)
    assert not scatter._has_sound
    answer = ask(scatter, "sound", what=1)
    assert answer == {"error": "the renderer makes no sound of it"}
    assert not vw.InterpolationSlider(Tones(), X[0], X[1])._has_sound


def test_a_renderer_that_fails_is_told():
    class Broken(vw.SignalRenderer):
        broken = False

        def detail(self, sample):
            if self.broken:
                raise RuntimeError("no strings")
            return super().detail(sample)

    renderer = Broken(sample_rate=RATE)
    slider = vw.InterpolationSlider(Tones(), X[0], X[3], renderer=renderer)
    Broken.broken = True
    assert ask(slider, "sound", what=0) == {"error": "no strings"}
