import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vae_widgets.core.strict_json import read_json

numbers = st.integers(-(10**200), 10**200) | st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    st.none() | st.booleans() | numbers | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(values)
def test_it_reads_what_python_reads(value):
    for text in (json.dumps(value), json.dumps(value, indent=1).encode()):
        assert read_json(text) == json.loads(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Expecting value"),
        (b'{"a": 1, "b": 2, "a": 1}', "the key 'a' is there more than once"),
        (b'[{"x": {"a": 1, "a": 2}}]', "the key 'a' is there more than once"),
        ("[" * 10**5, "levels"),
        ("[" * 101 + "]" * 101, "more than 100 levels"),
        ('{"a":' * 101 + "1" + "}" * 101, "more than 100 levels"),
        ("NaN", "NaN is not a JSON number"),
        ("[-Infinity]", "-Infinity is not a JSON number"),
        ("1e999", "too large"),
        ("-1" + "0" * 400, "a number of 402 digits"),
        ("[0]" + " " * 1000, "1,003 bytes; expected at most 1,000"),
        ("[0]".encode("utf-16"), "utf-8"),
        ("[0]".encode("utf-16-le"), "Expecting"),
        (b'["\xff"]', "utf-8"),
        ("[0]".encode("utf-8-sig"), "Expecting"),
    ],
)
def test_what_readers_would_not_agree_on_is_refused(text, message):
    with pytest.raises(ValueError, match=message):
        read_json(text, max_bytes=1000 if len(text) < 2000 else 10**6)


def test_what_is_just_within_the_bounds():
    assert read_json("[" * 100 + "]" * 100)[0]
    assert read_json("9" * 300) == 10**300 - 1
    assert math.isnan(read_json("[NaN]", allow_nan=True)[0])
    with pytest.raises(ValueError, match="more than once"):
        read_json('{"a": NaN, "a": 1}', allow_nan=True)


def test_many_keys_of_which_the_last_is_there_twice():
    keys = [f'"{i}":0' for i in range(100_000)]
    with pytest.raises(ValueError, match="'99999' is there more than once"):
        read_json("{" + ",".join([*keys, keys[-1]]) + "}")
