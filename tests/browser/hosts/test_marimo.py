"""The widgets in marimo, whose page has neither the boxes of ipywidgets nor bqplot."""

import contextlib
import json
import socket
import subprocess
import sys
import textwrap
import urllib.request

import pytest

from tests.browser.conftest import VIEWPORT
from tests.support.host_gestures import MAKE, Gestures
from tests.support.jupyterlab import wait_for

# The kernel writes its state to a file, past the page.
APP = """
import marimo

app = marimo.App(width="full")


@app.cell
def _():
{make}
    return explorer, monitor, state


@app.cell
def _(state):
    import json, pathlib, threading, time

    target = pathlib.Path({target!r})

    def report():
        while True:
            made = target.with_suffix(".new")
            made.write_text(json.dumps(state()))
            made.replace(target)
            time.sleep(0.1)

    threading.Thread(target=report, daemon=True).start()
    return


@app.cell
def _(explorer):
    explorer
    return


@app.cell
def _(monitor):
    monitor
    return
"""


@pytest.fixture
def address(tmp_path):
    """An app with both widgets, run by marimo; the state is in ``state.json`` of `tmp_path`."""
    path = tmp_path / "app.py"
    make = textwrap.indent(MAKE, "    ")
    path.write_text(APP.format(make=make, target=str(tmp_path / "state.json")))
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    command = [sys.executable, "-m", "marimo", "-y", "run", str(path), "--headless", "--no-token"]
    log = tmp_path / "marimo.log"
    with log.open("w") as output:
        server = subprocess.Popen(
            [*command, f"--port={port}"], stdout=output, stderr=subprocess.STDOUT, cwd=tmp_path
        )

    def answers():
        assert server.poll() is None, log.read_text()
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5).close()
            return True

    try:
        wait_for(answers, 60, "the start of marimo")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)


def test_gestures_reach_python_in_marimo(browser, address, tmp_path):
    page = browser.new_page(viewport=VIEWPORT)
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    try:
        page.goto(address)
        page.locator(".vw-monitor").wait_for(timeout=60_000)
        file = tmp_path / "state.json"
        wait_for(file.exists, 20, "the state of the kernel")
        Gestures(page, lambda: json.loads(file.read_text()), ".vw-curve-plot").make_all()
        assert errors == []
    finally:
        page.context.close()
