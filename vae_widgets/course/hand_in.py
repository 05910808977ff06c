"""One small file from each student, and a table of them for the teacher."""

import datetime
import json
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vae_widgets.core.atomic_file import atomic_file, read_file
from vae_widgets.core.one_line import one_line
from vae_widgets.core.strict_json import read_json
from vae_widgets.course.arguments import folder_of, lesson_of
from vae_widgets.course.exercise_files import exercises
from vae_widgets.course.judging import judge
from vae_widgets.course.message_box import message_box
from vae_widgets.course.record import Checked, checked

if TYPE_CHECKING:
    import pandas as pd

_FORMAT = "vae_widgets course 1"
_LONGEST_NAME, _LONGEST_TEXT, _MAX_BYTES = 100, 20_000, 200_000
_IN_THE_LESSONS = ("Your name", "What you think.")  # what stands there for the name and the text


@dataclass(frozen=True)
class HandedIn:
    """What a file has, as a notebook shows it."""

    file: str
    lesson: str
    answers: Mapping[str, Checked]
    has_text: bool

    def __repr__(self) -> str:
        return f"{self.file}: {self._content()}"

    def _repr_html_(self) -> str:
        done = {name[1] for name, each in self.answers.items() if each.right}
        return message_box(
            f"{self.file}:", self._content(), good=self.has_text and done == set("abc")
        )

    def _content(self) -> str:
        given = {name[1]: each.right for name, each in self.answers.items()}
        words = {True: "right", False: "not yet right", None: "not answered"}
        parts = [f"{self.lesson}{letter} {words[given.get(letter)]}" for letter in "abc"]
        text = "with your text" if self.has_text else "without a text"
        return (
            f"{', '.join(parts)}; {text}. You find the file in the file browser. Give it "
            "to your teacher, and run this cell again after a change."
        )


def hand_in(
    student: str, text: str = "", *, lesson: int | str | None = None, folder: str | Path = "."
) -> Path:
    """Write the answers that were checked in this kernel into one small file for the teacher.

    It shows what the file has: whether the last answer to each exercise is right, and whether there
    is a text.

    Parameters
    ----------
    student
        Your name, or what your teacher calls you.
    text
        Your answer to the question without a right answer.
    lesson
        The number of the lesson; by default that of the exercise that was checked last.
    folder
        Where the file is written; it must exist. A file of an earlier time is replaced.

    Returns
    -------
    Path
        The file, such as ``lesson-1-ada-lovelace.json``.

    Raises
    ------
    TypeError
        If an argument is of another type.
    ValueError
        If the name is empty, too long or "Your name", the text too long or "What you think.", there
        is no such lesson, or no exercise of it was checked in this kernel: run the cells of the
        exercises first.
    FileNotFoundError
        If the folder does not exist.

    Examples
    --------
    >>> vw.course.check("1b", "b")
    1b: Right. ...
    >>> path = vw.course.hand_in("Ada Lovelace", "It depends.")
    lesson-1-ada-lovelace.json: 1a not answered, 1b right, 1c not answered; with your text. ...
    """
    from IPython.display import display

    student = _text("student", student, _LONGEST_NAME).strip()
    if not re.search(r"\w", student):
        raise ValueError(f"student is {student!r}; expected your name.")
    text = _text("text", text, _LONGEST_TEXT)
    for name, given, placeholder in zip(
        ("student", "text"), (student, text), _IN_THE_LESSONS, strict=True
    ):
        if given.strip() == placeholder:
            raise ValueError(f"{name} is still {placeholder!r}. Put your own in its place.")
    if lesson is not None:
        lesson = lesson_of(lesson, sorted({name[0] for name in exercises()}))
    folder = folder_of(folder)
    answers = checked()
    if not answers:
        raise ValueError("no exercise was checked in this kernel. Run their cells, then this one.")
    number = lesson or [*answers][-1][0]
    answers = {name: each for name, each in answers.items() if name.startswith(number)}
    if not answers:
        raise ValueError(
            f"no exercise of lesson {number} was checked in this kernel. Run them first."
        )
    content = {
        "format": _FORMAT,
        "student": student,
        "lesson": int(number),
        "handed_in": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "answers": {
            name: {"answer": each.answer, "attempts": each.attempts}
            for name, each in sorted(answers.items())
        },
        "text": text,
    }
    slug = re.sub(r"\W+", "-", student.lower()).strip("-")
    path = folder / f"lesson-{number}-{slug}.json"
    with atomic_file(path) as file:
        file.write(json.dumps(content, indent=1, ensure_ascii=False, allow_nan=True).encode())
    display(HandedIn(path.name, number, answers, bool(text.strip())))  # type: ignore[no-untyped-call]
    return path


