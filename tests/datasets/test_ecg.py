import os
import warnings

import numpy as np
import pytest

import vae_widgets as vw

REAL_DATA = os.environ.get("VAE_WIDGETS_DATA")  # before the fixtures point it elsewhere
RNG = np.random.default_rng(0)


@pytest.fixture
def record():
    """Twenty beats of a record: ten narrow, four wide, and six between them."""
    width = np.repeat([6, 12, 7, 11], [10, 4, 3, 3])
    beats = np.arange(20, dtype=np.float32)[:, np.newaxis] + RNG.random((20, 32), np.float32) / 2
    return {"beats": beats, "width": width, "fs": np.array(360)}


def write_record(folder, record):
    folder.mkdir(parents=True, exist_ok=True)
    np.savez(folder / "ecg_mitbih208.npz", **record)
    return folder / "ecg_mitbih208.npz"


def test_narrow_beats_of_a_record_train(places, record):
    path = write_record(places["data"], record)
    ds = vw.load_dataset("ecg")
    assert (len(ds.x_train), ds.y_test.tolist()) == (7, [0] * 3 + [1] * 4)
    numbers = np.floor(np.concatenate([ds.x_train, ds.x_test])[:, 0]).astype(int).tolist()
    assert sorted(numbers) == list(range(14))  # those between are left out
    assert numbers[10:] == [10, 11, 12, 13]
    np.testing.assert_array_equal(ds.x_test[-1], record["beats"][13])
    assert not ds.y_train.any()
    assert ds.label_names == ("narrow", "wide")
    assert ds.likelihood == "gaussian"
    assert (ds.renderer.sample_rate, ds.renderer.unit) == (360, "mV")
    assert ds.source == f"$VAE_WIDGETS_DATA ({path})"
    assert "ODC-By 1.0" in ds.licence
    # 32 samples at 360 Hz are 89 ms.
    assert "ms" in ds.renderer.detail(ds.x_test[0])


@pytest.mark.parametrize("inside", ["data", "cache"])
def test_classes_of_ecg5000_begin_at_one(places, record, inside):
    write_record(places[inside], record)
    parts = {"TRAIN": RNG.normal(size=(6, 140)), "TEST": RNG.normal(size=(5, 140))}
    classes = {"TRAIN": [1, 2, 1, 1, 4, 5], "TEST": [1, 2, 3, 4, 5]}
    for part, x in parts.items():
        table = np.column_stack([classes[part], x])
        # As in the published files: numbers in exponential form, separated by two or three blanks.
        np.savetxt(places[inside] / f"ECG5000_{part}.txt", table, "%15.7e")
    ds = vw.load_dataset("ecg")
    np.testing.assert_allclose(ds.x_train, parts["TRAIN"][[0, 2, 3]], rtol=1e-6)
    np.testing.assert_allclose(ds.x_test, parts["TEST"], rtol=1e-6)
    assert ds.y_test.tolist() == [0, 1, 2, 3, 4]
    assert ds.label_names[0] == "normal"
    assert ds.source.endswith("ECG5000_TRAIN.txt)")


def test_all_records_of_mit_bih_come_first(places):
    places["data"].mkdir()
    (places["data"] / "ECG5000_TRAIN.txt").write_text("1 0 0\n")
    parts = {"train": RNG.random((6, 187)), "test": RNG.random((5, 187))}
    classes = {"train": [0, 0, 0, 1, 2, 4], "test": [0, 1, 2, 3, 4]}
    for part, x in parts.items():
        table = np.column_stack([x, classes[part]])
        np.savetxt(places["data"] / f"mitbih_{part}.csv", table, "%.18e", delimiter=",")
    ds = vw.load_dataset("ecg")
    np.testing.assert_allclose(ds.x_train, parts["train"][:3], rtol=1e-6)
    np.testing.assert_allclose(ds.x_test, parts["test"], rtol=1e-6)
    assert ds.y_test.tolist() == [0, 1, 2, 3, 4]
    assert (len(ds.label_names), ds.label_names[0]) == (5, "normal")
    assert ds.renderer.sample_rate == 125


def test_where_it_is_absent_one_line_says_how_to_get_it(places):
    with pytest.raises(FileNotFoundError) as caught:
        vw.load_dataset("ecg")
    message = str(caught.value)
    assert "\n" not in message
    for folder in (places["data"], places["cache"]):
        for name in ("mitbih_train.csv", "ECG5000_TRAIN.txt", "ecg_mitbih208.npz"):
            assert f"({folder / name}): not there" in message
    assert "Set VAE_WIDGETS_DATA to a folder with ECG5000_TRAIN.txt" in message


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"width": None}, "lacks width"),
        ({"width": np.zeros(3)}, r"beats are \(20, 32\) and width \(3,\)"),
        ({"beats": np.zeros((20, 32), object)}, "allow_pickle=False"),
    ],
)
def test_a_record_that_cannot_be_used_is_named(places, record, change, message):
    wrong = {name: array for name, array in {**record, **change}.items() if array is not None}
    write_record(places["data"], wrong)
    with pytest.raises(FileNotFoundError, match=message):
        vw.load_dataset("ecg")
    write_record(places["cache"], record)
    with pytest.warns(UserWarning, match=message):
        assert vw.load_dataset("ecg").source.startswith("cache of vae_widgets")


@pytest.mark.parametrize(
    ("train", "message"),
    [("1,0.5\n", "could not convert string"), ("1 0.5 2\n1 0.5\n", "number of columns changed")],
)
def test_a_text_that_cannot_be_used_is_named(places, train, message):
    places["data"].mkdir()
    (places["data"] / "ECG5000_TRAIN.txt").write_text(train)
    with pytest.raises(FileNotFoundError, match=f"ECG5000_TRAIN.txt.*{message}"):
        vw.load_dataset("ecg")


if os.path.isfile(os.path.join(REAL_DATA or "", "ecg_mitbih208.npz")):

    def test_real_beats_are_told_apart_by_the_distance_from_the_mean(monkeypatch):
        monkeypatch.setenv("VAE_WIDGETS_DATA", REAL_DATA)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            ds = vw.load_dataset("ecg")
        assert ds.sample_shape == (128,)
        distances = np.linalg.norm(ds.x_test - ds.x_train.mean(axis=0), axis=1)
        narrow, wide = distances[ds.y_test == 0], distances[ds.y_test == 1]
        assert (wide[:, np.newaxis] > narrow).mean() > 0.999
