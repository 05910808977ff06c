"""Photograph the tour and a run for the README: ``make screenshots``.

Not collected with the tests: it changes files of the repository.
"""

import io
import os
import pathlib
import re

import numpy as np
import pytest
from PIL import Image

import vae_widgets as vw
from tests.browser.conftest import CLOSE_ALL, REPOSITORY, set_theme
from tests.support.exported_page import OpenedPage

FOLDER = pathlib.Path(os.environ.get("SCREENSHOTS", REPOSITORY / ".github/images"))

SETUP = """
import vae_widgets as vw
ds = vw.load_dataset("digits")
vae = vw.VAE.build(ds.sample_shape, latent_dim=4)
monitor = vw.TrainingMonitor()
monitor
"""
AWAIT = """
await vae.fit_async(ds.x_train, epochs=1000, validation_data=ds.x_test, callbacks=monitor.callback)
"""
REVIEW = """
import ipywidgets
import numpy as np
import vae_widgets as vw

ds = vw.load_dataset("digits")
vae = vw.VAE.build(ds.sample_shape, latent_dim=8, seed=0)
vae.fit(ds.x_train[ds.y_train != 4], epochs=60, verbose=0)
scores = vae.anomaly_score(ds.x_test)
histogram = vw.AnomalyHistogram(
    scores, items=ds.x_test, score_name="negative ELBO (nats)", percentile=80
)
queue = vw.ReviewQueue(histogram, vae, order="random")
for index in queue.queue[:30].tolist():
    queue.mark(index, "anomalous" if ds.y_test[index] == 4 else "normal")
queue.position = 30
ipywidgets.VBox([histogram, queue])
"""
MANIFOLD = """
import vae_widgets as vw

ds = vw.load_dataset("digits")
vae = vw.VAE.build(ds.sample_shape, latent_dim=2, seed=0)
vae.fit(ds.x_train, epochs=300, verbose=0)
scatter = vw.LatentScatter(vae, ds.x_test, ds.y_test)
scatter
"""
OPEN_FILE = """async (path) => {
  const { commands } = window.jupyterapp;
  await commands.execute("filebrowser:refresh");
  await commands.execute("docmanager:open", { path });
}"""


