"""The answers that were checked in this kernel."""

from dataclasses import dataclass
from typing import Any


@dataclass
class Checked:
    """The last answer to an exercise, whether it is right, and how often it was checked."""

    answer: Any
    right: bool
    attempts: int


_CHECKED: dict[str, Checked] = {}


def remember(exercise: str, answer: Any, right: bool) -> None:
    """Keep an answer in place of the last one. The exercise that was checked last stands last."""
    before = _CHECKED.pop(exercise, None)
    _CHECKED[exercise] = Checked(answer, right, 1 + (before.attempts if before else 0))


def checked() -> dict[str, Checked]:
    """Return the last answers by exercise, in the order in which they were checked."""
    return dict(_CHECKED)


def forget() -> None:
    """Forget all answers, as a new kernel does."""
    _CHECKED.clear()
