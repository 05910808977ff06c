"""Curves in exported pages: drawn by our own painter, and moved without Python."""

import io

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

import vae_widgets as vw
from tests.support.exported_page import OpenedPage
from tests.support.layout import boxes, settle
from vae_widgets.core.thresholds import threshold_metrics

N = 200
BLUE, ORANGE = (63, 144, 218), (231, 99, 0)


@pytest.fixture(scope="module")
def histogram():
    scores = np.concatenate([np.linspace(0, 6, N - 40), np.linspace(4, 10, 40)])
    return vw.AnomalyHistogram(scores, np.arange(N) >= N - 40, threshold=5.0)


@pytest.fixture(scope="module")
def monitor():
    monitor = vw.TrainingMonitor()
    history = monitor.history
    for epoch in range(8):
        history.begin_epoch(epoch)
        # Loss falls from 1000 to 10^-4 of it: a straight line on a logarithmic axis.
        metrics = {"loss": 1000 * 10 ** (-epoch / 2), "kl_loss": 3.0 + epoch}
        history.log_epoch(epoch, metrics | {"val_loss": 2 * metrics["loss"]})
    monitor._throttle.request()
    monitor._throttle.finish()
    return monitor


def picture(part):
    """Return the pixels of a part once what was done to it is drawn."""
    settle(part.page)
    return np.asarray(Image.open(io.BytesIO(part.screenshot())).convert("RGB")).astype(int)


def places(pixels, colour, tolerance=60):
    """Return x and y (n,) of the pixels of a colour."""
    y, x = np.nonzero(np.abs(pixels - colour).sum(axis=2) < tolerance)
    return x, y


def brighter(colour):
    return [min(255, round(1.4 * level)) for level in colour]


def test_the_point_on_each_curve_moves_with_the_threshold(page, histogram, tmp_path):
    histogram.save_html(tmp_path / "scores.html")
    opened = OpenedPage(page, tmp_path / "scores.html")
    canvas = page.get_by_role("slider", name="Threshold")
    for curve in ("Precision-recall", "ROC", "Cost"):
        page.get_by_role("button", name=curve, exact=True).click()
        plot = page.locator(".vw-curve-plot").filter(visible=True)
        (box,) = boxes(plot)
        width, height = box["width"], box["height"]
        area = plot.locator(".vw-plot-area").evaluate(
            "e => [e.offsetLeft, e.offsetTop, e.offsetWidth, e.offsetHeight]"
        )
        assert area[2:] == pytest.approx([width - 64, height - 76], abs=1)
        for _ in range(2):
            canvas.press("PageUp" if curve != "ROC" else "PageDown")
            settle(page)
            threshold = float(canvas.get_attribute("aria-valuenow"))
            metrics = threshold_metrics(histogram.scores, histogram.labels, threshold)
            panel = {"Precision-recall": ("recall", "precision"), "ROC": ("rate", "recall")}
            values = metrics | {"rate": metrics["false_positives"] / (N - 40)}
            if curve in panel:
                x, y = (values[name] for name in panel[curve])
                air = np.sqrt(96) / 2 + 1
                expected = [
                    area[0] + air + x * (area[2] - 2 * air),
                    area[1] + area[3] - air - y * (area[3] - 2 * air),
                ]
                found = [of.mean() for of in places(picture(plot), ORANGE)]
                assert found == pytest.approx(expected, abs=1.5), threshold
            else:
                cost = (10 * metrics["false_negatives"] + metrics["false_positives"]) / N
                text = plot.locator("canvas").evaluate("e => e.ariaDescription")
                assert f"threshold {threshold:.3g}, cost {cost:.3g}" in text
    # A threshold above every score has no precision, and no point; a lower one has both again.
    page.get_by_role("button", name="Precision-recall", exact=True).click()
    field = page.get_by_role("spinbutton", name="Threshold")
    plot = page.locator(".vw-curve-plot canvas").filter(visible=True)
    for threshold, said in (("11", False), ("9", True)):
        field.fill(threshold)
        field.press("Enter")
        there = "([plot, said]) => plot.ariaDescription.includes('threshold at') === said"
        page.wait_for_function(there, arg=[plot.element_handle(), said])
    # The curve has 304 pixels, and what `layout.height` leaves.
    assert height == pytest.approx(304, abs=1)
    page.locator(".vw-composite").first.evaluate("e => { e.style.height = '1000px' }")
    page.wait_for_function("plot => plot.clientHeight > 700", arg=plot.element_handle())
    opened.check()


