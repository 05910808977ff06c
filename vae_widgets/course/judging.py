"""Whether an answer is right, and what to say to a wrong one."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from vae_widgets.course.exercise_files import Exercise

_CLOSE = 0.1
"""A number that is wrong by less than this share of the right one is called close."""


@dataclass(frozen=True)
class Verdict:
    """Whether an answer is right, and a hint that does not give the right one away."""

    right: bool
    hint: str


def judge(exercise: Exercise, answer: Any) -> Verdict:
    """Compare an answer with that of an exercise. Any object may be an answer."""
    if answer is None or answer is Ellipsis or (isinstance(answer, str) and not answer.strip()):
        return _no(f"Put your answer in place of the three dots. {exercise.question}")
    return _JUDGES[exercise.kind](exercise, answer)


def _number(exercise: Exercise, answer: Any) -> Verdict:
    value, problem = _as_number(answer)
    if problem:
        return _no(problem)
    right, tolerance = float(exercise.answer), exercise.tolerance
    if abs(value - right) <= tolerance:
        return Verdict(True, exercise.right)
    for near in exercise.near:
        if abs(value - near.answer) <= max(tolerance, 0.01 * abs(near.answer)):
            return _no(near.hint)
    if exercise.unit == "share" and abs(value / 100 - right) <= tolerance:
        return _no("That is per cent. Give a share, from 0 to 1.")
    if exercise.unit == "share" and not 0 <= value <= 1:
        return _no(
            "A share lies between 0 and 1: a half is 0.5, not 50. Divide the number of those that "
            "count by that of all."
        )
    if right and abs(value + right) <= tolerance:
        return _no("The size is right; look at the sign.")
    if abs(value - right) <= max(3 * tolerance, _CLOSE * abs(right)):
        return _no(
            "Close, but not close enough. Do not round in between, do not read it off a picture, "
            "and look once more which samples count."
        )
    return _no(exercise.wrong)


def _as_number(answer: Any) -> tuple[float, str]:
    """Return an answer as a number, and what is wrong with it: "" if nothing is."""
    if isinstance(answer, bool | np.bool_):
        return math.nan, "True and False are no numbers. Give the number that is asked for."
    if isinstance(answer, str):
        return math.nan, "That is a text. Give the number itself, without quotes."
    try:
        values = np.asarray(answer, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        return math.nan, f"A number is asked for; this is of type {type(answer).__name__}."
    if values.size != 1:
        return math.nan, (
            f"One number is asked for; this has {values.size}. Perhaps a sum or a mean over an "
            "axis is missing, or an index."
        )
    value = float(values.reshape(()))
    if not math.isfinite(value):
        return math.nan, "That is not finite. Look for a division by 0, or for the logarithm of 0."
    return value, ""


def _choice(exercise: Exercise, answer: Any) -> Verdict:
    letters = ", ".join(repr(letter) for letter in exercise.options)
    if not isinstance(answer, str):
        return _no(f"Give one of the letters {letters}, in quotes.")
    letter = answer.strip().strip("()., ").lower()
    if letter not in exercise.options:
        return _no(f"That is none of the options. Give one of the letters {letters}.")
    if letter == exercise.answer:
        return Verdict(True, exercise.right)
    hints = [near.hint for near in exercise.near if near.answer == letter]
    return _no(hints[0] if hints else exercise.wrong)


def _set(exercise: Exercise, answer: Any) -> Verdict:
    if isinstance(answer, str):
        return _no("That is a text. Give a list of whole numbers, such as [0, 5].")
    try:
        values = np.asarray(sorted(answer) if isinstance(answer, set | frozenset) else answer)
    except (TypeError, ValueError):
        values = np.empty(0, object)
    right = set(exercise.answer)
    if values.ndim == 0 and values.dtype.kind in "iuf":
        if values == len(right):
            return _no("The number is right. Now give the list: which ones?")
        return _no("A list is asked for, such as [0, 5]: which ones, not how many.")
    if values.ndim == 1 and values.dtype.kind == "b":
        values = np.flatnonzero(values)
    if values.ndim != 1 or values.dtype.kind not in "iuf" or (values % 1).any():
        return _no("Give a list of whole numbers, such as [0, 5].")
    given = {int(value) for value in values}
    if given == right:
        return Verdict(True, exercise.right)
    for near in exercise.near:
        if given == set(near.answer):
            return _no(near.hint)
    if given == {value + 1 for value in right}:
        return _no("Count from 0, as Python does.")
    if given and given < right:
        return _no("All of these belong to it, but some are missing.")
    if given > right:
        return _no("All that belong to it are there, but so are others.")
    return _no(exercise.wrong)


def _place(exercise: Exercise, answer: Any) -> Verdict:
    try:
        values = np.asarray(answer, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        return _no("Give the latent vector that you have picked: scatter.picked.")
    right = np.asarray(exercise.answer, dtype=np.float64)
    if values.size == 0:
        return _no("Nothing has been picked yet. Click on the plane, then run this cell again.")
    if values.shape != right.shape:
        return _no(
            f"A place of the plane has {right.size} coordinates; this has shape {values.shape}. "
            "Give scatter.picked, which is the latent vector of your last click."
        )
    if not np.isfinite(values).all():
        return _no("These coordinates are not finite. Give scatter.picked.")
    if np.linalg.norm(values - right) <= exercise.tolerance:
        return Verdict(True, exercise.right)
    for near in exercise.near:
        if np.linalg.norm(values - np.asarray(near.answer)) <= exercise.tolerance:
            return _no(near.hint)
    if np.linalg.norm(values - right) <= 2 * exercise.tolerance:
        return _no("Close. It is in the right region, but not in the middle of it.")
    return _no(exercise.wrong)


def _no(hint: str) -> Verdict:
    return Verdict(False, hint)


_JUDGES = {"number": _number, "choice": _choice, "set": _set, "place": _place}
