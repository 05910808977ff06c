"""Files of students, and the table of their teacher."""

import json
from pathlib import Path

import numpy as np
import pytest

import vae_widgets as vw
from vae_widgets.course import record
from vae_widgets.course.hand_in import HandedIn

pytestmark = pytest.mark.usefixtures("new_kernel")


@pytest.fixture
def new_kernel(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    record.forget()
    yield
    record.forget()


def student(name, answers, text=""):
    record.forget()
    for exercise, answer in answers:
        vw.course.check(exercise, answer)
    return vw.course.hand_in(name, text)


def test_a_class_becomes_a_table(tmp_path):
    student("Ada Lovelace", [("1a", 2), ("1a", 4), ("1b", "b")], "Both, I think.")
    student("Charles Babbage", [("1b", "a"), ("1c", np.float32(0.2614))])
    student("Ada Lovelace", [("3a", np.array([5, 9, 11, 13])), ("3b", "much")])
    table = vw.course.collect(tmp_path)
    assert table[["student", "lesson", "right", "attempts"]].values.tolist() == [
        ["Ada Lovelace", 1, 2, 3],
        ["Charles Babbage", 1, 1, 2],
        ["Ada Lovelace", 3, 1, 2],
    ]
    assert table["text"][0] == "Both, I think."
    assert table[["a", "b", "c"]].astype(object).where(
        table[["a", "b", "c"]].notna(), None
    ).values.tolist() == [
        [True, True, None],
        [None, False, True],
        [True, False, None],
    ]
    assert table["handed_in"].dt.tz is not None


def test_the_file_is_small_and_holds_no_solution(tmp_path):
    path = student("Ada Lovelace", [("4a", 0.5), ("4b", 1e9), ("4c", "c" * 10_000)], "x" * 500)
    assert path.name == "lesson-4-ada-lovelace.json"
    assert path.stat().st_size < 2_000
    assert "0.725" not in path.read_text()
    content = json.loads(path.read_text())
    assert content["answers"]["4a"] == {"answer": 0.5, "attempts": 1}


def test_one_who_writes_right_into_a_file_is_not_right(tmp_path):
    path = student("Mallory", [("1a", 5)])
    content = json.loads(path.read_text())
    content["answers"]["1a"]["right"] = content["right"] = True
    path.write_text(json.dumps(content))
    assert vw.course.collect(tmp_path)["right"].tolist() == [0]


def test_a_second_file_of_a_lesson_replaces_the_first(tmp_path):
    student("Ada", [("1a", 5)])
    student("Ada", [("1a", 4)])
    assert vw.course.collect(tmp_path)["right"].tolist() == [1]


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("../../etc/passwd", "lesson-1-etc-passwd.json"),
        ("Åsa Öberg", "lesson-1-åsa-öberg.json"),
        ("<b>李</b>", "lesson-1-b-李-b.json"),
    ],
)
def test_any_name_makes_a_file_in_the_folder(name, file, tmp_path):
    path = student(name, [("1a", 4)])
    assert path.name == file
    assert [each.name for each in tmp_path.iterdir()] == [file]
    assert vw.course.collect(tmp_path)["student"].tolist() == [name]


def test_what_cannot_be_handed_in_is_refused_in_words(tmp_path):
    with pytest.raises(ValueError, match="no exercise was checked in this kernel"):
        vw.course.hand_in("Ada")
    vw.course.check("1a", 4)
    with pytest.raises(ValueError, match="no exercise of lesson 2 was checked"):
        vw.course.hand_in("Ada", lesson=2)
    with pytest.raises(ValueError, match="student is '!'; expected your name"):
        vw.course.hand_in(" ! ")
    with pytest.raises(TypeError, match=r"text must be a text, in quotes; received 3 \(int\)"):
        vw.course.hand_in("Ada", 3)
    with pytest.raises(ValueError, match="text has 30,000 characters"):
        vw.course.hand_in("Ada", "x" * 30_000)
    with pytest.raises(ValueError, match=r"student is still 'Your name'\. Put your own"):
        vw.course.hand_in("Your name", "It depends.")
    with pytest.raises(ValueError, match=r"text is still 'What you think\.'\. Put your own"):
        vw.course.hand_in("Ada", "What you think.")
    assert list(tmp_path.iterdir()) == []


