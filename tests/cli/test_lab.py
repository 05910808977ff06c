import json
import subprocess
import sys
from pathlib import Path

import pytest

from vae_widgets.cli import lab

TOUR = Path(__file__).parents[2] / "notebooks/00_tour.ipynb"


@pytest.fixture
def started(monkeypatch, tmp_path):
    """Commands that were started, in place of JupyterLab, and an installed tour."""
    commands = []
    popen = subprocess.Popen

    def start(command):
        commands.append(command)
        return popen([sys.executable, "-c", "raise SystemExit(7)"])

    data = tmp_path / "share/jupyter"
    (data / "vae_widgets").mkdir(parents=True)
    (data / "vae_widgets/tour.ipynb").write_text(TOUR.read_text())
    monkeypatch.setenv("JUPYTER_PATH", str(data))
    monkeypatch.setattr(lab.subprocess, "Popen", start)
    return commands


def test_the_tour_is_copied_once_and_opened(run, started, tmp_path):
    code, _, _ = run("lab", "--", "--no-browser", "--port=8899")
    assert code == 7
    copy = tmp_path / lab.COPY
    assert json.loads(copy.read_text()) == json.loads(TOUR.read_text())
    (command,) = started
    assert command[:3] == [sys.executable, "-m", "jupyterlab"]
    assert f"--ServerApp.root_dir={tmp_path}" in command
    assert "--LabApp.default_url=/lab/tree/VAE%20tour.ipynb" in command
    assert command[-2:] == ["--no-browser", "--port=8899"]
    copy.write_text("my notes")
    run("lab")
    assert copy.read_text() == "my notes"


def test_a_folder_must_exist(run, started):
    code, _, (error,) = run("lab", "--folder", "nowhere")
    assert code == 2
    assert "--folder is nowhere, which is no folder" in error
    assert started == []
