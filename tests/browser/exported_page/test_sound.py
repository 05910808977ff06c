"""Music sounds in an exported page, from the disk and without Python: as Python makes it."""

import io
import wave

import numpy as np
import pytest

import vae_widgets as vw
from tests.support.exported_page import OpenedPage
from vae_widgets.rendering.sound import joined

# Whether the player has played some of another sound than before.
ANOTHER = """([audio, before]) =>
  audio.played.length > 0 && audio.src.startsWith("blob:") && audio.src !== before && audio.src"""
# The page may fetch nothing, not even its own sounds: they are kept as they are made.
KEEP = """() => {
  const make = URL.createObjectURL;
  URL.createObjectURL = (blob) => make.call(URL, (window.kept = blob));
}"""
BYTES = "async () => new Uint8Array(await window.kept.arrayBuffer())"


@pytest.fixture(scope="module")
def codec():
    return vw.load_pretrained("chorales")


class Player:
    def __init__(self, page, root):
        self.page, self.root, self.address = page, root, ""
        page.evaluate(KEEP)

    def press(self, name):
        self.root.get_by_role("button", name=name, exact=True).click()

    def levels(self):
        """Wait for another sound, and return its rate and its levels (n,)."""
        audio = self.root.locator("audio").element_handle()
        found = self.page.wait_for_function(ANOTHER, arg=[audio, self.address])
        self.address = found.json_value()
        content = bytes(self.page.evaluate(BYTES))
        with wave.open(io.BytesIO(content)) as file:
            assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
            return file.getframerate(), np.frombuffer(file.readframes(file.getnframes()), "<i2")


def assert_same(found, sound):
    rate, levels = found
    assert rate == sound.rate
    expected = np.rint(32767 * sound.samples)
    assert levels.shape == expected.shape
    assert np.abs(expected).max() > 3000  # else silence would do
    assert np.abs(levels - expected).max() <= 2


def test_a_path_is_heard(page, codec, tmp_path):
    ends = codec.decode(codec.latents[[0, -1]])
    slider = vw.InterpolationSlider(codec, ends[0], ends[1], steps=9)
    slider.save_html(tmp_path / "path.html")
    OpenedPage(page, tmp_path / "path.html")
    player = Player(page, page.locator(".vw-interpolation"))
    detail = codec.renderer.detail
    player.press("♪ Hear")
    assert_same(player.levels(), detail(slider.frames[0]))
    player.press("♪ Hear path")
    assert_same(player.levels(), joined([detail(slider.frames[i]) for i in (0, 2, 4, 6, 8)]))


def test_a_sample_and_what_was_decoded_are_heard(page, codec, tmp_path):
    x = codec.decode(codec.latents[:20])
    scatter = vw.LatentScatter(codec, x)
    scatter.picked = codec.latents[21]
    scatter.save_html(tmp_path / "plane.html")
    OpenedPage(page, tmp_path / "plane.html")
    player = Player(page, page.locator(".vw-scatter"))
    player.press("♪ decoded")
    assert_same(player.levels(), codec.renderer.detail(codec.decode(codec.latents[21:])[0]))
    player.press("♪ sample")
    _, levels = player.levels()
    candidates = [np.rint(32767 * codec.renderer.detail(sample).samples) for sample in x]
    assert min(np.abs(levels - each).max() for each in candidates) <= 2
