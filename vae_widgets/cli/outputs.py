"""The files that a command writes."""

import argparse
import pathlib

from vae_widgets.cli.errors import CommandError
from vae_widgets.core.atomic_file import check_target


def add_output(parser: argparse.ArgumentParser, suffixes: str) -> None:
    """Add ``--output`` and ``--force`` to a command."""
    parser.add_argument(
        "-o", "--output", required=True, type=pathlib.Path, metavar="FILE", help=f"{suffixes} file"
    )
    parser.add_argument("--force", action="store_true", help="replace the file if it exists")


def check_output(
    path: pathlib.Path, suffixes: tuple[str, ...], force: bool, *inputs: pathlib.Path | None
) -> None:
    """Raise unless a file can be written: before any work is done."""
    if path.suffix.lower() not in suffixes:
        raise CommandError(
            f"--output is {path}; expected a name that ends in {' or '.join(suffixes)}."
        )
    check_target(path)
    if not path.exists():
        return
    if any(given is not None and given.exists() and path.samefile(given) for given in inputs):
        raise CommandError(f"--output is {path}, which is read as well. Choose another name.")
    if not force:
        raise CommandError(f"{path} exists. Choose another name, or pass --force to replace it.")
