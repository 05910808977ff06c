"""A `.vae` document of JupyterLab on a blank page: a file that comes late, and one that changes."""

import base64
import json
import pathlib
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from tests.support.layout import settle
from tests.support.vae_file import FRONTEND, write_vae

BUNDLE = """import("esbuild").then(({ build }) => build({
  stdin: { contents: process.argv[2], resolveDir: ".", loader: "ts" },
  outfile: process.argv[1], bundle: true, format: "esm",
}))"""
ENTRY = """
export { VaeContent } from "./labextension/src/vae_content.ts";
export { Signal } from "@lumino/signaling";
export { Widget } from "@lumino/widgets";
"""
# A document whose file is `window.disk`: when it was changed, and its bytes; null if it is deleted.
OPEN = """async ({ js, css, disk }) => {
  const style = document.createElement("style");
  style.textContent = css;
  document.head.append(style);
  const url = URL.createObjectURL(new Blob([js], { type: "text/javascript" }));
  const { VaeContent, Signal, Widget } = await import(url);
  window.disk = disk;
  const model = { text: "", toString: () => model.text };
  model.contentChanged = new Signal(model);
  const context = { path: "digits.vae", model, contentsModel: null };
  context.ready = new Promise((ready) => (window.arrive = ready));
  context.revert = async () => {
    if (!window.disk) throw new Error("no such file");
    const [last_modified, text] = window.disk;
    context.contentsModel = { last_modified };
    const changed = model.text !== text;
    model.text = text;
    if (changed) model.contentChanged.emit();
  };
  const trans = { __: (text) => text };
  const lastModified = async () => (window.disk ? window.disk[0] : null);
  window.mounted = new VaeContent(context, trans, lastModified, 20);
  Widget.attach(window.mounted, document.body);
  window.read = () => context.revert();
  window.isHeard = () => {
    let heard = false;
    const text = model.toString;
    model.toString = () => ((heard = true), "");
    model.contentChanged.emit();
    model.toString = text;
    return heard;
  };
}"""


@pytest.fixture(scope="module")
def module(tmp_path_factory):
    """Return the JavaScript and the CSS of a document's content."""
    path = tmp_path_factory.mktemp("content") / "content.js"
    node = pathlib.Path(sys.executable).with_name("node")
    subprocess.run([node, "-e", BUNDLE, path, ENTRY], cwd=FRONTEND, check=True)
    return path.read_text(), path.with_suffix(".css").read_text()


@pytest.fixture
def document(page, module, tmp_path):
    """Open a document whose file has not arrived; return the texts of two files."""
    errors = []

    def listen(error):
        errors.append(str(error))

    page.on("pageerror", listen)
    texts = []
    for name, latent_dim in (("first", 2), ("second", 3)):
        path = tmp_path / f"{name}.vae"
        write_vae(path, latent_dim, codes=False)
        texts.append(base64.b64encode(path.read_bytes()).decode())
    js, css = module
    page.evaluate(OPEN, {"js": js, "css": css, "disk": ["at one", texts[0]]})
    yield texts
    page.evaluate("window.mounted.dispose()")
    page.remove_listener("pageerror", listen)
    assert errors == []


def test_a_viewer_that_is_closed_before_its_file_arrives_shows_and_hears_nothing(page, document):
    page.evaluate("window.mounted.dispose()")
    page.evaluate("window.read().then(window.arrive)")
    settle(page)
    assert page.evaluate("window.mounted.node.childElementCount") == 0
    assert not page.evaluate("window.isHeard()")


def test_a_file_that_was_replaced_or_deleted_is_told_and_stays_shown(page, document):
    page.evaluate("window.read().then(window.arrive)")
    shown = page.locator(".vw-file")
    title = shown.get_by_role("heading", level=1)
    notice = shown.locator(".vw-file-notice")
    expect(title).to_contain_text("2 latent dimensions")
    expect(notice).to_be_empty()

    page.evaluate("window.disk = null")
    expect(notice).to_contain_text("This file is no longer on the disk.")
    expect(title).to_contain_text("2 latent dimensions")
    # Its model still decodes.
    canvas = shown.locator(".vw-scatter .vw-canvas").first
    canvas.click()
    expect(shown.locator(".vw-picked-figure figcaption").first).to_contain_text("decoded")

    page.evaluate(f"window.disk = ['at two', {json.dumps(document[1])}]")
    expect(notice).to_contain_text("This file has changed on the disk since it was read.")
    expect(title).to_contain_text("2 latent dimensions")
    notice.get_by_role("button", name="Show the New File").click()
    expect(title).to_contain_text("3 latent dimensions")
    expect(notice).to_be_empty()
    # The same bytes, written once more.
    page.evaluate("window.disk[0] = 'at three'")
    notice.get_by_role("button", name="Show the New File").click()
    expect(notice).to_be_empty()
    expect(title).to_contain_text("3 latent dimensions")
