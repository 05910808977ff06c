import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from vae_widgets.core.thresholds import segment_thresholds

ROWS = st.lists(
    st.tuples(st.integers(0, 6).map(float), st.sampled_from("abc"), st.booleans()),
    min_size=1,
    max_size=20,
)


def columns(rows):
    return (np.array(column) for column in zip(*rows, strict=True))


@given(ROWS, st.integers(1, 12))
def test_with_labels_no_other_thresholds_catch_more(rows, alerts):
    scores, segments, labels = columns(rows)
    assume(labels.any())
    found = segment_thresholds(scores, segments, alerts, labels)
    flagged = found.apply(scores, segments)
    assert flagged.sum() == sum(found.n_flagged.values()) <= alerts
    names = sorted(set(segments))
    best = 0
    for thresholds in itertools.product(range(8), repeat=len(names)):
        here = scores >= np.array([thresholds[names.index(name)] for name in segments])
        if here.sum() <= alerts:
            best = max(best, (here & labels).sum())
    assert (flagged & labels).sum() == best


@given(ROWS, st.integers(1, 12))
def test_without_labels_the_budget_is_kept(rows, alerts):
    scores, segments, _ = columns(rows)
    assert segment_thresholds(scores, segments, alerts).apply(scores, segments).sum() <= alerts


def test_without_labels_each_segment_gets_its_part():
    segments = np.repeat(["north", "south"], [300, 100])
    scores = np.random.default_rng(0).permutation(400) + 1000.0 * (segments == "south")
    found = segment_thresholds(scores, segments, 40)
    assert found.n_flagged == {"north": 30, "south": 10}
    assert segment_thresholds(scores, segments, 1000).apply(scores, segments).all()


def test_an_unknown_segment_is_an_error():
    found = segment_thresholds([1.0, 2.0], ["a", "b"], 1)
    with pytest.raises(ValueError, match=r"'c' has no threshold; expected one of: 'a', 'b'"):
        found.apply([1.0], ["c"])


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA])
@pytest.mark.parametrize("kind", [list, pd.Series, lambda names: np.array(names, object)])
def test_a_row_without_a_segment_is_an_error(missing, kind):
    found = segment_thresholds([1.0, 2.0], ["a", "b"], 1)
    for refuse in (found.apply, lambda *given: segment_thresholds(*given, 1)):
        with pytest.raises(ValueError, match=r"segments has .* in row 1; .*leave them out"):
            refuse([1.0, 2.0], kind(["a", missing]))


def test_text_and_numbers_are_no_segments_together():
    with pytest.raises(ValueError, match="segments holds both text and other values"):
        segment_thresholds([1.0, 2.0], [1, "1"], 1)
    assert list(segment_thresholds([1.0, 2.0], [2, 1], 1).thresholds) == [1, 2]


@pytest.mark.parametrize(
    ("ids", "n"),
    [
        ([2**53 + 1, 2**53, 2.5, 2.5], 3),  # as floats the first two are one
        ([17 * 10**18, 17 * 10**18 + 1, -1, -1], 3),
        ([1, 2, 1, 2], 2),
    ],
)
def test_large_numbers_stay_different_segments(ids, n):
    found = segment_thresholds([1.0, 2, 3, 4], np.array(ids, object), 2).thresholds
    assert set(found) == set(ids)
    assert len(found) == n


def test_segments_need_an_order():
    with pytest.raises(ValueError, match="Timestamp and int, which have no order"):
        segment_thresholds([1.0, 2], [1, pd.Timestamp("2020")], 2)


def test_labels_without_an_anomaly_spend_no_alerts():
    with pytest.raises(ValueError, match=r"labels has no anomalous sample .* leave labels out"):
        segment_thresholds([1.0, 2], ["a", "b"], 1, [0, None])


def test_a_number_is_no_segments():
    with pytest.raises(TypeError, match=r"segments is .*50.* Did you mean alerts=50\?"):
        segment_thresholds([1.0, 2.0], 50, ["a", "b"])


@pytest.mark.parametrize(
    ("segments", "expected"),
    [
        (pd.Categorical(["b", "a"], ["b", "c", "a"], ordered=True), ["b", "a"]),
        (["12", "3"], ["3", "12"]),
        ([True, False], [False, True]),
    ],
)
def test_segments_are_in_the_order_that_users_expect(segments, expected):
    found = segment_thresholds([1.0, 2.0], segments, 1)
    assert list(found.thresholds) == list(found.n_flagged) == expected
    assert found.apply([1.0, 2.0], segments).sum() <= 1
