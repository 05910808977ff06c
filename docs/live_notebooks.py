"""Copy the notebooks to where Sphinx reads them."""

import shutil
from pathlib import Path

DOCS = Path(__file__).parent

if __name__ == "__main__":
    (DOCS / "live").mkdir(exist_ok=True)
    for notebook in (DOCS.parent / "notebooks").rglob("*.ipynb"):
        target = DOCS / notebook.relative_to(DOCS.parent)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(notebook, target)
