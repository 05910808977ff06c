"""Peers at work in a process of their own, so that each library has its own environment.

A worker reads one request a line, calls a method of a peer as often as asked, and answers with
the seconds of each call. A peer is a class ``Peer(x, network)`` in a module of
`tests.benchmarks.peers`; it is made when first asked for, and kept. A method may return seconds of
its own, where only a part of what it does is to be measured.
"""

import importlib
import importlib.metadata
import json
import os
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[2]


class NotInstalledError(Exception):
    """A peer whose library is not there."""


class Worker:
    """A process that runs peers; started when first called.

    Parameters
    ----------
    python
        The interpreter, of the environment that has the peers' libraries.
    """

    def __init__(self, python: Path | str) -> None:
        self.python = python
        self._process: subprocess.Popen[str] | None = None
        self._printed = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed with the process

    def peer(self, module: str, network: str, n: int) -> Callable[..., list[float]]:
        """Return a function (method, repeats=1, **arguments) that gives seconds of each call.

        Parameters
        ----------
        module
            Name of a module of `tests.benchmarks.peers`.
        network
            "dense", "conv" or "conv64", see `peers.samples`.
        n
            Number of images.
        """

        def call(method: str, repeats: int = 1, **arguments: Any) -> list[float]:
            request = {"peer": [module, network, n], "method": method, "repeats": repeats}
            return self._ask({**request, "arguments": arguments})

        return call

    def versions(self, *packages: str) -> dict[str, str]:
        """Return the versions of those of the packages that are installed."""
        try:
            return self._ask({"versions": packages})
        except NotInstalledError:
            return {}

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.communicate()
            self._printed.close()

    def _ask(self, request: dict[str, Any]) -> Any:
        if self._process is None:
            try:
                self._process = subprocess.Popen(
                    [self.python, "-m", __name__],
                    cwd=REPOSITORY,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=self._printed,
                    text=True,
                )
            except FileNotFoundError as error:
                raise NotInstalledError(str(self.python)) from error
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(request), file=self._process.stdin, flush=True)
        line = self._process.stdout.readline()
        if not line:
            self._printed.seek(0)
            raise RuntimeError(f"a worker died of {request}:\n{self._printed.read()[-3000:]}")
        answer = json.loads(line)
        if "missing" in answer:
            raise NotInstalledError(answer["missing"])
        if "error" in answer:
            raise RuntimeError(f"{request} failed in a worker:\n{answer['error']}")
        return answer["result"]


def _serve() -> None:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what the libraries print must not get among the answers
    peers: dict[tuple[Any, ...], Any] = {}
    for line in sys.stdin:
        try:
            answer = {"result": _result(json.loads(line), peers)}
        except ImportError as error:
            answer = {"missing": str(error)}
        except Exception:
            answer = {"error": traceback.format_exc()}
        print(json.dumps(answer), file=answers, flush=True)


def _result(request: dict[str, Any], peers: dict[tuple[Any, ...], Any]) -> Any:
    if "versions" in request:
        return _versions(request["versions"])
    module, network, n = key = tuple(request["peer"])
    if key not in peers:
        from tests.benchmarks.data import digits

        make = importlib.import_module(f"tests.benchmarks.peers.{module}").Peer
        peers[key] = make(digits().train[:n], network)
    method = getattr(peers[key], request["method"])
    return [_seconds(method, request["arguments"]) for _ in range(request["repeats"])]


def _seconds(method: Callable[..., Any], arguments: dict[str, Any]) -> float:
    started = time.perf_counter()
    own = method(**arguments)
    seconds = time.perf_counter() - started
    return own if isinstance(own, float) else seconds


def _versions(packages: list[str]) -> dict[str, str]:
    versions = {}
    for package in packages:
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return versions


if __name__ == "__main__":
    _serve()
