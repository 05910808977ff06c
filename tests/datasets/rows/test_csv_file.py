import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vae_widgets.datasets.rows import Columns, batch
from vae_widgets.datasets.rows.csv_file import CsvRows


@pytest.fixture
def read(tmp_path):
    """Write text or bytes to a file and return its batches."""

    def read(content, **columns):
        path = tmp_path / "data.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return list(CsvRows(path, Columns(**columns)).batches())

    return read


def test_pandas_reads_the_same_numbers(read):
    text = "a,b\n1,2.5\n-3e5,+.5\n\n 7 ,1E-3\n"
    (rows,) = read(text)
    np.testing.assert_array_equal(rows.values, pd.read_csv(io.StringIO(text)).to_numpy())
    assert rows.problems == {}
    assert list(rows.lines) == [2, 3, 5]


@pytest.mark.parametrize("n", [1, 2, 3, 7])
def test_batches_cover_each_row_once(read, monkeypatch, n):
    monkeypatch.setattr(batch, "_MOST_ROWS", n)
    numbers = np.arange(14).reshape(7, 2)
    parts = read(pd.DataFrame(numbers, columns=["a", "b"]).to_csv(index=False))
    np.testing.assert_array_equal(np.concatenate([part.values for part in parts]), numbers)
    assert [part.first for part in parts] == list(range(0, 7, n))
    assert [len(part) for part in parts[:-1]] == [n] * (len(parts) - 1)
    assert parts[-1].share == 1


cells = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False).map(repr), st.sampled_from(["", "x", "nan"])
)


@given(
    table=st.lists(st.tuples(cells, cells), min_size=1, max_size=12),
    n=st.integers(1, 5),
    quoted=st.booleans(),
)
def test_rows_do_not_depend_on_the_batches(tmp_path_factory, table, n, quoted):
    quote = '"{}"' if quoted else "{}"
    lines = ["a,b", *(",".join(quote.format(cell) for cell in row) for row in table)]
    path = tmp_path_factory.mktemp("csv") / "data.csv"
    path.write_text("\n".join(lines))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batch, "_MOST_ROWS", n)
        parts = list(CsvRows(path, Columns()).batches())
    bad = {part.first + row for part in parts for row in part.problems}
    wrong = {"", "x", "nan"}
    assert bad == {i for i, row in enumerate(table) if wrong & set(row)}
    values = np.concatenate([part.values for part in parts])
    for i, row in enumerate(table):
        if i not in bad:
            assert values[i].tolist() == [float(cell) for cell in row]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('a,b\n1,2\n"3,4\n5,6\n"7,8\n', "expected a number; 3 lines of the file are one row"),
        ('a,b\n1,2\n"3,4\n5,6\n', "it has 1 cells; expected 2; 3 lines of the file are one row"),
    ],
)
def test_a_quote_that_joins_rows_is_found(read, text, problem):
    (rows,) = read(text)
    assert list(rows.problems) == [1]
    assert problem in rows.problems[1]
    (rows,) = read('a,b,c\n1,2,"two\nlines"\n3,x,"two\nlines"\n', keep=["c"])
    assert rows.problems == {1: "column 'b' is 'x'; expected a number"}


def test_each_broken_row_says_what_is_wrong(read):
    (rows,) = read("a,b\n1,2\n1,abc\n1\n1,2,3\n,2\n1,inf\n1_0,2\n3,4\n")
    assert rows.problems == {
        1: "column 'b' is 'abc'; expected a number",
        2: "it has 1 cells; expected 2",
        3: "it has 3 cells; expected 2",
        4: "column 'a' is missing; expected a number",
        5: "column 'b' is inf; expected a finite number",
        6: "column 'a' is '1_0'; expected a number without _",
    }
    assert rows.values[[0, 7]].tolist() == [[1, 2], [3, 4]]
    assert "data.csv: row 1 (line 3): column 'b' is 'abc'" in rows.described(1)


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_a_decimal_comma_is_read_where_commas_do_not_separate(read, delimiter):
    (rows,) = read(f"a{delimiter}b\n1,5{delimiter}2\n")
    assert rows.values.tolist() == [[1.5, 2]]
    (rows,) = read('a,b\n"1,5",2\n')
    assert 0 in rows.problems


def test_a_first_row_of_numbers_is_no_header(read):
    (rows,) = read("1,2\n3,4\n", keep=["1"])
    assert rows.values.tolist() == [[1], [3]]
    assert rows.kept == {"1": ["2", "4"]}


def test_what_is_not_utf8_concerns_its_row_alone(read):
    (rows,) = read(b"\xef\xbb\xbfa,id\n1,caf\xe9\n\xff,x\n3,z\n", keep=["id"])
    assert rows.problems == {1: "column 'a' is not UTF-8; expected a number"}
    assert rows.kept == {"id": ["caf\ufffd", "x", "z"]}
    assert rows.values[[0, 2]].tolist() == [[1], [3]]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"a,b\n", "has a header and no rows"),
        ("größe,b\n1,2\n".encode("latin-1"), "is not in UTF-8"),
        ("a,b\n1,2\n".encode("utf-16"), "is not in UTF-8"),
        (b"a,a\n1,2\n", "has the column 'a' more than once"),
        (b'a,b\n1,"' + b"2" * 200_000, "is not CSV: field larger"),
    ],
)
def test_a_file_without_rows_is_refused(read, content, problem):
    with pytest.raises(ValueError, match=problem):
        read(content)


def test_columns_are_chosen_by_name(read):
    text = "a,b,c\n1,2,3\n"
    assert read(text, names=["c", "a"])[0].values.tolist() == [[3, 1]]
    assert read(text, leave_out=["b"])[0].values.tolist() == [[1, 3]]
    with pytest.raises(ValueError, match=r"lacks the column 'bb'.*Did you mean 'b'\?"):
        read(text, names=["bb"])
    with pytest.raises(ValueError, match="has no columns for the values"):
        read(text, leave_out=["a", "b", "c"])
