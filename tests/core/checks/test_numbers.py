import math

import numpy as np
import pytest

from vae_widgets.core import checks


@pytest.mark.parametrize("value", [1, 1.5, np.float32(2), np.int64(3)])
def test_numbers_are_numbers(value):
    assert checks.finite_number("beta", value) == float(value)


@pytest.mark.parametrize("value", ["1.5", b"1", None, True, np.True_, [1, 2], {}])
def test_what_is_not_a_number_is_a_type_error(value):
    with pytest.raises(TypeError, match="beta must be a number; received"):
        checks.finite_number("beta", value)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 10**400])
def test_numbers_must_be_finite(value):
    with pytest.raises(ValueError, match="beta must be a finite number"):
        checks.finite_number("beta", value)


def test_bounds_are_inclusive_unless_open():
    assert checks.number_between("beta", 0, 0, 1) == 0
    with pytest.raises(ValueError, match=r"beta must lie in \(0, 1\]; received 0"):
        checks.number_between("beta", 0, 0, 1, open_low=True)
    with pytest.raises(ValueError, match=r"beta must lie in \[0, 1\]; received 1.5"):
        checks.number_between("beta", 1.5, 0, 1)


def test_whole_numbers():
    assert checks.positive_int("n", np.int32(4)) == 4
    for value in (True, 2.0, "2"):
        with pytest.raises(TypeError, match="n must be a whole number"):
            checks.positive_int("n", value)
    with pytest.raises(ValueError, match="n must be at least 1; received 0"):
        checks.positive_int("n", 0)
