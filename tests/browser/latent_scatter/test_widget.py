import re

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.support.scatter_view import ANSWERS, CODEC, MARGIN, SCATTER, View, lonely


@pytest.fixture
def open_view(cells):
    def go(*sources):
        return View(cells([CODEC, *(sources or [SCATTER])]))

    return go


def inside(polygon, points):
    """Which points a convex polygon holds, and how near the nearest comes to its outline."""
    start = np.array(polygon)
    edge = np.roll(start, -1, axis=0) - start
    to_point = points[:, None] - start
    side = edge[:, 0] * to_point[..., 1] - edge[:, 1] * to_point[..., 0]
    within = (side > 0).all(axis=1) | (side < 0).all(axis=1)
    along = np.clip((to_point * edge).sum(-1) / (edge**2).sum(-1), 0, 1)
    distance = np.linalg.norm(to_point - along[..., None] * edge, axis=-1)
    return within, distance.min()


def clear_triangle(points, box):
    """A triangle with at least 20 points in it, and none within 3 pixels of its outline."""
    random = np.random.default_rng(0)
    low = [MARGIN["left"] + 5, MARGIN["top"] + 5]
    high = [box["width"] - MARGIN["right"] - 5, box["height"] - MARGIN["bottom"] - 5]
    for _ in range(20_000):
        triangle = random.uniform(low, high, (3, 2)).round()
        within, nearest = inside(triangle, points)
        if within.sum() >= 20 and nearest > 3:
            return triangle.tolist(), np.flatnonzero(within).tolist()
    raise AssertionError("no such triangle")


def test_hover_pick_lasso_and_box(open_view):
    view = open_view()
    nb = view.nb
    points = view.codes()

    # Hover: the tile beside the point, and the index in Python.
    index = lonely(points)
    view.move(points[index] + [2, 1])
    nb.kernel.until(f"scatter.hovered == {index}")
    label = nb.kernel.eval(f"int(digits.target[{index}])")
    text = view.tooltip.locator(".vw-tooltip-text")
    expect(text).to_have_text(f"#{index}\nlabel {label}", use_inner_text=True)
    # The whole sample: as it is, as it is reconstructed, and what is lost.
    reconstruction = view.tooltip.locator("canvas[data-role=reconstruction]")
    nb.page.wait_for_function(
        "canvas => canvas.getContext('2d').getImageData(9, 9, 1, 1).data[3] > 0",
        arg=reconstruction.element_handle(),
    )
    lost = f"abs(x[{index}] - codec.decode(scatter.z_mean[{index}][None])[0])"
    pixel = nb.kernel.eval(f"divmod(int({lost}.argmax()), 8)")
    level = nb.kernel.eval(f"float({lost}.max().clip(0, 1) * 255)")
    assert view.level("residual", pixel) == pytest.approx(level, abs=1)
    assert view.level("input", pixel) == nb.kernel.eval(
        f"round(float(x[{index}][{pixel[0]}, {pixel[1]}] * 255))"
    )
    view.move((10, 10))
    nb.kernel.until("scatter.hovered == -1")
    expect(view.tooltip).to_be_hidden()

    # A click on the point picks its code: its sample beside its reconstruction.
    view.click(points[index])
    nb.kernel.until(f"scatter.picked_index == {index}")
    assert nb.kernel.eval(f"bool((scatter.picked == scatter.z_mean[{index}]).all())")
    view.wait_for_status(f"Sample #{index} beside its reconstruction")
    brightest = nb.kernel.eval(f"divmod(int(x[{index}].argmax()), 8)")
    assert view.level("sample", brightest) == 255

    # A click on an empty place decodes it.
    corner = view.to_screen([nb.kernel.eval("[scatter.view[0], scatter.view[3]]")])[0] + [6, 6]
    assert np.linalg.norm(points - corner, axis=1).min() > 15
    view.click(corner)
    nb.kernel.until("scatter.picked_index == -1")
    np.testing.assert_allclose(
        view.to_screen([nb.kernel.eval("scatter.picked.tolist()")])[0], corner, atol=0.6
    )
    assert nb.kernel.eval("bool((scatter.decoded == codec.decode(scatter.picked[None])[0]).all())")
    view.wait_for_status("Decoded by the kernel")
    pixel = nb.kernel.eval("divmod(int(scatter.decoded.argmax()), 8)")
    level = nb.kernel.eval("float(scatter.decoded.max().clip(0, 1) * 255)")
    assert view.level("decoded", pixel) == pytest.approx(level, abs=1)

    # A lasso holds exactly the points inside it.
    triangle, expected = clear_triangle(points, view.canvas.bounding_box())
    before = nb.pixels(view.canvas)
    view.press("Lasso")
    view.draw(triangle)
    nb.kernel.until("scatter.selection.size > 0")
    assert nb.kernel.eval("scatter.selection.tolist()") == expected
    nb.wait_for_other_pixels(view.canvas, than=before)
    expect(view.root).to_contain_text(f"{len(expected)} selected")

    # With Ctrl a box adds to it. Its edges run between the points.
    xs, ys = np.sort(points[:, 0]), np.sort(points[:, 1])
    left, right = xs[40:42].mean(), xs[150:152].mean()
    top, bottom = ys[100:102].mean(), ys[280:282].mean()
    x, y = points.T
    boxed = np.flatnonzero((x > left) & (x < right) & (y > top) & (y < bottom))
    view.press("Box")
    view.keyboard.down("Control")
    nb.drag(view.canvas, (left, top), (right, bottom))
    view.keyboard.up("Control")
    both = sorted({*expected, *boxed.tolist()})
    assert len(both) > len(expected)
    nb.kernel.until(f"scatter.selection.tolist() == {both}")

    # Escape clears; Shift-drag lassos in any mode.
    view.keyboard.press("Escape")
    nb.kernel.until("scatter.selection.size == 0")
    view.press("Pick")
    view.keyboard.down("Shift")
    view.draw(triangle)
    view.keyboard.up("Shift")
    nb.kernel.until(f"scatter.selection.tolist() == {expected}")


