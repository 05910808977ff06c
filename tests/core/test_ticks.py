"""Round numbers for axes and bins."""

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from vae_widgets.core.ticks import MINUS, alike, counted, round_ticks, round_up


@pytest.mark.parametrize(
    ("width", "expected"),
    [(1.0, 1.0), (1.1, 2.0), (2.2, 2.5), (3.0, 5.0), (5.1, 10.0), (0.03, 0.05), (700.0, 1000.0)],
)
def test_the_next_round_number(width, expected):
    assert round_up(width) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.0, 1.0, [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]),
        (18.3, 43.9, [20.0, 30.0, 40.0]),
        (-0.3, 0.4, [-0.2, 0.0, 0.2, 0.4]),
        (0.25, 5.7, [2.0, 4.0]),
    ],
)
def test_round_ticks(low, high, expected):
    np.testing.assert_allclose(round_ticks(low, high), expected, atol=1e-12)


@example(5e-324, 6.0)  # so little above 0 that their quotient is 0
@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_ticks_are_few_within_and_a_round_step_apart(low, span):
    high = low + span
    assume(high > low)
    ticks = round_ticks(low, high)
    assert 2 <= len(ticks) <= 6
    rounding = 1e-9 * max(abs(low), abs(high))
    assert low - rounding <= ticks[0]
    assert ticks[-1] <= high + rounding
    digits = np.diff(ticks)[0] / 10.0 ** np.floor(np.log10(span / 5))
    assert np.isclose(digits, [1, 2, 2.5, 5, 10], rtol=1e-3).any()


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([2.691, 2.06, 0.5], ["2.691", "2.060", "0.500"]),
        ([30.3, 30.22], ["30.30", "30.22"]),
        ([-0.012, 3.119, -0.0004], ["-0.01", "3.12", "0.00"]),
        ([1234.5, -99.9], ["1234", "-100"]),
        ([0.0, 0.0], ["0", "0"]),
        ([1.2e-5, -3e-7], ["1.2e-5", "-3.0e-7"]),
        ([-2.5e7, 10.0], ["-2.5e7", "1.0e1"]),
        ([], []),
    ],
)
def test_numbers_side_by_side_look_alike(values, expected):
    texts = alike(values, 5 if -0.012 in values else 7)
    assert "-" not in "".join(texts)
    assert [text.replace(MINUS, "-") for text in texts] == expected


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=8))
def test_numbers_side_by_side_are_those_given(values):
    texts = alike(values)
    if max(map(abs, values)) < 1e-3 or max(map(abs, values)) >= 1e6:
        return
    decimals = {len(text.partition(".")[2]) for text in texts}
    assert len(decimals) == 1
    assert max(map(len, texts)) <= 7 or decimals == {0}
    read = [float(text.replace(MINUS, "-")) for text in texts]
    np.testing.assert_allclose(read, values, atol=0.5001 * 10.0 ** -decimals.pop(), rtol=0)


def test_a_count_of_one_is_singular():
    assert [counted(n, "sample") for n in (0, 1, 2_000)] == [
        "0 samples",
        "1 sample",
        "2,000 samples",
    ]


@given(st.lists(st.floats(-1e300, 1e300), min_size=1, max_size=5), st.floats(1e-300, 1e300))
def test_neighbours_look_different_whatever_their_size(others, score):
    neighbours = score, float(np.nextafter(score, np.inf))
    texts = alike([*others, *neighbours], apart=neighbours)[-2:]
    largest = max(map(abs, (*others, *neighbours)))
    if largest <= 1e15 * score or not 1e-3 <= largest < 1e6:
        assert texts[0] != texts[1]
    assert len(texts[0]) == len(texts[1]) or "e" in texts[0]


def test_neighbours_get_no_more_decimals_than_they_need():
    assert alike([2.5, 1.234567, 1.234569], apart=[1.234567, 1.234569])[1:] == [
        "1.234567",
        "1.234569",
    ]
    assert alike([2.5, 1.25, 1.5], apart=[1.25, 1.5]) == alike([2.5, 1.25, 1.5])
