from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import pytest

from tests.support.notebooks import run_cells


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quick_graphs: None) -> Iterator[Any]:
    """Run the cells of a notebook in an empty folder, as `run_cells` does.

    All notebooks run in the process of the tests: a kernel for each would take 7 s of processor
    time to start and to import TensorFlow.
    """
    monkeypatch.chdir(tmp_path)
    plt.switch_backend("Agg")
    with plt.rc_context():
        yield run_cells
    plt.close("all")
