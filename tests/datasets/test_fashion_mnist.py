from pathlib import Path

import numpy as np
import pytest

import vae_widgets as vw
from vae_widgets.datasets.image_files import write_npz


def in_order(places: dict[str, Path]) -> list[Path]:
    return [
        places["data"] / "fashion_mnist.npz",
        places["data"] / "fashion-mnist",
        places["cache"] / "fashion_mnist.npz",
        places["keras"] / "datasets" / "fashion-mnist",
        places["debian"],
    ]


def test_takes_the_first_place_that_has_it(places, images, write_idx_folder):
    for i, path in enumerate(in_order(places)):
        numbered = images._replace(y_train=np.full_like(images.y_train, i))
        write = write_npz if path.suffix == ".npz" else write_idx_folder
        write(path, numbered)
    for i, path in enumerate(in_order(places)):
        with pytest.warns(UserWarning, match="does not hold the published fashion_mnist"):
            ds = vw.load_dataset("fashion_mnist")
        assert ds.source.endswith(f"({path})")
        assert set(ds.y_train) == {i}
        path.rename(path.with_suffix(".away"))


def test_gives_what_the_files_of_debian_hold(places, images, write_idx_folder):
    write_idx_folder(places["debian"], images)
    ds = vw.load_dataset("fashion_mnist")
    assert np.array_equal(np.rint(ds.x_train[..., 0] * 255), images.x_train)
    assert np.array_equal(ds.y_test, images.y_test)
    assert ds.sample_shape == (28, 28, 1)
    assert (len(ds.label_names), ds.label_names[9]) == (10, "Ankle boot")
    assert "MIT" in ds.licence


def test_reports_a_damaged_file_and_takes_the_next_place(places, images, write_idx_folder):
    write_idx_folder(places["keras"] / "datasets" / "fashion-mnist", images)
    write_idx_folder(places["debian"], images)
    broken = places["keras"] / "datasets" / "fashion-mnist" / "train-images-idx3-ubyte.gz"
    broken.write_bytes(broken.read_bytes()[:-100])
    before = broken.read_bytes()
    with pytest.warns(UserWarning, match="cache of Keras .*EOFError"):
        ds = vw.load_dataset("fashion_mnist")
    assert ds.source.startswith("Debian's dataset-fashion-mnist")
    assert broken.read_bytes() == before


def test_when_all_fail_one_error_names_each_place_and_what_to_do(places):
    with pytest.raises(FileNotFoundError) as caught:
        vw.load_dataset("fashion_mnist")
    message = str(caught.value)
    for path in in_order(places):
        assert f"({path}): not there" in message
    assert "apt install dataset-fashion-mnist" in message
