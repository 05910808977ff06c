"""The Python code of a page of the documentation, run as it stands."""

import re
from pathlib import Path
from typing import Any

import pytest

DOCS = Path(__file__).parents[2] / "docs"


def run_page(name: str, folder: Path, leave_out: tuple[str, ...] = ()) -> dict[str, dict[str, Any]]:
    """Run the code of ``docs/<name>.md`` in a folder, but for sections of these names.

    Returns what is defined after each section, by the section's name.
    """
    page = DOCS / f"{name}.md"
    names: dict[str, Any] = {"__name__": page.stem}
    after = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for section in page.read_text().split("\n## "):
            title = section.partition("\n")[0]
            if title in leave_out:
                continue
            for code in re.findall(r"```python\n(.*?)```", section, re.DOTALL):
                exec(compile(code, str(page), "exec"), names)
            after[title] = dict(names)
    return after
