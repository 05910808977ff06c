"""Links between files, which are right where the files stand in the repository.

Notebooks are pages here, in another folder. Files that are no pages are shown by GitHub.
"""

import os
import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

REPOSITORY = Path(__file__).parents[2]
# The workflow that publishes the pages knows where it runs; elsewhere the placeholder stays.
REPOSITORY_NAME = os.environ.get("GITHUB_REPOSITORY", "OWNER/REPOSITORY")
ADDRESS = f"https://github.com/{REPOSITORY_NAME}"
LINK = re.compile(r"(?<=\]\()[^)#\s:]+\.(?:md|ipynb|py|toml|yml)\b")


def target_of(link: str, page: Path) -> str:
    """Return what a link of a page leads to here, from the top folder of the pages."""
    path = os.path.relpath(os.path.normpath(page.parent / link), REPOSITORY)
    if path.startswith("docs/"):
        return f"/{path.removeprefix('docs/')}"
    if path.startswith("notebooks/"):
        return f"/{path}"
    return f"{ADDRESS}/blob/main/{path}"


def rewrite(app: Sphinx, name: str, source: list[str]) -> None:
    """Rewrite the links of a page before it is read."""
    folder = REPOSITORY if name.startswith("notebooks/") else app.srcdir
    source[0] = LINK.sub(lambda link: target_of(link[0], Path(folder, name)), source[0])


def setup(app: Sphinx) -> dict[str, Any]:
    """Rewrite each page when it is read."""
    app.connect("source-read", rewrite)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
