"""Reviewing under a real pointer and real keys; Python state read past the page."""

from playwright.sync_api import expect

from tests.browser.anomaly_histogram.test_widget import LINE, Scores

CODE = """
import numpy as np
import vae_widgets as vw
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA

digits = load_digits()
x, odd = digits.images.astype("float32") / 16, digits.target == 4


class Codec:
    sample_shape, latent_dim = (8, 8), 8
    pca = PCA(8, random_state=0).fit(x[~odd].reshape(-1, 64))

    def encode(self, x):
        return self.pca.transform(x.reshape(-1, 64)).astype("float32")

    def decode(self, z):
        return self.pca.inverse_transform(z).reshape(-1, 8, 8).astype("float32")


codec = Codec()
scores = ((x - codec.decode(codec.encode(x))) ** 2).sum((1, 2))
labels = np.full(len(x), np.nan)
labels[np.argsort(scores)[-10:]] = 1
histogram = vw.AnomalyHistogram(scores, labels, x)
histogram
"""
QUEUE = """
queue = vw.ReviewQueue(histogram, codec, order="highest")
queue
"""
SLIDER = """
slider = vw.InterpolationSlider(codec, x[0], x[1])
slider
"""
AWAIT = """
import asyncio, pathlib
while not pathlib.Path("reviewed").exists():
    await asyncio.sleep(0.02)
"""
COLOURS = """canvas => new Set(new Uint32Array(
  canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size"""


def test_five_false_alarms_change_the_precision_as_by_hand(notebook, lab):
    nb = notebook([CODE, QUEUE, AWAIT], run=False)
    page = nb.page
    page.set_viewport_size({"width": 1280, "height": 1700})
    for cell in (CODE, QUEUE):
        nb.run_cell(cell.strip().splitlines()[0])
    scores, review = page.locator(".vw-scores"), page.locator(".vw-review")
    review.locator(".vw-review-place").nth(5).wait_for(timeout=60_000)
    precision = scores.locator(".vw-scores-number").filter(
        has=page.get_by_text("Precision (labelled)", exact=True)
    )
    precision.get_by_text("1.000").wait_for()
    nb.run_cell("import asyncio, pathlib")  # while a cell awaits, every gesture acts

    card = review.locator(".vw-review-card")
    pictures = card.locator("canvas")
    expect(pictures).to_have_count(3)
    for picture in pictures.element_handles():
        page.wait_for_function(f"canvas => ({COLOURS})(canvas) > 5", arg=picture)
    before = nb.pixels(scores.locator("canvas"))
    card.click()
    for _ in range(3):
        page.keyboard.press("f")
    for _ in range(2):
        review.get_by_role("button", name="False alarm", exact=True).click()
    # By hand: of 15 labelled ones 10 are true alarms, and 5 false ones.
    precision.get_by_text("0.667").wait_for()
    nb.wait_for_other_pixels(scores.locator("canvas"), before)
    # None was drawn at random: of the other 74 flagged samples nothing is known.
    text = (
        "Precision of all 89 flagged: from 0.112 to 0.944. The 15 labelled samples were not drawn "
        "at random, so they say nothing about the others. Review some in random order for an "
        "estimate."
    )
    review.get_by_text(text).wait_for()
    scores.get_by_text(f"{text} Below the threshold no sample has a label").wait_for()

    # Back to the second: unsure; a step back; cleared; true, all by keys.
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    review.get_by_text("2 of 200 \N{MIDDLE DOT} 0 anomalous, 5 normal, 0 unsure").wait_for()
    card.get_by_text("false alarm").wait_for()
    page.keyboard.press("s")
    review.get_by_text("6 of 200 \N{MIDDLE DOT} 0 anomalous, 4 normal, 1 unsure").wait_for()
    page.keyboard.press("u")
    review.get_by_text("2 of 200 \N{MIDDLE DOT} 0 anomalous, 5 normal, 0 unsure").wait_for()
    page.keyboard.press("c")
    card.get_by_text("not reviewed").wait_for()
    page.keyboard.press("t")
    precision.get_by_text("0.733").wait_for()
    expect(card).to_be_focused()
    # The line, too, moves more than once; the kernel says how.
    for _ in range(2):
        scores.get_by_role("combobox", name="Method").select_option("percentile")
        scores.get_by_text("Flags at most the top 5 %").wait_for()
        scores.locator("canvas").focus()
        page.keyboard.press("ArrowRight")
        scores.get_by_text("Set by hand").wait_for()
    (lab.root / "reviewed").touch()
    nb.wait_until_idle()
    assert nb.kernel.eval("histogram.metrics['precision']") == 11 / 15
    marked = nb.kernel.eval("[queue.to_dict()[name] for name in ('index', 'label')]")
    top = nb.kernel.eval("np.argsort(scores)[::-1][10:15].tolist()")
    assert dict(zip(*marked, strict=True)) == dict(zip(top, [0, 1, 0, 0, 0], strict=True))

    # A click goes to a sample; another order, and a line that was moved, queue others.
    review.locator(".vw-review-place").nth(8).click()
    nb.kernel.until("queue.position == 8")
    review.get_by_role("combobox", name="Order").select_option("random")
    nb.kernel.until("queue.order == 'random' and queue.position == 0")
    first = nb.kernel.eval("int(queue.queue[0])")
    card.get_by_text(f"Sample {first}", exact=True).wait_for()
    nb.drag(scores.locator("canvas"), (150, 120), (200, 120))
    nb.kernel.until(f"histogram.method == 'manual' and int(queue.queue[0]) != {first}")
    review.get_by_role("button", name="Undo").click()
    nb.kernel.until("histogram.metrics['true_positives'] == 10")
    assert nb.kernel.eval("sorted(queue.to_dict()['label'])") == [0, 0, 0, 0]


