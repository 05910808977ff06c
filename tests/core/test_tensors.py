"""Numbers and arrays of other libraries: what ``float`` takes is a number everywhere."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

import vae_widgets as vw
from tests.support.foreign import ARRAYS, TorchTensor
from vae_widgets.core import checks
from vae_widgets.core.tensors import as_float, as_numpy
from vae_widgets.core.training.history import scalar

NUMBERS = {
    **{name: make(0.5) for name, make in ARRAYS.items()},
    "torch (1,)": TorchTensor([0.5]),
    "numpy (1,)": np.array([0.5]),
    "scalar of numpy": np.float32(0.5),
    "decimal": Decimal("0.5"),
    "fraction": Fraction(1, 2),
}


@pytest.mark.parametrize("kind", NUMBERS)
def test_one_number_of_any_library(kind):
    for read in (as_float, scalar, lambda value: checks.finite_number("x", value)):
        assert read(NUMBERS[kind]) == 0.5
        assert type(read(NUMBERS[kind])) is float


@pytest.mark.parametrize("kind", NUMBERS)
def test_widgets_take_it_as_a_number(kind):
    monitor = vw.TrainingMonitor()
    monitor.log(NUMBERS[kind], loss=NUMBERS[kind])
    steps, losses = monitor.history.steps("loss")
    assert (steps.tolist(), losses.tolist()) == ([0.5], [0.5])
    histogram = vw.AnomalyHistogram([0.0, 1.0], threshold=NUMBERS[kind])
    assert histogram.threshold == 0.5
    histogram.threshold = 0.25
    histogram.threshold = NUMBERS[kind]
    assert histogram.threshold == 0.5
    assert vw.ThresholdPolicy(NUMBERS[kind]).threshold == 0.5


@pytest.mark.parametrize("value", [TorchTensor([1.0, 2.0]), [1.0, 2.0], "0.5", 1j, None, {}])
def test_what_is_no_number(value):
    assert scalar(value) is None
    with pytest.raises(TypeError, match="x must be a number"):
        checks.finite_number("x", value)


@pytest.mark.parametrize(
    "value", [3, np.int64(3), np.array(3), TorchTensor(3), TorchTensor([3]), np.uint8(3)]
)
def test_whole_numbers(value):
    assert checks.positive_int("n", value) == 3
    assert type(checks.positive_int("n", value)) is int


@pytest.mark.parametrize("value", [True, np.True_, 3.0, np.array(3.0), TorchTensor(3.0), "3", None])
def test_what_is_no_whole_number(value):
    with pytest.raises(TypeError, match="n must be a whole number"):
        checks.positive_int("n", value)


@pytest.mark.parametrize("kind", ARRAYS)
def test_arrays_of_any_library(kind):
    values = np.array([[0.5, 1.0], [2.0, -4.0]])
    array = checks.samples("x", ARRAYS[kind](values), (2,))
    assert array.dtype == np.float32
    np.testing.assert_array_equal(array, values)
    labels = checks.anomaly_labels("labels", ARRAYS[kind](np.array([0, 1, 1])), 3)
    np.testing.assert_array_equal(labels, [0, 1, 1])


def test_a_list_of_tensors():
    scores = [TorchTensor(1.0), TorchTensor(2.5)]
    np.testing.assert_array_equal(checks.scores("scores", scores), [1.0, 2.5])
    np.testing.assert_array_equal(vw.AnomalyHistogram(scores).scores, [1.0, 2.5])


def test_parameters_of_methods_are_noted_as_plain_numbers():
    histogram = vw.AnomalyHistogram([0.0, 1.0, 2.0, 3.0], labels=[0, 0, 1, 1])
    for method, name in (
        ("percentile", "percentile"),
        ("iqr", "factor"),
        ("cost", "false_negative_cost"),
    ):
        chosen = histogram.choose_threshold(method, **{name: TorchTensor(20.0)})
        assert type(chosen.parameters[name]) is float
        assert vw.ThresholdPolicy.from_json(histogram.policy().to_json()).method == method


def test_other_values_stay_as_they_are():
    for value in ([1, 2], "text", None, {"a": 1}, np.float32(1)):
        assert as_numpy(value) is value


def test_a_tensor_of_tensorflow_is_taken_without_its_deprecated_methods():
    class Tensor:
        def cpu(self):
            raise AssertionError("deprecated")

        def numpy(self):
            return np.ones(2)

    np.testing.assert_array_equal(as_numpy(Tensor()), [1.0, 1.0])
