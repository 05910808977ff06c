"""Rows that a page sends, as a list or as bits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from traitlets import TraitError

from vae_widgets.widgets.traits.index_set import rows_from_json


@given(st.sets(st.integers(0, 99)))
def test_bits_and_a_list_are_the_same_rows(rows):
    listed = np.array(sorted(rows), np.uint32)
    bits = bytearray(13)
    for row in rows:
        bits[row // 8] |= 1 << row % 8
    for dtype, data in (("bits", bits), ("uint32", listed.tobytes())):
        received = rows_from_json({"dtype": dtype, "shape": [len(rows)], "data": memoryview(data)})
        assert received.dtype == np.uint32
        np.testing.assert_array_equal(received, listed)


@pytest.mark.parametrize(
    "wire",
    [
        {"dtype": "bits", "shape": [2], "data": b"\x07"},
        {"dtype": "bits", "shape": 3, "data": b"\x07"},
        {"dtype": "bits", "shape": [3], "data": None},
        {"dtype": "bits", "data": b"\x07"},
    ],
)
def test_what_a_page_spoilt_is_refused(wire):
    with pytest.raises(TraitError):
        rows_from_json(wire)
