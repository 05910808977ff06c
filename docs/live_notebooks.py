"""Run the notebooks, and write each with its widgets as exported pages, for Sphinx.

    python docs/live_notebooks.py [name ...]

A notebook is run again when it, the package or this file has changed. Without a network: the data
sets are those that come with packages, or lie in ``VAE_WIDGETS_DATA``.
"""

import json
import os
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import nbclient
import nbformat
from sphinx_extensions.repository_links import REPOSITORY_NAME

DOCS = Path(__file__).parent
REPOSITORY = DOCS.parent
LIVE = DOCS / "live/live"  # Sphinx copies what is in the first folder
HOME = "home"
SECONDS = 600  # for one cell, on a busy machine

# Run in the kernel before the first cell, and after the last one.
BEFORE = (
    "from live_display import LivePages\n_live_pages = LivePages({folder!r}, {name!r}, {root!r})"
)
AFTER = "_live_pages.write()"
# What the package is made of: notebooks are run again after a change in it.
PACKAGE = ("**/*.py", "static/*", "pretrained/*.vae", "course/exercises/*.toml")
# Below the title of each page, for readers without Python.
NOTE = """
:::{{note}}
This page needs no Python. Its widgets work: hover, click, lasso, slide and cut.
{exercises}Cells show what they printed when the page was made. To change and run them,
{{download}}`take the notebook </{source}>` to a Python with `vae_widgets`, or
[open it on Binder]({binder}).
:::
"""
EXERCISES = """Answer an exercise in the field below it: the page checks it, gives hints, and sends
nothing. Where arrays are to be computed, or a model to be trained, you need Python.
"""
BINDER = "https://mybinder.org/v2/gh/{repository}/HEAD?labpath={path}"
# The widget on the first page.
HOME_CELL = """
import vae_widgets as vw

ds = vw.load_dataset("digits")
explorer = vw.Explorer(vw.load_pretrained("digits-2d"), ds)
explorer.panel = "slide"
explorer
"""


def run(cells: list[nbformat.NotebookNode], name: str, root: str) -> list[nbformat.NotebookNode]:
    """Return cells with their outputs; the pages of their widgets are written to the folder."""
    first, last = (
        nbformat.v4.new_code_cell(code)
        for code in (BEFORE.format(folder=str(LIVE), name=name, root=root), AFTER)
    )
    notebook = nbformat.v4.new_notebook(cells=[first, *cells, last])
    environment = {
        **os.environ,
        "PYTHONPATH": str(DOCS),
        "OMP_NUM_THREADS": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PYTHONWARNINGS": "ignore",
    }
    with tempfile.TemporaryDirectory() as folder:  # the notebooks write files
        client = nbclient.NotebookClient(
            notebook,
            timeout=SECONDS,
            startup_timeout=SECONDS,
            kernel_name="python3",
            extra_arguments=["--IPKernelApp.log_level=40"],  # errors alone
            resources={"metadata": {"path": folder}},
            store_widget_state=False,
        )
        client.execute(env=environment)
    return notebook.cells[1:-1]


def published(outputs: list[nbformat.NotebookNode]) -> list[nbformat.NotebookNode]:
    """Return outputs without what libraries say of this machine, and without its folders."""
    text = json.dumps([output for output in outputs if output.get("name") != "stderr"])
    for folder, name in ((REPOSITORY, "vae_widgets"), (Path.home(), "~")):
        text = text.replace(f"{folder}/", f"{name}/")
    return nbformat.from_dict(json.loads(text))


def write_notebook(source: Path) -> None:
    """Run a notebook, and write it to where Sphinx reads it."""
    inside = source.relative_to(REPOSITORY)
    target = DOCS / inside
    notebook = nbformat.read(source, 4)
    name = "-".join(inside.with_suffix("").parts[1:])
    notebook.cells = run(notebook.cells, name, "../" * (len(inside.parts) - 1))
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = published(cell.outputs)
    title, _, text = notebook.cells[0].source.partition("\n")
    exercises = EXERCISES if source.parent.name == "course" else ""
    note = NOTE.format(
        exercises=exercises,
        source=os.path.relpath(source, DOCS),
        binder=BINDER.format(repository=REPOSITORY_NAME, path=quote(str(inside), safe="")),
    )
    notebook.cells[0].source = f"{title}\n{note}{text}"
    target.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, target)
    print(f"ran {inside}", flush=True)


def write_home() -> None:
    """Write the page of the first widget."""
    run([nbformat.v4.new_code_cell(HOME_CELL)], HOME, "")
    print("ran the widget of the first page", flush=True)


def is_older(target: Path, sources: list[Path]) -> bool:
    """Whether a file is missing, or older than what it is made of."""
    if not target.exists():
        return True
    return target.stat().st_mtime < max(source.stat().st_mtime for source in sources)


def main(names: list[str]) -> None:
    """Run what has changed, two notebooks at a time."""
    LIVE.mkdir(parents=True, exist_ok=True)
    package = [path for files in PACKAGE for path in (REPOSITORY / "vae_widgets").glob(files)]
    package += [Path(__file__), DOCS / "live_display.py"]
    tasks = []
    if is_older(LIVE / f"{HOME}-1.html", package) or HOME in names:
        tasks.append(write_home)
    for source in sorted(REPOSITORY.glob("notebooks/**/*.ipynb")):
        target = DOCS / source.relative_to(REPOSITORY)
        if source.stem in names or (not names and is_older(target, [source, *package])):
            tasks.append(lambda source=source: write_notebook(source))
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(task) for task in tasks]:
            done.result()


if __name__ == "__main__":
    main(sys.argv[1:])