def test_the_pointer_and_the_keys_read_a_curve(page, histogram, tmp_path):
    histogram.save_html(tmp_path / "scores.html")
    opened = OpenedPage(page, tmp_path / "scores.html")
    page.get_by_role("button", name="ROC", exact=True).click()
    plot = page.locator(".vw-curve-figure").filter(visible=True)
    canvas, status = plot.locator("canvas"), plot.get_by_role("status")
    before = canvas.evaluate("e => e.toDataURL()")
    canvas.hover(position={"x": 100, "y": 100})
    page.wait_for_function(
        "([canvas, old]) => canvas.toDataURL() !== old", arg=[canvas.element_handle(), before]
    )
    canvas.press("Home")
    expect(status).to_have_text("false positive rate 0, recall 0")
    canvas.press("End")
    expect(status).to_have_text("false positive rate 1, recall 1")
    canvas.press("ArrowLeft")
    expect(status).to_contain_text("false positive rate 0.99")
    canvas.press("Escape")
    expect(status).to_be_empty()
    name = canvas.get_attribute("aria-label")
    assert name.startswith("Area under the ROC curve 0.9")
    assert name.endswith(": recall against false positive rate")
    opened.check()


def test_a_saved_monitor_hides_zooms_and_takes_logarithms(page, monitor, tmp_path):
    monitor.save_html(tmp_path / "training.html")
    opened = OpenedPage(page, tmp_path / "training.html")
    plots, titles = page.locator(".vw-curve-plot"), page.locator(".vw-curves-title")
    plots.nth(1).wait_for()
    bent = lowest(plots.first)
    page.get_by_role("button", name="Log scale").click()
    page.get_by_role("button", name="Log scale", pressed=True).wait_for()
    straight = lowest(plots.first)
    assert bend(straight) < 2 < 20 < bend(bent)

    # Dark: the same line in a lighter colour, on dark paper.
    page.get_by_role("button", name="Dark").click()
    page.wait_for_function("() => document.body.dataset.jpThemeLight === 'false'")
    dark = picture(plots.first)
    assert dark[3, 3].max() < 40
    np.testing.assert_allclose(lowest(plots.first, brighter(BLUE)), straight, atol=1)

    # The status line reads the values at the pointer; a drag shows a part of the run.
    (area,) = boxes(page.locator(".vw-plot-area").first)
    at = [area["x"] + share * area["width"] for share in (0.5, 0.25, 0.75)]
    middle = area["y"] + area["height"] / 2
    page.mouse.move(at[0], middle)
    status = page.locator(".vw-training-controls .vw-status")
    read = "epoch 5 · training: loss 10.00, KL 7.000 nats · validation: loss 20.00 nats"
    status.get_by_text(read).wait_for()
    page.mouse.move(at[1], middle)
    page.mouse.down()
    page.mouse.move(at[2], middle, steps=3)
    page.mouse.up()
    page.get_by_role("button", name="Reset zoom").wait_for()
    page.mouse.move(area["x"] + 1, middle)
    status.get_by_text("epoch 3 · ").wait_for()
    page.get_by_role("button", name="Reset zoom").click()

    # On a narrow page they stand one below the other, as wide as there is room.
    page.set_viewport_size({"width": 260, "height": 900})
    page.wait_for_function("plot => plot.clientWidth < 260", arg=plots.first.element_handle())
    first, second = boxes(plots.nth(0), plots.nth(1))
    assert first["x"] == second["x"]
    assert second["y"] >= first["y"] + first["height"]
    assert first["x"] + first["width"] <= 260

    page.get_by_role("button", name="KL", exact=True).click()
    plots.nth(1).wait_for(state="hidden")
    expect(titles.first).to_have_text("loss (nats)")
    page.get_by_role("button", name="loss", exact=True).click()
    titles.get_by_text("All curves are hidden").wait_for()
    opened.check()


def lowest(plot, colour=BLUE):
    """Return the lowest row (n,) of a colour in each column that has it, but the outermost."""
    x, y = places(picture(plot), colour, 90)
    return np.array([y[x == column].max() for column in np.unique(x)])[10:-10]


def bend(rows):
    """Return the largest distance of a line from the straight one between its ends."""
    return np.abs(rows - np.linspace(rows[0], rows[-1], len(rows))).max()
