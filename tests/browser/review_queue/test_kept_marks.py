"""Marks of a review outlive the kernel that had them."""

import csv
import io

import numpy as np

import vae_widgets as vw
from tests.support.blank_page import BlankPage

SCORES = np.random.default_rng(0).gamma(2.0, size=300)
ORDER = np.argsort(SCORES)[::-1]


def make_queue():
    return vw.ReviewQueue(vw.AnomalyHistogram(SCORES, percentile=90), order="highest")


def in_another_kernel(queue):
    """As if the widget lived in another process."""
    queue._origin = {**queue._origin, "kernel": "another"}
    return queue


def marks_of(queue):
    marks = queue.to_dict()
    return dict(zip(marks["index"], marks["mark"], strict=True))


def press(blank, keys):
    blank.page.locator(".vw-review-card").focus()
    for key in keys:
        blank.page.keyboard.press(key)


def test_five_marks_survive_a_kernel_that_has_gone(page, tmp_path):
    blank = BlankPage(page, make_queue())
    press(blank, "tf")
    blank.root.get_by_text("1 anomalous, 1 normal, 0 unsure").wait_for()
    blank.wait_for_answers()
    blank.lose_kernel()
    press(blank, "tsf")
    # At once, and what is counted includes them.
    blank.root.get_by_role("alert").get_by_text("The kernel does not answer").wait_for()
    blank.root.get_by_text("Waiting for the kernel: 3 marks in this browser.").wait_for()
    blank.root.get_by_text("2 anomalous, 2 normal, 1 unsure").wait_for()
    blank.until(lambda: len(marks_of(blank.widget)) == 2, "the marks before")
    expected = dict(
        zip(
            ORDER[:5].tolist(),
            ["anomalous", "normal", "anomalous", "unsure", "normal"],
            strict=True,
        )
    )

    # A file with all five, which load takes.
    with page.expect_download() as download:
        blank.root.get_by_role("button", name="Save marks").click()
    download.value.save_as(tmp_path / "marks.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "marks.csv").read_text())))
    assert {int(row["index"]): row["mark"] for row in rows} == expected
    loaded = make_queue()
    loaded.load(tmp_path / "marks.csv")
    assert marks_of(loaded) == expected

    # The kernel restarts, the cell runs again: another widget of the same scores has all of them.
    blank.close()
    again = BlankPage(page, in_another_kernel(make_queue()))
    again.root.get_by_text("Restored 5 marks from this browser.").wait_for()
    again.root.get_by_text("2 anomalous, 2 normal, 1 unsure").wait_for()
    assert marks_of(again.widget) == expected
    labels = again.widget.labels[ORDER[:5]]
    assert np.array_equal(labels, [1, 0, 1, np.nan, 0], equal_nan=True)
    assert not set(ORDER[:5]) & set(again.widget.queue)
    # They are its own now: shown once more, it has nothing to restore.
    again.close()
    shown = BlankPage(page, again.widget)
    shown.root.get_by_text("2 anomalous, 2 normal, 1 unsure").wait_for()
    assert not shown.root.get_by_text("this browser").is_visible()
    # Other scores do not get them.
    shown.close()
    other = vw.ReviewQueue(vw.AnomalyHistogram(SCORES + 1), order="highest")
    BlankPage(page, in_another_kernel(other)).root.get_by_text("0 anomalous").wait_for()
    assert marks_of(other) == {}


def test_the_same_kernel_gets_them_when_it_answers_again(page):
    blank = BlankPage(page, make_queue())
    blank.lose_kernel()
    press(blank, "tft")
    press(blank, "u")  # the last is taken back before any kernel heard of it
    blank.root.get_by_text("1 anomalous, 1 normal, 0 unsure").wait_for()
    blank.lose_kernel("there")
    blank.root.get_by_text("Waiting for the kernel").wait_for(state="hidden")
    assert marks_of(blank.widget) == {int(ORDER[0]): "anomalous", int(ORDER[1]): "normal"}
    assert blank.root.locator(".vw-notice").text_content() == ""
    # Taking a step back of the kernel's needs the kernel, and says so.
    blank.lose_kernel("gone")
    press(blank, "tuu")
    blank.root.get_by_text("The kernel has this step and does not answer").wait_for()
    assert len(marks_of(blank.widget)) == 2


def test_a_busy_kernel_is_told_of_and_nothing_is_done_twice(page):
    blank = BlankPage(page, make_queue())
    blank.lose_kernel("busy")
    press(blank, "t")
    blank.root.get_by_text("Waiting for the kernel: 1 mark").wait_for(timeout=10_000)
    assert "busy or gone" in blank.root.get_by_role("alert").inner_text()


def test_marks_of_another_queue_are_offered_and_can_be_removed(page):
    first = BlankPage(page, make_queue())
    press(first, "tf")
    first.root.get_by_text("1 anomalous, 1 normal, 0 unsure").wait_for()
    first.wait_for_answers()
    first.close()
    # The same kernel: the code made a new queue, which may be meant.
    second = BlankPage(page, make_queue())
    offer = "This browser has 2 marks of another queue of these scores."
    second.root.get_by_text(offer).wait_for()
    assert marks_of(second.widget) == {}
    second.root.get_by_role("button", name="Restore").click()
    second.root.get_by_text("Restored 2 marks from this browser.").wait_for()
    assert marks_of(second.widget) == marks_of(first.widget)
    second.root.get_by_role("button", name="Remove them").click()
    second.root.get_by_text("0 anomalous, 0 normal, 0 unsure").wait_for()
    second.until(lambda: marks_of(second.widget) == {}, "no marks")
    second.close()

    # A label that was given meanwhile stays.
    third = make_queue()
    press(blank := BlankPage(page, third), "t")
    blank.root.get_by_text("1 anomalous").wait_for()
    blank.wait_for_answers()
    blank.close()
    histogram = vw.AnomalyHistogram(SCORES, np.where(np.arange(300) == ORDER[0], 0, np.nan))
    fourth = in_another_kernel(vw.ReviewQueue(histogram, order="highest"))
    last = BlankPage(page, fourth)
    last.root.get_by_text("Could not restore 1 mark from this browser").wait_for()
    assert histogram.labels[ORDER[0]] == 0
    last.root.get_by_role("button", name="Delete").click()
    last.root.get_by_text("Could not restore").wait_for(state="hidden")
