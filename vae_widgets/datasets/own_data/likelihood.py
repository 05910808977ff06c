"""The likelihood that suits samples, where the user leaves it to the data."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vae_widgets.datasets.pixels import LARGEST_PIXEL


class ChosenLikelihood(NamedTuple):
    """A likelihood, why it suits the values, and what to divide them by first."""

    name: str
    because: str
    divisor: int


def choose_likelihood(x: NDArray[Any], given: str = "auto") -> ChosenLikelihood:
    """Choose a likelihood by the values of samples (n, ...).

    Values of one byte are pixels unless all are 0 or 1: Bernoulli, divided by 255. Other values in
    [0, 1] are Bernoulli as they are, and all else is Gaussian. A `given` likelihood is kept.
    """
    low, high = float(x.min()), float(x.max())
    are_pixels = x.dtype == np.uint8 and high > 1
    if given != "auto":
        divisor = LARGEST_PIXEL if are_pixels and given == "bernoulli" else 1
        return ChosenLikelihood(given, "it was given", divisor)
    if are_pixels:
        why = "values of one byte are pixels, which are divided by 255"
        return ChosenLikelihood("bernoulli", why, LARGEST_PIXEL)
    if low >= 0 and high <= 1 and low < high:
        return ChosenLikelihood("bernoulli", "all values lie in [0, 1]", 1)
    return ChosenLikelihood("gaussian", f"values lie in [{low:.4g}, {high:.4g}]", 1)
