"""The threshold under a real pointer and real keys; Python state read past the page."""

import io
import json
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect
from scipy.ndimage import binary_dilation, uniform_filter

from tests.support.jupyterlab import wait_for
from tests.support.layout import boxes, settle
from tests.support.scatter_view import CODEC

LABELLED = """
import numpy as np
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
import vae_widgets as vw

digits = load_digits()
x = digits.images.astype("float32") / 16
flat, odd = x.reshape(len(x), -1), digits.target == 4
pca = PCA(8).fit(flat[~odd])
scores = ((flat - pca.inverse_transform(pca.transform(flat))) ** 2).sum(1)
histogram = vw.AnomalyHistogram(scores, odd, x)
histogram
"""
UNLABELLED = """
import numpy as np
import vae_widgets as vw
scores = np.append(np.random.default_rng(0).gamma(2, size=100_000), [1e4, 2e5])
histogram = vw.AnomalyHistogram(scores)
histogram
"""
AGREES = "bool(np.array_equal(histogram.flagged, scores >= histogram.threshold))"

ELSEWHERE = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        absent = "tensorflow keras IPython ipykernel ipywidgets anywidget bqplot".split()
        if name.split(".")[0] in absent or name.startswith("jupyter"):
            raise ImportError(f"{name} is not here")

sys.meta_path.insert(0, Absent())
import json
import numpy as np
import vae_widgets as vw

flagged = vw.ThresholdPolicy.load("policy.json").apply(np.load("scores.npy"))
print(json.dumps(np.flatnonzero(flagged).tolist()))
"""

# Where the threshold's line is, once the next frame is drawn: the first dark pixel of a row above
# most bars.
LINE = """async (canvas) => {
  await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  const ratio = window.devicePixelRatio;
  const row = canvas.getContext("2d").getImageData(0, 40 * ratio, canvas.width, 1).data;
  for (let x = 0; x < canvas.width; x++)
    if (row[4 * x] < 80 && row[4 * x + 3] > 200) return x / ratio;
}"""


# Place of the operating point on the curve in sight, as bqplot drew it.
POINT = """() => {
  const seen = [...document.querySelectorAll('.vw-figure .object_grp')]
    .filter((dot) => dot.getBoundingClientRect().width);
  return seen.length === 1 ? seen[0].getAttribute('transform') : null;
}"""
# Keeps the kernel busy as long as a file is there.
BUSY = """
import pathlib, time
while pathlib.Path("busy").exists():
    time.sleep(0.02)
