"""Marks that the page saves without a kernel are those that Python has and reads."""

import csv
import io

import numpy as np
import pandas as pd
from PIL import Image

import vae_widgets as vw
from tests.support.blank_page import BlankPage
from tests.support.pca_codec import digits


def test_saved_marks_are_those_of_python(page, tmp_path):
    x = digits()[0][:60]
    scores = x.sum((1, 2)) / 3
    keys = pd.Index([f"P,{row}" for row in range(60)])
    histogram = vw.AnomalyHistogram(pd.Series(scores, keys), items=x, percentile=70)
    queue = vw.ReviewQueue(histogram, order="highest")
    blank = BlankPage(page, queue)
    blank.root.locator(".vw-review-card").click()
    for key in "tfs":
        page.keyboard.press(key)
    queue.mark(3, "normal")
    blank.until(lambda: len(queue.to_dict()["index"]) == 4, "four marks")
    blank.lose_kernel()
    name, data = blank.save("Marks (CSV)")
    assert name == "marks.csv"
    rows = sorted(
        csv.DictReader(io.StringIO(data.decode(), newline="")), key=lambda row: int(row["index"])
    )
    python = queue.to_dict()
    order = np.argsort(python["index"])
    for column in ("index", "mark", "time", "key"):
        assert [row[column] for row in rows] == [str(python[column][k]) for k in order]
    assert [float(row["score"]) for row in rows] == [python["score"][k] for k in order]
    assert [row["label"] for row in rows] == [
        {1: "1", 0: "0", None: ""}[python["label"][k]] for k in order
    ]
    (tmp_path / "marks.csv").write_bytes(data)
    other = vw.ReviewQueue(vw.AnomalyHistogram(scores, items=x, percentile=70))
    other.load(tmp_path / "marks.csv")
    marks = dict(zip(python["index"], python["mark"], strict=True))
    assert dict(zip(*(other.to_dict()[name] for name in ("index", "mark")), strict=True)) == marks

    name, data = blank.save("Picture (PNG)")
    assert name == "review.png"
    width = blank.root.bounding_box()["width"]
    assert Image.open(io.BytesIO(data)).size[0] == round(width)
