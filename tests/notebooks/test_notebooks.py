"""A notebook says something without a kernel.

nbformat, nbclient and nbconvert are imported where they are used: all processes that collect tests
would take 2 s to import them.
"""

import base64
import io
import pathlib
import re

import numpy as np
import pytest
from PIL import Image

REPOSITORY = pathlib.Path(__file__).parents[2]
NOTEBOOKS = sorted((REPOSITORY / "notebooks").glob("*.ipynb"))
COURSE = sorted((REPOSITORY / "notebooks/course").glob("*.ipynb"))  # run by test_course.py

# Where the results of a notebook are tested; every other one is only run.
OWN_TESTS = {
    "00_tour": "tests/browser/test_tour.py",
    "01_your_own_data": "tests/notebooks/test_own_data.py",
    "03_faces": "tests/notebooks/test_faces.py",
    "04_health": "tests/notebooks/test_health.py",
    "05_music": "tests/notebooks/test_music.py",
}
OTHERS = [path for path in NOTEBOOKS if path.stem not in OWN_TESTS]
# That every cell runs shows on fewer samples and steps, too.
FEWER = {
    "02_your_own_model": {"range(60)": "range(2)"},
    "06_molecules": {"[:3000]": "[:300]", "[:600]": "[:60]", "(300, seed": "(30, seed"},
    "07_features": {"[:10_000]": "[:1_000]"},
}

# Every widget, with contents. A model is trained in the tour (`tests/browser/test_tour.py`).
CELLS = [
    f"""
import sys
sys.path.insert(0, {str(REPOSITORY)!r})
import numpy as np
import vae_widgets as vw
from tests.support.pca_codec import PcaCodec, digits
x, y = (part[:300] for part in digits())
codec = PcaCodec(x, 2)
monitor = vw.TrainingMonitor()
monitor
""",
    """
for step in range(20):
    fall = 1 / (1 + step)
    monitor.log(step, loss=3 * fall, kl_loss=fall, reconstruction_loss=2 * fall)
""",
    """
scatter = vw.LatentScatter(codec, x, labels=y)
scatter
""",
    """
slider = vw.InterpolationSlider(codec, x[0], x[1])
slider
""",
    """
histogram = vw.AnomalyHistogram(((x - codec.decode(codec.encode(x))) ** 2).sum((1, 2)), y == 4, x)
histogram
""",
    "vw.Explorer(codec, x, labels=y)",
]
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


@pytest.fixture(scope="module")
def executed():
    """A notebook after a run without a page, as `nbconvert --execute` makes it."""
    import nbclient
    import nbformat

    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
    return notebook


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
    found = picture.convert("RGB").getcolors(2**24)
    counts, colours = np.array([n for n, _ in found]), np.array([colour for _, colour in found])
    assert counts[(colours == 255).all(axis=1)].sum() > 0.3 * counts.sum(), "light"
    for colour in COLOURS[widget]:
        away = np.abs(colours - list(bytes.fromhex(colour[1:]))).max(axis=1)
        assert counts[away <= FEW_COLOURS].sum() >= 30, f"{widget} lacks {colour}"


def test_every_widget_leaves_a_picture_in_html(executed):
    from nbconvert.exporters import HTMLExporter

    page, _ = HTMLExporter().from_notebook_node(executed)
    cells = re.split(r'<div class="jp-Cell-outputWrapper">', page)[1:]
    of_widgets = [widgets for widgets in displayed(executed) if widgets]
    assert {widget for widgets in of_widgets for widget in widgets} == set(COLOURS)
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
    [("markdown", r"!\[png\]\(([^)]+)\)"), ("latex", r"\{(output_[^}]+\.png)\}")],
)
def test_every_widget_leaves_a_picture_and_a_line_in_documents(executed, exporter, link):
    import nbformat
    from nbconvert.exporters import get_exporter

    notebook = nbformat.from_dict(executed)
    if exporter == "latex":  # which needs pandoc for the texts between the cells
        notebook.cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    text, resources = get_exporter(exporter)().from_notebook_node(notebook)
    linked = re.findall(link, text)
    for at, widgets in enumerate(displayed(notebook)):
        images = [name for name in linked if name.startswith(f"output_{at}_")] if widgets else []
        for widget, image in zip(widgets, images, strict=True):
            assert f"{widget}: " in text
            check_picture(widget, resources["outputs"][image])


def test_notebooks_with_tests_of_their_own_are_there():
    assert OWN_TESTS.keys() <= {path.stem for path in NOTEBOOKS}
    assert [test for test in OWN_TESTS.values() if not (REPOSITORY / test).is_file()] == []


@pytest.mark.parametrize("path", OTHERS, ids=lambda path: path.stem)
def test_notebook_runs_from_top_to_bottom(path, run):
    run(path, FEWER.get(path.stem), epochs=2)


@pytest.mark.parametrize("path", [*NOTEBOOKS, *COURSE], ids=lambda path: path.stem)
def test_notebook_is_stored_without_outputs(path):
    import nbformat

    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        assert not cell.get("outputs"), "clear the outputs: they are made on every run"
        assert cell.get("execution_count") is None
