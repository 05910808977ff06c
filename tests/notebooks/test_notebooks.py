"""Every notebook runs from its first cell to its last, and says something without a kernel."""

import base64
import io
import pathlib
import re

import nbclient
import nbformat
import numpy as np
import pytest
from nbconvert.exporters import HTMLExporter, LatexExporter, MarkdownExporter
from PIL import Image

NOTEBOOKS = sorted((pathlib.Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))

# Binder assures 1 GB and allows 2; the tour promises less.
MOST_MEMORY_GB = 1.2
PEAK_MEMORY = """
import pathlib
status = pathlib.Path("/proc/self/status")
if status.is_file():
    print(int(status.read_text().split("VmHWM:")[1].split()[0]) / 2**20)
"""
VIEW = "application/vnd.jupyter.widget-view+json"
# Colours that only a picture with contents has: curves after the run, points, lines, bars.
COLOURS = {
    "TrainingMonitor": ["#3f90da", "#e76300", "#832db6"],
    "LatentScatter": ["#3f90da", "#ffa90e", "#bd1f01", "#94a4a2", "#832db6", "#92dadd"],
    "InterpolationSlider": ["#1976d2", "#000000"],
    "AnomalyHistogram": ["#3f90da", "#e76300", "#212121"],
    "Explorer": ["#3f90da", "#ffa90e", "#212121", "#000000"],
}
FEW_COLOURS = 16  # by how much a picture of 256 colours may miss one


@pytest.fixture(scope="module", params=NOTEBOOKS, ids=lambda path: path.stem)
def executed(request):
    """A notebook after a run, and the outputs of one more cell, which measures."""
    notebook = nbformat.read(request.param, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(PEAK_MEMORY))
    nbclient.NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        resources={"metadata": {"path": request.param.parent}},
    ).execute()
    return notebook, notebook.cells.pop().outputs


def test_notebook_runs_without_error_and_fits_in_memory(executed):
    _, outputs = executed
    for output in outputs:
        assert float(output.text) < MOST_MEMORY_GB


def displayed(notebook):
    """The class of each widget that a notebook displays, cell by cell."""
    return [
        [
            output.data["text/plain"].partition(":")[0]
            for output in cell.get("outputs", ())
            if VIEW in output.get("data", {})
        ]
        for cell in notebook.cells
    ]


def check_picture(widget, data):
    picture = Image.open(io.BytesIO(data))
    assert picture.width in (704, 1408)
    assert len(data) < 150_000
    pixels = np.asarray(picture.convert("RGB")).astype(int)
    assert (pixels == 255).all(axis=2).mean() > 0.3, "light"
    for colour in COLOURS[widget]:
        away = np.abs(pixels - list(bytes.fromhex(colour[1:]))).max(axis=2)
        assert (away <= FEW_COLOURS).sum() >= 30, f"{widget} lacks {colour}"


def test_every_widget_leaves_a_picture_in_html(executed):
    notebook, _ = executed
    page, _ = HTMLExporter().from_notebook_node(notebook)
    cells = re.split(r'<div class="jp-Cell-outputWrapper">', page)[1:]
    of_widgets = [widgets for widgets in displayed(notebook) if widgets]
    assert of_widgets
    found = []
    for cell in cells:
        if VIEW in cell:
            images = re.findall(r'<img[^>]*width="704"[^>]*>', cell)
            found.append(
                [base64.b64decode(re.search(r"base64,([^\"]+)", image)[1]) for image in images]
            )
    assert len(found) == len(of_widgets)
    for widgets, images in zip(of_widgets, found, strict=True):
        for widget, image in zip(widgets, images, strict=True):
            check_picture(widget, image)


@pytest.mark.parametrize(
    ("exporter", "link"),
    [(MarkdownExporter, r"!\[png\]\(([^)]+)\)"), (LatexExporter, r"\{(output_[^}]+\.png)\}")],
)
def test_every_widget_leaves_a_picture_and_a_line_in_documents(executed, exporter, link):
    notebook = nbformat.from_dict(executed[0])
    if exporter is LatexExporter:  # which needs pandoc for the texts between the cells
        notebook.cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    text, resources = exporter().from_notebook_node(notebook)
    linked = re.findall(link, text)
    for at, widgets in enumerate(displayed(notebook)):
        images = [name for name in linked if name.startswith(f"output_{at}_")] if widgets else []
        for widget, image in zip(widgets, images, strict=True):
            assert f"{widget}: " in text
            check_picture(widget, resources["outputs"][image])


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_is_stored_without_outputs(path):
    for cell in nbformat.read(path, as_version=4).cells:
        assert not cell.get("outputs"), "clear the outputs: they are made on every run"
        assert cell.get("execution_count") is None
