import numpy as np
import pytest
from PIL import Image

import vae_widgets as vw

RNG = np.random.default_rng(0)


@pytest.fixture
def folder(tmp_path):
    """A folder, and a function that fills it with pictures of one shape."""

    def fill(names, shape=(10, 12)):
        for k, name in enumerate(names):
            file = tmp_path / "pictures" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(np.full(shape, 10 * k, np.uint8)).save(file)
        return tmp_path / "pictures"

    return fill


def shades(x):
    """The number of each picture of a folder, which is its brightness."""
    return np.rint(x.mean(axis=(1, 2, 3)) * 25.5).astype(int).tolist()


def test_pictures_in_one_folder_have_no_classes(folder):
    ds = vw.load_images(folder([f"{k}.png" for k in range(10)]), test_size=0.3, seed=4)
    assert ds.x_train.shape == (7, 10, 12, 1)
    assert sorted(shades(ds.x_train) + shades(ds.x_test)) == list(range(10))
    assert (ds.y_train, ds.label_names, ds.name) == (None, None, "pictures")
    again = vw.load_images(folder([f"{k}.png" for k in range(10)]), test_size=0.3, seed=4)
    np.testing.assert_array_equal(ds.x_test, again.x_test)


def test_folders_are_classes(folder):
    names = [f"{kind}/{k}.png" for kind in ("NORMAL", "PNEUMONIA") for k in range(10)]
    ds = vw.load_images(folder(names), size=(8, 16))
    assert ds.label_names == ("NORMAL", "PNEUMONIA")
    assert ds.x_test.shape == (4, 8, 16, 1)
    assert np.bincount(ds.y_test).tolist() == [2, 2]
    for x, y in ((ds.x_train, ds.y_train), (ds.x_test, ds.y_test)):
        assert [int(shade >= 10) for shade in shades(x)] == y.tolist()


def test_folders_train_and_test_are_the_parts(folder):
    names = [f"{part}/{kind}/{k}.png" for part in ("train", "test") for kind in "ba" for k in "01"]
    ds = vw.load_images(folder([*names, "val/a/0.png"]))
    assert (shades(ds.x_train), shades(ds.x_test)) == ([2, 3, 0, 1], [6, 7, 4, 5])
    assert ds.label_names == ("a", "b")
    assert ds.y_train.tolist() == ds.y_test.tolist() == [0, 0, 1, 1]


CELEBA = """6
Male Smiling
0.jpg -1  1
1.jpg  1 -1
2.jpg -1 -1
3.jpg -1  1
4.jpg  1  1
5.jpg  1 -1
"""


@pytest.mark.parametrize("form", ["txt", "csv", "index"])
def test_attributes_of_celeba_are_classes(folder, tmp_path, form):
    text = CELEBA
    if form != "txt":
        lines = ["image_id Male Smiling", *CELEBA.splitlines()[2:]]
        text = "\n".join(",".join(line.split()) for line in lines)
    if form == "index":  # names without their suffix
        text = text.replace(".jpg", "")
    (tmp_path / "attributes").write_text(text)
    pictures = folder([f"{k}.jpg" for k in range(6)], (9, 9, 3))
    ds = vw.load_images(
        pictures, attributes=tmp_path / "attributes", label="Smiling", test_size=0.5
    )
    assert ds.label_names == ("not Smiling", "Smiling")
    assert ds.x_train.shape == (3, 9, 9, 3)
    smiling = {0, 3, 4}
    for x, y in ((ds.x_train, ds.y_train), (ds.x_test, ds.y_test)):
        assert [int(shade in smiling) for shade in shades(x)] == y.tolist()


def test_pictures_that_cannot_be_used_are_named_once(folder, tmp_path):
    pictures = folder([f"{k}.png" for k in range(6)])
    (pictures / "1.png").write_bytes(b"no picture")
    (pictures / "2.png").write_bytes(b"")
    (tmp_path / "kinds.csv").write_text("file;kind\n" + "".join(f"{k}.png;x\n" for k in range(5)))
    expected = r"1\.png, .*2\.png cannot be read \(cannot identify.*5\.png not named in .*kinds"
    with pytest.warns(UserWarning, match=expected) as caught:
        ds = vw.load_images(pictures, attributes=tmp_path / "kinds.csv", label="kind")
    assert len(caught) == 1
    assert caught[0].filename == __file__
    assert len(ds.x_train) + len(ds.x_test) == 3
    assert ds.label_names == ("x",)


def test_a_part_of_the_pictures_is_drawn_with_the_seed(folder):
    pictures = folder([f"{k}.png" for k in range(20)])
    first, again, other = (vw.load_images(pictures, n_samples=8, seed=s) for s in (0, 0, 1))
    assert len(first.x_train) + len(first.x_test) == 8
    np.testing.assert_array_equal(first.x_train, again.x_train)
    assert shades(first.x_train) != shades(other.x_train)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"size": 4}, "size must be at least 8"),
        ({"size": (8, 8, 3)}, "expected a side, or"),
        ({"label": "Smiling"}, "no file has attributes. Pass attributes="),
        ({"attributes": "kinds.csv", "label": "kinds"}, "has 'kind'. Did you mean 'kind'"),
        ({"attributes": "others.csv", "label": "kind"}, r"names none of the 4 pictures.*'x\.png'"),
        ({"attributes": "broken.csv", "label": "kind"}, "row 1 has 3 cells"),
        ({"attributes": "empty.csv"}, "has no rows"),
        ({"likelihood": "categorical"}, "likelihood"),
        ({"sise": 8}, "did you mean 'size'"),
        ({}, r"b\.png has 20x20 pixels, and .* expected one size. Pass size=64"),
    ],
)
def test_what_does_not_fit_is_named(folder, tmp_path, monkeypatch, options, message):
    monkeypatch.chdir(tmp_path)
    pictures = folder([f"{k}.png" for k in range(3)])
    folder(["b.png"], (20, 20))
    (tmp_path / "kinds.csv").write_text("file,kind\n0.png,x\n")
    (tmp_path / "others.csv").write_text("file,kind\nx.png,x\n")
    (tmp_path / "broken.csv").write_text("file,kind\n0.png,x\n1.png,x,y\n")
    (tmp_path / "empty.csv").write_text("3\n")
    with pytest.raises((TypeError, ValueError), match=message):
        vw.load_images(pictures, **options)


def test_a_folder_without_pictures(tmp_path):
    with pytest.raises(FileNotFoundError, match="has no pictures; expected files such as"):
        vw.load_images(tmp_path)
    with pytest.raises(FileNotFoundError, match="is not a folder"):
        vw.load_images(tmp_path / "nowhere")
