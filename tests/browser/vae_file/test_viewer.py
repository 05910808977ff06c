"""The viewer of `.vae` files on a blank page: no Jupyter, no kernel, no network."""

import base64
import json

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper
from playwright.sync_api import expect

import vae_widgets as vw
from tests.bundle.bombs import SAVED
from tests.bundle.mutations import parts_of, sign, zip_of
from tests.support.axe import serious_problems
from tests.support.jupyterlab import wait_for
from tests.support.layout import boxes, settle
from tests.support.pca_codec import digits
from tests.support.vae_file import N, bundle_viewer, write_vae
from vae_widgets.bundle import read_archive, write_archive

MOUNT = """async ({ js, css, file, width }) => {
  const style = document.createElement("style");
  style.textContent = css;
  document.head.append(style);
  const url = URL.createObjectURL(new Blob([js], { type: "text/javascript" }));
  const { mountViewer } = await import(url);
  const el = document.createElement("div");
  el.style.width = `${width}px`;
  document.body.append(el);
  const bytes = Uint8Array.from(atob(file), (letter) => letter.charCodeAt(0));
  window.opened = 0;
  window.viewer = await mountViewer(el, bytes, { openInNotebook: () => (window.opened += 1) });
}"""
# The middle of each pixel of an enlarged 8 x 8 image, row by row, from 0 to 1.
IMAGE = """(canvas) => {
  const context = canvas.getContext("2d");
  const at = (i) => Math.floor(((i + 0.5) * canvas.width) / 8);
  const pixels = Array.from({ length: 64 }, (_, i) => [at(i % 8), at(Math.floor(i / 8))]);
  return pixels.map(([x, y]) => context.getImageData(x, y, 1, 1).data[0] / 255);
}"""
SCRIPT = "<img src=x onerror='window.hacked = 1'>"


@pytest.fixture(scope="module")
def viewer(tmp_path_factory):
    return bundle_viewer(tmp_path_factory.mktemp("viewer"))


@pytest.fixture
def open_file(page, viewer):
    """Return a function that shows bytes in the viewer."""
    errors = []

    def listen(error):
        errors.append(str(error))

    page.on("pageerror", listen)
    page.context.set_offline(True)
    page.set_default_timeout(10_000)

    def open_file(content, width=1000):
        js, css = viewer
        file = base64.b64encode(content).decode()
        page.evaluate(MOUNT, {"js": js, "css": css, "file": file, "width": width})
        return page.locator(".vw-file")

    yield open_file
    page.remove_listener("pageerror", listen)
    assert errors == []
    assert page.evaluate("window.hacked") is None


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("file") / "digits.vae"
    return write_vae(path), path.read_bytes()


def image(canvas):
    return np.reshape(canvas.evaluate(IMAGE), (8, 8))


def wait_for_image(canvas, expected, atol):
    """Wait until a canvas shows an image (8, 8) from 0 to 1, to within `atol`."""
    wait_for(lambda: np.abs(image(canvas) - expected).max() <= atol, 10, "the expected image")


