"""While a cell awaits, as during ``await vae.fit_async(...)``, every gesture reaches Python."""

import json

from tests.support.jupyterlab import wait_for
from tests.support.scatter_view import CODEC, View, lonely

WIDGETS = """
from vae_widgets.widgets.interpolation_slider.widget import InterpolationSlider
codec = Codec(3)
scatter = LatentScatter(codec, x, digits.target[:300])
slider = InterpolationSlider(codec, x[0], x[1], steps=11)
link = slider.link(scatter)
display(scatter, slider)
"""
# Nothing else can be asked of the kernel meanwhile: the cell says what it sees.
AWAIT = """
import asyncio, json, os, pathlib
while not pathlib.Path("enough").exists():
    seen = {name: getattr(scatter, name).tolist() for name in ("picked", "selection", "slice_at")}
    seen |= {name: getattr(scatter, name) for name in ("hovered", "view", "dims", "mode")}
    seen |= {"value": slider.value, "method": slider.method, "bookmarks": list(scatter.bookmarks)}
    pathlib.Path("seen.new").write_text(json.dumps(seen))
    os.replace("seen.new", "seen.json")
    await asyncio.sleep(0.02)
"""


def test_every_gesture_arrives_while_a_cell_awaits(notebook, lab):
    for name in ("enough", "seen.json"):
        (lab.root / name).unlink(missing_ok=True)
    nb = notebook([CODEC, WIDGETS, AWAIT], run=False)
    for line in ("import numpy as np", "codec = Codec(3)"):
        nb.run_cell(line)
    nb.page.locator(".vw-interpolation").get_by_role("slider").wait_for()
    nb.page.set_viewport_size({"width": 1280, "height": 1900})
    view = View(nb)
    codes, empty = view.codes(), view.empty_place()
    index = lonely(codes)
    nb.run_cell(AWAIT.strip().splitlines()[0])
    wait_for((lab.root / "seen.json").is_file, 30, "the awaiting cell")

    def until(condition, what):
        return wait_for(
            lambda: condition(json.loads((lab.root / "seen.json").read_text())), 15, what
        )

    # Two picks, each answered; what hovers on the way is known too.
    view.canvas.scroll_into_view_if_needed()
    view.click(codes[index])
    until(lambda seen: seen["hovered"] == index, "the hover")
    view.caption.filter(has_text="reconstruction").wait_for()
    first = until(lambda seen: seen["picked"], "the first pick")
    view.click(empty)
    view.wait_for_status("Decoded by the kernel")
    until(lambda seen: seen["picked"] and seen["picked"] != first, "the second pick")
    until(lambda seen: seen["hovered"] == -1, "the end of the hover")

    # Modes, a lasso, a second one that adds, and none.
    view.press("Lasso")
    around = [(-9, -9), (9, -9), (9, 9), (-9, 9)]
    view.draw([codes[index] + corner for corner in around])
    until(lambda seen: index in seen["selection"], "the lasso")
    view.press("Clear")
    until(lambda seen: not seen["selection"], "the end of the selection")
    until(lambda seen: seen["mode"] == "lasso", "the mode")

    # Zoom, and held dimensions twice: the plane is decoded there each time.
    home = until(lambda seen: seen["view"], "the view")
    view.canvas.focus()
    nb.page.keyboard.press("+")
    until(lambda seen: seen["view"][1] - seen["view"][0] < home[1] - home[0], "the zoom")
    view.press("Dimensions")
    held = view.root.get_by_label("Fixed value of z[2]")
    for value in ("0.5", "1.0"):
        held.fill(value)
        got = float(held.input_value())
        until(lambda seen, got=got: abs(seen["picked"][2] - got) < 1e-5, "the held value")
        until(lambda seen, got=got: abs(seen["slice_at"][2] - got) < 1e-5, "the held value")

    # The slider: a drag, then keys, then another path.
    film = nb.page.locator(".vw-interpolation")
    strip = film.get_by_role("slider")
    box = strip.bounding_box()
    nb.drag(strip, (20, 30), (box["width"] - 4, 30))
    until(lambda seen: seen["value"] == 1, "the drag of the slider")
    strip.focus()
    nb.page.keyboard.press("ArrowLeft")
    until(lambda seen: abs(seen["value"] - 0.9) < 1e-9, "the key of the slider")
    film.get_by_label("Path").select_option("linear")
    until(lambda seen: seen["method"] == "linear", "the other path")

    # Other dimensions, and a bookmark.
    view.root.get_by_label("Latent dimension along x").select_option("2")
    until(lambda seen: seen["dims"] == [2, 1], "the other dimensions")
    view.press("Save")
    view.root.get_by_label("Name of the bookmark").fill("<b>here</b>")
    nb.page.keyboard.press("Enter")
    until(lambda seen: seen["bookmarks"] == ["<b>here</b>"], "the bookmark")
    (lab.root / "enough").touch()
    nb.wait_until_idle()
