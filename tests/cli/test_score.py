import csv
import subprocess
import sys

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import vae_widgets as vw
from tests.cli.conftest import NAMES, SAVED


@pytest.fixture
def write(tmp_path):
    """Write a table or an array to a file of a suffix; return its path."""

    def write(suffix, values, names=NAMES):
        path = tmp_path / f"data{suffix}"
        if suffix == ".npy":
            np.save(path, values)
            return path
        table = pd.DataFrame(values, columns=names)
        if suffix == ".csv":
            table.to_csv(path, index=False)
        else:
            pq.write_table(pa.Table.from_pandas(table), path, row_group_size=7)
        return path

    return write


def scores_in(path):
    """Return row numbers, scores, flags and problems of a result."""
    table = pd.read_csv(path) if path.suffix == ".csv" else pd.read_parquet(path)
    return table


@pytest.mark.parametrize("suffix", [".csv", ".npy", ".parquet"])
@pytest.mark.parametrize("result", ["scores.csv", "scores.parquet"])
def test_scores_and_flags_are_those_of_the_model(
    run, detector, values, write, tmp_path, suffix, result
):
    code, out, errors = run("score", detector, write(suffix, values), "-o", result)
    assert (code, errors) == (0, [])
    codec = vw.load(detector)
    expected = codec.anomaly_score(values)
    table = scores_in(tmp_path / result)
    np.testing.assert_allclose(table["score"], expected, rtol=1e-6)
    assert table["row"].tolist() == list(range(40))
    assert table["flagged"].tolist() == codec.policy.apply(expected).tolist()
    assert 0 < table["flagged"].sum() < 40
    assert f"40 of 40 rows scored, {table['flagged'].sum()} flagged" in out


def test_columns_are_found_by_their_names(run, named_detector, values, write, tmp_path):
    order = ["f", "extra", "a", "c", "b", "e", "d"]
    table = pd.DataFrame(values, columns=NAMES).assign(extra="text")[order]
    table.to_csv(tmp_path / "other.csv", index=False)
    pq.write_table(pa.Table.from_pandas(table), tmp_path / "other.parquet")
    expected = vw.load(named_detector).anomaly_score(values)
    for name in ("other.csv", "other.parquet"):
        code, _, errors = run("score", named_detector, name, "-o", "scores.csv", "--force")
        assert (code, errors) == (0, [])
        found = scores_in(tmp_path / "scores.csv")["score"]
        np.testing.assert_allclose(found, expected, rtol=1e-6)


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_missing_column_is_named(run, named_detector, values, write, tmp_path, suffix):
    path = write(suffix, values, ["a", "B", *NAMES[2:]])
    code, _, (error,) = run("score", named_detector, path, "-o", "scores.csv")
    assert code == 2
    assert f"{path} lacks the column 'b'; it has 'a', 'B', 'c'" in error
    assert not (tmp_path / "scores.csv").exists()


def test_a_folder_is_refused(run, detector, tmp_path):
    (tmp_path / "pictures").mkdir()
    code, _, (error,) = run("score", detector, "pictures", "-o", "scores.csv")
    assert code == 2
    assert "pictures is a folder; expected a file of samples" in error


def test_a_wrong_number_of_columns_is_refused(run, detector, values, write):
    path = write(".csv", values[:, :5], NAMES[:5])
    code, _, (error,) = run("score", detector, path, "-o", "scores.csv")
    assert code == 2
    assert "has samples of shape (5,): 'a', 'b', 'c', 'd', 'e'" in error
    assert "expects (6,)" in error


@pytest.mark.parametrize("suffix", [".csv", ".npy", ".parquet"])
def test_broken_rows_are_named_and_the_others_kept(run, detector, values, write, tmp_path, suffix):
    broken = values.copy()
    broken[3, 1], broken[17, 5] = np.nan, np.inf
    code, out, errors = run("score", detector, write(suffix, broken), "-o", "scores.parquet")
    assert code == 1
    assert "38 of 40 rows scored" in out
    missing = "nan" if suffix == ".npy" else "missing"  # pandas writes NaN as null
    for error, row, place, what in zip(
        errors, (3, 17), (("'b'", 1), ("'f'", 5)), (missing, "inf"), strict=True
    ):
        column = f"value {place[1]}" if suffix == ".npy" else f"column {place[0]}"
        assert f"row {row}" in error
        assert f"{column} is {what}; expected a" in error
    table = scores_in(tmp_path / "scores.parquet")
    assert np.flatnonzero(table["score"].isna()).tolist() == [3, 17]
    assert np.flatnonzero(table["flagged"].isna()).tolist() == [3, 17]
    assert np.flatnonzero(table["problem"].notna()).tolist() == [3, 17]
    good = table["score"].notna().to_numpy()
    expected = vw.load(detector).anomaly_score(values[good])
    np.testing.assert_allclose(table["score"][good], expected, rtol=1e-6)


