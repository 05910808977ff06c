"""``vae-widgets lab``: JupyterLab with the tour."""

import argparse
import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

from vae_widgets.cli.errors import CommandError

SUMMARY = "open the tour in JupyterLab"
DESCRIPTION = """\
Open JupyterLab in a folder, with a copy of the tour: watch a VAE train, pick in
its latent space, slide between samples, cut anomaly scores. If the folder has the
copy already, it is opened as it is. What stands after -- goes to JupyterLab:

  vae-widgets lab -- --no-browser --port=8899"""

COPY = "VAE tour.ipynb"
_PLACE = ("vae_widgets", "tour.ipynb")  # in a data folder of Jupyter


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument(
        "--folder", type=Path, default=Path(), help="folder to work in (default: this one)"
    )
    parser.add_argument("arguments", nargs="*", metavar="-- ARGUMENT", help="for JupyterLab")


def run(arguments: argparse.Namespace) -> int:
    """Copy the tour and run JupyterLab; return its exit code."""
    folder: Path = arguments.folder
    if not folder.is_dir():
        raise CommandError(f"--folder is {folder}, which is no folder. Make it first.")
    if importlib.util.find_spec("jupyterlab") is None:
        raise CommandError("JupyterLab is not installed. Install it with pip install jupyterlab.")
    copy = folder / COPY
    if not copy.exists():
        shutil.copyfile(_tour(), copy)
        print(f"The tour was copied to {copy}.", flush=True)
    return _wait(
        [
            *(sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={folder.resolve()}"),
            f"--LabApp.default_url=/lab/tree/{quote(COPY)}",
            *arguments.arguments,
        ]
    )


def _tour() -> Path:
    from jupyter_core.paths import jupyter_path

    for place in jupyter_path(*_PLACE):
        if Path(place).is_file():
            return Path(place)
    raise CommandError("the tour is not installed. Install vae_widgets again.")


def _wait(command: list[str]) -> int:
    with subprocess.Popen(command) as server:
        while True:
            try:
                return server.wait()
            except KeyboardInterrupt:  # JupyterLab gets it as well, and asks what to do
                continue