def collect(folder: str | Path = ".") -> "pd.DataFrame":
    """Make a table of the files that students have handed in.

    The answers are checked again, so that nobody can write "right" into a file.

    Parameters
    ----------
    folder
        Where the files are; folders in it count, too.

    Returns
    -------
    DataFrame
        A row for each file, by lesson and student: ``student``, ``lesson``, ``a``, ``b``, ``c``
        (whether the answer to the exercise is right; missing if there is none), ``right`` (how many
        are), ``attempts`` (of all exercises together), ``text``, ``handed_in`` and ``file``. A file
        that cannot be read is left out, with a warning.

    Raises
    ------
    FileNotFoundError
        If there is no such folder.

    Examples
    --------
    >>> vw.course.check("1b", "b")
    1b: Right. ...
    >>> path = vw.course.hand_in("Ada Lovelace")
    lesson-1-ada-lovelace.json: 1a not answered, 1b right, 1c not answered; without a text. ...
    >>> vw.course.collect()[["student", "lesson", "b"]]
            student  lesson     b
    0  Ada Lovelace       1  True
    """
    import pandas as pd

    rows = []
    for path in sorted(folder_of(folder).rglob("lesson-*.json")):
        try:
            rows.append(
                {
                    **_row(read_json(read_file(path), max_bytes=_MAX_BYTES, allow_nan=True)),
                    "file": path.name,
                }
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            warnings.warn(f"{path.name} is left out: {one_line(error)}", stacklevel=2)
    columns = ["student", "lesson", "a", "b", "c", "right", "attempts", "text", "handed_in", "file"]
    table = pd.DataFrame(rows, columns=columns)
    for letter in "abc":
        table[letter] = table[letter].astype("boolean")
    table["handed_in"] = pd.to_datetime(table["handed_in"], utc=True)
    return table.sort_values(["lesson", "student", "handed_in"], ignore_index=True)


def _row(content: Any) -> dict[str, Any]:
    if not isinstance(content, dict) or content.get("format") != _FORMAT:
        raise ValueError("it is no file of vw.course.hand_in, or one of a newer version")
    if not isinstance(content["answers"], dict):
        raise ValueError("its answers are no table of exercises")
    known, right, attempts = exercises(), {}, 0
    for name, given in content["answers"].items():
        if name not in known or name[0] != str(content["lesson"]):
            raise ValueError(
                f"lesson {content['lesson']!r:.20} has no exercise {one_line(name, 20)!r}"
            )
        right[name[1]] = judge(known[name], given["answer"]).right
        attempts += int(given["attempts"])
    return {
        "student": one_line(content["student"], _LONGEST_NAME),
        "lesson": int(content["lesson"]),
        **right,
        "right": sum(right.values()),
        "attempts": attempts,
        "text": str(content["text"])[:_LONGEST_TEXT],
        "handed_in": datetime.datetime.fromisoformat(content["handed_in"]),
    }


def _text(name: str, value: Any, longest: int) -> str:
    if not isinstance(value, str):
        raise TypeError(
            f"{name} must be a text, in quotes; received {value!r:.80} ({type(value).__name__})."
        )
    if len(value) > longest:
        raise ValueError(f"{name} has {len(value):,} characters; expected at most {longest:,}.")
    return value
