"""The launcher, the palette and the settings of the extension in JupyterLab."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Notebook

CARDS = ["Tour", "Train on My Data", "Explore a Saved Model", "Tune a Threshold", "Course"]
BODY = "(name) => document.body.getAttribute(`data-vw-${name}`)"
GO_TO = """(path) =>
  window.jupyterapp.commands.execute("filebrowser:open-path", { path, dontShowBrowser: true })"""
RAN = """() => window.jupyterapp.shell.currentWidget.content.widgets
  .filter((cell) => cell.model.type === "code")[0].model.executionCount === 1"""


@pytest.fixture(scope="module", autouse=True)
def tidied(lab_page):
    """Close the tour at the end: later tests look for a scatter in the same page."""
    yield
    lab_page.tidy()


def test_a_card_opens_a_fresh_copy_in_the_current_folder_with_its_kernel(lab, lab_page):
    folder = lab.root / "launched"
    folder.mkdir()
    mine = folder / "VAE tour.ipynb"
    mine.write_text("mine")
    page = lab_page.page()
    page.evaluate(GO_TO, "launched")
    section = page.locator(".jp-Launcher-section", has=page.get_by_role("heading", name="VAE"))
    expect(section.locator(".jp-LauncherCard-label")).to_have_text(CARDS)
    card = section.locator(".jp-LauncherCard", has_text="Tour")
    assert "latent space" in card.get_attribute("title")
    card.click()
    path = "launched/VAE tour 1.ipynb"
    page.wait_for_selector(".jp-NotebookPanel")
    notebook = Notebook(page, lab, path)
    try:
        cell = notebook.show_cell("import vae_widgets as vw")
        cell.locator(".cm-content").click()
        page.keyboard.press("Shift+Enter")
        page.wait_for_function(RAN)
        expect(cell.locator(".vw-scatter")).to_be_visible()
        assert notebook.kernel.eval("len(trained.labels)") == 360
    finally:
        notebook.close()
    assert mine.read_text() == "mine"
    saved = json.loads((lab.root / path).read_text())
    assert saved["metadata"]["kernelspec"]["name"] == "python3"
    page.evaluate("window.jupyterapp.shell.currentWidget.context.model.dirty = false")


def test_the_palette_has_the_commands(lab_page):
    page = lab_page.page()
    page.evaluate("window.jupyterapp.commands.execute('apputils:activate-command-palette')")
    palette = page.locator("#modal-command-palette")
    palette.locator("input").fill("vae")
    items = palette.locator(".lm-CommandPalette-item[data-command^='vae-widgets:']")
    expect(items).to_have_count(len(CARDS))
    labels = items.locator(".lm-CommandPalette-itemLabel").all_inner_texts()
    assert {*labels} == {f"VAE: {card}" for card in CARDS}
    page.keyboard.press("Escape")


def test_settings_reach_the_page(lab_page):
    page = lab_page.page()
    assert page.evaluate(BODY, "in-page-megabytes") == "8"
    assert page.evaluate(BODY, "class-colours").split()[0] == "#3f90da"
    page.evaluate(
        "window.jupyterapp.commands.execute('settingeditor:open', { query: 'VAE widgets' })"
    )
    size = page.locator("input[id$=settings_inPageMegabytes]")
    colours = page.locator("select[id$=settings_classColours]")
    size.fill("2.5")
    page.wait_for_function(f"() => ({BODY})('in-page-megabytes') === '2.5'")
    colours.select_option("tol")
    page.wait_for_function(f"() => ({BODY})('class-colours').startsWith('#cc6677')")
    size.fill("8")
    colours.select_option("petroff")
    page.wait_for_function(f"() => ({BODY})('class-colours').startsWith('#3f90da')")