def test_a_file_says_what_it_is_decodes_encodes_slides_and_shows_its_curves(page, open_file, file):
    codec, content = file
    root = open_file(content)
    x, y = digits()
    facts = dict(
        zip(
            root.locator("dt").all_inner_texts(),
            root.locator("dd").all_inner_texts(),
            strict=True,
        )
    )
    assert "variational autoencoder with 2 latent dimensions" in root.locator("h1").inner_text()
    assert facts["Carries"] == "300 codes, pictures of their samples, 10 class names"
    assert facts["Trained"] == "12 epochs, 36 steps, on 300 samples"
    assert "flags a sample whose elbo is at least 30" in facts["Policy"]

    # The first sample is picked at once: its reconstruction beside its own picture.
    decoded, sample = (root.locator(f"[data-role={role}]") for role in ("decoded", "sample"))
    root.locator(".vw-picked-label").filter(has_text=f"digit {y[0]}").wait_for()
    codes, _ = codec.encode(x[:N])
    wait_for_image(decoded, codec.decode(codes[:1])[0].clip(0, 1), 0.02)
    wait_for_image(sample, x[0], 0.02)

    # Pick another sample, then hover and pick an empty place: the page decodes both.
    canvas = root.locator(".vw-scatter .vw-canvas").first
    (box,) = boxes(canvas)
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    settle(page)
    before = image(decoded)
    page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + box["height"] * 0.3)
    wait_for(lambda: np.abs(image(decoded) - before).max() > 0.05, 10, "another image")
    page.mouse.down()
    page.mouse.up()
    root.locator(".vw-scatter .vw-status").filter(has_text="decoded").wait_for()
    expect(root.locator(".vw-picked-place")).to_contain_text("z[0]")

    # Slide to the end: the last frame is the code of the sample that is farthest from the first.
    slider = root.get_by_role("slider", name="Position between start and end")
    slider.focus()
    page.keyboard.press("End")
    root.locator(".vw-interpolation .vw-status").filter(has_text="value 1.000").wait_for()
    root.locator(".vw-legend-entry").filter(has_text="reconstruction").click()
    expect(root.locator(".vw-curve-panel:visible")).to_have_count(2)

    # Draw: the page encodes, and marks the place in the scatter.
    drawing = root.locator(".vw-own-canvas")
    drawing.scroll_into_view_if_needed()
    (box,) = boxes(drawing)
    page.mouse.move(box["x"] + 112, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 112, box["y"] + 180, steps=8)
    page.mouse.up()
    root.locator(".vw-own-facts").filter(has_text="Nearest sample").wait_for()
    assert serious_problems(page, ".vw-file") == []
    root.get_by_role("button", name="Open in notebook").click()
    assert page.evaluate("window.opened") == 1
    page.evaluate("window.viewer.dispose()")
    expect(root).to_have_count(0)


def test_a_file_without_codes_shows_draws_from_the_prior(open_file, tmp_path):
    codec = write_vae(tmp_path / "bare.vae", codes=False)
    root = open_file((tmp_path / "bare.vae").read_bytes(), width=800)
    root.get_by_role("status").filter(has_text="100 draws from the prior").wait_for()
    root.locator(".vw-picked-place").filter(has_text="z[0]").wait_for()
    z = [float(v.replace("\N{MINUS SIGN}", "-")) for v in numbers(root)]
    expected = codec.decode(np.array([z]))[0].clip(0, 1)
    decoded = root.locator("[data-role=decoded]")
    wait_for_image(decoded, expected, 0.03)
    root.locator(".vw-interpolation .vw-status").filter(has_text="value 0.000").wait_for()


def numbers(root):
    import re

    text = root.locator(".vw-picked-place").inner_text()
    return re.findall(r"=\s*([\N{MINUS SIGN}\d.]+)", text)


def test_samples_that_only_python_draws_are_the_pictures_in_the_file(open_file, file):
    parts = parts_of(file[1])
    manifest = json.loads(parts["manifest.json"])
    manifest["renderer"] = {"name": "table", "arguments": {}}
    root = open_file(zip_of({**parts, "manifest.json": json.dumps(manifest).encode()}))
    # Nothing says that a click decodes.
    expect(root.locator(".vw-picked-place")).to_have_text(
        "Point at the plane to see the nearest sample."
    )
    expect(root.locator(".vw-picked-figure figcaption").first).to_have_text("not decoded")
    root.locator(".vw-scatter .vw-canvas").first.click()
    only_python = "Only Python can draw samples of this kind"
    root.locator(".vw-scatter .vw-status").filter(has_text=only_python).wait_for()
    nearest = root.locator(".vw-picked-figure figcaption").nth(1).inner_text()
    row = int(nearest.split("#")[1].split()[0])
    sample = root.locator("[data-role=sample]")
    wait_for_image(sample, digits()[0][row], 0.02)
    expect(root.locator(".vw-interpolation")).to_have_count(0)