def test_rows_that_the_model_refuses_are_named(run, tmp_path):
    x = np.random.default_rng(1).random((50, 16))
    x[31, 2] = 7.0
    x[32, 0] = -1.0
    np.save(tmp_path / "x.npy", x)
    code, _, errors = run("score", SAVED / "dense.vae", "x.npy", "-o", "scores.csv")
    assert code == 1
    assert ["row 31:" in errors[0], "row 32:" in errors[1], len(errors)] == [True, True, 2]
    assert "needs values in [0, 1]" in errors[0]
    table = scores_in(tmp_path / "scores.csv")
    assert np.flatnonzero(table["score"].isna()).tolist() == [31, 32]


def test_a_file_of_which_no_row_fits_is_refused(run, tmp_path):
    np.save(tmp_path / "x.npy", np.full((5000, 16), 200.0))
    code, _, (error,) = run("score", SAVED / "dense.vae", "x.npy", "-o", "scores.csv")
    assert code == 2
    assert "cannot be scored" in error
    assert "Divide pixel values by 255" in error
    assert not (tmp_path / "scores.csv").exists()


def test_pixels_are_divided_by_255(run, tmp_path):
    pixels = np.random.default_rng(1).integers(0, 256, (30, 16), np.uint8)
    np.save(tmp_path / "x.npy", pixels)
    code, _, (note,) = run("score", SAVED / "dense.vae", "x.npy", "-o", "scores.csv")
    assert code == 0
    assert "divided by 255" in note
    expected = vw.load(SAVED / "dense.vae").anomaly_score(pixels / 255)
    found = scores_in(tmp_path / "scores.csv")["score"]
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    np.save(tmp_path / "x.npy", pixels // 200)
    code, _, errors = run("score", SAVED / "dense.vae", "x.npy", "-o", "scores.csv", "--force")
    assert code == 2
    assert "astype('float32')" in errors[-1]


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("result", ["scores.csv", "scores.parquet"])
def test_identifiers_are_kept(run, named_detector, values, tmp_path, suffix, result):
    table = pd.DataFrame(values[:3], columns=NAMES).assign(id=["=1+1", "Zoë", "x,y"])
    path = tmp_path / f"data{suffix}"
    table.to_csv(path, index=False) if suffix == ".csv" else table.to_parquet(path)
    code, _, errors = run("score", named_detector, path, "-o", result, "--keep", "id")
    assert (code, errors) == (0, [])
    formula = "'=1+1" if result.endswith(".csv") else "=1+1"
    assert scores_in(tmp_path / result)["id"].tolist() == [formula, "Zoë", "x,y"]


def test_a_conditional_model_needs_a_label(run, tmp_path):
    x = np.random.default_rng(1).random((4, 8, 8, 1), np.float32)
    np.save(tmp_path / "x.npy", x)
    asked = ("score", SAVED / "conditional.vae", "x.npy", "-o", "scores.csv")
    code, _, (error,) = run(*asked)
    assert code == 2
    assert "needs one of 0 to 2" in error
    code, _, (note,) = run(*asked, "--label", 2)
    assert code == 0
    assert "has no threshold" in note
    table = scores_in(tmp_path / "scores.csv")
    expected = vw.load(SAVED / "conditional.vae").anomaly_score(x, y=2)
    np.testing.assert_allclose(table["score"], expected, rtol=1e-6)
    assert "flagged" not in table


def test_another_policy_flags(run, detector, values, write, tmp_path):
    expected = vw.load(detector).anomaly_score(values)
    vw.ThresholdPolicy(float(np.median(expected)), score="elbo").save(tmp_path / "half.json")
    asked = ("score", detector, write(".npy", values), "-o", "scores.csv", "--policy", "half.json")
    assert run(*asked)[0] == 0
    assert scores_in(tmp_path / "scores.csv")["flagged"].sum() == 20
    for changed, problem in (({"score": "kl"}, "the score 'kl'"), ({"model_hash": "ab"}, "'?ab")):
        policy = vw.ThresholdPolicy(1.0, **{"score": "elbo", **changed})
        policy.save(tmp_path / "half.json")
        code, _, (error,) = run(*asked, "--force")
        assert code == 2
        assert problem.strip("'?") in error


def test_nothing_is_overwritten(run, detector, values, write, tmp_path):
    data = write(".csv", values)
    (tmp_path / "scores.csv").write_text("mine")
    code, _, (error,) = run("score", detector, data, "-o", "scores.csv")
    assert code == 2
    assert "scores.csv exists. Choose another name, or pass --force" in error
    assert (tmp_path / "scores.csv").read_text() == "mine"
    code, _, (error,) = run("score", detector, data, "-o", data, "--force")
    assert code == 2
    assert "which is read as well" in error
    assert run("score", detector, data, "-o", "scores.csv", "--force")[0] == 0
    with open(tmp_path / "scores.csv") as file:
        assert next(csv.reader(file)) == ["row", "score", "flagged", "problem"]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("nothing.vae", "x.csv", "-o", "y.csv"), "nothing.vae does not exist"),
        (("DETECTOR", "nothing.csv", "-o", "y.csv"), "nothing.csv does not exist"),
        (("DETECTOR", "x.xlsx", "-o", "y.csv"), "suffix '.xlsx'; expected one of .csv"),
        (("DETECTOR", "x.csv", "-o", "y.txt"), "ends in .csv or .parquet"),
        (("DETECTOR", "x.csv", "-o", "none/y.csv"), "there is no folder"),
        (("DETECTOR", "x.csv", "-o", "y.csv", "--keep", "score"), "column of the result"),
        (("DETECTOR", "x.npy", "-o", "y.csv", "--keep", "id"), "columns have no names"),
        (("x.csv", "x.csv", "-o", "y.csv"), "x.csv is no .vae file"),
    ],
)
def test_wrong_arguments_are_refused(run, detector, tmp_path, arguments, problem):
    for name in ("x.csv", "x.xlsx", "x.npy"):
        (tmp_path / name).write_text("a,b,c,d,e,score\n1,2,3,4,5,6\n")
    arguments = [detector if argument == "DETECTOR" else argument for argument in arguments]
    code, _, (error,) = run("score", *arguments)
    assert code == 2
    assert problem in error
    assert not (tmp_path / "y.csv").exists()


