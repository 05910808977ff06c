import base64
import json
import re
import zlib

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import expect

import vae_widgets as vw
from tests.support.exported_page import OpenedPage
from tests.support.jupyterlab import wait_for
from tests.support.pca_codec import OnnxPcaCodec, digits
from vae_widgets.rendering import ImageRenderer
from vae_widgets.widgets.tile_strip import TileStrip

MIDDLE_PIXELS = """strip => [...strip.querySelectorAll("canvas")].map(
  (canvas) => canvas.getContext("2d").getImageData(4, 4, 1, 1).data[0])"""
FLAGGED = "\N{NO-BREAK SPACE}{}\N{NO-BREAK SPACE}flagged"
BROKEN = "</script><script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'>"


@pytest.fixture(scope="module")
def explorer():
    x, y = digits()
    x, y = x[:300], y[:300]
    known = np.where(np.arange(300) < 100, y == 9, np.nan)
    index = pd.Index([f"P{row:03d}" for row in range(300)])
    return vw.Explorer(OnnxPcaCodec(x), x, labels=pd.Series(y, index), anomalies=known)


@pytest.fixture(scope="module")
def explorer_file(explorer, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "digits.html"
    explorer.save_html(path, title=BROKEN)
    return path


def test_a_strip_works_from_the_disk_and_its_theme_can_be_switched(page, tmp_path):
    levels = np.linspace(0, 1, 6).reshape(6, 1, 1) * np.ones((1, 8, 8))
    strip = TileStrip(title=BROKEN, selectable=True)
    strip.show([ImageRenderer()(levels)], captions=[BROKEN, *"bcdef"])
    strip.save_html(tmp_path / "strip.html")
    opened = OpenedPage(page, tmp_path / "strip.html")
    page.locator(".vw-tile").nth(5).wait_for()
    assert page.locator(".vw-strip").evaluate(MIDDLE_PIXELS) == [0, 51, 102, 153, 204, 255]
    assert page.locator(".vw-tile-caption").first.inner_text() == BROKEN
    page.locator("button.vw-tile").nth(4).click()
    expect(page.locator(".vw-tile").nth(4)).to_have_class(re.compile("vw-tile-selected"))
    expect(page.locator("body")).to_have_css("background-color", "rgb(255, 255, 255)")
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("body")).to_have_css("background-color", "rgb(17, 17, 17)")
    assert page.evaluate("window.hacked") is None
    opened.check()


def test_the_threshold_moves_counts_outlines_and_tiles(page, explorer, explorer_file):
    opened = OpenedPage(page, explorer_file)
    page.get_by_role("tab", name="Threshold").click()
    scores, labels = explorer.histogram.scores, explorer.histogram.labels
    method = page.get_by_role("combobox", name="Method")
    for name, parameters in (("top_k", {"k": 50}), ("f1", {}), ("percentile", {})):
        method.select_option(name)
        flagged = int(
            np.sum(scores >= vw.choose_threshold(scores, labels, method=name, **parameters))
        )
        page.locator(".vw-scatter-facts").filter(has_text=FLAGGED.format(flagged)).wait_for()
        page.locator(".vw-tab-count").filter(has_text=str(flagged)).first.wait_for()
    # A value that Python did not choose before needs Python.
    method.select_option("mad")
    factor = page.get_by_role("spinbutton", name="Median deviation (MAD): factor")
    factor.fill("2")
    factor.press("Enter")
    page.get_by_role("alert").filter(has_text="other values need Python").wait_for()
    page.get_by_role("button", name="Hide this message").click()
    typed = page.get_by_role("spinbutton", name="Threshold")
    top = np.sort(scores)[-5]
    typed.fill(repr(float(top)))
    typed.press("Enter")
    shown = page.locator(".vw-panel-threshold .vw-tile-caption").first
    page.locator(".vw-scatter-facts").filter(has_text=FLAGGED.format(5)).wait_for()
    wait_for(
        lambda: float(shown.inner_text().lstrip("✓✗ ")) == pytest.approx(scores.max(), rel=1e-3),
        30,
        "the caption of the highest score",
    )
    page.get_by_role("tab", name="Selection").click()
    page.get_by_role("button", name="Select the flagged samples").click()
    captions = page.locator(".vw-panel-selection .vw-tile-caption")
    expected = {f"#{row}" for row in np.argsort(scores)[-5:]}
    wait_for(lambda: {*captions.all_inner_texts()} == expected, 30, "the flagged samples")
    assert page.evaluate("window.hacked") is None
    opened.check()


