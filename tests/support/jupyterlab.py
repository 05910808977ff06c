"""A real JupyterLab for the browser tests, and a second client on a notebook's kernel."""

import ast
import contextlib
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from typing import Any

from jupyter_client import BlockingKernelClient


def wait_for(condition: Callable[[], Any], timeout: float, what: str) -> Any:
    end, pause = time.monotonic() + timeout, 0.02
    while not (value := condition()):
        assert time.monotonic() < end, f"{what} did not happen within {timeout} s"
        time.sleep(pause)  # more and more: to ask a kernel or a server takes its time
        pause = min(1.5 * pause, 0.2)
    return value


class Lab:
    """JupyterLab on a free port, with configuration folders of its own."""

    def __init__(self, root: pathlib.Path, home: pathlib.Path) -> None:
        self.root, self.home = root, home
        self.runtime = home / "runtime"
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            port = s.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        page_config = home / "config/labconfig/page_config.json"
        page_config.parent.mkdir(parents=True)
        # No "Jupyter news" prompt, no look-up of extensions on the network.
        page_config.write_text(
            json.dumps(
                {
                    "disabledExtensions": {
                        "@jupyterlab/apputils-extension:announcements": True,
                        "@jupyterlab/extensionmanager-extension": True,
                        # Buttons that open a notebook in Notebook 7 and in Voila.
                        "@jupyter-notebook/lab-extension": True,
                        "@voila-dashboards/jupyterlab-preview": True,
                    }
                }
            )
        )
        self.log = home / "jupyter.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
                    *("--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0"),
                    *("--IdentityProvider.token=", f"--ServerApp.root_dir={root}"),
                    "--LabApp.expose_app_in_browser=True",
                    # `end_session` comes without the page's cookie.
                    "--ServerApp.disable_check_xsrf=True",
                ],
                env=self.environment(),
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        wait_for(self.answers, 60, "the start of JupyterLab")

    def environment(self) -> dict[str, str]:
        folders = {
            "JUPYTER_CONFIG_DIR": "config",
            "JUPYTER_RUNTIME_DIR": "runtime",
            "JUPYTER_DATA_DIR": "data",
            "IPYTHONDIR": "ipython",
            "JUPYTERLAB_SETTINGS_DIR": "settings",
            "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        }
        bin_first = f"{pathlib.Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        return {
            **os.environ,
            **{name: str(self.home / folder) for name, folder in folders.items()},
            "PATH": bin_first,
        }

    def answers(self) -> bool:
        if self.process.poll() is not None:
            raise RuntimeError(f"JupyterLab ended:\n{self.log.read_text()}")
        with contextlib.suppress(OSError):
            self.get("/api/status")
            return True
        return False

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(self.url + path, timeout=5) as answer:
            return json.load(answer)

    def session(self, notebook: str) -> dict[str, Any] | None:
        # The toolbar shows "idle" before the session is registered: callers poll.
        sessions = self.get("/api/sessions")
        return next((s for s in sessions if s["path"] == notebook and s["kernel"]), None)

    def kernels(self) -> list[str]:
        """Return the ids of all kernels."""
        return [kernel["id"] for kernel in self.get("/api/kernels")]

    def end_kernel(self, kernel: str) -> None:
        """End a kernel by its id."""
        self._delete(f"/api/kernels/{kernel}")

    def end_session(self, notebook: str) -> None:
        if session := self.session(notebook):
            self._delete(f"/api/sessions/{session['id']}")

    def _delete(self, path: str) -> None:
        request = urllib.request.Request(self.url + path, method="DELETE")
        urllib.request.urlopen(request, timeout=30).close()

    def close(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Kernel:
    """A second client on a kernel of a server, by its id: reads Python state past the page."""

    def __init__(self, lab: Lab, kernel: str) -> None:
        connection = lab.runtime / f"kernel-{kernel}.json"
        wait_for(connection.is_file, 10, "the kernel's connection file")
        self.client = BlockingKernelClient(connection_file=str(connection))
        self.client.load_connection_file()
        # Without a heartbeat: on a busy machine one late beat reads as a dead kernel.
        self.client.start_channels(hb=False)
        self.client.wait_for_ready(timeout=60)

    @classmethod
    def of_notebook(cls, lab: Lab, notebook: str) -> "Kernel":
        """Return a client on the kernel of a notebook that is open."""
        session = wait_for(lambda: lab.session(notebook), 30, f"the session of {notebook}")
        return cls(lab, session["kernel"]["id"])

    def eval(self, expression: str, timeout: float = 60) -> Any:
        """Return the value of a Python expression that JSON can hold."""
        content: dict[str, Any] = {"status": "aborted"}
        while content["status"] == "aborted":  # it was queued behind a cell that failed
            content = self.client.execute(
                "None",
                silent=True,
                store_history=False,
                user_expressions={"value": f"__import__('json').dumps({expression})"},
                reply=True,
                timeout=timeout,
            )["content"]
        value = content["user_expressions"]["value"]
        assert value["status"] == "ok", f"{expression}: {value.get('ename')}: {value.get('evalue')}"
        return json.loads(ast.literal_eval(value["data"]["text/plain"]))

    def until(self, expression: str, timeout: float = 30) -> Any:
        """Wait until a Python expression is true; return its value."""
        return wait_for(lambda: self.eval(expression), timeout, expression)

    def close(self) -> None:
        self.client.stop_channels()
