"""Let Keras download a data set without letting it touch the user's files, or hang."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SILENCE = 15.0
"""Seconds. A server that does not connect, or sends nothing, for so long is given up."""
_DOWNLOAD = """
import socket, sys
socket.setdefaulttimeout(float(sys.argv[2]))
import keras
getattr(keras.datasets, sys.argv[1]).load_data()
"""


@contextmanager
def downloaded(dataset: str, timeout: float) -> Iterator[Path]:
    """Give the folder into which Keras downloaded a data set; it is removed afterwards.

    Keras deletes files with another hash from its cache, and its downloads have no time-out. So it
    runs in a private folder, in a process of its own that can be stopped after `timeout` seconds,
    and ends by itself once the server is silent for 15 seconds.

    Raises
    ------
    TimeoutError
        If it was stopped, or the server was silent.
    RuntimeError
        If Keras is missing or could not download.
    """
    with tempfile.TemporaryDirectory(prefix="vae_widgets-") as home:
        messages = Path(home, "messages.txt")
        # A file, because a child process that inherits a pipe could block its end.
        with messages.open("wb") as file:
            try:
                process = subprocess.run(
                    [sys.executable, "-P", "-c", _DOWNLOAD, dataset, str(_SILENCE)],
                    env={**os.environ, "KERAS_HOME": home},
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=file,
                    timeout=timeout,
                )
            except subprocess.TimeoutExpired:
                raise TimeoutError(
                    f"stopped after {timeout:g} seconds; allow more with timeout= or "
                    "$VAE_WIDGETS_DOWNLOAD_TIMEOUT"
                ) from None
        if process.returncode:
            lines = messages.read_text(errors="replace").split("\n")
            last = next((line for line in reversed(lines) if line.strip()), "no message")
            if "timed out" in last:
                raise TimeoutError(
                    f"the server sent nothing for {_SILENCE:g} seconds; is this computer online, "
                    "and may it reach the server?"
                )
            raise RuntimeError(f"{last} (exit status {process.returncode})")
        yield Path(home, "datasets")
