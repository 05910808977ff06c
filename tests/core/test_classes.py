import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vae_widgets.core.classes import index_classes


@given(st.lists(st.integers(-5, 5), min_size=1) | st.lists(st.text(max_size=2), min_size=1))
def test_every_label_gets_the_index_of_its_name(labels):
    # numpy cuts the NUL characters at the end of a text.
    labels = [label.rstrip("\0") if isinstance(label, str) else label for label in labels]
    indices, names = index_classes(labels, len(labels))
    assert [names[i] for i in indices] == [str(label) for label in labels]
    assert len(names) == len(set(labels))


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
        (np.array(["a", None, "a"], object)[[0, 2, 0]], None, [0, 0, 0]),
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
        ([0, np.nan, 1], None, "labels misses 1 of 3 values"),
        (np.array(["a", None, None], object), None, "labels misses 2 of 3 values"),
        ([0.5, 1, 2], None, "labels has fractions such as 0.5.*color_by"),
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