def test_legend_zoom_pan_and_colours(open_view):
    view = open_view()
    nb = view.nb

    # A hidden class is neither drawn nor hit; Shift-click shows one class alone.
    box = view.canvas.bounding_box()
    triangle, expected = clear_triangle(view.codes(), box)
    labels = np.array(nb.kernel.eval("digits.target[:300].tolist()"))
    gone = int(labels[expected[0]])
    before = nb.pixels(view.canvas)
    view.legend(gone).click()
    without = nb.wait_for_other_pixels(view.canvas, than=before)
    expect(view.legend(gone)).to_have_attribute("aria-pressed", "false")
    view.keyboard.down("Shift")
    view.draw(triangle)
    view.keyboard.up("Shift")
    seen = [i for i in expected if labels[i] != gone]
    nb.kernel.until(f"scatter.selection.tolist() == {seen}")
    view.keyboard.press("Escape")
    view.legend(gone).press("Enter")
    nb.kernel.until("scatter._hidden == []")
    view.legend(0).click(modifiers=["Shift"])
    nb.wait_for_other_pixels(view.canvas, than=without)
    assert nb.kernel.until("scatter._hidden") == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    view.legend(0).dblclick()
    nb.kernel.until("scatter._hidden == []")

    # The wheel scrolls the notebook until the plot is clicked, or with Ctrl.
    home = nb.kernel.eval("list(scatter.view)")
    view.legend(0).focus()
    view.move((200, 150))
    view.mouse.wheel(0, -50)
    view.wait_for_status("To zoom, click the plot first or hold Ctrl")
    assert nb.kernel.eval("list(scatter.view)") == home
    view.canvas.scroll_into_view_if_needed()
    view.move((200, 150))
    view.keyboard.down("Control")
    view.mouse.wheel(0, -300)
    view.keyboard.up("Control")
    x0, x1, y0, y1 = nb.kernel.until(f"list(scatter.view) != {home} and list(scatter.view)")
    share = (x1 - x0) / (home[1] - home[0])
    assert share < 0.9
    assert (y1 - y0) / (home[3] - home[2]) == pytest.approx(share)
    width = box["width"] - MARGIN["left"] - MARGIN["right"]
    at = (200 - MARGIN["left"]) / width  # the place under the pointer stayed
    assert x0 + at * (x1 - x0) == pytest.approx(home[0] + at * (home[1] - home[0]))

    # A drag in mode Pan moves the plane with the pointer; R shows all again.
    view.press("Pan")
    nb.drag(view.canvas, (100, 100), (160, 100))
    shift = 60 / width * (x1 - x0)
    nb.kernel.until(f"np.allclose(scatter.view, {[x0 - shift, x1 - shift, y0, y1]})")
    view.keyboard.press("r")
    nb.kernel.until(f"list(scatter.view) == {home}")

    # Numbers from Python colour the points; the page can change back.
    before = nb.pixels(view.canvas)
    nb.kernel.eval("setattr(scatter, 'color_by', np.arange(300))")
    before = nb.wait_for_other_pixels(view.canvas, than=before)
    expect(view.root.locator(".vw-colour-ends")).to_have_text(re.compile(r"^\s*0\s*299\s*$"))

    # Two colours, with counts; a side that is hidden is not hit.
    field = view.root.get_by_label("Threshold of the colours")
    field.fill("100")
    field.press("Enter")
    nb.kernel.until("scatter.threshold == 100")
    before = nb.wait_for_other_pixels(view.canvas, than=before)
    sides = view.root.get_by_role("group", name="Sides of the threshold").locator(
        ".vw-legend-class"
    )
    expect(sides).to_have_text(["below 100\n100", "100 or above\n200"], use_inner_text=True)
    sides.first.click()
    before = nb.wait_for_other_pixels(view.canvas, than=before)
    view.keyboard.down("Shift")
    view.draw(triangle)
    view.keyboard.up("Shift")
    nb.kernel.until(f"scatter.selection.tolist() == {[i for i in expected if i >= 100]}")
    nb.kernel.eval("setattr(scatter, 'threshold', None)")
    sides.first.wait_for(state="hidden")
    before = nb.pixels(view.canvas)
    view.root.get_by_label("What colours the points").select_option("label")
    nb.wait_for_other_pixels(view.canvas, than=before)
    nb.kernel.until("scatter.color_by == 'label'")

    # The decoded plane behind the points.
    before = nb.pixels(view.canvas)
    view.press("Grid")
    nb.wait_for_other_pixels(view.canvas, than=before)
    box = view.canvas.bounding_box()  # with margins of 56 and 48 pixels; a tile is 28 pixels high
    columns, rows = ((size + 14) // 28 for size in (box["width"] - 56, box["height"] - 48))
    nb.kernel.until(f"scatter._grid['columns'] == {columns} and scatter._grid['rows'] == {rows}")


def test_keys_and_a_second_view(open_view):
    view = open_view(SCATTER, "scatter")
    nb = view.nb
    other = View(nb, 1)
    view.canvas.scroll_into_view_if_needed()

    # The crosshair starts in the middle. Keys that the scatter does not know change nothing.
    nb.page.get_by_role("application").first.focus()
    for key in ["d", "d", "b", "ArrowRight", "ArrowUp", "ArrowUp", "Shift+ArrowLeft", "Enter"]:
        view.keyboard.press(key)
    nb.kernel.until("scatter.picked.size == 2")
    box = view.canvas.bounding_box()
    width = box["width"] - MARGIN["left"] - MARGIN["right"]
    height = box["height"] - MARGIN["top"] - MARGIN["bottom"]
    cross = [MARGIN["left"] + width / 2 + 10, MARGIN["top"] + height / 2 - 24]
    point = nb.kernel.eval("scatter.picked_index")
    place = view.codes()[point] if point >= 0 else cross
    np.testing.assert_allclose(
        view.to_screen([nb.kernel.eval("scatter.picked.tolist()")])[0], place, atol=0.01
    )
    assert nb.page.evaluate("document.activeElement.getAttribute('role')") == "application"

    # Zoom in on a point and select it with Space; again takes it out.
    index = lonely(view.codes())
    before = nb.pixels(view.canvas)
    nb.kernel.eval(
        f"setattr(scatter, 'view', tuple(np.repeat(scatter.z_mean[{index}], 2) + [-1, 1, -1, 1]))"
    )
    nb.wait_for_other_pixels(view.canvas, than=before)
    view.keyboard.press("Escape")
    view.canvas.evaluate("canvas => { canvas.blur(); canvas.focus(); }")
    view.keyboard.press("+")
    nb.kernel.until("abs(scatter.view[1] - scatter.view[0] - 1.6) < 1e-6")
    view.keyboard.press(" ")
    nb.kernel.until(f"scatter.selection.tolist() == [{index}]")

    # The other view, and a new one, show the same.
    expect(other.root).to_contain_text("1 selected")
    nb.page.wait_for_function(
        "([a, b]) => a.toDataURL() === b.toDataURL()",
        arg=[
            each.root.locator("canvas[data-role=decoded]").element_handle()
            for each in (view, other)
        ],
    )
    blank = nb.pixels(other.canvas)
    nb.kernel.eval("setattr(scatter, 'selection', digits.target[:300] == 4)")
    nb.wait_for_other_pixels(other.canvas, than=blank)
    count = nb.kernel.eval("int((digits.target[:300] == 4).sum())")
    for shown in (view, other):
        expect(shown.root).to_contain_text(f"{count} selected")
    view.keyboard.press("r")
    nb.kernel.until("scatter.view == scatter._home")
    view.keyboard.press("Escape")
    nb.kernel.until("scatter.selection.size == 0")
    nb.page.wait_for_function(
        "([a, b]) => !a.innerText.includes('selected,') && !/\\d selected/.test(b.innerText)",
        arg=[view.root.element_handle(), other.root.element_handle()],
    )


RECORD_STATUS = """status => {
  window.said = [];
  new MutationObserver(() => window.said.push(status.textContent))
    .observe(status, { childList: true, characterData: true, subtree: true });
}"""
DEEP = """
import pathlib
import time
from unittest import mock
from vae_widgets.widgets.latent_scatter import pictures

held = pathlib.Path("held")

class Fragile(Codec):
    def decode(self, z):
        calls.append(len(z))
        while held.exists():
            time.sleep(0.01)
        if broken:
            raise RuntimeError("<b>decoder</b> is broken")
        return super().decode(z)

broken, calls = False, []
with mock.patch.object(pictures, "TILE_BUDGET", 1000):
    scatter = LatentScatter(Fragile(5), x)
scatter.layout.width = "400px"
scatter
"""


def test_dimensions_errors_and_tiles_on_demand(notebook, lab):
    held = lab.root / "held"
    held.unlink(missing_ok=True)
    view = View(notebook([CODEC, DEEP, ANSWERS]))  # the kernel can be slow, and the page is not
    nb = view.nb
    before = nb.pixels(view.canvas)
    view.root.get_by_label("Latent dimension along x").select_option("z[1]")  # swaps
    nb.kernel.until("scatter.dims == (1, 0)")
    before = nb.wait_for_other_pixels(view.canvas, than=before)
    view.root.get_by_label("Latent dimension along y").select_option("z[4]")
    nb.kernel.until("scatter.dims == (1, 4)")
    nb.wait_for_other_pixels(view.canvas, than=before)

    # Too many samples to send them all: a hover fetches its own tile.
    index = lonely(view.codes())
    assert nb.kernel.eval("scatter._tiles == {}")
    view.move(view.codes()[index])
    nb.kernel.until("'tiles' in answers.get('tile', {})")
    nb.page.wait_for_function(
        """canvas => canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height)
             .data.some((value) => value > 0)""",
        arg=view.tooltip.locator("canvas").first.element_handle(),
    )
    expect(view.tooltip.locator(".vw-tooltip-text")).to_have_text(f"#{index}")

    # A drag shows what was decoded beforehand; the kernel, which is held, is asked one thing at a
    # time, and the last answer is for where the pointer is.
    nb.kernel.eval("calls.clear()")
    held.touch()
    nb.drag(view.canvas, (100, 60), (220, 140), steps=60)
    caption = view.caption
    expect(caption).to_have_text("preview")
    assert nb.page.evaluate(
        """canvas => new Set(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height)
             .data).size > 5""",
        view.root.locator("canvas[data-role=decoded]").element_handle(),
    )
    held.unlink()
    caption.filter(has_text="decoded").wait_for()
    view.wait_for_status("Decoded by the kernel")
    assert nb.kernel.eval("len(calls)") <= 3
    picked = nb.kernel.eval("scatter.picked.tolist()")
    np.testing.assert_allclose(view.to_screen([[picked[1], picked[4]]])[0], [220, 140], atol=0.6)
    mean = nb.kernel.eval("scatter.z_mean.mean(axis=0).tolist()")
    assert [picked[i] for i in (0, 2, 3)] == pytest.approx([mean[i] for i in (0, 2, 3)], abs=1e-6)

    # What the decoder says reaches the reader, as text.
    nb.kernel.eval("globals().update(broken=True)")
    # A hovered sample fails, too, and may say so in the same frame: look at all that is said.
    view.status.evaluate(RECORD_STATUS)
    view.click((150, 100))
    nb.page.wait_for_function(
        "() => window.said.includes('Picking failed. RuntimeError: <b>decoder</b> is broken')"
    )
    expect(caption).to_have_text("not decoded")
    nb.kernel.eval("globals().update(broken=False)")
    view.click((160, 110))
    view.wait_for_status("Decoded by the kernel")
