"""Ctrl+Z undoes each gesture that changes a result, Ctrl+Y redoes it."""

import pytest

from tests.support.blank_page import BlankPage
from tests.support.layout import boxes
from tests.widgets import invariants


def keys(blank, *pressed):
    for key in pressed:
        blank.page.keyboard.press(key)


@pytest.fixture
def histogram(page):
    histogram = invariants.histogram()
    return BlankPage(page, histogram._view.canvas), histogram


def test_undo_of_the_threshold(histogram):
    blank, histogram = histogram
    chosen = (histogram.threshold, "f1")
    assert histogram.method == "f1"

    def until(threshold, method="manual"):
        blank.until(
            lambda: (histogram.threshold, histogram.method) == (threshold, method),
            f"{threshold} {method}",
        )

    main = blank.root.locator("[data-vw-main]")
    (box,) = boxes(main)
    y = box["y"] + 90
    # One drag with many moves is one step, and so is a text, a key and a method.
    blank.page.mouse.move(box["x"] + 200, y)
    blank.page.mouse.down()
    blank.page.mouse.move(box["x"] + 300, y, steps=5)
    blank.page.mouse.up()
    blank.until(lambda: histogram.method == "manual", "the drag")
    dragged = histogram.threshold
    blank.root.get_by_role("spinbutton", name="Threshold").fill("0.5")
    keys(blank, "Enter")
    until(0.5)
    blank.root.get_by_role("combobox", name="Method").select_option("iqr")
    blank.until(lambda: histogram.method == "iqr", "the method")
    by_iqr = histogram.threshold, "iqr"
    main.focus()
    keys(blank, "PageUp")  # undone before it has been sent
    keys(blank, "Control+z")
    until(*by_iqr)
    keys(blank, "Control+z")
    until(0.5)
    keys(blank, "Control+z")
    until(dragged)
    histogram.threshold = 0.125  # Python changes it meanwhile
    blank.update()
    keys(blank, "Control+z")
    until(*chosen)
    keys(blank, "Control+z")
    blank.root.get_by_text("There is nothing to undo.").wait_for()
    keys(blank, "Control+y")
    until(dragged)
    keys(blank, "Control+Shift+z")
    until(0.5)
    keys(blank, "Control+y")
    until(*by_iqr)
    # After another gesture there is nothing to redo.
    keys(blank, "Home")
    until(min(histogram.scores))
    keys(blank, "Control+y")
    blank.root.get_by_text("There is nothing to redo.").wait_for()


def test_two_views_of_a_widget_undo_each_others_gestures(histogram):
    blank, histogram = histogram
    blank.show_again()
    first, second = blank.root.locator("[data-vw-main]").all()
    first.press("PageUp")
    blank.until(lambda: histogram.method == "manual", "a step in the first view")
    moved = histogram.threshold
    second.press("Home")
    blank.until(lambda: histogram.threshold == min(histogram.scores), "a step in the second view")
    blank.close()  # the second view, whose step stays
    first.press("Control+z")
    blank.until(lambda: histogram.threshold == moved, "the latest step is undone first")
    first.press("Control+z")
    blank.until(lambda: histogram.method == "f1", "the first step is undone")


def test_a_refused_method_is_no_step(histogram):
    blank, histogram = histogram
    blank.root.locator("[data-vw-main]").focus()
    keys(blank, "PageUp")
    blank.until(lambda: histogram.method == "manual", "a step")
    blank.root.get_by_role("combobox", name="Method").select_option(label="Conformal bound")
    blank.root.get_by_text("was not applied").wait_for()
    blank.root.locator("[data-vw-main]").focus()
    keys(blank, "Control+z")
    blank.until(lambda: histogram.method == "f1", "the method before the step")


