import gzip
import struct
import threading
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from vae_widgets.datasets import fashion_mnist, sources
from vae_widgets.datasets.image_files import Images


@pytest.fixture(autouse=True)
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    """Every place that is looked in, empty; no download unless a test asks for it."""
    places = {name: tmp_path / name for name in ("data", "cache", "keras", "debian")}
    monkeypatch.setenv("VAE_WIDGETS_DATA", str(places["data"]))
    monkeypatch.setenv("VAE_WIDGETS_CACHE", str(places["cache"]))
    monkeypatch.setenv("KERAS_HOME", str(places["keras"]))
    monkeypatch.setenv("VAE_WIDGETS_DOWNLOAD_TIMEOUT", "0")
    monkeypatch.setattr(fashion_mnist, "DEBIAN_FOLDER", places["debian"])
    return places


@pytest.fixture
def images(monkeypatch: pytest.MonkeyPatch) -> Images:
    """A small data set, which stands for the published ones."""
    rng = np.random.default_rng(0)
    images = Images(
        x_train=rng.integers(0, 256, (30, 28, 28), dtype=np.uint8),
        y_train=rng.integers(0, 10, 30, dtype=np.uint8),
        x_test=rng.integers(0, 256, (10, 28, 28), dtype=np.uint8),
        y_test=rng.integers(0, 10, 10, dtype=np.uint8),
    )
    digest = sources.checksum(images)
    monkeypatch.setattr(sources, "CHECKSUMS", dict.fromkeys(sources.CHECKSUMS, digest))
    return images


@pytest.fixture
def write_idx_folder() -> Callable[[Path, Images], None]:
    """Write the four files of MNIST's authors."""

    def write(folder: Path, images: Images) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for name, prefix in [
            ("x_train", "train-images-idx3"),
            ("y_train", "train-labels-idx1"),
            ("x_test", "t10k-images-idx3"),
            ("y_test", "t10k-labels-idx1"),
        ]:
            array = getattr(images, name)
            header = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
            (folder / f"{prefix}-ubyte.gz").write_bytes(gzip.compress(header + array.tobytes()))

    return write


@pytest.fixture
def child_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Write a module that only Python processes started by the test find, before any other."""
    folder = tmp_path / "child_modules"
    folder.mkdir()
    monkeypatch.setenv("PYTHONPATH", str(folder))

    def write(name: str, code: str) -> None:
        (folder / f"{name}.py").write_text(code)

    return write


@pytest.fixture
def served_folder(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder, and the address on this machine where it is served."""
    folder = tmp_path / "served"
    folder.mkdir()

    class Handler(SimpleHTTPRequestHandler):
        def __init__(self, *args: object) -> None:
            super().__init__(*args, directory=str(folder))  # type: ignore[arg-type]

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield folder, f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()
