"""Models in the page give what Keras gives: every architecture, likelihood and activation."""

import json
import pathlib
import subprocess
import sys

import pytest

from tests.frontend.model.models import write_models
from tests.support.in_page_runtime import write_bundle

NODE = pathlib.Path(sys.executable).with_name("node")
SCRIPT = pathlib.Path(__file__).with_name("parity.ts")


@pytest.fixture(scope="module")
def differences(quick_graphs, tmp_path_factory):
    """Return the largest difference of each result, relative to its largest number."""
    folder = tmp_path_factory.mktemp("models")
    names = write_models(folder)
    bundle = write_bundle(tmp_path_factory.mktemp("bundle"))
    command = [NODE, SCRIPT, folder, bundle]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert len(found) == 2 * len(names)  # in WebAssembly and in plain TypeScript
    return found


def test_every_model_gives_what_keras_gives(differences):
    assert all(len(of_model) == 4 for of_model in differences.values()), differences
    far = {name: each for name, each in differences.items() if max(each.values()) > 1e-5}
    assert not far
