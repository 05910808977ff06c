import numpy as np

from tests.browser.latent_scatter.test_python_code import CLIPBOARD
from tests.support.scatter_view import ANSWERS, CODEC, MOVE, SCATTER, View


def test_bookmarks_attribute_and_python(cells):
    nb = cells([CODEC, SCATTER, ANSWERS])
    view = View(nb)
    nb.page.evaluate(CLIPBOARD)
    view.press("Save")
    name = view.root.get_by_label("Name of the bookmark")
    bookmark = view.root.get_by_role("button", name="Bookmark", exact=True)
    assert bookmark.is_disabled()

    # A bookmark is marked on the plane, named as text, and brings its place back.
    view.click(view.empty_place())
    nb.kernel.until("scatter.picked.size == 2")
    first = nb.kernel.eval("scatter.picked.tolist()")
    view.wait_for_status("Decoded by the kernel")
    before = nb.pixels(view.canvas)
    name.fill("<b>smile</b>")
    name.press("Enter")
    nb.kernel.until("'<b>smile</b>' in scatter.bookmarks")
    assert nb.kernel.eval("scatter.bookmarks['<b>smile</b>'].tolist()") == first
    nb.wait_for_other_pixels(view.canvas, than=before)
    nb.kernel.eval("scatter.pick(5)")
    nb.kernel.until("scatter.picked_index == 5")
    view.press("<b>smile</b>")
    nb.kernel.until(f"scatter.picked.tolist() == {first}")

    # Two selections make an attribute; the slider moves what is picked along it, by keys.
    for digit, group in (
        (4, "Towards A: use the selection"),
        (1, "Away from B: use the selection"),
    ):
        nb.kernel.eval(f"setattr(scatter, 'selection', digits.target[:300] == {digit})")
        count = nb.kernel.eval(f"int((digits.target[:300] == {digit}).sum())")
        view.root.get_by_text(f"{count} selected").first.wait_for()
        view.press(group)
    attribute = (
        "(scatter.z_mean[digits.target[:300] == 4].mean(0)"
        " - scatter.z_mean[digits.target[:300] == 1].mean(0))"
    )
    nb.kernel.until(f"scatter.attribute.size and bool(np.allclose(scatter.attribute, {attribute}))")
    slider = view.root.get_by_label("Move what is picked towards A, away from B")
    nb.page.wait_for_function("slider => !slider.disabled", arg=slider.element_handle())
    # In the page at once, from steps decoded beforehand; no message until the hand rests.
    nb.kernel.until("bool(answers.get('traversals', {}).get('rows'))")
    decoded = view.root.locator("canvas[data-role=decoded]")
    nb.page.wait_for_function(
        f"([slider, canvas]) => new Set(({MOVE})([slider, canvas, [-2, -1, 1, 2]])).size === 4",
        arg=[slider.element_handle(), decoded.element_handle()],
    )
    nb.kernel.until(f"np.allclose(scatter.picked, {first} + 2 * {attribute}, atol=1e-5)")
    view.caption.filter(has_text="decoded").wait_for()
    nb.page.evaluate(MOVE, [slider.element_handle(), decoded.element_handle(), [0]])
    nb.kernel.until(f"np.allclose(scatter.picked, {first}, atol=1e-6)")
    slider.focus()
    for _ in range(10):
        view.keyboard.press("ArrowRight")
    assert slider.input_value() == "0.5"
    nb.kernel.until(f"np.allclose(scatter.picked, {first} + 0.5 * {attribute}, atol=1e-5)")
    view.caption.filter(has_text="decoded").wait_for()
    place = nb.kernel.eval("scatter.project([scatter.picked]).tolist()")
    assert nb.kernel.eval("scatter._pick['at']") == place[0]
    for _ in range(10):
        view.keyboard.press("ArrowLeft")
    nb.kernel.until(f"np.allclose(scatter.picked, {first}, atol=1e-6)")

    # The code shows the same in another widget.
    nb.kernel.eval(
        "setattr(scatter, 'view', (-1.5, 2, -1, 1.25)) or setattr(scatter, 'threshold', -1.5)"
        " or setattr(scatter, 'color_by', 'none')"
    )
    nb.page.wait_for_function(
        "select => select.value === 'none'",
        arg=view.root.get_by_label("What colours the points").element_handle(),
    )
    view.press("Copy as Python")
    view.wait_for_status("Copied. The code expects the widget in the variable scatter.")
    code = nb.page.evaluate("window.copied")
    again = (
        f"globals().update(other=LatentScatter(codec, x)) or exec({code!r}, dict(scatter=other))"
    )
    nb.kernel.eval(again)
    for trait in ("projection", "dims", "view", "color_by", "threshold"):
        assert nb.kernel.eval(f"other.{trait} == scatter.{trait}"), trait
    for trait in ("slice_at", "selection", "picked", "decoded"):
        assert nb.kernel.eval(f"np.array_equal(other.{trait}, scatter.{trait})"), trait
    assert np.array_equal(nb.kernel.eval("other.bookmarks['<b>smile</b>'].tolist()"), first)

    # Forgotten in the page, forgotten in Python.
    view.press("Remove <b>smile</b>")
    nb.kernel.until("scatter.bookmarks == {}")
