import io

import numpy as np
import pandas as pd
import pytest

import vae_widgets as vw
from vae_widgets.rendering import SignalRenderer

RNG = np.random.default_rng(0)
FRAME = pd.DataFrame(RNG.normal(5, 3, (40, 3)).round(3), columns=["a", "b", "c"])
LABELLED = FRAME.assign(kind=np.array(["no", "yes"])[np.arange(40) % 2], id=np.arange(40))


@pytest.fixture
def write(tmp_path):
    """Write a text or a frame to a file; return its path."""

    def write(content, name="data.csv", **options):
        path = tmp_path / name
        if isinstance(content, str):
            path.write_text(content)
        else:
            content.to_csv(path, index=False, **options)
        return path

    return write


def raw(ds):
    """All samples in the units of the file, in an order of their own."""
    x = np.concatenate([ds.x_train, ds.x_test])
    x = x * ds.preprocessing.deviation + ds.preprocessing.mean
    return x[np.lexsort(x.T.round(2))]


@pytest.mark.parametrize(
    "form",
    [{}, {"sep": ";"}, {"sep": "\t"}, {"sep": ";", "decimal": ","}, {"header": False, "sep": " "}],
)
def test_numbers_are_those_that_pandas_reads(write, form):
    path = write(FRAME, **form)
    header = None if form.get("header") is False else 0
    reading = {"sep": form.get("sep", ","), "decimal": form.get("decimal", "."), "header": header}
    expected = pd.read_csv(io.StringIO(path.read_text()), **reading)
    ds = vw.load_csv(path)
    expected_x = expected.to_numpy()
    np.testing.assert_allclose(
        raw(ds), expected_x[np.lexsort(expected_x.T.round(2))], rtol=1e-4, atol=1e-4
    )
    if header == 0:
        assert ds.feature_names == ("a", "b", "c")
    assert ds.name == "data"
    assert ds.source == str(path)


def test_a_column_is_the_label_and_others_are_left_out(write):
    path = write(LABELLED)
    ds = vw.load_csv(path, label="kind", leave_out=["id"], test_size=0.25)
    assert ds.feature_names == ("a", "b", "c")
    assert ds.label_names == ("no", "yes")
    assert np.bincount(ds.y_test).tolist() == [5, 5]
    chosen = vw.load_csv(path, label="kind", columns=["c", "a"])
    assert chosen.feature_names == ("c", "a")
    mean_a = LABELLED.groupby("kind")["a"].mean()
    x = np.concatenate([chosen.x_train, chosen.x_test]) * chosen.preprocessing.deviation
    y = np.concatenate([chosen.y_train, chosen.y_test])
    for k, name in enumerate(chosen.label_names):
        found = (x[y == k, 1] + chosen.preprocessing.mean[1]).mean()
        assert found == pytest.approx(mean_a[name], rel=1e-4)


def test_a_file_without_a_header_is_of_signals_if_it_is_wide(write):
    x = RNG.normal(size=(10, 50))
    rows = pd.DataFrame(np.column_stack([np.arange(10) % 2, x]))
    ds = vw.load_csv(write(rows, header=False), label=0)
    assert isinstance(ds.renderer, SignalRenderer)
    assert ds.x_train.shape == (8, 50)
    assert ds.label_names == ("0", "1")


def test_rows_that_lack_a_value_are_named_or_dropped(write):
    path = write("a,b,kind\n1,2,x\n,4,x\n5,?,y\n7,8,\n9,1,y\n2,3,x\n")
    bad = r"3 of 6 rows cannot be used: .*row 1 \(line 3\): column 'a' is missing.*'b' is '\?'"
    with pytest.raises(ValueError, match=r"the label 'kind' is missing in 1 of 6 rows.*row 3"):
        vw.load_csv(path, label="kind")
    with pytest.raises(ValueError, match=r"2 of 6 rows.*bad_rows='drop' to keep the other 4"):
        vw.load_csv(path, leave_out=["kind"])
    with pytest.warns(UserWarning, match=bad) as caught:
        ds = vw.load_csv(path, label="kind", bad_rows="drop", test_size=0.4)
    assert caught[0].filename == __file__
    assert len(ds.x_train) + len(ds.x_test) == 3


TEXT = r"no numbers in the column 'city', such as 'Rome'.*leave_out=\['city'\], or .*label='city'"


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        ("a,city\n1,Rome\n2,Bern\n", {}, TEXT),
        ("a,b\n1,\n2,\n", {}, "no numbers in the column 'b', which is empty"),
        ("a,b\n1,2\n", {"label": "c"}, "lacks the column 'c'; it has 'a', 'b'"),
        ("a,b\n1,2\n", {}, "x has 1 sample"),
        ("a,b\n", {}, "has a header and no rows"),
        ("a,b\n1,2\n", {"sep": ", "}, "sep is ', '; expected one character"),
        ("a,b\n1,2\n", {"bad_rows": "skip"}, "bad_rows"),
        ("a,b\nx,2\n1,y\n", {"bad_rows": "drop"}, "2 of 2 rows cannot be used.*Correct the file"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_what_to_do(write, content, options, message):
    with pytest.raises(ValueError, match=message):
        vw.load_csv(write(content), **options)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no\.csv"):
        vw.load_csv(tmp_path / "no.csv")
    with pytest.raises(IsADirectoryError, match="is a folder"):
        vw.load_csv(tmp_path)
