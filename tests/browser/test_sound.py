"""Sound where a renderer has it: asked of the kernel, played by the page, freed with the view."""

import numpy as np

from tests.support.scatter_view import View

TONES = """
import numpy as np
import vae_widgets as vw

time = np.arange(2000) / 4000
pitches = np.linspace(200, 800, 40)
x = np.sin(2 * np.pi * pitches[:, None] * time).astype("float32")

class Tones:
    latent_dim, sample_shape = 2, (2000,)

    def encode(self, x):
        return np.asarray(x)[:, [3, 7]]

    def decode(self, z):
        low = np.outer(np.asarray(z)[:, 0], x[0])
        return low + np.outer(np.asarray(z)[:, 1], x[-1])

renderer = vw.SignalRenderer(vmin=-1, vmax=1, sample_rate=4000)
scatter = vw.LatentScatter(Tones(), x, renderer=renderer)
slider = vw.InterpolationSlider(Tones(), [1, 0], [0, 1], steps=5, renderer=renderer)
display(scatter, slider)
"""
# A piece that goes up step by step, and one that goes down.
PIECES = """
ups = np.stack([np.arange(1, 9) + shift for shift in (0, 4)], axis=1)

class Pieces:
    latent_dim, sample_shape = 2, (8, 2)

    def encode(self, x):
        return np.asarray(x)[:, 0]

    def decode(self, z):
        tokens = np.where(np.asarray(z)[:, :1, None] < 0.5, ups, ups[::-1])
        return tokens.astype("float32")

rolls = vw.InterpolationSlider(
    Pieces(), [0, 0], [1, 0], steps=9, method="linear",
    renderer=vw.PianoRollRenderer(60, 72, tempo=600),
)
display(rolls)
"""
PLAYED = """([audio, before]) =>
  audio.readyState >= 1 && audio.src.startsWith("blob:") && audio.src !== before && audio.src"""
# Whether the page still holds what a blob's address names.
HELD = "async (address) => { try { return (await fetch(address)).ok; } catch { return false; } }"


def test_sounds_are_played_and_freed(cells):
    nb = cells([TONES, PIECES])
    nb.page.set_viewport_size({"width": 1280, "height": 2000})
    view = View(nb)
    film = nb.page.locator(".vw-interpolation").first
    rolls = nb.page.locator(".vw-interpolation").last

    def played(root, before="", duration=0.5):
        """Wait until another sound can be played, of the right length; return its address."""
        audio = root.locator("audio").element_handle()
        address = nb.page.wait_for_function(PLAYED, arg=[audio, before]).json_value()
        assert abs(audio.evaluate("audio => audio.duration") - duration) < 1e-3
        assert nb.page.evaluate(HELD, address)
        return address

    # A frame of the film: by the button, and by the key on the filmstrip.
    film.get_by_role("button", name="♪ Hear", exact=True).click()
    first = played(film)
    film.get_by_role("status").get_by_text("Playing 0.50 s of sound").wait_for()
    film.get_by_role("slider").focus()
    nb.page.keyboard.press("End")
    nb.page.keyboard.press("h")
    second = played(film, first)
    assert not nb.page.evaluate(HELD, first)
    levels = nb.page.evaluate(
        """async (address) => {
          const bytes = await (await fetch(address)).arrayBuffer();
          const sound = await new OfflineAudioContext(1, 1, 4000).decodeAudioData(bytes);
          return [...sound.getChannelData(0)];
        }""",
        second,
    )
    # What the browser hears is the last frame, a tone of 800 Hz, as loud as its range says.
    expected = "slider.frames[-1]"
    assert nb.kernel.eval(f"bool(np.abs({expected} - np.array({levels})).max() < 0.01)")

    # A path of piano rolls, all of it: the frames follow what is heard, to the end.
    rolls.get_by_role("button", name="Hear path").click()
    played(rolls, duration=5 * 8 * 0.05)
    nb.kernel.until("rolls.value == 1")
    rolls.get_by_role("slider").focus()
    nb.page.keyboard.press("Home")
    nb.kernel.until("rolls.value == 0")
    nb.page.keyboard.press("j")
    nb.page.wait_for_function("audio => !audio.paused", arg=rolls.locator("audio").element_handle())
    nb.kernel.until("rolls.value > 0")

    # What was decoded and the sample beside it, and the one under the pointer.
    view.click(view.empty_place())
    view.wait_for_status("Decoded by the kernel")
    view.press("♪ decoded")
    heard = played(view.root)
    view.press("♪ sample")
    heard = played(view.root, heard)
    view.canvas.focus()
    codes = view.codes()
    away = np.linalg.norm(codes - view.empty_place(), axis=1)
    index = int(away.argmax())  # not the one that was just heard
    view.move(codes[index])
    nb.kernel.until("scatter.hovered >= 0")
    nb.page.keyboard.press("h")
    heard = played(view.root, heard)

    # With the view goes its sound.
    nb.close()
    view.root.wait_for(state="detached")
    film.wait_for(state="detached")
    for address in (second, heard):
        nb.page.wait_for_function(f"async (address) => !(await ({HELD})(address))", arg=address)
