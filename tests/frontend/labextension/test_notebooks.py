"""The notebooks of the JupyterLab extension run as they are, and on a file of the user."""

import ast
import asyncio
import inspect
import json
import shutil
from pathlib import Path

import nbformat
import pytest

import vae_widgets as vw

PACKAGE = Path(vw.__file__).parent
FOLDER = PACKAGE / "frontend/labextension/notebooks"
SAVED = Path(__file__).parents[2] / "saved"


@pytest.fixture
def run(tmp_path, monkeypatch, quick_graphs):
    """Run the code cells of a notebook in an empty folder; return the names that they leave."""
    monkeypatch.chdir(tmp_path)

    def run(name, **replaced):
        names = {}
        for source in sources(name):
            for old, new in replaced.items():
                source = source.replace(f"{old}.vae", new)
            code = compile(source, name, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
            if inspect.isawaitable(waits := eval(code, names)):
                asyncio.run(waits)
        return names

    return run


def sources(name):
    notebook = nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)
    nbformat.validate(notebook)
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def test_train_on_my_data_trains_and_saves(run, tmp_path):
    names = run("train_on_my_data")
    loss = names["history"].history["loss"]
    assert loss[-1] < 0.8 * loss[0]
    assert names["scatter"].n_samples == len(names["test"]) == 287
    assert vw.load(tmp_path / "my_model.vae").sample_shape == (8, 8, 1)


@pytest.mark.parametrize("file", ["dense.vae", "conditional.vae", "detector.vae"])
def test_explore_a_saved_model_opens_each_kind_of_file(run, tmp_path, file):
    shutil.copy(SAVED / file, tmp_path)
    names = run("explore_a_saved_model", digits=file)
    assert names["model"].path.name == file
    assert names["slider"].frames.shape[1:] == names["model"].sample_shape


def test_explore_a_saved_model_makes_one_if_there_is_none(run, tmp_path):
    names = run("explore_a_saved_model")
    assert names["model"].latents.shape == (360, 2)
    assert (tmp_path / "digits.vae").is_file()


def test_tune_a_threshold_keeps_a_policy_that_applies(run, tmp_path):
    names = run("tune_a_threshold")
    policy = vw.ThresholdPolicy.load(tmp_path / "my_threshold.json")
    flagged = policy.apply(names["scores"])
    assert flagged.tolist() == names["histogram"].flagged.tolist()
    assert names["histogram"].metrics["recall"] > 0.9


def test_the_course_shows_a_collapse(run):
    names = run("course")
    x = names["ds"].x_test
    assert names["vae"].active_units(x) == 2
    assert names["strict"].active_units(x) < 2


def test_notebooks_are_stored_without_outputs():
    files = sorted(FOLDER.glob("*.ipynb"))
    assert len(files) == 4
    for file in files:
        for cell in json.loads(file.read_text())["cells"]:
            assert not cell.get("outputs")
            assert cell.get("execution_count") is None
