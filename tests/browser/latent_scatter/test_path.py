"""A slider and a scatter that are linked: each moves the other."""

import numpy as np
import pytest

from tests.support.scatter_view import CODEC, SCATTER, View, lonely

LINK = """
from vae_widgets.widgets.interpolation_slider.widget import InterpolationSlider
scatter.mode = "lasso"
slider = InterpolationSlider(codec, x[0], x[1], method="linear")
link = slider.link(scatter)
slider.layout.width = "800px"
# What the kernel is told of the path; a hover tells it other things.
told = []
slider.on_msg(lambda widget, content, buffers: told.append(content))
scatter.on_msg(lambda widget, content, buffers: content["kind"] == "path" and told.append(content))
slider
"""
FRAMES = 64


class Linked(View):
    def __init__(self, nb):
        super().__init__(nb)
        self.strip = nb.page.locator(".vw-interpolation").get_by_role("slider")
        self.strip.wait_for()
        # The button comes with the path.
        self.root.get_by_role("button", name="Path ends").wait_for()

    def path(self):
        """Pixels of the canvas for all frames."""
        return self.to_screen(self.nb.kernel.eval("scatter.project(slider.path).tolist()"))

    def wait_for_frame(self, frame):
        self.nb.page.wait_for_function(
            "([strip, text]) => strip.getAttribute('aria-valuetext').includes(text)",
            arg=[self.strip.element_handle(), f"frame {frame + 1} of"],
        )

    def wait_until_committed(self, frame):
        self.nb.kernel.until(f"abs(slider.value - {frame} / 63) < 1e-12")


@pytest.fixture
def view(cells):
    nb = cells([CODEC, SCATTER, LINK])
    nb.page.set_viewport_size({"width": 1280, "height": 1600})  # both in sight
    return Linked(nb)


def test_dragging_the_point_moves_the_slider(view):
    nb, path = view.nb, view.path()
    # Where no sample is hovered on the way to it.
    gaps = np.linalg.norm(path[:, None] - view.codes(), axis=-1).min(axis=1)
    start = int(gaps.argmax())
    nb.kernel.eval(f"setattr(slider, 'value', {start} / 63)")
    view.wait_for_frame(start)
    view.move(path[start] + [3, -2])
    pixels = nb.pixels(view.canvas)
    box = view.canvas.bounding_box()
    view.mouse.down()
    for frame in (10, 40, 25):
        # Beside the path: the nearest frame is meant.
        across = np.array([-1, 1]) * (path[63] - path[0])[::-1]
        at = path[frame] + 6 * across / np.linalg.norm(across)
        view.mouse.move(box["x"] + at[0], box["y"] + at[1], steps=3)
        view.wait_for_frame(frame)
        pixels = nb.wait_for_other_pixels(view.canvas, pixels)
    assert nb.kernel.eval("told") == []
    view.mouse.up()
    view.wait_until_committed(25)
    assert nb.kernel.eval("len(told)") == 1
    # It was no lasso and no pick.
    assert nb.kernel.eval("scatter.selection.size == 0 and scatter.picked.size == 0")

    # The same with a finger.
    touch = nb.page.context.new_cdp_session(nb.page)
    for event, frame in (("touchStart", 25), ("touchMove", 31), ("touchMove", 40)):
        at = {"x": box["x"] + path[frame][0], "y": box["y"] + path[frame][1]}
        touch.send("Input.dispatchTouchEvent", {"type": event, "touchPoints": [at]})
        view.wait_for_frame(frame)
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    view.wait_until_committed(40)

    # The other way: the slider moves the point, without the kernel.
    view.strip.focus()
    pixels = nb.pixels(view.canvas)
    nb.page.keyboard.press("End")
    nb.wait_for_other_pixels(view.canvas, pixels)
    view.wait_until_committed(63)

    # With the keys of the scatter.
    view.canvas.focus()
    for key in ("[", "[", "]"):
        nb.page.keyboard.press(key)
    view.wait_until_committed(62)


