"""Packages that add something to vae_widgets, and the process in which they are installed."""

import importlib
import subprocess
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import vae_widgets as vw
from tests.support import install

EXAMPLE, BROKEN = (Path(__file__).parent / name for name in ("example_plugin", "broken_plugin"))


def install_plugins(folder: Path) -> Path:
    """Build the two packages of this folder and install them into another one, as pip would."""
    target = [f"--target={folder}", "--no-deps", "--quiet"]
    command = [*install.uv_pip_install(), *target, str(EXAMPLE), str(BROKEN)]
    subprocess.run(command, env=install.environment(), check=True)
    return folder


def write_package(
    folder: Path, name: str, module: str, entry_points: Mapping[str, Mapping[str, str]]
) -> Path:
    """Write what an installation leaves of a package with one module, version 1.0."""
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.py").write_text(module)
    information = folder / f"{name}-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    lines = []
    for group, points in entry_points.items():
        lines.append(f"[vae_widgets.{group}]")
        lines += [f"{point} = {value}" for point, value in points.items()]
    (information / "entry_points.txt").write_text("\n".join(lines))
    return folder


@contextmanager
def installed(folder: Path) -> Iterator[list[Warning]]:
    """Let the packages of a folder be installed in this process; yield what is reported now.

    A package that was installed like this before is neither imported nor reported again.
    """
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            vw.list_plugins()
        yield [warning.message for warning in caught if isinstance(warning.message, UserWarning)]
    finally:
        sys.path.remove(str(folder))
        vw.list_plugins()
