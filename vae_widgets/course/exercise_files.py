"""The exercises, read from ``exercises/lesson_*.toml``."""

import functools
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vae_widgets.core import checks
from vae_widgets.course.sealed import unseal

FOLDER = Path(__file__).parent / "exercises"


@dataclass(frozen=True)
class NearMiss:
    """A wrong answer that is expected, and what to say to it."""

    answer: Any
    hint: str


@dataclass(frozen=True)
class Exercise:
    """A question with its answer.

    Attributes
    ----------
    name
        Such as ``"1a"``.
    kind
        ``"number"``, ``"choice"``, ``"set"`` (of whole numbers) or ``"place"`` (a latent vector).
    question
        In one sentence.
    answer
        The right one.
    right, wrong
        What is said to the right answer, and to one that nothing else is known about.
    tolerance
        Of a number, absolute; of a place, the distance in latent space.
    unit
        Of a number: ``"share"``, or in words.
    options
        Of a choice: letter -> what it stands for.
    near
        Wrong answers that are expected.
    """

    name: str
    kind: str
    question: str
    answer: Any
    right: str
    wrong: str
    tolerance: float = 0.0
    unit: str = ""
    options: dict[str, str] = field(default_factory=dict)
    near: tuple[NearMiss, ...] = ()


@functools.cache
def exercises() -> dict[str, Exercise]:
    """Return all exercises by name."""
    found = {}
    for path in sorted(FOLDER.glob("lesson_*.toml")):
        for name, entry in tomllib.loads(path.read_text(encoding="utf-8")).items():
            near = tuple(
                NearMiss(unseal(name, each["answer"]), each["hint"])
                for each in entry.pop("near", ())
            )
            answer = unseal(name, entry.pop("answer"))
            found[name] = Exercise(name=name, answer=answer, near=near, **entry)
    return found


def exercise(name: str) -> Exercise:
    """Return an exercise; ``ValueError`` with the nearest names if there is none."""
    return exercises()[checks.one_of("exercise", name, list(exercises()))]
