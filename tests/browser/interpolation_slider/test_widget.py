import pytest

CODEC = """
import numpy as np
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from vae_widgets.rendering import ImageRenderer
from vae_widgets.widgets.interpolation_slider.widget import InterpolationSlider

digits = load_digits().images / 16

class Codec:
    latent_dim, sample_shape = 8, (8, 8)
    calls = 0
    broken = False

    def __init__(self):
        self.pca = PCA(8, random_state=0).fit(digits.reshape(-1, 64))

    def encode(self, x):
        return self.pca.transform(np.reshape(x, (-1, 64)))

    def decode(self, z):
        self.calls += 1
        return self.pca.inverse_transform(z).reshape(-1, 8, 8) * (np.nan if self.broken else 1)

codec = Codec()
slider = InterpolationSlider(codec, digits[0], digits[4])
slider
"""
TILES = "ImageRenderer(0, 1)(slider.frames)[..., 0].reshape(64, 64).tolist()"
FRAMES = 64

# The picture is 8x8 pixels, each 22 wide: read the middle of each.
SHOWS = """([canvas, expected]) => {
  const left = Math.round((canvas.width - 176) / 2), top = Math.round((canvas.height - 176) / 2);
  const context = canvas.getContext("2d", { willReadFrequently: false });
  return expected.every((level, i) => level === context.getImageData(
    left + 22 * (i % 8) + 11, top + 22 * Math.floor(i / 8) + 11, 1, 1).data[0]);
}"""


class View:
    """One view of the slider in the page."""

    def __init__(self, nb, number=0):
        self.nb = nb
        self.root = nb.page.locator(".vw-interpolation").nth(number)
        self.canvas = self.root.locator(".vw-film-current canvas")
        self.strip = self.root.get_by_role("slider")
        self.status = self.root.get_by_role("status")
        self.tiles = nb.kernel.eval(TILES)

    def wait_for_frame(self, frame):
        """Wait until the big picture is this frame, pixel by pixel."""
        picture = [self.canvas.element_handle(), self.tiles[frame]]
        self.nb.page.wait_for_function(SHOWS, arg=picture)

    def frame(self):
        """The frame that the slider claims to show."""
        return int(self.strip.get_attribute("aria-valuetext").split()[2]) - 1

    def wait_until_committed(self, frame):
        self.nb.kernel.until(f"abs(slider.value - {frame} / 63) < 1e-12")


@pytest.fixture
def open_view(cells):
    def go(sources):
        nb = cells(sources)
        view = View(nb)
        view.strip.wait_for()
        view.wait_for_frame(round(63 * nb.kernel.eval("slider.value")))
        return nb, view

    return go


def test_scrubbing_and_playing_need_no_kernel(open_view):
    nb, view = open_view([CODEC])
    page = nb.page
    assert view.frame() == 0

    # Drag across the filmstrip: the picture follows, and the kernel hears of it at the end.
    messages = nb.comm_messages()
    view.strip.scroll_into_view_if_needed()
    box = view.strip.bounding_box()
    cell = box["width"] / 11  # tiles
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + cell / 2, y)
    page.mouse.down()
    seen = set()
    for x in range(60, int(box["width"]), 45):
        page.mouse.move(box["x"] + x, y)
        frame = round(63 * min(1, (x / cell - 0.5) / 10))
        view.wait_for_frame(frame)
        seen.add(frame)
    assert len(seen) > 10
    assert nb.comm_messages() == messages
    assert nb.kernel.eval("slider.value") == 0
    page.mouse.up()
    view.wait_until_committed(frame)
    assert nb.comm_messages() == messages + 1
    assert nb.kernel.eval("bool((slider.sample == slider.frames[round(63 * slider.value)]).all())")

    # Play: the same, until the pause.
    pixels = nb.pixels(view.canvas)
    view.root.get_by_role("button", name="Play").click()
    for _ in range(3):
        pixels = nb.wait_for_other_pixels(view.canvas, pixels)
    assert nb.comm_messages() == messages + 1
    pause = view.root.get_by_role("button", name="Pause")
    assert pause.evaluate("b => b.scrollHeight <= b.clientHeight && b.scrollWidth <= b.clientWidth")
    pause.click()
    frame = view.frame()
    view.wait_for_frame(frame)
    view.wait_until_committed(frame)
    assert nb.comm_messages() == messages + 2
    assert nb.kernel.eval("codec.calls") == 1


def test_every_gesture_has_a_key(open_view):
    nb, view = open_view([CODEC])
    view.strip.focus()
    for key, frame in (
        ("End", 63),
        ("ArrowRight", 63),
        ("ArrowLeft", 62),
        ("PageDown", 56),
        ("PageUp", 62),
        ("ArrowUp", 63),
        ("Home", 0),
        ("ArrowDown", 0),
        ("PageUp", 6),
    ):
        nb.page.keyboard.press(key)
        view.wait_for_frame(frame)
        assert view.strip.get_attribute("aria-valuenow") == f"{frame / 63:.3f}"
    view.wait_until_committed(6)

    # A burst of keys is one message.
    messages = nb.comm_messages()
    view.strip.evaluate(
        """slider => { for (let i = 0; i < 10; i++) slider.dispatchEvent(
             new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true })); }"""
    )
    view.wait_until_committed(16)
    assert nb.comm_messages() == messages + 1

    pixels = nb.pixels(view.canvas)
    nb.page.keyboard.press("Space")
    nb.wait_for_other_pixels(view.canvas, pixels)
    nb.page.keyboard.press("Space")
    view.wait_until_committed(view.frame())
    # No key took the focus.
    assert view.strip.evaluate("slider => slider === document.activeElement")


