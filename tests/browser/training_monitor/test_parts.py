"""Parts of the monitor on a blank page, with figures that stand in for bqplot's."""

import csv
import io

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.support.blank_page import BlankPage
from tests.support.layout import boxes
from tests.support.pca_codec import PcaCodec, digits
from vae_widgets.widgets.training_monitor.widget import TrainingMonitor

X = digits()[0][:20]
# The x axis is 400 pixels long and begins 50 pixels right of the figure. The plot area reaches 5
# pixels further, as bqplot's does, so that no mark is cut.
AREA, LEFT, ROOM = 400, 50, 5
FIGURES = f"""() => {{
  document.body.className = "vw-monitor vw-open-replay";
  document.body.insertAdjacentHTML("afterbegin", `<div class="vw-curves">${{`<div class="bqplot"
    style="position: relative; width: 500px; height: 200px"><svg width="500" height="200">
    <rect class="plotarea_background" x="{LEFT - ROOM}" y="10" width="{AREA + 2 * ROOM}"
    height="150"></rect>
    <g class="axis"><path class="domain" d="M{LEFT},6V0H{LEFT + AREA}V6"></path></g>
    <g class="axis"><path class="domain" d="M44,160H{LEFT}V10H44"></path></g>
    </svg></div>`.repeat(2)}}</div>`);
}}"""

MIDDLE = "e => e.offsetLeft + e.offsetWidth / 2"


class Codec(PcaCodec):
    stop_training = False


@pytest.fixture
def monitor():
    monitor = TrainingMonitor(X)
    callback = monitor.callback
    callback.set_params({"epochs": 8, "steps": 2})
    callback.set_model(Codec(X, 2))
    callback.on_train_begin()
    for epoch in range(8):
        callback.on_epoch_begin(epoch)
        for batch in range(2):
            callback.on_train_batch_end(batch, {"loss": 9.0 - epoch})
        callback.on_epoch_end(epoch, {"loss": 9.0 - epoch, "val_loss": abs(5.0 - epoch)})
        monitor._session.try_pictures(now=True)
        if epoch == 3:
            monitor.stop()
            monitor._session.state = "training"
    callback.on_train_end()
    monitor._throttle.finish()
    yield monitor
    monitor.close()


def marks(blank, name):
    """Places of the marks of each figure on an axis from 0 to 8, to a pixel and a half."""
    figures = blank.page.locator(".bqplot").all()
    places = [[mark.evaluate(MIDDLE) for mark in of.locator(name).all()] for of in figures]
    return [[pytest.approx((x - LEFT) / AREA * 8, abs=0.03) for x in of] for of in places]


def test_the_replay_plays_and_marks_its_epoch_on_the_curves(page, monitor):
    monitor.panels = ["replay"]
    monitor._throttle.finish()
    replay = monitor._drawing.replay
    blank = BlankPage(page, replay)
    page.evaluate(FIGURES)
    blank.until(lambda: marks(blank, ".vw-replay-cursor") == [[8.0], [8.0]], "the newest epoch")
    frames = replay.shown["frames"]

    # Steps by buttons and keys, wherever the focus is.
    blank.root.get_by_role("button", name="Previous epoch").click()
    blank.until(lambda: replay.at == frames[-2], "a step back")
    page.keyboard.press("ArrowLeft")
    blank.until(lambda: replay.at == frames[-3], "another one")
    page.keyboard.press("Home")
    blank.until(lambda: replay.at == frames[0], "the first epoch")
    blank.until(lambda: marks(blank, ".vw-replay-cursor") == [[frames[0]]] * 2, "its mark")

    # Space plays, each epoch once it is seen, and the next Space holds it.
    seen = []
    replay.observe(lambda change: seen.append(change.new), "at")
    page.keyboard.press("Space")
    blank.root.get_by_role("button", name="Pause").wait_for()
    blank.until(lambda: len(seen) >= 2, "two epochs")
    page.keyboard.press("Space")
    blank.root.get_by_role("button", name="Play").wait_for()
    blank.until(lambda: marks(blank, ".vw-replay-cursor") == [[seen[-1]]] * 2, "the mark")
    assert seen == frames[1 : len(seen) + 1]
    blank.root.get_by_role("button", name="Play").click()
    blank.until(lambda: replay.at is None, "the newest epoch")
    assert [*seen[:-1], None] == [*frames[1:-1], None]
    blank.root.get_by_role("button", name="Play").wait_for()

    # A closed panel has no mark on the curves.
    page.evaluate("() => document.body.classList.remove('vw-open-replay')")
    page.locator(".vw-replay-cursor").first.wait_for(state="detached")
    blank.close()
    expect(page.locator(".bqplot > div")).to_have_count(0)


def test_events_are_named_above_the_curves_and_keys_zoom(page, monitor):
    controls = monitor._drawing.controls
    blank = BlankPage(page, controls)
    page.evaluate(FIGURES)
    blank.until(lambda: marks(blank, ".vw-curve-event") == [[4.0]] * 2, "the event")
    expect(page.locator(".vw-curve-names")).to_have_text(["stopped"])
    name, area = boxes(page.locator(".vw-curve-names span").first, page.locator("rect").first)
    assert name["y"] + name["height"] <= area["y"]
    assert name["x"] >= area["x"]

    blank.root.get_by_role("button", name="Log scale").focus()
    for key, ends in (("+", (2, 6)), ("+", (3, 5)), ("ArrowRight", (3.5, 5.5)), ("-", (2.5, 6.5))):
        page.keyboard.press(key)
        blank.until(lambda ends=ends: monitor.zoom == ends, f"a zoom by {key}")
        monitor._throttle.finish()
        blank.update()
    blank.until(lambda: marks(blank, ".vw-curve-event")[0] == [3.0], "the event in the zoom")
    page.keyboard.press("0")
    blank.until(lambda: monitor.zoom is None, "the whole run")
    blank.close()


def test_the_history_is_saved_as_python_has_it(page, monitor):
    blank = BlankPage(page, monitor._drawing.legend)
    kinds = blank.root.locator(".vw-legend-kind").all_inner_texts()
    assert kinds == ["training", "validation", "each batch", "best epoch"]
    blank.root.get_by_role("button", name="Export", exact=True).click()
    with page.expect_download() as download:
        blank.root.get_by_role("button", name="History (CSV)").click()
    assert download.value.suggested_filename == "training.csv"
    text = download.value.path().read_bytes().decode()
    record = monitor.history.to_dict()
    steps = record.pop("steps")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    for table, part in ((record, rows[:8]), (steps, rows[8:])):
        for name, values in table.items():
            np.testing.assert_array_equal([float(row[name]) for row in part], values)
    blank.close()
