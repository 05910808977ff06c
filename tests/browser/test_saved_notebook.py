"""A notebook that is opened again without its kernel shows a picture of every widget."""

import json

CODE = """
import numpy as np
import vae_widgets as vw
scores = np.random.default_rng(0).gamma(3, size=300)
histogram = vw.AnomalyHistogram(scores, threshold=5.0)
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
LINES = ["histogram = vw.AnomalyHistogram(scores, threshold=5.0)", "queue", "monitor"]
PICTURES = '.jp-OutputArea-child img[width="704"]'
# The text of the still picture in the model of the first cell.
STORED = """() => window.jupyterapp.shell.currentWidget.content.widgets[0].model.sharedModel
  .getOutputs().filter((output) => output.data["image/png"])
  .map((output) => output.data["text/plain"]).join("|")"""
NATURAL = "image => [image.naturalWidth, image.naturalHeight, image.width]"

# A picture that follows late would make JupyterLab ask whether to save.
CLOSE = """() => {
  const notebook = window.jupyterapp.shell.currentWidget;
  notebook.context.model.dirty = false;
  notebook.close();
}"""


def test_the_picture_takes_the_place_of_the_view_and_shows_the_last_state(
    notebook, open_notebook, lab
):
    nb = notebook(CELLS, own=True)
    page = nb.page
    for line, view in zip(LINES, (".vw-scores", ".vw-review", ".vw-widget"), strict=True):
        nb.show_cell(line).locator(view).first.wait_for()
    assert page.locator(PICTURES).count() == len(CELLS)
    assert page.locator(f"{PICTURES}:visible").count() == 0

    view = nb.show_cell(LINES[0]).locator(".vw-scores")
    view.evaluate("view => { view.dataset.mark = 'mine' }")
    # A change without a cell, as by a drag: the picture follows once it rests.
    assert "threshold 5 " in page.evaluate(STORED)
    nb.kernel.eval("setattr(histogram, 'threshold', 6.0)")
    page.wait_for_function(f"() => ({STORED})().includes('threshold 6 ')", timeout=30_000)
    assert page.locator(f"{PICTURES}:visible").count() == 0
    assert view.evaluate("view => view.dataset.mark") == "mine", "the view was built anew"

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