def test_a_new_path_reaches_every_view(open_view):
    nb, view = open_view([CODEC, "slider"])
    second = View(nb, 1)
    nb.kernel.eval("slider.set_trait('value', 21 / 63)")
    for each in (view, second):
        each.wait_for_frame(21)

    # The other view follows a drag before the kernel knows.
    view.strip.scroll_into_view_if_needed()
    box = view.strip.bounding_box()
    cell, y = box["width"] / 11, box["y"] + box["height"] / 2
    nb.page.mouse.move(box["x"] + cell / 2, y)
    nb.page.mouse.down()
    nb.page.mouse.move(box["x"] + 6.5 * cell, y, steps=5)
    frame = round(63 * 6 / 10)
    second.wait_for_frame(frame)
    nb.page.mouse.up()
    view.wait_until_committed(frame)

    # Another method decodes once more.
    methods = view.root.get_by_label("Path")
    arc = view.tiles
    methods.select_option("linear")
    nb.kernel.until("slider.method == 'linear'")
    view.tiles = second.tiles = nb.kernel.eval(TILES)
    assert view.tiles[frame] != arc[frame]
    for each in (view, second):
        each.wait_for_frame(frame)
    assert second.root.get_by_label("Path").input_value() == "linear"
    assert nb.kernel.eval("codec.calls") == 2

    # Swapped ends keep the picture in place of the frame.
    view.root.get_by_role("button", name="Swap ends").click()
    nb.kernel.until(f"abs(slider.value - {63 - frame} / 63) < 1e-12")
    nb.kernel.until("bool((slider.start == digits[4].astype('float32')).all())")
    nb.kernel.until("bool((slider.end == digits[0].astype('float32')).all())")
    view.tiles = nb.kernel.eval(TILES)
    view.wait_for_frame(63 - frame)

    # New ends from Python.
    nb.kernel.eval("slider.set_trait('end', digits[7])")
    view.tiles = nb.kernel.eval(TILES)
    view.wait_for_frame(63 - frame)

    # A path that cannot be decoded: the page says why and keeps the old one.
    nb.kernel.eval("setattr(codec, 'broken', True)")
    methods.select_option("slerp")
    nb.page.wait_for_function(
        "status => status.textContent.includes('NaN or infinite')",
        arg=view.status.element_handle(),
    )
    assert methods.input_value() == "linear"
    assert nb.kernel.eval("slider.method") == "linear"
    view.wait_for_frame(63 - frame)


def test_paths_are_compared_on_request(open_view):
    way = CODEC.replace(
        "digits[0], digits[4])",
        "digits[0], digits[4], via=[digits[7]], latents=codec.encode(digits))",
    )
    nb, view = open_view([way])
    profile = view.root.locator(".vw-film-profile canvas")
    alone = nb.pixels(profile)
    assert "nats" in profile.get_attribute("aria-label")

    # A drag on the curves moves the position; the way-point is named.
    box = profile.bounding_box()
    profile.scroll_into_view_if_needed()
    nb.drag(profile, (box["width"] / 24, 40), (box["width"] / 2 + 6, 40))
    view.wait_for_frame(32)
    view.wait_until_committed(32)
    assert "way-point 1" in view.strip.get_attribute("aria-valuetext")
    assert nb.kernel.eval("bool((slider.z == slider.path[32]).all())")

    # All methods: decoded once, drawn together, and then changed without the decoder.
    alone = nb.pixels(profile)
    height = view.strip.bounding_box()["height"]
    compare = view.root.get_by_role("button", name="Compare")
    compare.click()
    nb.kernel.until("slider.compare")
    nb.wait_for_other_pixels(profile, alone)
    assert view.strip.bounding_box()["height"] == 3 * (height + 16)
    assert nb.kernel.eval("codec.calls") == 2
    for method in ("neighbours", "linear"):
        before = nb.pixels(profile)
        view.root.get_by_label("Path").select_option(method)
        nb.wait_for_other_pixels(profile, before)
        nb.kernel.until(f"slider.method == '{method}'")
        view.tiles = nb.kernel.eval(TILES)
        view.wait_for_frame(32)
    assert nb.kernel.eval("codec.calls") == 2
    compare.click()
    nb.kernel.until("not slider.compare")
    nb.page.wait_for_function(
        "([strip, height]) => strip.getBoundingClientRect().height === height",
        arg=[view.strip.element_handle(), height],
    )

    # Played once, it stops at the end by itself.
    view.root.get_by_label("Repeat").select_option("once")
    view.root.get_by_label("Speed").select_option("4")
    view.root.get_by_role("button", name="Play").click()
    view.wait_until_committed(63)
    view.root.get_by_role("button", name="Play").wait_for()
