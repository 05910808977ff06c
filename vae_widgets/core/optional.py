"""Packages of extras, which are imported where they are needed."""

import importlib
from typing import Any


def import_optional(module: str, extra: str, purpose: str) -> Any:
    """Import a module of another package that an extra of vae_widgets installs.

    Raises ``ModuleNotFoundError``, which names the `purpose` and the extra.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        package = module.partition(".")[0]
        raise ModuleNotFoundError(
            f"{purpose} needs {package}, which is not installed ({error}). Install it with "
            f"pip install 'vae_widgets[{extra}]'."
        ) from None
