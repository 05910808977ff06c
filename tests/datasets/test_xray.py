import os
import re
import warnings

import numpy as np
import pytest
from PIL import Image

import vae_widgets as vw

REAL_DATA = os.environ.get("VAE_WIDGETS_DATA")  # before the fixtures point it elsewhere


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home folder without a cache of medmnist."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(autouse=True)
def nothing_at_home(home):
    """No test looks into the real home folder."""


@pytest.fixture
def parts():
    """A small file of MedMNIST: 12 images for training, 6 for validation and 8 for testing."""
    rng = np.random.default_rng(0)
    sizes = {"train": 12, "val": 6, "test": 8}
    arrays = {}
    for part, n in sizes.items():
        arrays[f"{part}_images"] = rng.integers(0, 256, (n, 28, 28), dtype=np.uint8)
        arrays[f"{part}_labels"] = (np.arange(n) % 3 > 0).astype(np.uint8)[:, np.newaxis]
    return arrays


def write(path, arrays):
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, **arrays)


def pixels(x):
    return np.rint(x[..., 0] * 255).astype(np.uint8)


def test_healthy_images_train_and_both_kinds_are_for_testing(places, parts):
    write(places["data"] / "pneumoniamnist.npz", parts)
    ds = vw.load_dataset("xray")
    healthy = [parts[f"{part}_images"][::3] for part in ("train", "val")]
    np.testing.assert_array_equal(pixels(ds.x_train), np.concatenate(healthy))
    np.testing.assert_array_equal(pixels(ds.x_test), parts["test_images"])
    assert not ds.y_train.any()
    np.testing.assert_array_equal(ds.y_test, parts["test_labels"].ravel())
    assert ds.label_names == ("normal", "pneumonia")
    assert ds.sample_shape == (28, 28, 1)
    np.testing.assert_array_equal(ds.preprocess(parts["test_images"][..., np.newaxis]), ds.x_test)
    tiles = ds.renderer(ds.x_test[:2])
    np.testing.assert_array_equal(tiles[..., 0], parts["test_images"][:2])
    assert "CC BY 4.0" in ds.licence


def test_takes_the_first_place_that_has_it(places, parts, home):
    files = {
        "$VAE_WIDGETS_DATA": places["data"] / "pneumoniamnist.npz",
        "cache of vae_widgets": places["cache"] / "pneumoniamnist.npz",
        "cache of medmnist": home / ".medmnist" / "pneumoniamnist.npz",
    }
    for path in files.values():
        write(path, parts)
    for name, path in files.items():
        assert vw.load_dataset("xray").source == f"{name} ({path})"
        path.unlink()


def shade(path, grey, shape=(64, 96)):
    """Write a picture with bright sides, which a square in the middle leaves out."""
    picture = np.full(shape, 255, np.uint8)
    picture[:, 8:88] = grey  # whole blocks of a JPEG file
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture).save(path)


def shades(x):
    assert np.ptp(x, axis=(1, 2, 3)).max() == 0
    return pixels(x)[:, 0, 0].tolist()


def test_a_folder_has_parts(places):
    folder = places["data"] / "chest_xray"
    numbers = iter(range(1, 20))
    for part in ("train", "test", "val"):
        for kind in ("NORMAL", "PNEUMONIA"):
            for k in range(3):
                shade(folder / part / kind / f"{k}.jpeg", 10 * next(numbers))
    ds = vw.load_dataset("xray")
    assert shades(ds.x_train) == [10, 20, 30]
    assert shades(ds.x_test) == [70, 80, 90, 100, 110, 120]
    assert ds.y_test.tolist() == [0, 0, 0, 1, 1, 1]
    assert ds.source == f"$VAE_WIDGETS_DATA ({folder})"


def test_of_a_folder_without_parts_a_fifth_of_the_healthy_is_for_testing(places):
    folder = places["cache"] / "chest_xray"
    for k in range(10):
        shade(folder / "NORMAL" / f"{k}.png", k)
    shade(folder / "PNEUMONIA" / "0.png", 100)
    (folder / "PNEUMONIA" / "broken.png").write_bytes(b"no picture")
    with pytest.warns(UserWarning, match=r"1 of 2 pictures .*; the first, broken\.png: ") as caught:
        ds = vw.load_dataset("xray")
    assert caught[0].filename == __file__
    assert len(ds.x_train) == 8
    assert sorted(shades(ds.x_train) + shades(ds.x_test)) == [*range(10), 100]
    assert ds.y_test.tolist() == [0, 0, 1]


def test_where_it_is_absent_one_line_says_how_to_get_it(places, home):
    with pytest.raises(FileNotFoundError) as caught:
        vw.load_dataset("xray")
    message = str(caught.value)
    assert "\n" not in message
    for path in (places["data"], places["cache"], home / ".medmnist"):
        assert f"({path / 'pneumoniamnist.npz'}): not there" in message
    assert "Download pneumoniamnist.npz from medmnist.com" in message


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"val_labels": None}, "lacks val_labels; expected a file of MedMNIST"),
        ({"test_images": np.zeros((8, 64, 64), np.uint8)}, r"test_images is uint8 \(8, 64, 64\)"),
        ({"train_labels": np.full((12, 1), 2)}, "train_labels has other values than 0 and 1"),
        ({"train_labels": np.zeros((12, 1), object)}, "allow_pickle=False"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_and_the_next_place_taken(
    places, parts, change, message
):
    wrong = {name: array for name, array in {**parts, **change}.items() if array is not None}
    write(places["data"] / "pneumoniamnist.npz", wrong)
    with pytest.raises(FileNotFoundError, match=message):
        vw.load_dataset("xray")
    whole = places["cache"] / "pneumoniamnist.npz"
    write(whole, parts)
    with pytest.warns(UserWarning, match=f"read from .*{re.escape(str(whole))}.*{message}") as got:
        assert vw.load_dataset("xray").source == f"cache of vae_widgets ({whole})"
    assert got[0].filename == __file__


def test_a_cut_file_is_named(places, parts):
    path = places["data"] / "pneumoniamnist.npz"
    write(path, parts)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(FileNotFoundError, match=r"pneumoniamnist\.npz\): BadZipFile"):
        vw.load_dataset("xray")


if os.path.isfile(os.path.join(REAL_DATA or "", "pneumoniamnist.npz")):

    def test_real_images(monkeypatch):
        monkeypatch.setenv("VAE_WIDGETS_DATA", REAL_DATA)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            ds = vw.load_dataset("xray")
        assert np.bincount(ds.y_test).tolist() == [234, 390]  # as MedMNIST publishes