def test_a_label_changes_what_a_conditional_model_decodes(page, open_file):
    codec = vw.load(SAVED / "conditional.vae")
    root = open_file((SAVED / "conditional.vae").read_bytes())
    label = root.get_by_role("spinbutton", name="Label", exact=True)
    assert (label.input_value(), label.get_attribute("max")) == ("0", "2")
    seen = []
    for given, taken in (("0", 0), ("2", 2), ("9", 2), ("1", 1)):
        label.fill(given)
        label.press("Enter")
        page.wait_for_function("(label) => !label.disabled", arg=label.element_handle())
        assert label.input_value() == str(taken)
        root.locator(".vw-picked-label").wait_for()
        expected = codec.decode(codec.latents[:1], taken)[0].clip(0, 1)[..., 0]
        wait_for_image(root.locator("[data-role=decoded]"), expected, 0.02)
        seen.append(expected)
    assert np.abs(seen[0] - seen[1]).max() > 0.05


def test_values_of_a_detector_are_preprocessed_encoded_scored_and_judged(open_file, tmp_path):
    archive = read_archive(SAVED / "detector.vae")
    codec = vw.load(SAVED / "detector.vae")
    raw = np.random.default_rng(0).normal(0, 0.8, (20, 6)).round(3)
    z_mean, _ = codec.encode(codec.preprocess(raw))
    manifest = {name: value for name, value in archive.manifest.items() if name != "parts"}
    parts = {**archive.parts, "latents.f32": z_mean.tobytes()}
    write_archive(tmp_path / "x.vae", "bundle", parts, manifest)
    root = open_file((tmp_path / "x.vae").read_bytes())
    field = root.get_by_label("The values of one sample")
    verdicts = set()
    for factor in (1, 20):
        sample = factor * raw[3]
        field.fill(", ".join(map(str, sample)))
        facts = root.locator(".vw-own-facts")
        facts.filter(has_text="Nearest sample").wait_for()
        score = float(codec.anomaly_score([sample])[0])
        assert float(facts.get_attribute("data-score")) == pytest.approx(score, rel=1e-3)
        flagged = bool(codec.policy.apply([score])[0])
        assert (": not flagged" in facts.inner_text()) is not flagged
        verdicts.add(flagged)
        if factor == 1:
            assert facts.get_attribute("data-row") == "3"
    assert verdicts == {True, False}