def test_the_lessons_hold_what_is_refused():
    lessons = sorted((Path(__file__).parents[2] / "notebooks/course").glob("*.ipynb"))
    for lesson in lessons:
        last = "".join(json.loads(lesson.read_text())["cells"][-1]["source"])
        assert last == '# vw.course.hand_in("Your name", "What you think.")', lesson.name
    assert len(lessons) == 5


def test_it_says_what_the_file_has(capsys):
    vw.course.check("2a", [9, 9])
    vw.course.check("2c", "b")
    capsys.readouterr()
    vw.course.hand_in("Ada")
    (said,) = capsys.readouterr().out.splitlines()
    assert said.startswith(
        "lesson-2-ada.json: 2a not yet right, 2b not answered, 2c right; without a text."
    )


def test_it_is_green_only_if_nothing_is_missing():
    right = {f"5{k}": record.Checked(0, True, 1) for k in ("a-faces", "b-faces", "c")}
    wrong = right | {"5c": record.Checked(0, False, 1)}

    def shown(answers, has_text):
        return HandedIn("lesson-5-<b>.json", "5", answers, has_text)._repr_html_()

    assert "--jp-success-color1" in shown(right, True)
    assert "lesson-5-&lt;b&gt;.json" in shown(right, True)
    assert "--jp-warn-color1" in shown(right, False)
    assert "--jp-warn-color1" in shown(wrong, True)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("{", "Expecting"),
        ("[]", "no file of vw.course.hand_in"),
        ('{"format": "vae_widgets course 2"}', "a newer version"),
        ('{"format": "vae_widgets course 1", "answers": 3}', "no table of exercises"),
        (
            '{"format": "vae_widgets course 1", "lesson": 1, "answers": {"2a": {}}}',
            "lesson 1 has no exercise '2a'",
        ),
        ("[" * 100_000, "left out"),
        ('"' + "x" * 300_000 + '"', "expected at most 200,000"),
    ],
)
def test_a_broken_file_is_named_and_the_others_are_read(content, why, tmp_path):
    student("Ada", [("1a", 4)])
    (tmp_path / "lesson-1-broken.json").write_text(content)
    with pytest.warns(UserWarning, match=f"lesson-1-broken.json is left out: .*{why}|{why}"):
        table = vw.course.collect(tmp_path)
    assert table["student"].tolist() == ["Ada"]


@pytest.mark.parametrize("lesson", [1, "1", np.int64(1), None])
def test_a_lesson_is_its_number_in_any_form(lesson, tmp_path):
    vw.course.check("2b", 0.5)
    vw.course.check("1a", 4)
    path = vw.course.hand_in("Ada", lesson=lesson)
    assert path.name == "lesson-1-ada.json"
    assert json.loads(path.read_text())["lesson"] == 1


@pytest.mark.parametrize(
    ("lesson", "error", "why"),
    [
        *((each, ValueError, "xpected one of: 1, 2, 3, 4, 5") for each in (0, 9, "x", "", "12")),
        *((each, TypeError, "must be a whole number; received") for each in (1.5, True, [1], 1j)),
    ],
)
def test_another_lesson_is_refused_before_a_file_is_written(lesson, error, why, tmp_path):
    vw.course.check("1a", 4)
    for use in (lambda: vw.course.hand_in("Ada", lesson=lesson), lambda: vw.course.reset(lesson)):
        with pytest.raises(error, match=f"^lesson .*{why}"):
            use()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("folder", "error"), [(5, TypeError), (None, TypeError), ("nowhere", FileNotFoundError)]
)
def test_no_helper_takes_what_is_no_folder(folder, error):
    vw.course.check("1a", 4)
    for use in (
        lambda: vw.course.hand_in("Ada", folder=folder),
        lambda: vw.course.reset(1, folder),
        lambda: vw.course.collect(folder),
    ):
        with pytest.raises(
            error, match=r"^folder .*(must be a path|expected a folder that exists)"
        ):
            use()


def test_an_empty_folder_is_an_empty_table_and_no_folder_an_error(tmp_path):
    assert list(vw.course.collect(tmp_path)["student"]) == []
    with pytest.raises(FileNotFoundError, match=r"expected a folder that exists\. Make it first"):
        vw.course.collect(tmp_path / "nowhere")