def test_samples_are_found_and_saved_by_their_index(page, explorer, explorer_file):
    opened = OpenedPage(page, explorer_file)
    page.get_by_role("button", name="Points", exact=True).click()
    label = page.get_by_role("textbox", name="Index label")
    label.fill("P007")
    label.press("Enter")
    page.get_by_text("Sample #7 beside its reconstruction").wait_for()
    page.locator(".vw-scatter").get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.locator(".vw-scatter").get_by_role("button", name="Data (CSV)").click()
    saved = pd.read_csv(download.value.path())
    assert saved["key"].tolist() == explorer.scatter.index.tolist()
    opened.check()


def test_a_review_is_kept_counted_and_saved(page, explorer, explorer_file):
    opened = OpenedPage(page, explorer_file)
    page.get_by_role("tab", name="Review").click()
    progress = page.locator(".vw-review-progress")
    page.get_by_role("button", name="True alarm").click()
    page.keyboard.press("f")
    page.keyboard.press("s")
    progress.filter(has_text="1 anomalous, 1 normal, 1 unsure").wait_for()
    page.keyboard.press("u")
    progress.filter(has_text="1 anomalous, 1 normal, 0 unsure").wait_for()
    status = page.locator(".vw-review .vw-status").filter(has_text="judged by 2 drawn at random")
    status.wait_for()
    estimate = status.inner_text()
    page.locator(".vw-review").get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Marks (CSV)").click()
    path = download.value.path()
    histogram = explorer.histogram
    queue = vw.ReviewQueue(
        vw.AnomalyHistogram(histogram.scores, histogram.labels, threshold=histogram.threshold)
    )
    # Python reads the file, and comes to the same estimate.
    saved = path.with_suffix(".csv")
    saved.write_bytes(path.read_bytes())
    queue.load(saved)
    assert queue.to_dict()["mark"] == ["anomalous", "normal"]
    marks = pd.read_csv(saved)
    assert marks["key"].tolist() == [f"P{row:03d}" for row in marks["index"]]
    assert queue.estimate["text"] == estimate.removeprefix("Marked: false alarm. ")
    # A page that is opened again has the marks, which the browser has kept.
    page.reload()
    page.get_by_role("tab", name="Review").click()
    page.get_by_text("Restored 2 marks from this browser").wait_for()
    progress.filter(has_text="1 anomalous, 1 normal, 0 unsure").wait_for()
    opened.check()


def test_a_hostile_model_is_one_clear_line_and_the_rest_works(page, explorer_file, tmp_path):
    text = explorer_file.read_text("utf-8")
    script = re.search(r'(?<=id="vw-data">).*?(?=</script>)', text, re.DOTALL)
    data = json.loads(script.group())
    number = data["codecs"][0]["decoder"]["$buffer"]
    hostile = b"\x08\x09" + b"\xff" * 40 + BROKEN.encode()
    data["buffers"][number] = base64.b64encode(zlib.compress(hostile)).decode()
    path = tmp_path / "hostile.html"
    path.write_text(text.replace(script.group(), json.dumps(data).replace("<", "\\u003c")), "utf-8")
    opened = OpenedPage(page, path)
    page.get_by_role("alert").filter(has_text="The model of this page does not run").wait_for()
    page.get_by_role("tab", name="Selection").click()
    page.get_by_role("button", name="Select the flagged samples").click()
    page.locator(".vw-panel-selection .vw-tile").first.click()
    status = page.locator(".vw-scatter .vw-status")
    status.filter(has_text="this page has no model that it can run").wait_for()
    assert page.evaluate("window.hacked") is None
    assert opened.requests == opened.errors == []


def test_a_page_without_its_pictures_says_so_in_plain_words(page, explorer_file, tmp_path):
    text = explorer_file.read_text("utf-8")
    script = re.search(r'(?<=id="vw-data">).*?(?=</script>)', text, re.DOTALL)
    data = json.loads(script.group()) | {"pictures": []}
    path = tmp_path / "changed.html"
    path.write_text(text.replace(script.group(), json.dumps(data).replace("<", "\\u003c")), "utf-8")
    opened = OpenedPage(page, path)
    alert = page.get_by_role("alert").filter(has_text="LatentScatter shows what was saved")
    alert.filter(
        has_text="the pictures of its samples are missing. The page was changed"
    ).wait_for()
    assert opened.requests == opened.errors == []


