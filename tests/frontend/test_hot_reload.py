"""`make dev`: a source that is saved is bundled, and open widgets show it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import vae_widgets
from tests.support.jupyterlab import wait_for

PACKAGE = Path(vae_widgets.__file__).parent
# As in a kernel: the file runs in the notebook's namespace.
KERNEL = """
import pathlib, sys, time
from vae_widgets.widgets.tile_strip.widget import TileStrip

before = set(globals())
exec(pathlib.Path(sys.argv[1]).read_text())
assert set(globals()) == before | {"before"}
strip = TileStrip()
sent = []
strip.comm.send = lambda data, **options: sent.append(data["state"])
print("ready", flush=True)
end = time.monotonic() + 60
while not sent and time.monotonic() < end:
    time.sleep(0.05)
(state,) = sent
assert "saved just now" in state["_esm"]
assert TileStrip()._esm == state["_esm"]
print("shown", flush=True)
"""


@pytest.fixture
def package(tmp_path):
    """A copy that may be edited."""
    copy = tmp_path / "vae_widgets"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("node_modules", "static"))
    (copy / "frontend/node_modules").symlink_to(PACKAGE / "frontend/node_modules")
    return copy


@pytest.fixture
def run(package):
    """Start a program with the copy's package; end it with the test."""
    started = []
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(package.parent),
    }

    def run(*command, **options):
        pipes = {"stdout": subprocess.PIPE, "text": True, "env": environment}
        started.append(subprocess.Popen(command, **pipes, **options))
        return started[-1]

    yield run
    for program in started:
        program.kill()
        program.wait()
        program.stdout.close()


def test_a_saved_source_is_shown_by_open_widgets_and_later_ones(package, run, tmp_path):
    frontend = package / "frontend"
    run("node", "watch.mjs", cwd=frontend, stderr=subprocess.DEVNULL)
    built = [
        package / f"static/{name}" for name in ("shared.js", "tile_strip.css", "latent_scatter.js")
    ]
    wait_for(lambda: all(file.is_file() for file in built), 60, "the first build")
    kernel = run(sys.executable, "-c", KERNEL, frontend / "kernel_startup.py", cwd=tmp_path)
    assert kernel.stdout.readline() == "ready\n"
    source = frontend / "src/tile_strip/widget.ts"
    source.write_text(source.read_text() + "\nconsole.debug('saved just now');\n")
    assert kernel.stdout.readline() == "shown\n"
