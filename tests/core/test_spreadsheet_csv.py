import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vae_widgets.core.spreadsheet_csv import read_csv, read_number, write_csv

# All that UTF-8 can write.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1", "'=1", "'", "''="]


@given(st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=4))
@example([(text, f'a;{text}\r\n"') for text in FORMULAS])
def test_text_comes_back_exactly_and_no_cell_is_a_formula(rows):
    first, second = map(list, zip(*rows, strict=True))
    text = write_csv({"first, of two": first, "number": [-1.5] * len(rows), "second": second})
    header, read = read_csv(text.encode())
    assert header == ["first, of two", "number", "second"]
    assert [tuple(row.values()) for _, row in read] == [(a, "-1.5", b) for a, b in rows]
    for row in [*csv.reader(io.StringIO(text, newline=""))][1:]:
        if row[0].startswith(tuple("=+-@\t\r\n")):
            float(row[0])


@pytest.mark.parametrize("number", ["-1", "+1", "-.5", "+2.", "-1e5", "-1.5E-300"])
def test_text_that_is_a_number_stays_a_number(number):
    assert write_csv({"x": [number]}) == f"x\r\n{number}\r\n"


@pytest.mark.parametrize("text", ["-1-1", "-", "+", "-1 ", "-1e", "-1\n", "-\u0661", "--1", "=-1"])
def test_text_that_is_almost_a_number_is_guarded(text):
    assert next(csv.reader([write_csv({text: []})])) == [f"'{text}"] or "\n" in text
    ((_, row),) = read_csv(write_csv({text: [text]}).encode())[1]
    assert row == {text: text}


def test_numbers_are_written_as_they_are():
    numbers = [-1, -0.5, -float("inf"), None]
    assert write_csv({"x": numbers, "y": [1] * 4}) == "x,y\r\n-1,1\r\n-0.5,1\r\n-inf,1\r\n,1\r\n"


def test_a_european_spreadsheet_may_have_written_it():
    content = "\ufeffkey;score\r\n'=a;0,25\r\n;1,5E-3\r\n".encode()
    header, rows = read_csv(content)
    assert header == ["key", "score"]
    assert [(line, row["key"], read_number(row["score"])) for line, row in rows] == [
        (2, "=a", 0.25),
        (3, "", 0.0015),
    ]


def test_another_encoding_is_named_with_what_to_do():
    with pytest.raises(ValueError, match=r"not in UTF-8 .*; save it as CSV UTF-8"):
        read_csv("schlüssel".encode("cp1252"))


def test_an_endless_cell_is_refused():
    assert read_csv(b"x" * 200_000)[0] == []
    with pytest.raises(ValueError, match=r"line 2 is not CSV: field larger"):
        list(read_csv(b"x\n" + b"y" * 200_000)[1])
