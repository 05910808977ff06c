"""Notebooks written, and their code cells run in this process.

Without nbformat: all processes that collect tests would take 1.3 s to import it.
"""

import ast
import asyncio
import inspect
import json
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any


def write_notebook(path: Path, cells: Sequence[str], kernel: str = "python3") -> None:
    """Write a notebook of code cells."""
    empty = {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": []}
    notebook = {
        "cells": [{**empty, "id": f"cell-{i}", "source": cell} for i, cell in enumerate(cells)],
        "metadata": {"kernelspec": {"name": kernel, "display_name": kernel}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path.write_text(json.dumps(notebook))


EPOCHS = re.compile(r"\b(epochs ?= ?)\d+", re.IGNORECASE)


def run_cells(
    path: Path, replaced: Mapping[str, str] | None = None, epochs: int | None = None
) -> dict[str, Any]:
    """Run the code cells of a notebook in the current folder; return the names that they leave.

    Each text in `replaced` is found in a cell, and replaced in all. Every training takes as many
    epochs as the notebook says, or `epochs`.
    """
    cells = json.loads(path.read_text())["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    for old, new in (replaced or {}).items():
        assert any(old in source for source in sources), f"{path.name} has no {old}"
        sources = [source.replace(old, new) for source in sources]
    if epochs is not None:
        sources = [EPOCHS.sub(rf"\g<1>{epochs}", source) for source in sources]
    names: dict[str, Any] = {}
    for source in sources:
        code = compile(source, path.name, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        if inspect.iscoroutine(waits := eval(code, names)):
            with ThreadPoolExecutor(1) as thread:  # this one may have the event loop of Playwright
                thread.submit(asyncio.run, waits).result()
    return names
