"""The site has no Python: what its fields say to an answer is what `check` says to it."""

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np

from tests.support.course_answers import right_answers
from vae_widgets.course.exercise_files import exercises
from vae_widgets.course.judging import judge

SCRIPT = Path(__file__).parents[2] / "docs/assets/exercises.js"
ALL = exercises()


def said_by_the_page(cases):
    """What the page says to each pair of an exercise and a text."""
    given = [(asdict(ALL[name]), text) for name, text in cases]
    code = f"""
        require("vm").runInThisContext(require("fs").readFileSync({json.dumps(str(SCRIPT))}));
        const cases = JSON.parse(require("fs").readFileSync(0));
        console.log(JSON.stringify(cases.map(([exercise, text]) => judge(exercise, text))));
    """
    node = Path(sys.executable).with_name("node")
    done = subprocess.run(
        [node, "-e", code], input=json.dumps(given), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return [(each["right"], each["hint"]) for each in json.loads(done.stdout)]


def typed(answer):
    """An answer as it is typed into a field."""
    return answer if isinstance(answer, str) else json.dumps(answer)


def answers_to(name):
    """The right answer, the near misses, and what lies around the right one."""
    exercise = ALL[name]
    right = np.asarray(right_answers()[name]).tolist()
    yield from [right, *(near.answer for near in exercise.near)]
    if exercise.kind == "number":
        wide = 2.5 * exercise.tolerance
        yield from (right + wide, 1.05 * right, 100 * right, -right, 7 * right, right / 3, 0, 1e9)
    elif exercise.kind == "set":
        yield from (len(right), 2, right[1:], [*right, 0], [value + 1 for value in right])
        yield from ([1], [-1, 99], [], [0.5, 1], right[::-1], right + right)
    elif exercise.kind == "place":
        for step in (0.5, 1.5, 9):
            yield [right[0] + step * exercise.tolerance, right[1]]
    else:
        yield from exercise.options


def test_the_page_says_what_python_says():
    cases = [(name, answer) for name in ALL for answer in answers_to(name)]
    verdicts = [judge(ALL[name], answer) for name, answer in cases]
    found = said_by_the_page([(name, typed(answer)) for name, answer in cases])
    for case, verdict, (right, hint) in zip(cases, verdicts, found, strict=True):
        assert (right, hint) == (verdict.right, verdict.hint), case
    assert len({hint for _, hint in found}) > 60


def test_what_is_typed():
    expected = {
        ("4a", "29/40"): ALL["4a"].right,
        ("4a", " 0,725 "): ALL["4a"].right,
        ("3a", "5 9 11,13"): ALL["3a"].right,
        ("3a", "{5; 9; 11; 13}"): ALL["3a"].right,
        ("4a", "0,7,2"): "this has 3",
        ("4a", "1/0"): "no number",
        ("4a", "many"): "no number",
        ("3a", "[5, x]"): "whole numbers",
        ("2a", "1"): "2 coordinates",
        ("2a", "here"): "2 coordinates",
        ("1b", " "): "Type your answer first",
    }
    for (right, said), hint in zip(said_by_the_page([*expected]), expected.values(), strict=True):
        assert hint in said
        assert right == (hint in (ALL["4a"].right, ALL["3a"].right))
