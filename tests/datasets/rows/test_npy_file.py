import numpy as np
import pytest

from vae_widgets.datasets.rows import batch
from vae_widgets.datasets.rows.npy_file import NpyRows


@pytest.fixture
def saved(tmp_path):
    def saved(array, name="x.npy", **options):
        np.save(tmp_path / name, array, **options)
        return tmp_path / name

    return saved


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", ["uint8", "int32", "float16", "float32", ">f8"])
def test_batches_are_the_rows(saved, monkeypatch, order, dtype):
    monkeypatch.setattr(batch, "_MOST_ROWS", 3)
    array = np.asarray(np.arange(40).reshape(10, 2, 2), dtype, order=order)
    parts = list(NpyRows(saved(array)).batches())
    assert [part.first for part in parts] == [0, 3, 6, 9]
    np.testing.assert_array_equal(np.concatenate([part.values for part in parts]), array)
    assert parts[-1].share == 1


def test_values_that_are_not_finite_are_named(saved):
    array = np.zeros((4, 2, 2), np.float32)
    array[2, 1, 0] = np.nan
    (rows,) = NpyRows(saved(array)).batches()
    assert rows.problems == {2: "value 2 is nan; expected a finite number"}


def test_an_archive_has_one_array(tmp_path):
    array = np.arange(6.0).reshape(3, 2)
    np.savez(tmp_path / "one.npz", x=array)
    (rows,) = NpyRows(tmp_path / "one.npz").batches()
    np.testing.assert_array_equal(rows.values, array)
    np.savez(tmp_path / "two.npz", x=array, y=array)
    with pytest.raises(ValueError, match="has the arrays x, y; expected one"):
        NpyRows(tmp_path / "two.npz")


@pytest.mark.parametrize(
    ("array", "problem"),
    [
        (np.zeros(3), r"has the shape \(3,\)"),
        (np.zeros((0, 3)), r"has the shape \(0, 3\)"),
        (np.zeros((2, 2), complex), "type complex128; expected numbers"),
        (np.array([["a", "b"]]), "type <U1; expected numbers"),
        (np.array([[None, 1]]), "Python objects in dtype"),
    ],
)
def test_other_arrays_are_refused(saved, array, problem):
    with pytest.raises(ValueError, match=problem):
        NpyRows(saved(array))


@pytest.mark.parametrize("name", ["x.npy", "x.npz"])
@pytest.mark.parametrize("content", [b"", b"no array"])
def test_a_damaged_file_is_refused(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=rf"{name} is not an NP. file of numbers"):
        NpyRows(tmp_path / name)
