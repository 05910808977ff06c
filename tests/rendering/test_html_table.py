import numpy as np
import pytest

from vae_widgets.core.ticks import MINUS
from vae_widgets.rendering.html_table import number


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [
        (1003.7, 3, "1004"),
        (999.4, 3, "999"),
        (-123456.2, 5, f"{MINUS}123456"),
        (0.0125, 3, "0.0125"),
        (2.5e7, 3, "2.5e+07"),
        (-3.68e-5, 3, f"{MINUS}3.68e{MINUS}05"),
        (np.nan, 3, "missing"),
    ],
)
def test_numbers_of_a_table_have_no_exponent_below_a_million(value, digits, expected):
    assert number(value, digits) == expected
