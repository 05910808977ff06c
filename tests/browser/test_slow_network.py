"""With the kernel far away: gestures are answered in the page, the kernel confirms once."""

from pathlib import Path

import numpy as np

from tests import saved
from tests.support.far_away import STAND_IN_FAR_AWAY, WATCH
from tests.support.jupyterlab import wait_for
from tests.support.layout import boxes
from tests.support.scatter_view import CODEC, SCATTER, View

COUNTED = """
from vae_widgets.widgets.interpolation_slider.widget import InterpolationSlider

class Counted(Codec):
    def decode(self, z):
        if len(z) == 1:
            asked.append(np.asarray(z)[0].tolist())
        return super().decode(z)

asked = []
codec = Counted()
"""
BUNDLE = Path(saved.__file__).with_name("conditional.vae")
IN_PAGE = f"""
import vae_widgets as vw
in_page = LatentScatter(vw.load({str(BUNDLE)!r}).condition_on(1), x[..., None])
in_page
"""
SHOWN = """caption => new Promise((resolve) =>
  requestAnimationFrame(() => resolve(caption.textContent)))"""
SLIDER = """
slider = InterpolationSlider(codec, x[0], x[4])
slider
"""


def test_hover_and_slider_with_a_kernel_far_away(page, cells):
    nb = cells([CODEC + COUNTED + SCATTER, SLIDER, IN_PAGE])
    page.evaluate(STAND_IN_FAR_AWAY)
    view = View(nb)
    decoded = view.root.locator("canvas[data-role=decoded]")
    view.move((60, 40))
    view.caption.filter(has_text="decoded").wait_for()
    page.evaluate(WATCH, [each.element_handle() for each in (decoded, view.caption)])

    # Each move shows another picture without an answer from the kernel.
    page.evaluate("hold()")
    box = view.canvas.bounding_box()
    course = np.linspace((80, 60), (box["width"] - 30, box["height"] - 70), 12)
    for i, at in enumerate(course):
        view.move(at)
        page.wait_for_function("count => changes.length > count", arg=i)
    sweep = page.evaluate("changes")[: len(course)]
    assert {caption for _, caption, _ in sweep} <= {"preview", "preview\nfar from data"}
    page.evaluate("release()")

    # When the pointer rests, the kernel's own picture comes, once; nothing was picked. It may come
    # after that of a place on the way, where the pointer was for long, and before that of a sample.
    def asked_for_the_last_place():
        asked = nb.kernel.eval("asked")
        near = np.abs(view.to_screen(asked) - course[-1]).max(axis=1) < 1
        return asked[near.argmax()] if near.any() else None

    last = wait_for(asked_for_the_last_place, 30, "the request for the last place")
    decoded_last = f"Codec.decode(codec, [{last}])"
    pixel = nb.kernel.eval(f"divmod(int({decoded_last}.argmax()), 8)")
    level = nb.kernel.eval(f"float({decoded_last}.max().clip(0, 1) * 255)")
    wait_for(lambda: abs(view.level("decoded", pixel) - level) <= 1, 30, "its picture")
    view.caption.filter(has_text="decoded").wait_for()
    assert nb.kernel.eval("scatter.picked.size") == 0

    # A drag of the slider is answered by the page alone; the kernel hears of its end.
    strip = page.locator(".vw-interpolation").get_by_role("slider")
    film = page.locator(".vw-interpolation .vw-film-current canvas")
    (box,) = boxes(strip)
    asked = nb.kernel.eval("len(asked)")
    page.mouse.move(box["x"] + 20, box["y"] + box["height"] / 2)
    page.mouse.down()
    nb.kernel.until("scatter.hovered == -1")  # which the page says when the pointer has left
    sent = page.evaluate("sent")
    pixels = nb.pixels(film)
    for x in range(100, int(box["width"]), 60):
        page.mouse.move(box["x"] + x, box["y"] + box["height"] / 2)
        pixels = nb.wait_for_other_pixels(film, than=pixels)
    assert page.evaluate("sent") == sent
    page.mouse.up()
    nb.kernel.until("slider.value > 0.5")
    assert page.evaluate("sent") == sent + 1
    assert nb.kernel.eval("len(asked)") == asked
    assert nb.kernel.eval(f"asked.count({last})") == 1

    # A model that runs in the page needs no answer at all once it is there.
    in_page = View(nb, 1)
    in_page.move((60, 40))
    in_page.caption.filter(has_text="decoded").wait_for()
    page.evaluate("hold()")
    for at in course:
        in_page.move(at)
        caption = page.evaluate(SHOWN, in_page.caption.element_handle())
        assert caption.startswith("decoded")
    page.evaluate("release()")
