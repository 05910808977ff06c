"""`check`: what a student calls."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from vae_widgets.course.exercise_files import exercise as find
from vae_widgets.course.judging import Verdict, judge
from vae_widgets.course.message_box import message_box
from vae_widgets.course.record import remember


@dataclass(frozen=True)
class Shown:
    """A verdict as a notebook shows it, in the colours of the page."""

    exercise: str
    verdict: Verdict

    def __repr__(self) -> str:
        mark = "Right" if self.verdict.right else "Not yet"
        return f"{self.exercise}: {mark}. {self.verdict.hint}"

    def _repr_html_(self) -> str:
        right = self.verdict.right
        mark = "\N{HEAVY CHECK MARK} Right." if right else "\N{RIGHTWARDS ARROW} Not yet."
        return message_box(f"{self.exercise}\N{EN SPACE}{mark}", self.verdict.hint, good=right)


def check(exercise: str, answer: Any) -> None:
    """Say whether an answer is right, with a hint if it is not; the solution is never shown.

    It may be called as often as one likes. `hand_in` writes the last answer to each exercise.

    Parameters
    ----------
    exercise
        Name of the exercise: the number of the lesson and a letter, such as ``"1a"``.
    answer
        What the exercise asks for: a number, a letter, a list of whole numbers, or the latent
        vector that was picked (``scatter.picked``). Anything else gets a hint, not an error.

    Raises
    ------
    ValueError
        If there is no exercise of this name.

    Examples
    --------
    >>> vw.course.check("1a", "two")
    1a: Not yet. That is a text. Give the number itself, without quotes.
    """
    from IPython.display import display

    verdict = judge(find(exercise), answer)
    remember(exercise, _plain(answer), verdict.right)
    display(Shown(exercise, verdict))  # type: ignore[no-untyped-call]


def _plain(answer: Any) -> Any:
    """Return an answer as JSON can hold it; a long one, or one of another type, as a short text."""
    if isinstance(answer, set | frozenset):
        answer = sorted(answer, key=repr)
    if isinstance(answer, list | tuple | np.ndarray | np.generic):
        try:
            answer = np.asarray(answer).tolist()
        except ValueError:  # of lists of different lengths
            answer = repr(answer)
    if isinstance(answer, bool | int | float | None):
        return answer
    if isinstance(answer, str):
        return answer[:200]
    if (
        isinstance(answer, list)
        and len(answer) <= 64
        and all(type(v) in (int, float, bool) for v in answer)
    ):
        return answer
    return repr(answer)[:200]