PEAK = """
import sys
from vae_widgets.cli import main
from vae_widgets.datasets.rows import batch
batch._MOST_ROWS = 2_000
code = main(sys.argv[1:])
heavy = {"tensorflow", "keras", "pandas"} & set(sys.modules)
with open("/proc/self/status") as status:
    print(code, sorted(heavy), next(line.split()[1] for line in status if line.startswith("VmHWM")))
"""


def test_memory_does_not_grow_with_the_file(detector, values, tmp_path):
    """`make bench` measures the memory of 5,000,000 rows."""
    peaks = []
    for n in (4_000, 60_000):
        columns = {name: np.resize(values, n) for name in NAMES}
        texts = [f"{number:0500d}" for number in range(n)]
        table = pa.table({**columns, "text": texts})
        path = tmp_path / f"{n}.parquet"
        pq.write_table(table, path, row_group_size=n, use_dictionary=NAMES, compression="none")
        command = [sys.executable, "-c", PEAK, "score", detector, path, "--keep", "text"]
        command += ["-o", tmp_path / f"{n}.csv"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        code, heavy, peak = done.stdout.splitlines()[-1].rsplit(maxsplit=2)
        assert (code, heavy) == ("0", "[]")
        peaks.append(1024 * int(peak))
    assert path.stat().st_size > 30e6
    # Allocators keep half of it; the texts of the whole file would take more than its size.
    assert peaks[1] - peaks[0] < 0.8 * path.stat().st_size
