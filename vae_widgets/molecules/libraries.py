"""RDKit and SELFIES, imported on first use."""

import contextlib
import importlib
from collections.abc import Iterator
from typing import Any


def rdkit(module: str) -> Any:
    """Return a module of RDKit, such as "Chem" or "Chem.QED"; raise ``ImportError`` without it."""
    return _imported(f"rdkit.{module}", "RDKit")


def selfies() -> Any:
    """Return the package SELFIES; raise ``ImportError`` without it."""
    return _imported("selfies", "SELFIES")


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep RDKit from printing a line for each molecule that it cannot read."""
    with rdkit("rdBase").BlockLogs():
        yield


def _imported(module: str, name: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise ImportError(
            f'molecules need {name} ({error}). Install it: pip install "vae_widgets[molecules]"'
        ) from error
