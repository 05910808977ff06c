"""A double click on a `.vae` in JupyterLab's file browser."""

import time

from playwright.sync_api import expect

from tests.browser.conftest import CLOSE_ALL, Notebook
from tests.support.vae_file import N, write_vae

# The canvas of what is decoded has pixels.
SHOWN = """() => [...document.querySelectorAll(".vw-file [data-role=decoded]")].some((canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return data.some((value, i) => i % 4 === 3 && value > 0);
})"""


def test_it_decodes_without_a_kernel_and_a_notebook_starts_one(lab, lab_page, record_property):
    codec = write_vae(lab.root / "clicked.vae")
    (lab.root / "hostile.vae").write_bytes(b"PK<script>window.hacked = 1</script>" * 50)
    page = lab_page.page()
    page.evaluate("window.jupyterapp.commands.execute('filebrowser:go-to-path', { path: '/' })")
    page.evaluate("window.jupyterapp.commands.execute('filebrowser:refresh')")
    files = page.locator(".jp-DirListing-item")
    kernels = lab.get("/api/kernels")

    files.filter(has_text="hostile.vae").dblclick()
    page.locator(".vw-file").get_by_role("alert").filter(has_text="is not a zip file").wait_for()
    assert page.evaluate("window.hacked") is None

    start = time.perf_counter()
    files.filter(has_text="clicked.vae").dblclick()
    page.wait_for_function(SHOWN)
    record_property("seconds to the first picture", time.perf_counter() - start)
    shown = page.locator(".jp-Document:visible .vw-file")
    expect(shown.locator(".vw-picked-label")).to_have_text("label digit 0")
    assert lab.get("/api/kernels") == kernels

    # A file that is deleted meanwhile is told as soon as its viewer is seen again.
    (lab.root / "hostile.vae").unlink()
    tabs = page.locator("#jp-main-dock-panel").get_by_role("tab")
    tabs.filter(has_text="hostile.vae").click()
    notice = page.locator(".jp-Document:visible .vw-file-notice")
    expect(notice).to_contain_text("This file is no longer on the disk.")
    tabs.filter(has_text="clicked.vae").click()
    expect(notice).to_be_empty()

    page.get_by_role("button", name="Open in Notebook").click()
    # Of the notebooks of other tests, none is in front.
    page.locator(".jp-NotebookPanel").filter(visible=True).wait_for()
    notebook = Notebook(page, lab, "Explore a VAE.ipynb")
    try:
        notebook.wait_until_idle()
        assert notebook.kernel.eval("(path, scatter.z_mean.shape)") == [
            "clicked.vae",
            [N, codec.latent_dim],
        ]
    finally:
        notebook.close()
        page.evaluate(CLOSE_ALL)
