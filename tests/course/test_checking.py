"""`check`: what it shows and keeps."""

import subprocess
import sys

import numpy as np
import pytest

import vae_widgets as vw
from vae_widgets.course import checking, record


@pytest.fixture(autouse=True)
def new_kernel():
    record.forget()
    yield
    record.forget()


def test_it_says_right_or_not_yet_and_returns_nothing(capsys):
    assert vw.course.check("1b", "a") is None
    assert vw.course.check("1b", "b") is None
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("1b: Not yet. ")
    assert second.startswith("1b: Right. ")


def test_the_text_of_a_notebook_is_no_markup():
    verdict = checking.Verdict(right=False, hint="<b>&")
    shown = checking.Shown("1a", verdict)._repr_html_()
    assert "&lt;b&gt;&amp;" in shown
    assert 'role="status"' in shown
    assert "var(--jp-warn-color1" in shown


def test_an_unknown_exercise_is_answered_with_those_that_there_are():
    with pytest.raises(ValueError, match=r"exercise is '1d'.*1a"):
        vw.course.check("1d", 3)


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        (np.float32(0.5), 0.5),
        (np.array([1, 2]), [1, 2]),
        ({2, 1}, [1, 2]),
        (np.zeros((2, 2)), "[[0.0, 0.0], [0.0, 0.0]]"),
        ("b" * 500, "b" * 200),
        (3j, "3j"),
        ([[1], [2, 3]], "[[1], [2, 3]]"),
        (True, True),
        (..., "Ellipsis"),
    ],
)
def test_what_is_kept_of_an_answer_is_small_and_plain(answer, kept, capsys):
    vw.course.check("1a", answer)
    assert record.checked()["1a"].answer == kept


def test_attempts_are_counted_and_the_last_answer_counts(capsys):
    for answer in ("a", "b", "c"):
        vw.course.check("1b", answer)
    assert record.checked()["1b"] == record.Checked(answer="c", right=False, attempts=3)


def test_neither_tensorflow_nor_a_network_is_needed():
    code = """
import socket, sys
def refuse(*arguments): raise OSError("no network here")
socket.socket.connect = refuse
import vae_widgets as vw
vw.course.check("4a", 0.5)
vw.course.check("3a", [1])
print(sorted({"tensorflow", "keras", "sklearn", "pandas"} & set(sys.modules)))
"""
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert printed.stdout.decode().splitlines()[-1] == "[]"
