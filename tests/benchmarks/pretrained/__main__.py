"""Train the models that come with the package, and write their hashes.

    python -m tests.benchmarks.pretrained [NAME ...]

Each model is made by the module of its name, from a seed. Other processors round differently, so a
second run gives other bytes; the hashes say that a file is the one that was tested.
"""

import argparse
import hashlib
import importlib
import os
from collections.abc import Sequence
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from tests.benchmarks.worker import REPOSITORY

FOLDER = REPOSITORY / "vae_widgets/pretrained"
MODELS = (
    *("chorales", "digits-16d", "digits-2d", "digits-autoencoder", "digits-collapsed"),
    *("faces", "molecules", "xrays"),
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line (or `arguments`), train, and write the files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help=f"of {', '.join(MODELS)}; all by default")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    options = parser.parse_args(arguments)
    if unknown := set(options.names) - set(MODELS):
        parser.error(f"unknown: {', '.join(unknown)}; expected some of {', '.join(MODELS)}")
    for name in options.names or MODELS:
        module = name.replace("-", "_")
        path = options.folder / f"{name}.vae"
        importlib.import_module(f"tests.benchmarks.pretrained.{module}").make(path)
        print(f"{name}: {path.stat().st_size:,} bytes", flush=True)
    (options.folder / "SHA256SUMS").write_text(hashes(options.folder))


def hashes(folder: Path) -> str:
    """Return a line for each model in a folder, as `sha256sum` prints them."""
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n"
        for path in sorted(folder.glob("*.vae"))
    ]
    return "".join(lines)


if __name__ == "__main__":
    main()
