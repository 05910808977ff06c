import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import install

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def output_of() -> Callable[..., str]:
    """Run a command, which must succeed, and return what it printed."""

    def output_of(*command: str | Path, **options: Any) -> str:
        done = subprocess.run(command, capture_output=True, text=True, **options)
        printed = f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        assert done.returncode == 0, f"{command} failed:\n{printed}"
        return done.stdout.strip()

    return output_of


@pytest.fixture(scope="session")
def repository_files(output_of: Callable[..., str]) -> list[Path]:
    """What a commit of everything would hold, relative to the repository's root."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = output_of(*command, cwd=REPOSITORY).split("\0")
    files = [Path(name) for name in sorted(set(names)) if name]
    return [file for file in files if (REPOSITORY / file).is_file()]


@pytest.fixture(scope="session")
def clean_checkout(repository_files: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy without anything that was built, so that the tests never build in place."""
    root = tmp_path_factory.mktemp("checkout") / "vae_widgets"
    for file in repository_files:
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(REPOSITORY / file, root / file)
    return root


@pytest.fixture(scope="session")
def sdist(
    output_of: Callable[..., str], clean_checkout: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    folder = tmp_path_factory.mktemp("sdist")
    return _build(output_of, "--sdist", clean_checkout, folder)


@pytest.fixture(scope="session")
def unpacked_sdist(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    (source,) = folder.iterdir()
    yield source
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def wheel(
    output_of: Callable[..., str], unpacked_sdist: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The wheel that was built from the sdist."""
    return _build(output_of, "--wheel", unpacked_sdist, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def node_modules(wheel: Path, unpacked_sdist: Path) -> Path:
    """The folder with packages of Node that building the wheel has left."""
    return unpacked_sdist / "vae_widgets/frontend/node_modules"


def _build(output_of: Callable[..., str], kind: str, source: Path, folder: Path) -> Path:
    build = [sys.executable, "-m", "build", "--installer=uv", kind, "--outdir", folder, source]
    output_of(*build, env=install.environment())
    (built,) = folder.glob("vae_widgets-*")
    return built
