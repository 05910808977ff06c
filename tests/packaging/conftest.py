import shutil
import subprocess
import sys
from collections.abc import Callable
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
def distributions(
    output_of: Callable[..., str],
    clean_checkout: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Path, Path]:
    """The sdist, and the wheel that was built from that sdist."""
    folder, source = tmp_path_factory.mktemp("dist"), tmp_path_factory.mktemp("source")
    shutil.copytree(clean_checkout, source, dirs_exist_ok=True)
    build = [sys.executable, "-m", "build", "--installer=uv", "--outdir", folder, source]
    output_of(*build, env=install.environment())
    shutil.rmtree(source)
    (sdist,), (wheel,) = folder.glob("*.tar.gz"), folder.glob("*.whl")
    return sdist, wheel