def test_a_restart_loses_none_of_five_marks_and_widgets_say_that_the_kernel_has_gone(notebook):
    nb = notebook([CODE, QUEUE, SLIDER], own=True)
    page = nb.page
    page.set_viewport_size({"width": 1280, "height": 1700})
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    nb.show_cell(QUEUE.strip().splitlines()[0])
    review = page.locator(".vw-review")
    review.locator(".vw-review-place").nth(5).wait_for()
    review.locator(".vw-review-card").click()
    for key in "tf":
        page.keyboard.press(key)
    nb.kernel.until("len(queue.to_dict()['index']) == 2")
    page.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    page.wait_for_function(
        "() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'idle'"
    )
    # Buttons of the histogram that need Python look as useless as they are.
    scores = Scores(nb)
    scores.root.get_by_text("Disconnected: run the cell again").filter(visible=True).wait_for()
    confidence = page.get_by_role("button", name="Confidence")
    expect(confidence).to_have_css("opacity", "0.5", timeout=30_000)

    review.locator(".vw-review-card").click()
    for key in "tsf":
        page.keyboard.press(key)
    # The page says so at once, and offers what it keeps as a file.
    review.get_by_text("Disconnected: run the cell again").wait_for()
    review.get_by_text("Waiting for the kernel").wait_for()
    with page.expect_download() as download:
        review.get_by_role("button", name="Save marks").click()
    assert len(download.value.path().read_text().splitlines()) == 1 + 5

    nb.run_all()
    nb.show_cell(QUEUE.strip().splitlines()[0])
    review.get_by_text("Restored 5 marks from this browser.").wait_for()
    marks = nb.kernel.eval("[queue.to_dict()[name] for name in ('index', 'mark')]")
    top = nb.kernel.eval("np.argsort(scores)[::-1][10:15].tolist()")
    expected = ["anomalous", "normal", "anomalous", "unsure", "normal"]
    assert dict(zip(*marks, strict=True)) == dict(zip(top, expected, strict=True))
    assert nb.kernel.eval(
        "np.nan_to_num(histogram.labels[np.argsort(scores)[::-1][10:15]], nan=9).tolist()"
    ) == [1, 0, 1, 9, 0]

    # A kernel that is shut down is told of before any gesture.
    film = nb.output("slider")
    film.get_by_role("slider").wait_for()
    page.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    film.get_by_text("Disconnected: run the cell again.").wait_for()
    film.get_by_role("slider").press("End")
    film.get_by_text("value 1.000").wait_for()
    film.get_by_role("button", name="Swap ends").click()  # which the page does itself
    film.get_by_text("value 0.000").wait_for()
    scores.canvas.scroll_into_view_if_needed()
    line = scores.canvas.evaluate(LINE)
    nb.drag(scores.canvas, (line, 120), (line + 60, 120))
    scores.root.get_by_text("Disconnected: run the cell again").filter(visible=True).wait_for()
    assert errors == []
