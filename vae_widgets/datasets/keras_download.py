"""Let Keras download a data set without letting it touch the user's files, or hang."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_DOWNLOAD = "import sys, keras; getattr(keras.datasets, sys.argv[1]).load_data()"


@contextmanager
def downloaded(dataset: str, timeout: float) -> Iterator[Path]:
    """Give the folder into which Keras downloaded a data set; it is removed afterwards.

    Keras deletes files with another hash from its cache, and its downloads have no time-out. So it
    runs in a private folder, in a process of its own that can be stopped after `timeout` seconds.

    Raises
    ------
    TimeoutError
        If it was stopped.
    RuntimeError
        If Keras is missing or could not download.
    """
    with tempfile.TemporaryDirectory(prefix="vae_widgets-") as home:
        messages = Path(home, "messages.txt")
        # A file, because a child process that inherits a pipe could block its end.
        with messages.open("wb") as file:
            try:
                process = subprocess.run(
                    [sys.executable, "-P", "-c", _DOWNLOAD, dataset],
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
            raise RuntimeError(f"{last} (exit status {process.returncode})")
        yield Path(home, "datasets")
