"""The end of a review: what is known, what comes next, and no key that marks the last one again."""

import numpy as np
import pandas as pd
from playwright.sync_api import expect

import vae_widgets as vw
from tests.support.blank_page import BlankPage
from vae_widgets.core.review.log import read_marks

SCORES = np.random.default_rng(0).gamma(2.0, size=300)


def press(blank, keys):
    blank.page.locator(".vw-review-card").focus()
    for key in keys:
        blank.page.keyboard.press(key)


def test_the_end_is_a_summary_with_one_precision(page, tmp_path):
    queue = vw.ReviewQueue(vw.AnomalyHistogram(SCORES, percentile=90), size=6)
    blank = BlankPage(page, queue)
    card = blank.root.locator(".vw-review-card")
    first = queue.queue.copy()
    press(blank, "ttffs")
    blank.root.get_by_text("6 of 6 \N{MIDDLE DOT} 2 anomalous, 2 normal, 1 unsure").wait_for()
    press(blank, "t")
    card.get_by_text("End of the queue: 6 samples, all with a mark.").wait_for()
    card.get_by_text("Marked in all: 3 anomalous, 2 normal, 1 unsure.").wait_for()
    # Three of five, and their interval: the one that Python tells, once in the widget.
    blank.until(lambda: queue.estimate["precision"] == 3 / 5, "the estimate")
    estimate = queue.estimate
    text = f"Precision of all 30 flagged: 0.600, 95 % interval {estimate['low']:.3f} to"
    assert estimate["text"].startswith(text)
    card.get_by_text(estimate["text"]).wait_for()
    assert blank.root.inner_text().count("0.600") == 1

    # Further keys mark nothing.
    press(blank, "ffsc")
    expect(blank.root.get_by_role("button", name="Clear")).to_be_disabled()
    blank.wait_for_answers()
    assert queue.to_dict()["mark"].count("anomalous") == 3
    with page.expect_download() as download:
        card.get_by_role("button", name="Save marks").click()
    download.value.save_as(tmp_path / "marks.csv")
    marks = read_marks((tmp_path / "marks.csv").read_bytes())
    assert sorted(mark.index for mark in marks) == sorted(first.tolist())
    assert all(mark.drawn_from is not None for mark in marks)

    # Back to the last sample, and on to the next ones.
    press(blank, ["ArrowLeft"])
    card.get_by_text("true alarm").wait_for()
    press(blank, ["ArrowRight"])
    card.get_by_role("button", name="Next samples").click()
    blank.root.get_by_text("1 of 6 \N{MIDDLE DOT} 3 anomalous").wait_for()
    assert not set(first) & set(queue.queue)
    # By their score, and there is no single value.
    press(blank, ["End"])
    blank.root.get_by_role("combobox", name="Order").select_option("highest")
    blank.root.get_by_text("1 of 6 \N{MIDDLE DOT} 3 anomalous").wait_for()
    press(blank, "f")
    blank.root.get_by_text("The 6 labelled samples were not drawn at random").wait_for()


def test_the_end_shows_nothing_of_the_last_sample(page):
    rows = np.random.default_rng(0).normal(size=(40, 3))
    histogram = vw.AnomalyHistogram(np.linspace(0, 1, 40), items=pd.DataFrame(rows))
    queue = vw.ReviewQueue(histogram, size=1, order="highest")
    blank = BlankPage(page, queue)
    card = blank.root.locator(".vw-review-card")
    cells = card.locator(".vw-review-detail td")
    expect(cells.nth(1)).to_have_text(f"{rows[39, 0]:.5g}")
    press(blank, "t")
    card.get_by_text("End of the queue").wait_for()
    expect(cells).to_have_count(0)
    press(blank, ["ArrowLeft"])
    card.get_by_text("true alarm").wait_for()
    expect(cells.nth(1)).to_have_text(f"{rows[39, 0]:.5g}")
