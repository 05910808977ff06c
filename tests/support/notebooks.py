"""The code cells of a notebook, run in this process."""

import ast
import asyncio
import inspect
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import nbformat


def run_cells(path: Path, replaced: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Run the code cells of a notebook in the current folder; return the names that they leave.

    Each text in `replaced` is found in a cell, and replaced in all.
    """
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    sources = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    for old, new in (replaced or {}).items():
        assert any(old in source for source in sources), f"{path.name} has no {old}"
        sources = [source.replace(old, new) for source in sources]
    names: dict[str, Any] = {}
    for source in sources:
        code = compile(source, path.name, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        if inspect.iscoroutine(waits := eval(code, names)):
            with ThreadPoolExecutor(1) as thread:  # this one may have the event loop of Playwright
                thread.submit(asyncio.run, waits).result()
    return names
