"""Files that the page saves without a kernel, compared with what Python says."""

import csv
import io

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import vae_widgets as vw
from tests.support.blank_page import DARK, BlankPage
from tests.support.pca_codec import PcaCodec, digits
from tests.support.scatter_view import MARGIN

X, Y = (part[:40] for part in digits())
HOSTILE = ('a "b"', "c, d", "e\nf", "g\r\nh", "<b>", "=1+1", "é\x07", "\N{SNOWMAN}")


@pytest.fixture
def blank(page):
    codec = PcaCodec(X, 3)
    names = [*HOSTILE, *(str(n) for n in range(len(HOSTILE), 10))]
    labels = np.where(np.arange(len(X)) == 5, np.nan, Y)
    scatter = vw.LatentScatter(
        codec, X, labels, label_names=names, quantities={"s": X.sum((1, 2)) / 3}
    )
    scatter.dims, scatter.selection, scatter.hidden_classes = (2, 0), [1, 5, 8], "e\nf"
    yield BlankPage(page, scatter)
    scatter.close()


def test_saved_data_are_those_of_python_without_a_kernel(blank):
    scatter = blank.widget
    blank.lose_kernel()
    name, data = blank.save("Data (CSV)")
    assert name == "latent_scatter.csv"
    head, *rows = csv.reader(io.StringIO(data.decode(), newline=""))
    assert head == ["index", "z[2]", "z[0]", "label", "s", "selected"]
    index = np.array([int(row[0]) for row in rows])
    shown = np.flatnonzero(np.array(Y) != HOSTILE.index("e\nf"))
    np.testing.assert_array_equal(index, np.union1d(shown, [5]))
    places = np.array([row[1:3] for row in rows]).astype(np.float32)
    np.testing.assert_array_equal(places, scatter.z_mean[index][:, [2, 0]])  # to the last bit
    # An apostrophe keeps a spreadsheet from running text as a formula.
    names = ["'=1+1" if name == "=1+1" else name for name in (*HOSTILE, "8", "9")]
    assert [row[3] for row in rows] == ["" if i == 5 else names[Y[i]] for i in index]
    values = np.array([row[4] for row in rows]).astype(np.float32)
    np.testing.assert_array_equal(values, scatter.quantities["s"][index])
    selected = [int(row[0]) for row in rows if row[5] == "1"]
    assert selected == [i for i in scatter.selection if i in index]
    assert {row[5] for row in rows} == {"0", "1"}


def test_saved_data_have_the_labels_of_the_index_and_do_without_a_kernel_without_them(page):
    keys = ["=1+1", "-1", 'a "b"', *map(str, range(3, len(X)))]
    scatter = vw.LatentScatter(PcaCodec(X, 2), X, pd.Series(Y, index=pd.Index(keys)))
    blank = BlankPage(page, scatter)
    saved = pd.read_csv(io.BytesIO(blank.save("Data (CSV)")[1]), dtype=str)
    assert list(saved.columns[:3]) == ["index", "key", "z[0]"]
    assert saved["key"].tolist() == ["'=1+1", *keys[1:]]
    blank.lose_kernel()
    without = pd.read_csv(io.BytesIO(blank.save("Data (CSV)")[1]), dtype=str)
    assert without.equals(saved.drop(columns="key"))
    blank.root.get_by_text("but no labels of the index").wait_for()
    scatter.close()


@pytest.mark.parametrize(("theme", "paper"), [("", (255, 255, 255)), (DARK, (17, 17, 17))])
def test_a_saved_picture_has_the_points_at_their_places(blank, theme, paper):
    scatter = blank.widget
    blank.page.evaluate(f"() => {{ {theme} }}")
    scatter.color_by, scatter.selection, scatter.hidden_classes, scatter.point_size = (
        "none",
        [],
        [],
        7,
    )
    blank.update()
    blank.lose_kernel()
    frame, box = (blank.root.locator(at).bounding_box() for at in (":scope", ".vw-scatter-plot"))
    name, data = blank.save("Picture (PNG)")
    assert name == "latent_scatter.png"
    picture = np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)
    assert picture.shape[1] == frame["width"]
    assert box["height"] < picture.shape[0] < frame["height"]  # without the controls
    assert tuple(picture[0, 0]) == tuple(picture[-1, -1]) == paper
    x0, x1, y0, y1 = scatter.view
    width = box["width"] - MARGIN["left"] - MARGIN["right"]
    height = box["height"] - MARGIN["top"] - MARGIN["bottom"]
    left, top = (box[k] - frame[k] + MARGIN[m] for k, m in (("x", "left"), ("y", "top")))
    z = scatter.z_mean[:, [2, 0]]
    columns = np.floor(left + (z[:, 0] - x0) / (x1 - x0) * width).astype(int)
    rows = np.floor(top + (y1 - z[:, 1]) / (y1 - y0) * height).astype(int)
    blue = np.array([0x3F, 0x90, 0xDA])
    seen = 0.85 * blue + 0.15 * np.array(paper)
    near = np.linalg.norm(picture - seen, axis=-1) < 45  # also where points overlap
    assert near[rows, columns].all()
    assert near.sum() < 40 * len(z)  # nothing else has their colour
    side = picture[:, int(left + width) :]
    assert (np.abs(side - paper).max(axis=-1) > 60).sum() > 500  # text of the legend
