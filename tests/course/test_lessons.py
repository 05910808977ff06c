"""Fresh copies of lessons, and the examples of the course."""

import doctest
import json

import pytest

import vae_widgets as vw
from vae_widgets.course import lessons, record, sealed


def test_a_fresh_copy_leaves_the_student_s_own_alone(tmp_path):
    first = vw.course.reset(2, tmp_path)
    assert first.name == "2_the_latent_space.ipynb"
    fresh = first.read_text()
    assert json.loads(fresh)["cells"][0]["source"][0].startswith("# Lesson 2")
    first.write_text("my work")
    copies = [vw.course.reset("2", tmp_path) for _ in range(2)]
    assert [copy.name for copy in copies] == [
        "2_the_latent_space-fresh-1.ipynb",
        "2_the_latent_space-fresh-2.ipynb",
    ]
    assert first.read_text() == "my work"
    assert copies[1].read_text() == fresh


def test_lessons_that_were_installed_come_first(tmp_path, monkeypatch):
    installed = tmp_path / "share/vae_widgets/course"
    installed.mkdir(parents=True)
    (installed / "1_mine.ipynb").write_text("installed")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "share"))
    assert vw.course.reset(1, tmp_path).read_text() == "installed"


def test_unknown_lessons_and_folders_are_refused(tmp_path, monkeypatch):
    with pytest.raises(ValueError, match=r"lesson is '6'; expected one of: 1, 2"):
        vw.course.reset(6, tmp_path)
    with pytest.raises(FileNotFoundError, match="Make it first"):
        vw.course.reset(1, tmp_path / "nowhere")
    monkeypatch.setattr(lessons, "_REPOSITORY", tmp_path)
    monkeypatch.setattr(lessons, "_INSTALLED", ("nothing", "of", "this", "name"))
    with pytest.raises(FileNotFoundError, match="the lessons are not installed"):
        vw.course.reset(1, tmp_path)


@pytest.mark.parametrize(
    "thing",
    [*(getattr(vw.course, name) for name in vw.course.__all__), sealed.seal, sealed.unseal],
    ids=lambda thing: thing.__name__,
)
def test_examples_run(thing, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    record.forget()
    (test,) = doctest.DocTestFinder().find(thing, globs={"vw": vw, **vars(sealed)})
    assert test.examples
    report: list[str] = []
    failed, _ = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=report.append)
    record.forget()
    assert not failed, "".join(report)
