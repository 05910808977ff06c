import itertools

import numpy as np

from tests.support.scatter_view import CODEC, MARGIN, SCATTER, View


def test_every_gesture_by_keys_alone(cells):
    """Nothing but Tab, arrows, Enter, Space, letters and Escape from the first control on."""
    nb = cells([CODEC, SCATTER])
    view = View(nb)
    keys = nb.page.keyboard
    home = nb.kernel.eval("list(scatter.view)")

    def press(name):
        view.root.get_by_role("button", name=name, exact=True).focus()
        keys.press("Enter")
        # Back to the plot with the keyboard: it comes before the controls.
        view.canvas.focus()

    def walk(*steps):
        for key, times in steps:
            for _ in range(times):
                keys.press(key)

    box = view.canvas.bounding_box()
    middle = np.array(
        [
            MARGIN["left"] + (box["width"] - MARGIN["left"] - MARGIN["right"]) / 2,
            MARGIN["top"] + (box["height"] - MARGIN["top"] - MARGIN["bottom"]) / 2,
        ]
    )
    x, y = (view.codes() - middle).T

    def selected(depth):
        """Wait for a selection; it holds what lies deeper than a pixel inside, none outside."""
        sure, maybe = (set(np.flatnonzero(depth > d).tolist()) for d in (1, -1))
        nb.kernel.until(
            f"{sorted(sure)} and set({sorted(sure)}) <= set(scatter.selection.tolist())"
        )
        got = nb.kernel.eval("scatter.selection.tolist()")
        assert set(got) <= maybe
        return got

    # A box of 20 x 10 steps of 12 pixels from the middle to the lower right.
    press("Box")
    walk(("Enter", 1), ("ArrowRight", 20), ("ArrowDown", 10), ("Enter", 1))
    boxed = selected(np.minimum.reduce([x, 240 - x, y, 120 - y]))

    # A lasso along a triangle, added to it; Escape gives one up before it clears.
    press("Lasso")
    walk(("Enter", 1), ("ArrowLeft", 8), ("Escape", 1))
    assert nb.kernel.eval("scatter.selection.tolist()") == boxed
    view.canvas.evaluate("canvas => { canvas.blur(); canvas.focus(); }")
    walk(("Enter", 1), ("ArrowLeft", 12), ("ArrowUp", 9), ("Shift+Enter", 1))
    # The corners are (0, 0), (-144, 0) and (-144, -108): below the long side is y > 0.75 x.
    depth = np.minimum.reduce([x + 144, -y, (y - 0.75 * x) / 1.25])
    selected(np.where(np.isin(np.arange(300), boxed), 99, depth))
    keys.press("Escape")
    nb.kernel.until("scatter.selection.size == 0")

    # Pick, zoom, pan over the edge, and back.
    press("Pick")
    walk(("ArrowRight", 3), ("Enter", 1))
    nb.kernel.until("scatter.picked.size == 2")
    walk(("+", 2))
    nb.kernel.until(f"scatter.view[1] - scatter.view[0] < {0.7 * (home[1] - home[0])}")
    zoomed = nb.kernel.eval("list(scatter.view)")
    walk(("ArrowRight", 40))
    nb.kernel.until(f"scatter.view[0] > {zoomed[0]}")
    walk(("r", 1))
    nb.kernel.until(f"list(scatter.view) == {home}")
    press("Grid")
    nb.kernel.until("scatter.grid")


class Fingers:
    """Touches of a screen, as the browser's own protocol makes them."""

    def __init__(self, view):
        self.view, self.session = view, view.nb.page.context.new_cdp_session(view.nb.page)

    def send(self, kind, *points):
        box = self.view.canvas.bounding_box()
        touches = [
            {"x": box["x"] + x, "y": box["y"] + y, "id": i} for i, (x, y) in enumerate(points)
        ]
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    def drag(self, corners):
        self.send("touchStart", corners[0])
        for start, end in itertools.pairwise(corners):
            for t in np.linspace(0, 1, 12)[1:]:
                at = np.add(np.multiply(1 - t, start), np.multiply(t, end))
                self.send("touchMove", at.tolist())
        self.send("touchEnd")


