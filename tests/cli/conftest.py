"""Saved bundles, and a way to run a command in this process."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from vae_widgets.bundle import read_archive, write_archive
from vae_widgets.cli import main

SAVED = Path(__file__).parents[1] / "saved"
NAMES = list("abcdef")


@pytest.fixture
def run(capsys, tmp_path, monkeypatch):
    """Run a command in an empty folder; return its exit code, output, and lines of errors."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as stopped:  # by argparse
            code = stopped.code
        captured = capsys.readouterr()
        return code, captured.out, captured.err.splitlines()

    return run


@pytest.fixture
def detector(tmp_path):
    """A detector of six features without names."""
    return Path(shutil.copy(SAVED / "detector.vae", tmp_path))


@pytest.fixture
def named_detector(tmp_path):
    """The same, trained on the columns a to f."""
    archive = read_archive(SAVED / "detector.vae")
    part = json.loads(archive.parts["detector.json"]) | {"feature_names": NAMES}
    parts = archive.parts | {"detector.json": json.dumps(part).encode()}
    own = ("format", "schema", "kind", "created", "parts")
    manifest = {name: value for name, value in archive.manifest.items() if name not in own}
    return write_archive(tmp_path / "named.vae", "bundle", parts, manifest)


@pytest.fixture
def values():
    """Forty rows of six numbers."""
    return np.random.default_rng(0).normal(size=(40, 6)).round(4)