def test_undo_of_selection_bookmarks_and_threshold_in_the_scatter(page):
    scatter = invariants.scatter()
    blank = BlankPage(page, scatter)
    main = blank.root.locator("[data-vw-main]")
    scatter.selection = [3]
    blank.update()

    def until(*rows):
        blank.until(lambda: scatter.selection.tolist() == list(rows), f"selection {rows}")

    blank.root.get_by_role("button", name="Box", exact=True).click()
    (box,) = boxes(main)
    page.mouse.move(box["x"] + 50, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 10, box["y"] + box["height"] - 42, steps=5)
    page.mouse.up()
    blank.until(lambda: len(scatter.selection) > 5, "the selection")
    boxed = scatter.selection.tolist()
    keys(blank, "Escape")
    until()
    keys(blank, "Escape")  # changes nothing, and is no step
    keys(blank, "Control+z")
    until(*boxed)
    scatter.selection = [1, 2]
    blank.update()
    keys(blank, "Control+z")
    until(3)
    keys(blank, "Control+y")
    until(*boxed)

    there = "constructor"  # which every object of JavaScript has

    def names(*names):
        blank.until(lambda: list(scatter.bookmarks) == list(names), f"bookmarks {names}")

    blank.root.get_by_role("button", name="Save", exact=True).click()
    blank.root.get_by_role("textbox", name="Name of the bookmark").fill(there)
    keys(blank, "Enter")
    names("here", there)
    blank.root.get_by_role("button", name="Remove here").click()
    names(there)
    scatter.bookmarks = {**scatter.bookmarks, "python": scatter.z_mean[5]}
    blank.update()
    keys(blank, "Control+z")
    names(there, "python", "here")
    keys(blank, "Control+z")
    names("python", "here")  # what Python has added stays
    keys(blank, "Control+y")
    names("python", "here", there)

    scatter.color_by = "score"
    blank.update()
    field = blank.root.get_by_role("spinbutton", name="Threshold of the colours")
    field.fill("0.25")
    keys(blank, "Enter")
    blank.until(lambda: scatter.threshold == 0.25, "the threshold")
    keys(blank, "Control+z")  # in the field, whose text has been applied
    blank.until(lambda: scatter.threshold is None, "no threshold")


def test_undo_of_the_position_of_a_slide(page):
    slider = invariants.slider()
    slider.value = 0.5
    blank = BlankPage(page, slider)
    track = blank.root.get_by_role("slider", name="Position between start and end")
    track.focus()
    blank.root.get_by_text("value 0.500").wait_for()

    def until(value):
        blank.until(lambda: slider.value == value, f"the value {value}")
        assert page.evaluate("mounted.model.get('value')") == value

    (box,) = boxes(track)
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 20, box["y"] + 20, steps=5)
    page.mouse.up()
    until(0.0)
    keys(blank, "ArrowRight", "ArrowRight", "Control+z")  # undone before it has been sent
    until(0.0)
    keys(blank, "Control+z")
    until(0.5)
    keys(blank, "Control+y", "Control+y")
    until(0.5)
    keys(blank, "Home")
    until(0.0)
    start = slider.start
    blank.root.get_by_role("button", name="Swap ends").click()
    until(1.0)
    keys(blank, "Control+z")
    blank.until(lambda: (slider.start == start).all(), "the ends before the swap")
    until(0.0)
    keys(blank, "Control+z", "Control+z", "Control+z", "Control+z")
    until(0.5)
    blank.root.get_by_text("There is nothing to undo.").wait_for()


def test_undo_of_marks(page):
    queue = invariants.queue()
    blank = BlankPage(page, queue)
    blank.root.locator("[data-vw-main]").focus()
    rows = queue.queue.tolist()
    start = queue.to_dict()

    def until(**marks):
        wanted = dict(zip(start["index"], start["mark"], strict=True)) | {
            rows[int(place[1:])]: mark for place, mark in marks.items()
        }
        got = queue.to_dict
        blank.until(
            lambda: dict(zip(got()["index"], got()["mark"], strict=True)) == wanted, str(marks)
        )

    keys(blank, "Home", "ArrowRight", "f", "s")
    until(_1="normal", _2="unsure")
    keys(blank, "Control+z")
    until(_1="normal")
    blank.until(lambda: queue.position == 2, "the sample of the step")
    blank.root.get_by_role("button", name="Undo").click()
    until()
    keys(blank, "Control+y", "Control+Shift+z")
    until(_1="normal", _2="unsure")
    # While no kernel answers, too.
    blank.lose_kernel()
    keys(blank, "t", "Control+z", "Control+y")
    blank.lose_kernel("there")
    until(_1="normal", _2="anomalous")
