import base64
import hashlib
import html.parser
import json
import re
import zlib

import numpy as np
import pytest

import vae_widgets as vw
from tests.support.pca_codec import PcaCodec, digits
from vae_widgets.rendering import ImageRenderer
from vae_widgets.widgets.tile_strip import TileStrip

HOSTILE = "</script><script>window.hacked = 1</script><!--<img src=x onerror=alert(1)>"


class Reader(html.parser.HTMLParser):
    """Reads a page as a browser does: elements, scripts and their content."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.scripts, self.meta, self.attributes = [], [], {}, []
        self._inside = None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        found = dict(attrs)
        if tag == "meta" and "content" in found:
            self.meta[found.get("http-equiv") or found.get("name")] = found["content"]
        if tag == "script":
            self._inside = (found, [])
            self.scripts.append(self._inside)

    def handle_endtag(self, tag):
        if tag == "script":
            self._inside = None

    def handle_data(self, data):
        if self._inside:
            self._inside[1].append(data)

    @property
    def data(self):
        (text,) = ("".join(of) for found, of in self.scripts if found.get("id") == "vw-data")
        return json.loads(text)


def inflated(data, number):
    return zlib.decompress(base64.b64decode(data["buffers"][number]))


def exported(widget, path):
    widget.save_html(path)
    return Reader(path.read_text("utf-8"))


@pytest.fixture(scope="module")
def explorer():
    x, y = digits()
    x, y = x[:200], y[:200]
    return vw.Explorer(PcaCodec(x), x, labels=y, anomalies=y == 9)


@pytest.fixture(scope="module")
def explorer_page(explorer, tmp_path_factory):
    return exported(explorer, tmp_path_factory.mktemp("page") / "digits.html")


def test_only_its_own_scripts_run_and_nothing_can_be_requested(explorer_page):
    policy = dict(
        part.strip().split(" ", 1)
        for part in explorer_page.meta["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    hashes = {
        f"'sha256-{base64.b64encode(hashlib.sha256(''.join(of).encode()).digest()).decode()}'"
        for found, of in explorer_page.scripts
        if found.get("type") in (None, "module")
    }
    assert {*policy["script-src"].split()} == hashes | {"'wasm-unsafe-eval'"}
    assert not [name for name, _ in explorer_page.attributes if name in ("src", "href", "srcset")]


def test_a_tile_strip_carries_no_other_widget(tmp_path):
    strip = TileStrip(title="Grey levels")
    strip.show([ImageRenderer()(np.linspace(0, 1, 6).reshape(6, 1, 1) * np.ones((6, 8, 8)))])
    page = exported(strip, tmp_path / "strip.html")
    assert [model["kinds"][0] for model in page.data["models"].values()] == ["TileStrip"]
    assert sum(found.get("type") == "module" for found, _ in page.scripts) == 2


def test_the_explorer_carries_all_parts_and_each_buffer_once(explorer, explorer_page):
    data = explorer_page.data
    kinds = [model["kinds"][0] for model in data["models"].values()]
    assert {"LatentScatter", "InterpolationSlider", "ScoreCanvas", "ReviewQueue"} <= {*kinds}
    assert len({*data["buffers"]}) == len(data["buffers"])
    assert explorer.review.model_id in data["models"]
    own = data["models"][explorer.histogram.model_id]["own"]
    scores = np.frombuffer(inflated(data, own["scores"]["data"]["$buffer"]), np.float64)
    np.testing.assert_array_equal(scores, explorer.histogram.scores)
    assert own["choices"]["iqr"]["threshold"] == vw.choose_threshold(scores, method="iqr").threshold
    for reference in re.findall("IPY_MODEL_([0-9a-f]+)", json.dumps(data["models"])):
        assert reference in data["models"]


def test_text_from_data_starts_no_script(tmp_path):
    x, _ = digits()
    x = x[:30]
    labels = [HOSTILE if i % 2 else "b" for i in range(30)]
    scatter = vw.LatentScatter(PcaCodec(x), x, labels, quantities={HOSTILE: np.arange(30.0)})
    scatter.bookmarks = {HOSTILE: [0.0, 0.0]}
    name = HOSTILE.replace("/", "_")
    page = exported(scatter, tmp_path / f"{name}.html")
    assert "img" not in page.tags
    assert page.data["title"] == name
    state = page.data["models"][scatter.model_id]["state"]
    assert HOSTILE in state["_class_names"]
    assert HOSTILE in state["quantities"]
    assert sum("hacked" in "".join(of) for found, of in page.scripts if "id" not in found) == 0


def test_numbers_that_json_lacks_are_null(tmp_path):
    histogram = vw.AnomalyHistogram([1.0, 2.0, 3.0, 9.0], threshold=2.5)
    page = exported(histogram, tmp_path / "scores.html")
    assert "NaN" not in json.dumps(page.data)


def test_a_failed_write_leaves_the_file_that_was_there(tmp_path):
    path = tmp_path / "strip.html"
    path.write_text("before")
    strip = TileStrip()
    with pytest.raises(TypeError, match="title must be a text or None; received int"):
        strip.save_html(path, title=3)
    with pytest.raises(ValueError, match=r"ends in \.html"):
        strip.save_html(tmp_path / "strip.png")
    with pytest.raises(FileNotFoundError, match="no folder"):
        strip.save_html(tmp_path / "nowhere" / "strip.html")
    assert path.read_text() == "before"
    assert [*tmp_path.iterdir()] == [path]
