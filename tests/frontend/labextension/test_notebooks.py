"""The notebooks of the JupyterLab extension run as they are, and on a file of the user."""

import json
import shutil
from pathlib import Path

import pytest

import vae_widgets as vw
from tests.support.notebooks import run_cells

PACKAGE = Path(vw.__file__).parent
FOLDER = PACKAGE / "frontend/labextension/notebooks"
SAVED = Path(__file__).parents[2] / "saved"


@pytest.fixture
def run(tmp_path, monkeypatch, quick_graphs):
    """Run the code cells of a notebook in an empty folder; return the names that they leave."""
    monkeypatch.chdir(tmp_path)
    return lambda name, **files: run_cells(
        FOLDER / f"{name}.ipynb", {f"{old}.vae": new for old, new in files.items()}
    )


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


def test_notebooks_are_stored_without_outputs():
    files = sorted(FOLDER.glob("*.ipynb"))
    assert len(files) == 2
    for file in files:
        for cell in json.loads(file.read_text())["cells"]:
            assert not cell.get("outputs")
            assert cell.get("execution_count") is None
