import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vae_widgets.core.labels.classes import index_classes


@given(st.lists(st.integers(-5, 5), min_size=1) | st.lists(st.text(max_size=2), min_size=1))
def test_every_label_gets_the_index_of_its_name(labels):
    # numpy cuts the NUL characters at the end of a text.
    labels = [label.rstrip("\0") if isinstance(label, str) else label for label in labels]
    indices, names = index_classes(labels, len(labels))
    assert [names[i] for i in indices] == [str(label) for label in labels]
    assert len(names) == len(set(labels))


@given(
    st.sampled_from(["int8", "uint8", "int16", "int64", "uint64"]).flatmap(
        lambda kind: arrays(
            kind,
            st.integers(1, 20),
            elements=st.integers(0, 9) | st.integers(np.iinfo(kind).min, np.iinfo(kind).max),
        )
    )
)
def test_whole_numbers_of_any_size_get_the_indices_of_numpy_unique(labels):
    indices, names = index_classes(labels, len(labels))
    different, found = np.unique(labels, return_inverse=True)
    assert names == [str(level) for level in different.tolist()]
    np.testing.assert_array_equal(indices, found)


def test_whole_numbers_index_the_names():
    indices, names = index_classes(np.array([2, 0, 2], np.int8), 3, ("a", "b", "c"))
    assert indices.dtype == np.uint32
    assert indices.tolist() == [2, 0, 2]
    assert names == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("labels", "names", "expected"),
    [
        (["dog", "cat", "dog"], ["cat", "dog"], [1, 0, 1]),
        ([True, False, True], ["normal", "anomalous"], [1, 0, 1]),
        ([1.0, 0.0, 1.0], ["no", "yes"], [1, 0, 1]),
        (np.array(["a", None, "a"], object), None, [0, 1, 0]),
    ],
)
def test_texts_booleans_and_whole_floats(labels, names, expected):
    assert index_classes(labels, 3, names)[0].tolist() == expected


def test_no_labels_are_no_classes():
    indices, names = index_classes(None, 5, ["a"])
    assert indices.size == 0
    assert names == []


@pytest.mark.parametrize(
    ("labels", "names", "message"),
    [
        ([0, 1], None, r"labels has shape \(2,\); expected \(3,\)"),
        ([[0], [1], [2]], None, r"labels has shape \(3, 1\); expected \(3,\)"),
        ([0.5, 1, 2], None, "labels has fractions such as 0.5.*color_by"),
        ([0.5, None, 2], None, "labels has fractions such as 0.5.*color_by"),
        ([np.inf, 1, 2], None, "labels has fractions such as inf"),
        ([0, 1, 2], ["a", "b"], r"labels has 2, which has no name.*2 names \(a, b\)"),
        ([0, -1, 1], ["a", "b"], "labels has -1, which has no name"),
        (["a", "b", "x"], ["a", "b"], "labels has 'x', which has no name"),
    ],
)
def test_bad_labels(labels, names, message):
    with pytest.raises(ValueError, match=message):
        index_classes(labels, 3, names)


def test_one_text_is_no_list_of_names():
    with pytest.raises(TypeError, match="label_names must be a list of names"):
        index_classes([0, 1], 2, "ab")


def test_a_mapping_is_no_list_of_names():
    with pytest.raises(TypeError, match=r"label_names must be a list of names, .* received a dict"):
        index_classes([0, 1], 2, {1: "one", 0: "zero"})


def test_labels_beyond_int64():
    labels = np.array([2**63, 2**63 + 1], np.uint64)
    assert index_classes(labels, 2)[1] == ["9223372036854775808", "9223372036854775809"]


CATEGORICAL = pd.Categorical(
    ["low", "high", None, "low"], categories=["low", "middle", "high"], ordered=True
)


@pytest.mark.parametrize(
    ("labels", "names", "expected"),
    [
        (CATEGORICAL, ["low", "high"], [0, 1, 2, 0]),
        (pd.Series(CATEGORICAL, index=[7, 3, 5, 1]), ["low", "high"], [0, 1, 2, 0]),
        (pd.CategoricalIndex(CATEGORICAL), ["low", "high"], [0, 1, 2, 0]),
        # Not ordered, but with categories that somebody has put in this order.
        (pd.Categorical(["b", "a", "b"], ["b", "a"]), ["b", "a"], [0, 1, 0]),
        # pandas has sorted these as text.
        (pd.Categorical(["12", "3", "12"]), ["3", "12"], [1, 0, 1]),
        (pd.Categorical(["12", "3"], ["12", "3"], ordered=True), ["12", "3"], [0, 1]),
        (pd.cut([5, 15, 95], [0, 10, 20, 100]), ["(0, 10]", "(10, 20]", "(20, 100]"], [0, 1, 2]),
        (pd.Categorical([2.5, 0.5, 2.5]), ["0.5", "2.5"], [1, 0, 1]),
        (["12", "3", "x", "-1", "nan"], ["-1", "3", "12", "nan", "x"], [2, 1, 4, 0, 3]),
        ([True, False, True], ["False", "True"], [1, 0, 1]),
        (np.array([True, None, False], object), ["False", "True"], [1, 2, 0]),
        (pd.array([True, pd.NA, False], "boolean"), ["False", "True"], [1, 2, 0]),
        (pd.array([3, pd.NA, 12], "Int64"), ["3", "12"], [0, 2, 1]),
        (pd.Series(["b", None, "a"]), ["a", "b"], [1, 2, 0]),
        ([3.0, np.nan, 12.0], ["3", "12"], [0, 2, 1]),
        (np.ma.array([3, 7, 12], mask=[0, 1, 0]), ["3", "12"], [0, 2, 1]),
        (np.array(["2024-02", "NaT", "2023-01"], "M8[M]"), ["2023-01", "2024-02"], [1, 2, 0]),
        ([None, None], [], [0, 0]),
        (np.array([True, 1, "1"], object), ["1", "True"], [1, 0, 0]),
    ],
)
def test_order_names_and_missing_values(labels, names, expected):
    indices, found = index_classes(labels, len(labels))
    assert found == names
    assert indices.tolist() == expected


def test_missing_labels_beside_given_names():
    assert index_classes([1, None, 0], 3, ["no", "yes"])[0].tolist() == [1, 2, 0]
    assert index_classes(CATEGORICAL, 4, ["high", "low"])[0].tolist() == [1, 0, 2, 1]
