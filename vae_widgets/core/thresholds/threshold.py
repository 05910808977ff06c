"""What every method of choosing a threshold returns."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Threshold:
    """A threshold and its explanation.

    It counts as a number for ``float`` and for NumPy, as in ``scores >= threshold``.

    Attributes
    ----------
    threshold : float
        A sample is flagged when its score is at least this.
    method : str
        Which method chose it, as passed to `choose_threshold`.
    parameters : mapping
        What the method was asked for, defaults included.
    explanation : str
        How the method chose it on these scores, in a sentence.
    assumes : str
        What must hold for it to mean what it says: "Assumes that ...".
    estimates : mapping
        What the method found on its way, such as the shape of the tail.

    Examples
    --------
    >>> vw.Threshold(2.5, "by_eye", {}, "Between both modes.", "Assumes that two remain.")
    <Threshold 2.5 by by_eye: Between both modes.>
    >>> np.array([1.0, 3.0]) >= vw.choose_threshold([1.0, 2.0, 3.0], method="top_k", k=1)
    array([False,  True])
    """

    threshold: float
    method: str
    parameters: Mapping[str, Any]
    explanation: str
    assumes: str
    estimates: Mapping[str, float] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<Threshold {self.threshold:.6g} by {self.method}: {self.explanation:.140}>"

    def __float__(self) -> float:
        return self.threshold

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        return np.array(self.threshold, dtype)


def above(score: float) -> float:
    """Return the smallest threshold that does not flag `score`."""
    return float(np.nextafter(score, np.inf))