"""


class Scores:
    """What the page shows."""

    def __init__(self, nb):
        self.nb, self.page = nb, nb.page
        self.root = nb.page.locator(".vw-scores")
        self.canvas = self.root.locator("canvas")
        self.canvas.wait_for()
        self.page.wait_for_function("() => document.querySelector('.vw-scores canvas').width > 300")
        self.threshold = self.page.get_by_role("spinbutton", name="Threshold")
        self.rate = self.page.get_by_role("spinbutton", name="Percentage to flag")
        self.method = self.root.get_by_role("combobox", name="Method")

    def enter(self, field, text):
        field.click(click_count=3)
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")

    def choose(self, title):
        self.method.select_option(label=title)

    def number(self, name):
        entry = self.root.locator(".vw-scores-number").filter(
            has=self.page.get_by_text(name, exact=True)
        )
        return entry.locator(".vw-scores-value").inner_text()

    def wait_for_number(self, name, value):
        self.root.locator(".vw-scores-number").filter(
            has=self.page.get_by_text(name, exact=True)
        ).get_by_text(value, exact=True).wait_for()

    @property
    def status(self):
        return self.root.locator(".vw-status")

    def point(self):
        """The place of the point once the next frames are drawn."""
        settle(self.page)
        return self.page.evaluate(POINT)


@pytest.fixture
def labelled(notebook):
    return Scores(notebook([LABELLED]))


@pytest.fixture
def bars(cells):
    """The part of the histogram with bars, numbers and controls, alone."""
    return Scores(cells([LABELLED, "histogram._view.canvas"]))


def test_a_drag_answers_in_the_page_and_confirms_once(labelled, lab):
    nb, page = labelled.nb, labelled.page
    page.wait_for_function(f"() => ({POINT})() !== null")
    before = nb.kernel.eval("histogram.threshold")
    pixels, point = nb.pixels(labelled.canvas), labelled.point()
    false_positives = labelled.number("False pos.")
    sent = nb.comm_messages()

    nb.drag(labelled.canvas, (150, 120), (340, 120), steps=25, release=False)
    moved = nb.wait_for_other_pixels(labelled.canvas, pixels)
    page.wait_for_function(f"old => ({POINT})() !== old", arg=point)
    expect(labelled.status).to_have_text("Release to apply.")
    assert labelled.number("False pos.") != false_positives
    live, flagged = float(labelled.threshold.input_value()), labelled.number("True pos.")
    assert live != before
    assert nb.kernel.eval("histogram.threshold") == before
    assert nb.comm_messages() == sent  # the picture, the counts and the curve: no message

    page.mouse.up()
    nb.kernel.until(f"histogram.threshold == {live}")
    wait_for(lambda: nb.comm_messages() > sent, 30, "the message as the page counts it")
    assert nb.comm_messages() == sent + 1
    assert nb.kernel.eval("histogram.method") == "manual"
    assert nb.kernel.eval(AGREES)
    counted = "int(((scores >= histogram.threshold) & odd).sum())"
    assert nb.kernel.eval(counted) == int(flagged)
    labelled.root.get_by_text("Set by hand").wait_for()
    assert labelled.number("True pos.") == flagged
    expected = nb.kernel.eval("[histogram.metrics[k] for k in ('precision', 'recall', 'f1')]")
    shown = [float(labelled.number(name)) for name in ("Precision", "Recall", "F1")]
    assert shown == pytest.approx(expected, abs=5e-4)
    assert nb.pixels(labelled.canvas) != pixels
    assert moved != pixels

    # What was chosen here flags the same where there is neither TensorFlow nor Jupyter.
    nb.kernel.eval("[str(histogram.policy().save('policy.json')), np.save('scores.npy', scores)]")
    done = subprocess.run(
        [sys.executable, "-c", ELSEWHERE], cwd=lab.root, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == nb.kernel.eval("np.flatnonzero(histogram.flagged).tolist()")


def pixels_of(part):
    return np.asarray(Image.open(io.BytesIO(part.screenshot())).convert("RGB")).astype(int)


def assert_alike(one, other):
    """Compare two pictures of a curve: its pixels to 2 pixels, its point to 1, and the rest."""
    height, width = np.minimum(one.shape[:2], other.shape[:2])
    one, other = one[:height, :width], other[:height, :width]
    curve, point = (
        [np.abs(picture - colour).sum(axis=2) < 60 for picture in (one, other)]
        for colour in ((63, 144, 218), (231, 99, 0))
    )
    for mask, twin in (curve, curve[::-1]):
        assert mask.sum() > 300
        near = binary_dilation(twin, iterations=2)
        assert near[mask].mean() > 0.99
    places = [np.mean(np.nonzero(mask), axis=1) for mask in point]
    assert np.abs(places[0] - places[1]).max() < 1
    # Titles, numbers and frames, blurred by as many pixels as they may be off.
    grey = [uniform_filter(picture.mean(axis=2), 5).ravel() for picture in (one, other)]
    assert np.corrcoef(*grey)[0, 1] > 0.9


def test_the_point_on_every_curve_follows_a_drag(labelled, lab):
    nb, page = labelled.nb, labelled.page
    page.wait_for_function(f"() => ({POINT})() !== null")
    for panel, x in (("ROC", 250), ("Cost", 320)):
        point = labelled.point()
        page.get_by_role("button", name=panel, exact=True).click()
        # Of another curve, so at another place.
        page.wait_for_function(f"old => ![old, null].includes(({POINT})())", arg=point)
        point = labelled.point()
        nb.drag(labelled.canvas, (150, 120), (x, 120), steps=5, release=False)
        page.wait_for_function(f"old => ({POINT})() !== old", arg=point)
        moved = labelled.point()
        page.mouse.up()
        nb.kernel.until(f"histogram.threshold == {float(labelled.threshold.input_value())}")
        # The kernel confirms what the page drew: it stays there.
        labelled.root.get_by_text("Set by hand").wait_for()
        page.wait_for_function(f"moved => ({POINT})() === moved", arg=moved)
    # An exported page, which has no bqplot, draws the same curve with its point.
    nb.kernel.eval("histogram.save_html('scores.html')")
    saved = page.context.browser.new_page()
    saved.goto((lab.root / "scores.html").as_uri())
    figure = page.locator(".vw-figure .bqplot.figure").filter(visible=True)
    twin = saved.locator(".vw-curve-figure").filter(visible=True)
    (size,) = boxes(figure)
    twin.evaluate(
        "(e, { width, height }) => Object.assign(e.parentElement.style,"
        " { width: `${width}px`, height: `${height}px`, flex: 'none' })",
        size,
    )
    saved.wait_for_function(
        "([canvas, width]) => Math.abs(canvas.width - width) <= 1",
        arg=[twin.locator("canvas").element_handle(), size["width"]],
    )
    assert_alike(pixels_of(figure), pixels_of(twin))
    saved.close()

    page.get_by_role("button", name="Confidence").click()
    page.get_by_text("They assume that you set it without looking at these labels.").wait_for()
    expect(page.get_by_text("Enough labels").or_(page.get_by_text("Too few labels"))).to_have_count(
        1
    )


def test_fields_buttons_and_keys_move_the_threshold(bars):
    nb, page = bars.nb, bars.page
    pixels = nb.pixels(bars.canvas)
    bars.enter(bars.threshold, "2.1234567")  # between two steps of a drag
    nb.kernel.until("histogram.threshold == 2.1234567")
    pixels = nb.wait_for_other_pixels(bars.canvas, pixels)
    found = nb.kernel.eval("histogram.metrics['true_positives']")
    bars.wait_for_number("True pos.", str(found))

    bars.enter(bars.rate, "10")
    nb.kernel.until("histogram.method == 'percentile'")
    assert nb.kernel.eval("(int(histogram.flagged.sum()), histogram.percentile)") == [179, 90]
    pixels = nb.wait_for_other_pixels(bars.canvas, pixels)
    bars.root.get_by_text("Flags at most the top 10 % of 1,797 samples.").wait_for()

    bars.choose("Best F1")
    nb.kernel.until("histogram.method == 'f1'")
    bars.root.get_by_text("Best F1 on these labels").wait_for()

    # A press on the line takes hold of it: a click there changes nothing.
    sent, line = nb.comm_messages(), bars.canvas.evaluate(LINE)
    nb.drag(bars.canvas, (line + 1, 120), (line + 3, 120), steps=2, release=False)
    bars.root.get_by_text("Release to apply.").wait_for()
    page.mouse.up()
    bars.root.get_by_text("Best F1 on these labels").wait_for()
    assert nb.comm_messages() == sent

    # Keys: the first step leaves the chosen score for the next round one.
    start = nb.kernel.eval("histogram.threshold")
    bars.canvas.focus()
    page.keyboard.press("ArrowRight")
    nb.kernel.until(f"{start} < histogram.threshold < {start} + 0.1")
    stepped = nb.kernel.eval("histogram.threshold")
    page.keyboard.press("PageDown")
    nb.kernel.until(f"histogram.threshold < {stepped} - 0.1")
    page.keyboard.press("Home")
    nb.kernel.until("bool(histogram.flagged.all())")
    page.keyboard.press("End")
    nb.kernel.until("not bool(histogram.flagged.any())")
    bars.wait_for_number("Precision", "\N{EN DASH}")
    expect(bars.canvas).to_be_focused()

    # Python moves the line too.
    pixels = nb.pixels(bars.canvas)
    nb.kernel.eval("setattr(histogram, 'threshold', 2.0)")
    nb.wait_for_other_pixels(bars.canvas, pixels)
    expect(bars.threshold).to_have_value("2")


def test_a_method_is_chosen_with_its_parameter_and_says_what_it_assumes(labelled):
    nb, page = labelled.nb, labelled.page
    pixels = nb.pixels(labelled.canvas)
    labelled.choose("Interquartile range")
    nb.kernel.until("histogram.method == 'iqr'")
    pixels = nb.wait_for_other_pixels(labelled.canvas, pixels)
    labelled.root.get_by_text("1.5 interquartile ranges above the third quartile").wait_for()
    expect(labelled.status).to_contain_text("Assumes that")
    factor = page.get_by_role("spinbutton", name="Interquartile range: factor")
    labelled.enter(factor, "0.5")
    nb.kernel.until("histogram.chosen.parameters['factor'] == 0.5")
    pixels = nb.wait_for_other_pixels(labelled.canvas, pixels)
    found = nb.kernel.eval("histogram.metrics['true_positives']")
    labelled.wait_for_number("True pos.", str(found))

    # By keys alone, as on any page.
    labelled.method.focus()
    page.keyboard.type("Lowest")
    nb.kernel.until("histogram.method == 'cost'")
    labelled.root.get_by_text("Expected cost").wait_for()
    page.get_by_role("button", name="Cost", exact=True).click()
    page.get_by_text("Assumes a cost of 10 for each missed anomaly, 1 for each").wait_for()

    # What cannot be is said, and nothing moves.
    labelled.choose("Recall at precision")
    nb.kernel.until("histogram.method == 'recall_at_precision'")
    before = nb.kernel.eval("histogram.threshold")
    labelled.enter(page.get_by_role("spinbutton", name="Recall at precision: precision"), "2")
    labelled.root.get_by_text("Precision must lie in (0, 1]; received 2.").wait_for()
    assert nb.kernel.eval("histogram.threshold") == before

    # A drag takes it over by hand.
    nb.drag(labelled.canvas, (150, 120), (340, 120))
    nb.kernel.until("histogram.method == 'manual'")
    page.wait_for_function("() => document.querySelector('.vw-method select').value === 'manual'")


def test_a_clicked_tile_is_picked_and_a_busy_kernel_is_told_of(labelled, lab):
    nb = labelled.nb
    tiles = nb.page.locator(".vw-strip button.vw-tile")
    tiles.nth(2).wait_for()
    tiles.nth(2).click()
    nb.kernel.until("histogram.picked_item == int(np.argsort(scores)[-3])")

    busy = lab.root / "busy"
    busy.touch()
    nb.kernel.client.execute(BUSY, silent=True)
    nb.drag(labelled.canvas, (150, 120), (340, 120))
    labelled.root.get_by_text("The kernel does not answer").wait_for()
    busy.unlink()
    moved = float(labelled.threshold.input_value())
    labelled.root.get_by_text("Set by hand").wait_for()
    nb.kernel.until(f"histogram.threshold == {moved}")


def test_without_labels_there_is_no_precision_and_outliers_do_not_squeeze(notebook):
    scores = Scores(notebook([UNLABELLED]))
    nb, page = scores.nb, scores.page
    assert page.get_by_text("Precision and recall need labels.").is_visible()
    assert not page.locator(".vw-scores-number", has_text="Precision").count()
    assert "Best F1" not in scores.method.inner_text()
    assert scores.number("Flagged") == "5,000"

    pixels = nb.pixels(scores.canvas)
    scores.root.get_by_role("button", name="Log counts").click()
    pixels = nb.wait_for_other_pixels(scores.canvas, pixels)
    scores.root.get_by_role("button", name="Full range").click()
    nb.kernel.until("histogram._view.canvas.full_range")
    nb.wait_for_other_pixels(scores.canvas, pixels)

    scores.enter(scores.rate, "120")
    page.get_by_text("120 is not possible. Type a number from 0 to 100.").wait_for()
    assert nb.kernel.eval("histogram.percentile") == 95

    nb.drag(scores.canvas, (100, 120), (300, 120))
    nb.kernel.until("histogram.method == 'manual'")
    assert nb.kernel.eval(AGREES)
    scores.wait_for_number("Flagged", f"{nb.kernel.eval('int(histogram.flagged.sum())'):,}")


LINKED = """
from vae_widgets.widgets.anomaly_histogram.widget import AnomalyHistogram
codec = Codec(2)
scatter = LatentScatter(codec, x)
scores = ((x - codec.decode(codec.encode(x))) ** 2).sum((1, 2))
histogram = AnomalyHistogram(scores)
link = histogram.link(scatter)
display(histogram, scatter)
"""


def test_a_linked_scatter_shows_what_is_flagged_and_is_shown(notebook):
    nb = notebook([CODEC, LINKED])
    nb.page.set_viewport_size({"width": 1280, "height": 1700})
    scores = Scores(nb)
    plot = nb.page.locator(".vw-scatter-plot > canvas")
    plot.wait_for()
    flagged, points = nb.kernel.eval("histogram.threshold"), nb.pixels(plot)
    nb.drag(scores.canvas, (150, 120), (200, 120), release=False)
    points = nb.wait_for_other_pixels(plot, points)  # before the kernel knows
    assert nb.kernel.eval("histogram.threshold") == nb.kernel.eval("scatter.threshold") == flagged
    nb.page.mouse.up()
    nb.kernel.until(f"scatter.threshold == histogram.threshold != {flagged}")
    bars = nb.pixels(scores.canvas)
    nb.kernel.eval("setattr(scatter, 'selection', np.arange(0, 300, 2))")
    nb.wait_for_other_pixels(scores.canvas, bars)
    scores.root.get_by_text("150 selected").wait_for()


TIED = """
import vae_widgets as vw
tied = np.random.default_rng(0).integers(0, 4, 300)
labels = np.full(300, np.nan)
labels[:12] = tied[:12] == 3
histogram = vw.AnomalyHistogram(tied, labels)
histogram.choose_threshold("percentile")
display(LatentScatter(codec, x), histogram)
"""


def test_ties_that_leave_no_room_are_not_shown_as_flagged(notebook):
    nb = notebook([CODEC, TIED])
    nb.page.set_viewport_size({"width": 1280, "height": 1700})
    scores = Scores(nb)
    scores.wait_for_number("Alert rate", "0 %")
    scores.root.get_by_text("none, for the highest score is that of").wait_for()
    after, pixels = scores.canvas.evaluate(LINE), nb.pixels(scores.canvas)
    expect(scores.root.get_by_text("Flag >")).to_be_visible()
    expect(scores.threshold).to_have_value("3")
    scores.enter(scores.threshold, "3")  # from now on 3 itself is flagged
    nb.kernel.until("histogram.threshold == 3")
    scores.root.get_by_text("Flag \N{GREATER-THAN OR EQUAL TO}").wait_for()
    nb.wait_for_other_pixels(scores.canvas, pixels)
    assert scores.canvas.evaluate(LINE) < after  # from behind the bar of the tie to before it

    # What cannot be with the numbers at hand can be asked for with others.
    scores.choose("Conformal bound")
    scores.root.get_by_text("normal scores cannot promise a false alarm rate of 0.05").wait_for()
    assert nb.kernel.eval("histogram.method") == "manual"
    scores.enter(nb.page.get_by_role("spinbutton", name="Conformal bound: rate"), "0.3")
    nb.kernel.until("histogram.method == 'conformal'")
    scores.root.get_by_text("At most 30 % false alarms").wait_for()

    # Beside a scatter, whose styles are in the page too.
    nb.page.get_by_role("button", name="Confidence").click()
    answer = nb.page.locator(".vw-note table")
    assert boxes(answer)[0]["width"] > 150
    # A number is as wide as it is long.
    nb.kernel.eval("setattr(histogram, 'threshold', 1.2345678901234567e-9)")
    nb.page.wait_for_function(
        "field => field.value.endsWith('e-9') && field.scrollWidth <= field.clientWidth",
        arg=scores.threshold.element_handle(),
    )