def test_two_clicks_set_the_ends(view):
    nb = view.nb
    points = view.codes()
    index = lonely(points)
    empty = view.empty_place()
    view.press("Path ends")
    view.wait_for_status("Click the start of the path")
    view.click(points[index] + [1, 1])
    view.wait_for_status("Now click the end")
    pixels = nb.pixels(view.canvas)
    view.click(empty)
    nb.kernel.until(f"np.array_equal(slider.start, x[{index}])")
    np.testing.assert_allclose(view.path()[-1], empty, atol=0.5)
    nb.wait_for_other_pixels(view.canvas, pixels)
    view.wait_for_status("connects the new ends")
    assert nb.kernel.eval("scatter.picked.size == 0")
    # The next click is a click again.
    view.press("Pick")
    view.click(empty)
    nb.kernel.until("scatter.picked.size == 2")

    # Escape leaves the path as it is.
    view.press("Path ends")
    view.click(empty)
    view.wait_for_status("Now click the end")
    nb.page.keyboard.press("Escape")
    view.wait_for_status("The path is unchanged")
    assert nb.kernel.eval(f"np.array_equal(slider.start, x[{index}])")

    # With the keys: the crosshair starts in the middle of the plot.
    end = nb.kernel.eval("slider.end.tolist()")
    nb.page.keyboard.press("ArrowLeft")
    nb.page.keyboard.press("e")
    nb.kernel.until(f"slider.end.shape != (2,) or slider.end.tolist() != {end}")
    assert nb.kernel.eval(f"np.array_equal(slider.start, x[{index}])")

    # Unlinked: the button goes, the point too.
    pixels = nb.pixels(view.canvas)
    nb.kernel.eval("link.unlink()")
    view.root.get_by_role("button", name="Path ends").wait_for(state="detached")
    nb.wait_for_other_pixels(view.canvas, pixels)


def test_dragging_an_end_moves_the_path(view):
    nb, path = view.nb, view.path()
    box = view.canvas.bounding_box()
    decodes = "slider._maker._revision"
    first = nb.kernel.eval(decodes)

    def drag(start, end):
        view.move(start)
        view.mouse.down()
        view.mouse.move(box["x"] + end[0], box["y"] + end[1], steps=8)

    # The end, to an empty place: a straight path at once, the exact one after the release.
    empty = view.empty_place()
    pixels = nb.pixels(view.canvas)
    drag(path[-1], empty)
    pixels = nb.wait_for_other_pixels(view.canvas, pixels)
    view.mouse.move(box["x"] + empty[0], box["y"] + empty[1])
    assert nb.kernel.eval("told") == []
    view.mouse.up()
    view.wait_for_status("connects the new ends")
    np.testing.assert_allclose(view.path()[-1], empty, atol=0.6)
    assert nb.kernel.eval(decodes) == first + 1

    # The start lies below the point: by its name, onto a sample.
    index = lonely(view.codes())
    drag(path[0] + [20, -9], view.codes()[index])
    view.mouse.up()
    nb.kernel.until(f"np.array_equal(slider.start, x[{index}])")
    assert nb.kernel.eval("scatter.picked.size == 0 and scatter.selection.size == 0")
    # It moved no point.
    assert nb.kernel.eval("slider.value") == 0

    # A way-point: with a finger, then at the crosshair by its number.
    nb.kernel.eval("setattr(slider, 'via', [x[2]])")
    nb.kernel.until("len(scatter._path['stops']) == 3")
    pixels = nb.wait_for_other_pixels(view.canvas, pixels)
    middle = view.path()[nb.kernel.eval("scatter._path['stops'][1]")]
    touch = nb.page.context.new_cdp_session(nb.page)
    for event, at in (
        ("touchStart", middle + np.array([9, 12])),
        ("touchMove", middle),
        ("touchMove", empty),
    ):
        point = {"x": box["x"] + at[0], "y": box["y"] + at[1]}
        touch.send("Input.dispatchTouchEvent", {"type": event, "touchPoints": [point]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    nb.kernel.until("slider.via[0].shape == (2,)")
    stop = nb.kernel.eval("scatter._path['stops'][1]")
    np.testing.assert_allclose(view.path()[stop], empty, atol=0.6)
    there = nb.kernel.eval(f"slider.path[{stop}].tolist()")
    view.canvas.focus()
    nb.page.keyboard.press("ArrowLeft")
    nb.page.keyboard.press("1")
    nb.kernel.until(f"not np.allclose(slider.path[{stop}], {there})")
    assert nb.kernel.eval(f"np.array_equal(slider.start, x[{index}])")


def test_a_path_that_cannot_be_decoded_is_told(view):
    nb = view.nb
    nb.kernel.eval("setattr(codec, 'decode', lambda z: np.full((len(z), 8, 8), np.nan))")
    view.press("Path ends")
    view.click(view.codes()[3])
    view.click(view.empty_place())
    view.wait_for_status("NaN or infinite")
    assert nb.kernel.eval("np.array_equal(slider.start, x[0])")
