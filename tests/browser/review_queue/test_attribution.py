"""The review names the columns that drive the error of a row, and draws a signal over time."""

import re

import numpy as np
import pytest

import vae_widgets as vw
from tests.support.blank_page import BlankPage
from tests.support.exported_page import OpenedPage
from tests.support.layout import boxes, settle
from tests.support.pca_codec import PcaCodec

WIDTH = "width => { document.querySelector('.vw-widget').parentElement.style.width = width }"
LONGEST = "svg => +svg.querySelector('rect').getAttribute('width')"


def test_the_columns_that_drive_the_error_have_the_longest_bars(page):
    ds = vw.load_dataset("breast_cancer")
    codec = PcaCodec(ds.x_train[ds.y_train == 0], 4)
    error = (ds.x_test - codec.decode(codec.encode(ds.x_test))) ** 2
    histogram = vw.AnomalyHistogram(error.sum(axis=1), items=ds.x_test, renderer=ds.renderer)
    blank = BlankPage(page, vw.ReviewQueue(histogram, codec, order="highest"))
    detail = blank.root.locator(".vw-review-detail")
    detail.locator("tr").nth(12).wait_for(state="attached")
    shares = error[error.sum(axis=1).argmax()] / np.square(ds.renderer.scale)
    order = np.argsort(-shares)[:12]
    names = detail.locator("td:first-child").all_inner_texts()
    assert names[:12] == [ds.feature_names[column] for column in order]
    bars = np.array([bar.evaluate(LONGEST) for bar in detail.locator("svg").all()])
    np.testing.assert_allclose(bars / bars[0], shares[order] / shares[order[0]], atol=0.01)
    assert detail.bounding_box()["height"] <= 160  # the card keeps its height


@pytest.mark.parametrize("width", [408, 484, 744])
def test_a_narrow_card_has_whole_rows_with_their_bars(page, width):
    ds = vw.load_dataset("breast_cancer")
    histogram = vw.AnomalyHistogram(np.arange(114.0), items=ds.x_test, renderer=ds.renderer)
    blank = BlankPage(page, vw.ReviewQueue(histogram, PcaCodec(ds.x_train, 4)))
    page.evaluate(WIDTH, f"{width}px")
    detail = blank.root.locator(".vw-review-detail")
    detail.locator("tr").nth(12).wait_for(state="attached")
    settle(page)
    assert detail.evaluate("box => box.scrollWidth <= box.clientWidth")
    (box,) = boxes(detail)
    bars = boxes(detail.locator("svg"))
    assert bars[0]["width"] > 24
    for bar in bars:
        assert box["x"] <= bar["x"] <= bar["x"] + bar["width"] <= box["x"] + box["width"]


def test_a_wide_card_enlarges_pixel_art_only(page):
    page.set_viewport_size({"width": 2000, "height": 900})
    sharp = {}
    for x in (np.zeros((3, 64), np.float32), np.zeros((3, 8, 8), np.float32)):
        histogram = vw.AnomalyHistogram(np.arange(3.0), items=x)
        blank = BlankPage(page, vw.ReviewQueue(histogram, order="highest"))
        page.evaluate(WIDTH, "1900px")
        settle(page)
        canvas = blank.root.locator(".vw-review-picture canvas")
        sharp[x.ndim] = canvas.evaluate("one => [one.width, one.clientWidth]")
        blank.close()
    tile, shown = sharp[2]
    assert tile == shown > 64  # a signal
    assert sharp[3] == [8, 188]  # an image


def test_an_exported_page_has_the_columns_of_all_samples(page, tmp_path):
    ds = vw.load_dataset("breast_cancer")
    codec = PcaCodec(ds.x_train, 4)
    histogram = vw.AnomalyHistogram(np.arange(114.0), items=ds.x_test, renderer=ds.renderer)
    queue = vw.ReviewQueue(histogram, codec, order="highest", size=100)
    queue.save_html(tmp_path / "review.html")
    last = ds.renderer.attribution(ds.x_test[14], codec.decode(codec.encode(ds.x_test[[14]]))[0])
    OpenedPage(page, tmp_path / "review.html")
    first = page.locator(".vw-review-detail td:first-child").first
    before = first.inner_text()
    page.locator(".vw-review-card").focus()
    for _ in range(99):  # the last of the queue, which was not in the page's first window
        page.keyboard.press("ArrowRight")
    name = re.search("<tr><td>([^<]+)", last)[1]
    assert name != before
    first.filter(has_text=name).wait_for()
    page.locator(".vw-review-facts").get_by_text("Sample 14").wait_for()


def test_a_signal_is_drawn_over_its_reconstruction_with_a_time_axis(page):
    time = np.arange(128) / 360
    x = np.sin(2 * np.pi * np.outer(np.linspace(3, 9, 60), time)).astype(np.float32)
    codec = PcaCodec(x, 2)
    renderer = vw.SignalRenderer(sample_rate=360, unit="mV")
    histogram = vw.AnomalyHistogram(np.arange(60.0), items=x, renderer=renderer)
    blank = BlankPage(page, vw.ReviewQueue(histogram, codec))
    chart = blank.root.locator(".vw-review-detail svg")
    chart.wait_for()
    assert chart.locator("polyline").count() == 2
    texts = chart.locator("text").all_text_contents()
    assert {"mV", "input", "reconstruction", "300", "time (ms)"} <= {*texts}
