import base64
import json
import re
import zlib

import numpy as np
import pytest

import vae_widgets as vw


def page_data(path):
    text = path.read_text("utf-8")
    (content,) = re.findall(r'<script type="application/json" id="vw-data">(.*?)</script>', text)
    return json.loads(content)


def values_of(data, number):
    """Read the samples of a data set as the page does."""
    carried = data["data_sets"][number]
    buffer = data["buffers"][carried["values"]["data"]["$buffer"]]
    content = np.frombuffer(zlib.decompress(base64.b64decode(buffer)), np.uint8)
    if carried["halves"]:
        content = np.column_stack([content & 15, content >> 4]).ravel()
    size = int(np.prod(carried["shape"]))
    values = content[: carried["count"] * size].reshape(carried["count"], size)
    return values / carried["divisor"]


def classes_of(data, number):
    carried = data["data_sets"][number]
    buffer = data["buffers"][carried["labels"]["data"]["$buffer"]]
    return np.frombuffer(zlib.decompress(base64.b64decode(buffer)), np.uint8)


@pytest.fixture(scope="module")
def usual_page(tmp_path_factory):
    path = tmp_path_factory.mktemp("playground") / "playground.html"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VAE_WIDGETS_DOWNLOAD_TIMEOUT", "0")
        vw.save_playground(path)
    return path


def test_the_usual_page_is_small_and_has_5000_digits_nearly_as_they_were(usual_page):
    assert usual_page.stat().st_size < 2_000_000
    data = page_data(usual_page)
    names = [each["name"] for each in data["data_sets"]]
    assert names[0] == "Handwritten digits, 28 x 28"
    assert names[-1] == "Handwritten digits, 8 x 8"
    mnist = vw.load_dataset("mnist", timeout=0)
    x = np.concatenate([mnist.x_train, mnist.x_test])
    y = np.concatenate([mnist.y_train, mnist.y_test])
    rows = np.linspace(0, len(x) - 1, 5000).astype(int)
    assert data["data_sets"][0]["count"] == 5000
    assert data["data_sets"][0]["shape"] == [28, 28]
    assert np.abs(values_of(data, 0) - x[rows].reshape(5000, -1)).max() <= 1 / 30 + 1e-6
    np.testing.assert_array_equal(classes_of(data, 0), y[rows])
    assert "16 grey levels" in data["data_sets"][0]["note"]


def test_the_small_digits_are_exact(usual_page):
    digits = vw.load_dataset("digits")
    data = page_data(usual_page)
    x = np.concatenate([digits.x_train, digits.x_test]).reshape(1797, -1)
    np.testing.assert_array_equal(values_of(data, -1).astype(np.float32), x)
    assert data["data_sets"][-1]["label_names"] == list("0123456789")


def test_the_page_may_start_its_worker_and_request_nothing(usual_page):
    text = usual_page.read_text("utf-8")
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]+)"', text)
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "worker-src blob:;" in policy
    assert "connect-src" not in policy


def test_other_pages_start_no_workers(tmp_path):
    vw.AnomalyHistogram(np.arange(50.0)).save_html(tmp_path / "scores.html")
    assert "worker-src" not in (tmp_path / "scores.html").read_text("utf-8")


def test_given_data_sets_are_brought_to_the_unit_range(tmp_path):
    random = np.random.default_rng(0)
    x = random.normal([0, 100], [1, 20], (60, 2))
    table = vw.Dataset(
        "</script>", x[:40], x[40:], np.arange(40) % 3, np.zeros(20, int), likelihood="gaussian"
    )
    pictures = vw.Dataset("odd", random.uniform(0, 1, (30, 5, 5)), random.uniform(0, 1, (5, 5, 5)))
    path = tmp_path / "page.html"
    vw.save_playground(path, datasets=[table, pictures, "digits"], n_samples=50, title="<b>")
    data = page_data(path)
    assert [each["count"] for each in data["data_sets"]] == [50, 35, 50]
    rows = np.linspace(0, 59, 50).astype(int)
    low, high = x[rows].min(axis=0), x[rows].max(axis=0)
    expected = (x[rows] - low) / (high - low)
    np.testing.assert_allclose(values_of(data, 0), expected, rtol=0, atol=0.5 / 255 + 1e-6)
    assert data["data_sets"][0]["label_names"] == ["0", "1", "2"]
    assert data["data_sets"][1]["labels"] is None
    text = path.read_text("utf-8")
    assert "<title>&lt;b&gt;</title>" in text


def test_an_odd_number_of_values_is_paired_and_read_again(tmp_path):
    random = np.random.default_rng(1)
    x = random.uniform(0, 1, (21, 17, 17))
    vw.save_playground(tmp_path / "page.html", datasets=[vw.Dataset("odd", x[:20], x[20:])])
    data = page_data(tmp_path / "page.html")
    assert data["data_sets"][0]["halves"]
    found = values_of(data, 0)
    np.testing.assert_allclose(found, x.reshape(21, -1), rtol=0, atol=1 / 30 + 1e-6)


TOKENS = np.arange(40).reshape(20, 2) % 3
SEQUENCES = vw.Dataset("notes", TOKENS, TOKENS, likelihood="categorical", n_classes=3)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"datasets": [SEQUENCES]}, ValueError, "'notes', whose samples are tokens"),
        ({"datasets": "digits"}, TypeError, "expected a list of names"),
        ({"datasets": []}, TypeError, "expected a list of names"),
        ({"datasets": [np.zeros((3, 4))]}, TypeError, "Arrays go into"),
        ({"datasets": ["digit"]}, ValueError, "digits"),
        ({"n_samples": 6000}, ValueError, "n_samples"),
        ({"title": 3}, TypeError, "title"),
        ({"data": []}, TypeError, "datasets"),
    ],
)
def test_wrong_arguments_are_named(tmp_path, arguments, error, message):
    with pytest.raises(error, match=message):
        vw.save_playground(tmp_path / "page.html", **arguments)
    assert not (tmp_path / "page.html").exists()


def test_samples_that_the_page_cannot_train_on_are_refused(tmp_path):
    colours = vw.Dataset("colours", np.zeros((30, 8, 8, 3)), np.zeros((3, 8, 8, 3)))
    large = vw.Dataset("large", np.zeros((30, 65, 65)), np.zeros((3, 65, 65)))
    few = vw.Dataset("few", np.zeros((9, 8, 8)), np.zeros((3, 8, 8)))
    for dataset, why in ((colours, "grey"), (large, "smaller"), (few, "at least 20")):
        with pytest.raises(ValueError, match=why):
            vw.save_playground(tmp_path / "page.html", datasets=[dataset])
    with pytest.raises(ValueError, match="html"):
        vw.save_playground(tmp_path / "page.htm", datasets=["digits"])
