import base64

import numpy as np
import pytest
from PIL import Image

import vae_widgets as vw
from tests.benchmarks.reproduce import drawn_digits
from tests.support.exported_page import PIXELS, OpenedPage
from tests.support.pca_codec import OnnxPcaCodec, digits
from tests.support.strokes import strokes


@pytest.fixture(scope="module")
def data():
    x, y = digits()
    return x[:1000], y[:1000], x[1000:1040], y[1000:1040]


@pytest.fixture(scope="module")
def explorer(data):
    x, y, _, _ = data
    return vw.Explorer(OnnxPcaCodec(x, 16), x, labels=y)


@pytest.fixture(scope="module")
def exported(explorer, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "digits.html"
    explorer.save_html(path)
    return path


@pytest.fixture
def opened(page, exported):
    opened = OpenedPage(page, exported)
    yield opened
    opened.check()


def shown(canvas):
    pixels = np.array(canvas.evaluate(PIXELS))
    side = int(np.sqrt(pixels.size))
    step = side // 8  # the tile may be enlarged
    return pixels.reshape(side, side)[step // 2 :: step, step // 2 :: step] / 255


def test_a_picked_sample_and_a_picked_place_are_decoded_by_the_model(page, explorer, opened):
    explorer.scatter.try_pick(7)
    page.get_by_role("button", name="Points", exact=True).click()
    found = page.get_by_role("spinbutton", name="sample").first
    found.fill("7")
    found.press("Enter")
    page.get_by_text("Sample #7 beside its reconstruction").wait_for()
    pictures = page.locator(".vw-picked canvas")
    expected = explorer.scatter.decoded.clip(0, 1)
    np.testing.assert_allclose(shown(pictures.first), expected, atol=1 / 255)
    np.testing.assert_allclose(shown(pictures.nth(1)), explorer.scatter.x[7], atol=1 / 255)


def test_a_slide_gets_new_ends_methods_and_its_place_in_the_scatter(page, explorer, opened):
    slider = explorer.slider
    page.get_by_role("tab", name="Slide").click()
    status = page.locator(".vw-interpolation .vw-status")
    end = page.get_by_role("spinbutton", name="Number of the sample at the end")
    end.fill("21")
    end.press("Enter")
    slider.end = explorer.scatter.x[21]
    for method in ("linear", "slerp"):
        slider.method = method
        page.get_by_role("combobox", name="Path").select_option(method)
        distance = np.linalg.norm(slider.path[-1] - slider.path[0])
        status.filter(has_text=f"{distance:.2f} to end").wait_for()
    page.get_by_role("button", name="Swap").click()
    status.filter(has_text="value 1.000").wait_for()


def test_a_drawing_is_encoded_as_python_encodes_it(page, data, explorer, opened):
    """Four digits of the test set, drawn with the mouse at two sizes."""
    _, y, new, classes = data
    codec, codes = explorer._codec, explorer.scatter.z_mean
    right = 0
    for image, expected, share in zip(new, classes[:4], [1, 0.4] * 2, strict=False):
        drawn = opened.draw(strokes(image), side=8, share=share)
        x = np.float32(drawn.pixels.reshape(1, 8, 8) / 255)
        z = codec.encode(x)[0]
        np.testing.assert_allclose(drawn.code, z[0, :8], atol=0.01)
        assert drawn.row == np.linalg.norm(codes - z, axis=1).argmin()
        error = float(((x - codec.decode(z)) ** 2).sum())
        assert drawn.score == pytest.approx(error, rel=0.02)  # pixels are rounded to 1/255
        right += y[drawn.row] == expected
    assert right >= 3
    # The lines get the colour of the other theme's text.
    ink = page.locator(".vw-own-canvas")
    assert max(ink.evaluate(PIXELS)) < 100
    page.get_by_role("button", name="Dark").click()
    page.wait_for_function(
        f"(canvas) => Math.max(...({PIXELS})(canvas)) > 200", arg=ink.element_handle()
    )


def test_drawn_digits_are_counted(browser, data, explorer, tmp_path):
    """As `make reproduce` counts a hundred digits of MNIST."""
    digits = drawn_digits.LabelledDigits(*data)
    counts = drawn_digits.drawn_beside_encoded(
        explorer._codec, digits, 2, browser, tmp_path / "digits.html"
    )
    assert [*counts.values()] == [2, 2, 2]


# Returns whether the page takes what is dropped: else the browser opens a file in its place.
DROP = """([where, name, type, base64]) => {
  const dataTransfer = new DataTransfer();
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  if (name) dataTransfer.items.add(new File([bytes], name, { type }));
  else dataTransfer.setData("text/plain", "1");
  const target = document.querySelector(where);
  return ["dragover", "drop"].map((event) => !target.dispatchEvent(
    new DragEvent(event, { dataTransfer, bubbles: true, cancelable: true })));
}"""


def drop(page, where, path):
    content = base64.b64encode(path.read_bytes()).decode()
    kind = {".png": "image/png", ".csv": "text/csv"}[path.suffix]
    return page.evaluate(DROP, [where, path.name, kind, content])


@pytest.mark.parametrize("where", [".vw-own-canvas", ".vw-own-hint"])
def test_a_picture_is_dropped_anywhere_on_the_panel(page, data, explorer, opened, tmp_path, where):
    grey = np.rint(data[2][0] * 255).astype(np.uint8)
    Image.fromarray(grey).save(tmp_path / "digit.png")
    assert drop(page, where, tmp_path / "digit.png") == [True, True]
    facts = page.locator(".vw-own-facts")
    facts.locator(".vw-own-fact").first.wait_for()
    z = explorer._codec.encode(grey[np.newaxis].astype(np.float32) / 255)[0]
    nearest = np.linalg.norm(explorer.scatter.z_mean - z, axis=1).argmin()
    assert int(facts.get_attribute("data-row")) == nearest


@pytest.mark.parametrize("where", [".vw-own-numbers", ".vw-own-hint"])
def test_a_row_is_dropped_anywhere_on_the_panel(page, tmp_path, where):
    x = np.random.default_rng(0).normal(size=(60, 5)).astype(np.float32)
    vw.Explorer(OnnxPcaCodec(x), x).save_html(tmp_path / "table.html")
    opened = OpenedPage(page, tmp_path / "table.html")
    np.savetxt(tmp_path / "row.csv", x[[7]], delimiter=",")
    assert drop(page, where, tmp_path / "row.csv") == [True, True]
    page.locator(".vw-own-facts[data-row='7']").wait_for()
    # A text that is dragged into the field is the browser's business.
    assert page.evaluate(DROP, [".vw-own-numbers", "", "", ""]) == [False, False]
    opened.check()


def test_a_picture_is_encoded_and_scored_as_python_does(
    page, data, explorer, exported, opened, tmp_path
):
    image = data[2][:1]
    path = tmp_path / "digit.png"
    Image.fromarray(np.rint(image[0] * 255).astype(np.uint8)).save(path)
    exact = np.rint(image * 255).astype(np.float32) / 255
    page.set_input_files(".vw-own input[type=file]", path)
    page.locator(".vw-own-fact").first.wait_for()
    codec = explorer._codec
    z = codec.encode(exact)[0]
    error = float(((exact - codec.decode(z)) ** 2).sum())
    score = float(page.locator(".vw-own-facts").get_attribute("data-score"))
    assert score == pytest.approx(error, rel=1e-4)
    row = int(page.locator(".vw-own-facts").get_attribute("data-row"))
    assert row == np.linalg.norm(explorer.scatter.z_mean - z, axis=1).argmin()
    page.set_input_files(".vw-own input[type=file]", exported)
    page.get_by_text("The file is no picture that this browser reads").wait_for()


def test_a_row_of_a_table_is_encoded_and_scored(page, tmp_path):
    x = np.random.default_rng(0).normal(size=(60, 5)).astype(np.float32)
    codec = OnnxPcaCodec(x)
    explorer = vw.Explorer(codec, x)
    explorer.save_html(tmp_path / "table.html")
    opened = OpenedPage(page, tmp_path / "table.html")
    field = page.get_by_role("textbox", name="The values of one sample")
    field.fill("a,b,c,d,e\n" + ",".join(map(repr, x[7].tolist())))
    facts = page.locator(".vw-own-facts")
    facts.get_by_text("Reconstruction", exact=True).wait_for()
    assert facts.get_attribute("data-row") == "7"
    score = float(facts.get_attribute("data-score"))
    assert score == pytest.approx(explorer.histogram.scores[7], rel=1e-3)
    place = page.locator(".vw-scatter .vw-status").filter(has_text="Decoded, ")
    place.wait_for()
    field.fill("1,2")
    facts.get_by_text("The text has 2 numbers; expected 5").wait_for()
    opened.check()
