"""The notebook about music runs from top to bottom, and its figures are beside their floors."""

import pathlib
import re

import nbclient
import nbformat
import pytest

NOTEBOOK = pathlib.Path(__file__).parents[2] / "notebooks/05_music.ipynb"


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """What all cells print, after a run without a page."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    resources = {"metadata": {"path": tmp_path_factory.mktemp("music")}}
    nbclient.NotebookClient(notebook, timeout=300, resources=resources).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    return "".join(output.get("text", "") for output in outputs)


def figure(printed, name):
    return float(re.search(rf"{name}: +([\d.]+)", printed)[1])


def test_floors_are_printed_beside_the_model(printed):
    floors = [figure(printed, name) for name in ("the note before", "PCA with 32 numbers")]
    assert 0.5 < floors[0] < floors[1] < 0.9
    assert 0.3 < figure(printed, "VAE with 32 numbers") < 0.9


def test_files_of_ones_own_are_read_and_the_broken_one_is_named(printed):
    assert re.search(r"1 of 7 MIDI files are left out:\s+broken\.mid: ", printed)
