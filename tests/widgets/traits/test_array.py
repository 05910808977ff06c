import numpy as np
import pytest
import traitlets
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from tests.support.foreign import TorchTensor
from vae_widgets.widgets.traits.array import (
    Array,
    Number,
    WholeNumber,
    array_from_json,
    array_to_json,
)


class Holder(traitlets.HasTraits):
    points = Array("float32", 2)
    indices = Array("uint32", 1)
    anything = Array("float32", None)


DTYPES = st.sampled_from(["float32", "float64", "int32", "uint32", "uint8"])


@given(DTYPES.flatmap(lambda dtype: arrays(dtype, array_shapes(max_dims=3, max_side=5))))
def test_the_wire_form_keeps_dtype_shape_and_bytes(array):
    wire = array_to_json(array[::-1])
    again = array_from_json({**wire, "data": bytes(wire["data"])})
    assert again.dtype == array.dtype
    np.testing.assert_array_equal(again, array[::-1])


def test_values_are_cast_and_become_read_only_copies():
    holder = Holder()
    mine = np.array([[1, 2]])
    holder.points = mine
    mine[0, 0] = 9
    assert holder.points.dtype == np.float32
    assert holder.points.tolist() == [[1, 2]]
    with pytest.raises(ValueError, match="read-only"):
        holder.points[0, 0] = 5


def test_only_a_change_is_notified():
    holder = Holder()
    heard = []
    holder.observe(lambda change: heard.append(change.new.tolist()), "indices")
    for value in ([1, 2], np.array([1, 2], np.int8), [2, 1], [], []):
        holder.indices = value
    assert heard == [[1, 2], [2, 1], []]


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("points", [1, 2], r"points has shape \(2,\); expected 2 dimension"),
        ("points", "abc", "points"),
        ("points", [[1], [2, 3]], "points"),
        ("indices", [-1], "indices must hold whole numbers that fit uint32; received -1"),
        ("indices", [0, 1.5], "received 1.5"),
        ("indices", [np.nan], "received nan"),
        ("indices", [2**32], "received 4294967296"),
        ("indices", None, "indices"),
    ],
)
def test_a_bad_value_is_refused_and_the_old_one_stays(name, value, message):
    holder = Holder(points=[[1, 2]], indices=[3])
    with pytest.raises(traitlets.TraitError, match=message):
        setattr(holder, name, value)
    assert holder.points.tolist() == [[1, 2]]
    assert holder.indices.tolist() == [3]


def test_any_number_of_dimensions():
    holder = Holder()
    for shape in [(3,), (2, 2), (1, 2, 3)]:
        holder.anything = np.ones(shape)
        assert holder.anything.shape == shape


def test_the_defaults_are_empty():
    holder = Holder()
    assert holder.points.shape == (0, 0)
    assert holder.indices.shape == (0,)


def test_numbers_of_other_libraries():
    class Numbers(traitlets.HasTraits):
        share = Number(0.0)
        index = WholeNumber(0)

    numbers = Numbers()
    for made in (np.float32(0.5), np.array(0.5), TorchTensor(0.5), TorchTensor([0.5])):
        numbers.share = made
        assert type(numbers.share) is float
        assert numbers.share == 0.5
    for made in (np.int64(3), np.array(3), TorchTensor(3)):
        numbers.index = made
        assert type(numbers.index) is int
        assert numbers.index == 3
    for name, wrong in (("share", "0.5"), ("share", [1, 2]), ("index", 0.5), ("index", "3")):
        with pytest.raises(traitlets.TraitError, match=name):
            setattr(numbers, name, wrong)


def test_tensors_with_gradients_are_arrays():
    holder = Holder()
    holder.points = TorchTensor([[1.0, 2.0]])
    assert holder.points.tolist() == [[1, 2]]
