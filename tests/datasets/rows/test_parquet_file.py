import decimal
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from vae_widgets.datasets.rows import Columns, batch
from vae_widgets.datasets.rows.parquet_file import ParquetRows


@pytest.fixture
def read(tmp_path):
    def read(columns, row_group_size=None, **choice):
        path = tmp_path / "data.parquet"
        pq.write_table(pa.table(columns), path, row_group_size=row_group_size)
        return list(ParquetRows(path, Columns(**choice)).batches())

    return read


@pytest.mark.parametrize("row_group_size", [1, 2, 5, 100])
@pytest.mark.parametrize("n", [1, 3, 100])
def test_batches_cover_each_row_once(read, monkeypatch, row_group_size, n):
    monkeypatch.setattr(batch, "_MOST_ROWS", n)
    a, b = np.arange(7), np.arange(7) / 8
    parts = read({"a": a, "b": b}, row_group_size)
    np.testing.assert_array_equal(
        np.concatenate([part.values for part in parts]), np.stack([a, b], axis=1)
    )
    starts = np.cumsum([0, *(len(part) for part in parts)])
    assert [part.first for part in parts] == starts[:-1].tolist()
    assert starts[-1] == 7
    assert parts[-1].share == 1


def test_all_kinds_of_numbers_are_read(read):
    (rows,) = read(
        {
            "int": pa.array([1, 2], pa.int64()),
            "half": pa.array(np.array([0.5, 2.0], np.float16)),
            "flag": [True, False],
            "text": ["1.5", "-2"],
            "exact": [decimal.Decimal("1.25"), decimal.Decimal("2.50")],
            "coded": pa.array(["3", "4"]).dictionary_encode(),
            "large": pa.array([2**60 + 1, 0], pa.int64()),
        }
    )
    assert rows.problems == {}
    assert rows.values.tolist() == [
        [1, 0.5, 1, 1.5, 1.25, 3, 2.0**60],
        [2, 2, 0, -2, 2.5, 4, 0],
    ]


def test_each_broken_row_says_what_is_wrong(read):
    (rows,) = read(
        {
            "a": pa.array([1.0, None, np.nan, 4, 5, 6]),
            "b": pa.array([1, 2, 3, None, 5, 6]),
            "c": ["1", "2", "3", "4", "x", "6"],
        }
    )
    assert rows.problems == {
        1: "column 'a' is missing; expected a number",
        2: "column 'a' is nan; expected a finite number",
        3: "column 'b' is missing; expected a number",
        4: "column 'c' is 'x'; expected a number",
    }
    assert rows.values[[0, 5]].tolist() == [[1, 1, 1], [6, 6, 6]]


def test_columns_are_chosen_by_name(read):
    columns = {"id": ["x", "y"], "a.b": [1, 2], "c": [3, 4], "when": np.zeros(2, "M8[s]")}
    (rows,) = read(columns, names=["c", "a.b"], keep=["id"])
    assert rows.values.tolist() == [[3, 1], [4, 2]]
    assert rows.kept["id"].to_pylist() == ["x", "y"]
    with pytest.raises(ValueError, match=r"column 'when' has values of type timestamp"):
        read(columns, leave_out=["id"])


def test_a_file_without_rows_is_refused(read, tmp_path):
    with pytest.raises(ValueError, match="has no rows"):
        read({"a": pa.array([], pa.float64())})
    (tmp_path / "x.parquet").write_bytes(b"no parquet")
    with pytest.raises(ValueError, match=r"x\.parquet is not a Parquet file"):
        ParquetRows(tmp_path / "x.parquet", Columns())


def test_without_pyarrow_the_extra_is_named(read, tmp_path, monkeypatch):
    read({"a": [1.0]})
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'vae_widgets\[parquet\]'"):
        ParquetRows(tmp_path / "data.parquet", Columns())
