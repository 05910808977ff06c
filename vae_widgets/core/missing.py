"""Which values stand for a missing one."""

from typing import Any

import numpy as np


def is_missing(value: Any) -> bool:
    """Return whether a value is None, NaN, NaT, pandas' NA or numpy's masked constant."""
    if value is None:
        return True
    equal = value == value  # False for NaN and NaT; NA for NA, and so for the masked constant
    return not equal if isinstance(equal, bool | np.bool_) else equal is value