def test_a_page_with_a_damaged_part_says_so_in_plain_words(page, explorer_file, tmp_path):
    text = explorer_file.read_text("utf-8")
    script = re.search(r'(?<=id="vw-data">).*?(?=</script>)', text, re.DOTALL)
    data = json.loads(script.group())
    (scatter,) = (each for each in data["models"].values() if "LatentScatter" in each["kinds"])
    data["buffers"][scatter["own"]["codes"]["data"]["$buffer"]] = "AAAA"
    path = tmp_path / "changed.html"
    path.write_text(text.replace(script.group(), json.dumps(data).replace("<", "\\u003c")), "utf-8")
    opened = OpenedPage(page, path)
    alert = page.get_by_role("alert").filter(
        has_text="LatentScatter cannot be shown. It was changed"
    )
    alert.filter(
        has_text="Explorer shows what was saved, and answers nothing: a part that it needs is"
    ).wait_for()
    assert opened.requests == opened.errors == []


def test_what_only_python_can_draw_is_named_as_the_reason(page, tmp_path):
    x, _ = digits()
    codec = OnnxPcaCodec(x)
    scatter = vw.LatentScatter(codec, x[:50], renderer=lambda batch: ImageRenderer()(batch))
    scatter.save_html(tmp_path / "mine.html")
    opened = OpenedPage(page, tmp_path / "mine.html")
    page.locator(".vw-scatter canvas").first.click(position={"x": 200, "y": 150})
    status = page.locator(".vw-scatter .vw-status")
    status.filter(has_text="only Python can draw samples of this kind").wait_for()
    assert opened.requests == opened.errors == []


def test_curves_follow_the_threshold_and_can_be_chosen(page, tmp_path):
    scores = np.r_[np.linspace(0, 2, 80), np.linspace(1, 3, 20)]
    histogram = vw.AnomalyHistogram(scores, np.arange(100) >= 80)
    histogram.save_html(tmp_path / "scores.html")
    opened = OpenedPage(page, tmp_path / "scores.html")
    canvas = page.locator(".vw-curve-plot canvas, .vw-figure canvas").locator("visible=true").first
    pixels = "canvas => canvas.toDataURL()"
    before = canvas.evaluate(pixels)
    typed = page.get_by_role("spinbutton", name="Threshold")
    typed.fill("2.5")
    typed.press("Enter")
    page.wait_for_function(
        "([canvas, before]) => canvas.toDataURL() !== before", arg=[canvas.element_handle(), before]
    )
    page.get_by_role("button", name="ROC").click()
    page.get_by_text("ROC", exact=True).and_(page.locator("[aria-pressed=true]")).wait_for()
    opened.check()


def test_a_monitor_shows_its_whole_run_and_saves_it(page, tmp_path):
    monitor = vw.TrainingMonitor()
    for step in range(30):
        monitor.log(step, loss=30.0 - step)
    monitor.save_html(tmp_path / "run.html")
    opened = OpenedPage(page, tmp_path / "run.html")
    page.get_by_text("step 29").wait_for()
    expect(page.get_by_role("button", name="Stop")).to_have_count(0)
    page.get_by_role("button", name="Log scale").click()
    page.get_by_role("button", name="Export").first.click()
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    assert download.value.path().read_bytes().decode().count("\n") >= 30
    opened.check()


def test_a_damaged_page_says_so_and_shows_the_rest(page, explorer_file, tmp_path):
    text = explorer_file.read_text("utf-8")
    # The first bytes are those of the samples.
    start = text.index('"buffers":["') + 40
    damaged = tmp_path / "damaged.html"
    damaged.write_text(text[:start] + "AAAA" + text[start + 4 :], "utf-8")
    opened = OpenedPage(page, damaged)
    page.get_by_role("alert").filter(
        has_text="Some samples cannot be shown. It was changed after it was saved"
    ).wait_for()
    page.locator(".vw-scatter, .vw-tabs").first.wait_for()
    damaged.write_text(text.replace('id="vw-data">{', 'id="vw-data">{{'), "utf-8")
    page.goto(damaged.as_uri())
    page.get_by_role("alert").filter(has_text="The data of this page is damaged").wait_for()
    assert opened.requests == []