def test_every_gesture_by_touch(cells):
    nb = cells([CODEC, SCATTER])
    view = View(nb)
    view.canvas.scroll_into_view_if_needed()
    fingers = Fingers(view)
    home = nb.kernel.eval("list(scatter.view)")

    # A tap decodes.
    at = view.empty_place()
    fingers.drag([at])
    nb.kernel.until("scatter.picked.size == 2")
    np.testing.assert_allclose(
        view.to_screen([nb.kernel.eval("scatter.picked.tolist()")])[0], at, atol=1
    )

    # A box and a lasso by one finger.
    points = view.codes()
    x, y = points.T
    for mode in ("Box", "Lasso"):
        view.press(mode)
        corners = [(200.5, 100.5), (400.5, 100.5), (400.5, 250.5), (200.5, 250.5)]
        fingers.drag([corners[0], corners[2]] if mode == "Box" else [*corners, corners[0]])
        within = (x > 200.5) & (x < 400.5) & (y > 100.5) & (y < 250.5)
        # A lasso keeps a corner every two pixels: leave out what lies on its outline.
        near = np.minimum.reduce(
            [abs(x - 200.5), abs(x - 400.5), abs(y - 100.5), abs(y - 250.5)]
        ) < (3 if mode == "Lasso" else 0.1)
        sure = set(np.flatnonzero(within & ~near).tolist())
        assert sure
        got = set(nb.kernel.until("scatter.selection.tolist()"))
        assert sure <= got
        assert got <= set(np.flatnonzero(within | near).tolist())
        nb.kernel.eval("setattr(scatter, 'selection', [])")
        view.nb.page.wait_for_function(
            "root => !/\\d selected/.test(root.querySelector('.vw-title').innerText)",
            arg=view.root.element_handle(),
        )

    # Two fingers zoom: what lies between them stays between them; one finger pans.
    view.press("Pan")
    picked = nb.kernel.eval("scatter.picked.tolist()")
    fingers.send("touchStart", (250, 200))
    fingers.send("touchStart", (250, 200), (350, 200))
    for gap in range(0, 60, 10):
        fingers.send("touchMove", (250 - gap, 200), (350 + gap, 200))
    fingers.send("touchEnd")
    width = (home[1] - home[0]) * 100 / 200
    view_now = nb.kernel.until(
        f"bool(abs(scatter.view[1] - scatter.view[0] - {width}) < 1e-6) and list(scatter.view)"
    )
    box = view.canvas.bounding_box()
    share = (300 - MARGIN["left"]) / (box["width"] - MARGIN["left"] - MARGIN["right"])
    middle = home[0] + share * (home[1] - home[0])
    assert abs(view_now[0] + share * width - middle) < 1e-6
    assert nb.kernel.eval("scatter.picked.tolist()") == picked
    fingers.drag([(200, 200), (260, 200)])
    nb.kernel.until(f"scatter.view[0] < {view_now[0]}")


EIGHT = """
names = ['<img src=x onerror="window.pwned = 1">', "<b>bold</b>", "&amp;"]
scatters = [LatentScatter(codec, x, digits.target[:300] % 3, label_names=names) for _ in range(8)]
display(*scatters)
"""


def test_eight_scatters_and_labels_with_html_as_text(cells):
    nb = cells([CODEC, EIGHT])
    nb.kernel.eval("globals().update(scatter=scatters[7])")
    nb.page.wait_for_function("document.querySelectorAll('.vw-scatter').length === 8")
    views = [View(nb, i) for i in range(8)]
    blank = """canvas => {
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      return data.some((value) => value > 0);
    }"""
    for view in views:
        nb.page.wait_for_function(blank, arg=view.canvas.element_handle())
    last = views[7]
    index = nb.kernel.eval("int(np.flatnonzero(digits.target[:300] % 3 == 0)[0])")
    nb.kernel.eval(
        f"setattr(scatter, 'view', tuple(np.repeat(scatter.z_mean[{index}], 2) "
        "+ [-0.1, 0.1, -0.1, 0.1]))"
    )
    at = last.codes()[index]
    nb.page.wait_for_function(
        "name => document.querySelectorAll('.vw-legend-name').length >= 24", arg=""
    )
    last.move(at)
    text = last.tooltip.locator(".vw-tooltip-text")
    text.get_by_text('<img src=x onerror="window.pwned = 1">').wait_for()
    assert last.legend(0).inner_text().startswith("<img src=x")
    assert last.legend(2).inner_text().startswith("&amp;")
    assert nb.page.evaluate("window.pwned === undefined")
    assert nb.page.locator(".vw-scatter img, .vw-scatter b").count() == 0
    # Each answers for itself.
    last.click(at)
    nb.kernel.until("scatter.picked.size == 2")
    assert nb.kernel.eval("[s.picked.size for s in scatters]") == [0] * 7 + [2]
