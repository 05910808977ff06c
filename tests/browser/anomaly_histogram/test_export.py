"""Files that the histogram saves, compared with what Python says."""

import csv
import io

import numpy as np
import pandas as pd
from PIL import Image

import vae_widgets as vw
from tests.support.blank_page import BlankPage

MARGIN = {"left": 56, "right": 12, "top": 42, "bottom": 40}
rng = np.random.default_rng(0)
SCORES = np.concatenate([rng.normal(0, 1, 60), [1e-300, -1e20 / 3e19, 0.1 + 0.2]])
LABELS = np.where(rng.random(63) < 0.3, np.nan, SCORES > 1)


def table(data):
    head, *rows = csv.reader(io.StringIO(data.decode(), newline=""))
    columns = np.array([[cell or "nan" for cell in row] for row in rows], float).T
    return dict(zip(head, columns, strict=True))


def test_saved_scores_and_bars_are_those_of_python(page):
    keys = -1.5 * np.arange(63)
    histogram = vw.AnomalyHistogram(pd.Series(SCORES, keys), LABELS, threshold=0.1 + 0.2)
    blank = BlankPage(page, histogram._view.canvas)
    name, data = blank.save("Data (CSV)")
    assert name == "anomaly_scores.csv"
    saved = table(data)
    assert list(saved) == ["index", "key", "score", "label", "flagged"]
    exactly = np.testing.assert_array_equal
    exactly(saved["index"], np.arange(63))
    exactly(saved["key"], keys)
    exactly(saved["score"], SCORES)
    exactly(saved["label"], LABELS)
    exactly(saved["flagged"], histogram.flagged)

    blank.lose_kernel()
    name, data = blank.save("Bars (CSV)")
    assert name == "anomaly_scores_bars.csv"
    edges, counts = histogram._view.canvas.bars()
    saved = table(data)
    exactly(saved.pop("from"), edges[:-1])
    exactly(saved.pop("to"), edges[1:])
    assert list(saved) == list(counts) == ["normal", "anomalous", "not labelled"]
    exactly(list(saved.values()), list(counts.values()))


def test_the_bars_beyond_the_axis_are_saved_too(page):
    scores = np.concatenate([rng.normal(size=500), [1e6, 2e6]])
    blank = BlankPage(page, vw.AnomalyHistogram(scores)._view.canvas)
    saved = table(blank.save("Bars (CSV)")[1])
    assert saved["samples"].sum() == 502
    assert (saved["samples"][-1], saved["to"][-1]) == (2, 2e6)


def test_a_saved_picture_has_the_line_at_the_threshold(page):
    histogram = vw.AnomalyHistogram(SCORES, LABELS, threshold=0.75)
    blank = BlankPage(page, histogram._view.canvas)
    blank.lose_kernel()
    frame, box = (blank.root.locator(at).bounding_box() for at in (":scope", ".vw-picture canvas"))
    name, data = blank.save("Picture (PNG)")
    assert name == "anomaly_scores.png"
    picture = np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)
    assert picture.shape[1] == round(frame["width"])
    edges, _ = histogram._view.canvas.bars()
    left, right = MARGIN["left"], box["width"] - MARGIN["right"]
    x = left + (0.75 - edges[0]) / (edges[-1] - edges[0]) * (right - left)
    top = round(box["y"] - frame["y"])
    rows = picture[top + MARGIN["top"] + 2 : top + round(box["height"]) - MARGIN["bottom"] - 2]
    ink = np.abs(rows - 0x21).max(axis=2) < 40
    (line,) = np.nonzero(ink[:, : round(frame["width"])].all(axis=0))
    assert 1 <= len(line) <= 2
    assert abs(line.mean() + 0.5 - (box["x"] - frame["x"] + x)) <= 1
