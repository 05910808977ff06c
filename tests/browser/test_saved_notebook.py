"""A notebook that is opened again without its kernel shows a picture of every widget."""

import io
import json

import numpy as np
from PIL import Image
from playwright.sync_api import expect

from tests.support.layout import settle

CODE = """
import numpy as np
import vae_widgets as vw
rng = np.random.default_rng(0)
scores = rng.gamma(3, size=300)
tiles = rng.random((300, 8, 8))
histogram = vw.AnomalyHistogram(scores, scores > rng.gamma(6, size=300), tiles, threshold=5.0)
histogram
"""
QUEUE = """
queue = vw.ReviewQueue(histogram)
queue
"""
LOOP = """
monitor = vw.TrainingMonitor()
for step in range(50):
    monitor.log(step, loss=100 / (step + 1))
monitor
"""
CELLS = [CODE, QUEUE, LOOP]
LINES = [CODE.splitlines()[-2], "queue", "monitor"]
PICTURES = '.jp-OutputArea-child img[width="704"]'
# The text of the still picture in the model of the first cell.
STORED = """() => window.jupyterapp.shell.currentWidget.content.widgets[0].model.sharedModel
  .getOutputs().filter((output) => output.data["image/png"])
  .map((output) => output.data["text/plain"]).join("|")"""
NATURAL = "image => [image.naturalWidth, image.naturalHeight, image.width]"

RESTART = """async () => {
  await window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart();
}"""

# The row of a line in a picture of its output, both as they are drawn on whole pixels.
ROW = """line => Math.round(line.getBoundingClientRect().top) -
  Math.floor(line.closest(".jp-OutputArea-output").getBoundingClientRect().top)"""

# What needs Python is faint while the widget is disconnected.
FAINT = ".vw-composite :is(.jupyter-button, [inert])"
ALL_ARE_FAINT = f"""() => {{
  const all = [...document.querySelectorAll("{FAINT}")];
  return all.length > 2 && all.every((one) => getComputedStyle(one).opacity < 0.7);
}}"""

# A picture that follows late would make JupyterLab ask whether to save.
CLOSE = """() => {
  const notebook = window.jupyterapp.shell.currentWidget;
  notebook.context.model.dirty = false;
  notebook.close();
}"""


def picture_of(nb, line):
    """Return the pixels of a widget."""
    output = nb.output(line)
    output.wait_for()
    settle(nb.page)
    return np.asarray(Image.open(io.BytesIO(output.screenshot())).convert("RGB"))


def test_the_picture_takes_the_place_of_the_view_and_shows_the_last_state(
    notebook, open_notebook, lab
):
    nb = notebook(CELLS, own=True)
    page = nb.page
    for line, view in zip(LINES, (".vw-scores", ".vw-review", ".vw-widget"), strict=True):
        nb.show_cell(line).locator(view).first.wait_for()
    expect(page.locator(PICTURES)).to_have_count(len(CELLS))
    expect(page.locator(f"{PICTURES}:visible")).to_have_count(0)

    view = nb.show_cell(LINES[0]).locator(".vw-scores")
    view.evaluate("view => { view.dataset.mark = 'mine' }")
    # A change without a cell, as by a drag: the picture follows once it rests.
    assert "threshold 5 " in page.evaluate(STORED)
    nb.kernel.eval("setattr(histogram, 'threshold', 6.0)")
    page.wait_for_function(f"() => ({STORED})().includes('threshold 6 ')", timeout=30_000)
    assert page.locator(f"{PICTURES}:visible").count() == 0
    assert view.evaluate("view => view.dataset.mark") == "mine", "the view was built again"

    nb.save()
    stored = json.loads((lab.root / nb.path).read_text())
    texts = ["".join(cell["outputs"][-1]["data"]["text/plain"]) for cell in stored["cells"]]
    assert [text.partition(":")[0] for text in texts] == [
        "AnomalyHistogram",
        "ReviewQueue",
        "TrainingMonitor",
    ]
    assert "threshold 6 set by hand" in texts[0]
    assert "Step 49" in texts[2]

    before = [picture_of(nb, line) for line in LINES]
    page.evaluate(RESTART)
    nb.show_cell(LINES[0]).locator(".vw-notice:visible").wait_for()
    page.wait_for_function(ALL_ARE_FAINT)
    page.add_style_tag(content=f"{FAINT} {{ opacity: 1 !important }}")
    for line, connected in zip(LINES, before, strict=True):
        # Nothing else differs but one line, which says that the widget is disconnected.
        notice = nb.show_cell(line).locator(".vw-notice:visible")
        notice.get_by_text("Disconnected: run the cell again.").wait_for()
        assert notice.count() == 1
        disconnected = picture_of(nb, line)
        top = notice.evaluate(ROW)
        without = np.delete(disconnected, slice(top - 4, top + 24), axis=0)
        assert without.shape == connected.shape
        # Edges may be smoothed by some levels of 255 more or less.
        assert np.abs(without.astype(int) - connected).max() <= 16

    page.evaluate(CLOSE)
    page.wait_for_function("() => !document.querySelector('.jp-NotebookPanel')")
    lab.end_session(nb.path)
    reopened = open_notebook(nb.path)  # JupyterLab trusts it and starts another kernel
    for line in LINES:
        cell = reopened.show_cell(line)
        cell.get_by_text("Error displaying widget: model not found").wait_for()
        picture = cell.locator("img:visible")
        width, height, shown = picture.evaluate(NATURAL)
        assert (width, shown) == (1408, 704)
        assert height > 200