def hostile_files(content):
    """Yield a name, and bytes of which each is refused."""
    parts = parts_of(content)
    manifest = json.loads(parts["manifest.json"])
    changed = {**manifest, "kind": SCRIPT, "label_names": [SCRIPT]}
    yield "no zip", SCRIPT.encode() * 9
    yield "a kind of script", zip_of({**parts, "manifest.json": json.dumps(changed).encode()})
    yield "a truncated file", content[: len(content) // 2]
    spoilt = parts["tiles.png"][:60].ljust(len(parts["tiles.png"]), b"\0")
    yield "a picture with a good header", zip_of(sign({**parts, "tiles.png": spoilt}))
    yield (
        "a decoder for other samples",
        zip_of(sign({**parts, "decoder.onnx": parts["encoder.onnx"]})),
    )


def test_hostile_files_are_a_clear_message_and_run_no_script(page, open_file, file, tmp_path):
    for name, content in hostile_files(file[1]):
        root = open_file(content)
        if name == "a decoder for other samples":
            root.get_by_role("status").filter(has_text="does not run in the page").wait_for()
        else:
            alert = root.get_by_role("alert").filter(has_text="cannot be shown")
            alert.wait_for()
            assert len(alert.inner_text()) > 60
        page.evaluate("window.viewer.dispose()")
    # Names of classes and notes of a good file are text.
    parts = parts_of(file[1])
    manifest = json.loads(parts["manifest.json"])
    manifest |= {"label_names": [SCRIPT] * 10, "preprocessing": SCRIPT}
    root = open_file(zip_of({**parts, "manifest.json": json.dumps(manifest).encode()}))
    root.locator(".vw-picked-label").filter(has_text="onerror").wait_for()
    assert SCRIPT in root.locator(".vw-file-facts").inner_text()


def failing_decoder(threshold):
    """A graph that looks up a row of a table of one, which fails above a first coordinate."""
    tensors = {
        "first": np.array([0], np.int64),
        "limit": np.array([[threshold]], np.float32),
        "table": np.full((1, 64), 0.5, np.float32),
        "shape": np.array([-1, 8, 8], np.int64),
    }
    steps = [
        helper.make_node("Gather", ["z", "first"], ["x"], axis=1),
        helper.make_node("Greater", ["x", "limit"], ["is_above"]),
        helper.make_node("Cast", ["is_above"], ["index"], to=TensorProto.INT64),
        helper.make_node("Gather", ["table", "index"], ["row"], axis=0),
        helper.make_node("Reshape", ["row", "shape"], ["x_mean"]),
    ]
    graph = helper.make_graph(
        steps,
        "lookup",
        [helper.make_tensor_value_info("z", TensorProto.FLOAT, ["n", 2])],
        [helper.make_tensor_value_info("x_mean", TensorProto.FLOAT, ["n", 8, 8])],
        [numpy_helper.from_array(array, name) for name, array in tensors.items()],
    )
    opset = [helper.make_opsetid("", 18)]
    return helper.make_model(graph, opset_imports=opset, ir_version=9).SerializeToString()


def test_a_model_that_fails_for_some_codes_is_shown_with_the_reason(page, open_file, file):
    parts = parts_of(file[1])
    codes = np.frombuffer(parts["latents.f32"], np.float32).reshape(-1, 2)
    middle = float(np.median(codes[:, 0]))
    root = open_file(zip_of(sign({**parts, "decoder.onnx": failing_decoder(middle)})))
    note = root.locator(".vw-file-note")
    note.filter(has_text="fails to decode some latent vectors: it has 1 as index").wait_for()
    decoded = root.locator("[data-role=decoded]").element_handle()
    canvas = root.locator(".vw-scatter .vw-canvas").first
    box = canvas.bounding_box()
    for share, value in ((0.05, 0.5), (0.95, 0), (0.05, 0.5)):  # NaN, where it fails, is drawn as 0
        page.mouse.move(box["x"] + share * box["width"], box["y"] + 9)
        page.wait_for_function(
            f"([canvas, value]) => ({IMAGE})(canvas).every((x) => Math.abs(x - value) < 0.02)",
            arg=[decoded, value],
        )
    assert note.count() == 1


def test_codes_without_pictures_are_points_that_decode(open_file, file):
    codec, content = file
    parts = parts_of(content)
    del parts["tiles.png"]
    root = open_file(zip_of(sign(parts)))
    root.locator(".vw-picked-label").filter(has_text="digit").wait_for()
    codes = np.frombuffer(parts["latents.f32"], np.float32).reshape(-1, 2)
    decoded = root.locator("[data-role=decoded]")
    wait_for_image(decoded, codec.decode(codes[:1])[0].clip(0, 1), 0.02)
    root.locator(".vw-interpolation .vw-status").filter(has_text="value 0.000").wait_for()
    assert "failed" not in root.inner_text()


OPEN_AND_CLOSE = """async ({ js, file, times }) => {
  const url = URL.createObjectURL(new Blob([js], { type: "text/javascript" }));
  const { mountViewer } = (window.viewerModule ??= await import(url));
  const bytes = Uint8Array.from(atob(file), (letter) => letter.charCodeAt(0));
  for (let i = 0; i < times; i++) {
    const el = document.createElement("div");
    document.body.append(el);
    const viewer = await mountViewer(el, bytes);
    viewer.dispose();
    el.remove();
  }
}"""


def test_viewers_that_were_closed_leave_no_nodes_and_listeners(page, viewer, file):
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable")

    def count_after_five_more():
        content = base64.b64encode(file[1]).decode()
        page.evaluate(OPEN_AND_CLOSE, {"js": viewer[0], "file": content, "times": 5})
        settle(page)
        devtools.send("HeapProfiler.collectGarbage")
        found = devtools.send("Performance.getMetrics")["metrics"]
        counts = {each["name"]: each["value"] for each in found}
        return np.array([counts["Nodes"], counts["JSEventListeners"]])

    # The page keeps the last four models, and with each a closed viewer.
    before = count_after_five_more()
    assert (count_after_five_more() - before < 10).all()
    devtools.detach()
