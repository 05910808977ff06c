import gzip
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from mlxtend.data import loadlocal_mnist

from vae_widgets.datasets.image_files import Images, as_samples, read_images, write_npz


def assert_same(a: Images, b: Images) -> None:
    for name in Images._fields:
        assert np.array_equal(getattr(a, name), getattr(b, name)), name


def test_npz_round_trip_leaves_nothing_else(tmp_path, images):
    write_npz(tmp_path / "new" / "mine.npz", images)
    assert_same(read_images(tmp_path / "new" / "mine.npz"), images)
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["mine.npz"]


def test_a_failed_write_keeps_the_old_file_and_leaves_nothing_else(tmp_path, images, monkeypatch):
    write_npz(tmp_path / "mine.npz", images)

    def full_disk(file, **arrays):
        file.write(b"half")
        raise OSError("no space left")

    monkeypatch.setattr(np, "savez_compressed", full_disk)
    with pytest.raises(OSError, match="no space left"):
        write_npz(tmp_path / "mine.npz", images)
    assert_same(read_images(tmp_path / "mine.npz"), images)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.npz"]


def test_reads_idx_files_as_mlxtend_does(tmp_path, images, write_idx_folder):
    write_idx_folder(tmp_path, images)
    ours = read_images(tmp_path)
    for path in tmp_path.glob("*.gz"):
        path.with_suffix("").write_bytes(gzip.decompress(path.read_bytes()))
    for prefix, x, y in [("train", ours.x_train, ours.y_train), ("t10k", ours.x_test, ours.y_test)]:
        theirs_x, theirs_y = loadlocal_mnist(
            str(tmp_path / f"{prefix}-images-idx3-ubyte"),
            str(tmp_path / f"{prefix}-labels-idx1-ubyte"),
        )
        assert np.array_equal(x.reshape(len(x), -1), theirs_x)
        assert np.array_equal(y, theirs_y)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"x_train": np.zeros((30, 28, 28))}, "x_train is float64"),
        ({"x_test": np.zeros((10, 8, 8), np.uint8)}, r"x_test is uint8 \(10, 8, 8\)"),
        ({"x_train": np.zeros((0, 28, 28), np.uint8)}, r"x_train is uint8 \(0, 28, 28\)"),
        ({"y_train": np.zeros(29, np.uint8)}, r"y_train is uint8 \(29,\)"),
        ({"y_test": np.zeros(10)}, "y_test is float64"),
        ({"y_test": np.array([{}] * 10)}, "allow_pickle=False"),
    ],
)
def test_refuses_arrays_of_another_kind(tmp_path, images, changes, message):
    np.savez(tmp_path / "mine.npz", **images._asdict() | changes)
    with pytest.raises(ValueError, match=message):
        read_images(tmp_path / "mine.npz")


def test_refuses_an_npz_without_labels(tmp_path, images):
    np.savez(tmp_path / "mine.npz", x_train=images.x_train, x_test=images.x_test)
    with pytest.raises(ValueError, match="it lacks y_train, y_test"):
        read_images(tmp_path / "mine.npz")


def test_refuses_a_folder_without_one_of_the_files(tmp_path, images, write_idx_folder):
    write_idx_folder(tmp_path, images)
    (tmp_path / "t10k-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(ValueError, match=r"it lacks t10k-labels-idx1-ubyte\.gz"):
        read_images(tmp_path)


def test_refuses_a_file_that_is_no_idx_file(tmp_path, images, write_idx_folder):
    write_idx_folder(tmp_path, images)
    (tmp_path / "train-labels-idx1-ubyte.gz").write_bytes(gzip.compress(b"not idx at all"))
    with pytest.raises(ValueError, match=r"train-labels-idx1-ubyte\.gz is not an idx file"):
        read_images(tmp_path)


@given(hnp.arrays(np.uint8, st.tuples(st.integers(1, 4), st.just(3), st.just(5))))
def test_samples_are_pixels_over_255_channel_last(x):
    samples = as_samples(x)
    assert samples.dtype == np.float32
    assert samples.shape == (*x.shape, 1)
    np.testing.assert_allclose(samples[..., 0], x / 255.0, rtol=1e-7)
    assert samples.max() <= 1


def test_never_unpickles(tmp_path):
    buffer = io.BytesIO()
    np.save(buffer, np.array([{}], dtype=object), allow_pickle=True)
    (tmp_path / "mine.npz").write_bytes(buffer.getvalue())
    with pytest.raises(ValueError, match="allow_pickle=False"):
        read_images(tmp_path / "mine.npz")


def test_an_axis_of_channels_is_told(tmp_path, images):
    x = images.x_train
    for shape, hint in (
        ((len(x), 1, 28, 28), r"Save x_train.squeeze\(\)"),
        ((len(x), 3, 28, 28), r"np.moveaxis\(x_train, 1, -1\)"),
    ):
        changed = np.broadcast_to(x.reshape(len(x), 1, *x.shape[1:]), shape)
        np.savez(tmp_path / "mine.npz", **images._asdict() | {"x_train": changed})
        with pytest.raises(ValueError, match=hint):
            read_images(tmp_path / "mine.npz", x.shape[1:])