def save(png: bytes, name: str) -> None:
    """Save a small PNG: 256 colours are enough for an interface."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    # Without k-means, greys get a tint.
    picture = picture.quantize(256, Image.Quantize.MAXCOVERAGE, kmeans=1, dither=Image.Dither.NONE)
    picture.save(FOLDER / f"{name}.png", optimize=True)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_photograph_the_tour(open_notebook, theme):
    nb = open_notebook("00_tour.ipynb", theme)
    nb.run_all(timeout=240)
    # As after a few gestures.
    for state in (
        "setattr(scatter, 'picked', [0.4, 0.2])",
        "setattr(scatter, 'selection', np.flatnonzero(ds.y_test == 4))",
        "setattr(slider, 'value', 31 / 63)",
        "setattr(explorer.histogram, 'threshold', explorer.histogram.threshold + 1)",
        "setattr(explorer.scatter, 'selection', np.flatnonzero(ds.y_test == 4))",
        "setattr(explorer, 'panel', 'threshold')",
    ):
        nb.kernel.eval(state)
    nb.output("monitor")
    save(nb.page.screenshot(), f"tour-{theme}")
    nb.page.set_viewport_size({"width": 1280, "height": 2200})  # the whole Explorer fits
    for variable in ("monitor", "scatter", "slider", "histogram", "explorer"):
        output = nb.output(variable)
        output.hover(position={"x": 2, "y": 2})
        nb.page.wait_for_load_state("networkidle")
        save(output.screenshot(animations="disabled"), f"{variable}-{theme}")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_photograph_a_run_under_way(notebook, theme):
    nb = notebook([SETUP, AWAIT], theme, run=False)
    monitor = nb.page.locator(".vw-monitor")
    nb.run_cell("import vae_widgets as vw")
    monitor.get_by_text("Waiting for the first batch").wait_for(timeout=60_000)
    nb.run_cell(AWAIT.strip())
    progress = monitor.locator(".vw-progress-text")
    progress.get_by_text("epoch").wait_for(timeout=90_000)
    monitor.get_by_role("button", name="Latent").click()
    progress.get_by_text(re.compile(r"epoch [12]\d\d ")).wait_for(timeout=90_000)
    beta = monitor.get_by_role("spinbutton", name="β")
    beta.fill("0.5")
    beta.press("Enter")
    progress.get_by_text(re.compile(r"epoch [56]\d\d ")).wait_for(timeout=90_000)
    progress.hover()  # no button looks pressed
    save(monitor.screenshot(animations="disabled"), f"run-{theme}")
    monitor.get_by_role("button", name="Stop").click()
    monitor.get_by_text("Stopped at epoch").wait_for(timeout=20_000)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_photograph_the_launcher(lab_page, theme):
    page = lab_page.page()
    set_theme(page, theme)
    page.locator(".jp-LauncherCard", has_text="Tune a Threshold").hover()
    save(page.screenshot(animations="disabled"), f"launcher-{theme}")


@pytest.fixture(scope="module")
def trained():
    ds = vw.load_dataset("digits")
    vae = vw.VAE.build(ds.sample_shape, latent_dim=2, seed=0)
    vae.fit(ds.x_train, epochs=300, verbose=0, validation_data=ds.x_test)
    return ds, vae


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_photograph_a_file(lab, lab_page, theme, trained):
    ds, vae = trained
    vae.save(lab.root / "digits.vae", samples=ds.x_test, labels=ds.y_test)
    page = lab_page.page()
    set_theme(page, theme)
    page.evaluate(OPEN_FILE, "digits.vae")
    canvas = page.locator(".vw-file .vw-scatter .vw-canvas").first
    page.locator(".vw-picked-place").filter(has_text="z[0]").wait_for()
    page.get_by_role("button", name="Grid").click()
    canvas.click(position={"x": 300, "y": 200})
    page.get_by_role("status").filter(has_text="Decoded").first.wait_for()
    save(page.screenshot(animations="disabled"), f"viewer-{theme}")
    page.evaluate(CLOSE_ALL)


@pytest.fixture(scope="module")
def exported_page(tmp_path_factory, trained):
    ds, vae = trained
    explorer = vw.Explorer(vae, ds)
    explorer.histogram.choose_threshold("percentile", percentile=90)
    explorer.panel = "threshold"
    path = tmp_path_factory.mktemp("page") / "digits.html"
    explorer.save_html(path, title="Handwritten digits")
    return path


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_photograph_an_exported_page(page, theme, exported_page):
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": 1280, "height": 1080})
    OpenedPage(page, exported_page)
    drawing = page.locator(".vw-own-canvas")
    drawing.scroll_into_view_if_needed()
    box = drawing.bounding_box()
    # A zero.
    turns = np.linspace(-np.pi / 2, 1.5 * np.pi, 40)
    places = [
        (
            box["x"] + box["width"] * (0.5 + 0.22 * np.cos(turn)),
            box["y"] + box["height"] * (0.5 + 0.36 * np.sin(turn)),
        )
        for turn in turns
    ]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places:
        page.mouse.move(*place)
    page.mouse.up()
    page.locator(".vw-own-fact").first.wait_for()
    page.mouse.move(0, 0)
    page.wait_for_load_state("networkidle")
    save(page.screenshot(animations="disabled", full_page=True), f"page-{theme}")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_photograph_a_review(notebook, theme):
    nb = notebook([REVIEW], theme)
    nb.page.set_viewport_size({"width": 1280, "height": 1800})
    nb.page.get_by_role("button", name="All alerts").click()
    nb.page.locator(".vw-review-place").nth(10).wait_for()
    nb.page.locator(".vw-review-card").click()
    nb.page.wait_for_load_state("networkidle")
    output = nb.page.locator(".jp-OutputArea-output:visible").last
    save(output.screenshot(animations="disabled"), f"review-{theme}")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_photograph_the_manifold(notebook, theme):
    nb = notebook([MANIFOLD], theme)
    scatter = nb.page.locator(".vw-scatter")
    scatter.get_by_role("button", name="Grid").click()
    # Decoded for the size of this page, no longer as it was beforehand.
    nb.kernel.until("scatter._grid['bounds'] == list(scatter.view)")
    plot = scatter.locator(".vw-scatter-plot > canvas")
    before = nb.pixels(plot)
    nb.kernel.eval("setattr(scatter, 'picked', [1.3, -0.9])")
    nb.wait_for_other_pixels(plot, than=before)
    scatter.locator(".vw-title").hover()
    nb.page.wait_for_load_state("networkidle")
    save(nb.output("scatter").screenshot(animations="disabled"), f"manifold-{theme}")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_photograph_the_playground(page, theme, tmp_path):
    path = tmp_path / "playground.html"
    vw.save_playground(path)
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": 1280, "height": 800})
    OpenedPage(page, path)
    page.get_by_role("button", name="Train").click()
    page.get_by_text(re.compile("Epoch [34][0-9] ")).wait_for(timeout=240_000)
    page.get_by_role("checkbox", name="Decode the whole plane").check()
    plane = page.locator(".vw-play-plot > canvas")
    box = plane.bounding_box()
    plane.click(position={"x": 0.4 * box["width"], "y": 0.3 * box["height"]})
    page.mouse.move(0, 0)
    page.get_by_role("button", name="Pause").click()  # the time of an epoch is not that of others
    page.get_by_text("Paused.").wait_for()
    save(page.screenshot(animations="disabled"), f"playground-{theme}")
