import importlib
import sys
import types
import warnings

import pytest

from tests.support.plugins import write_package
from vae_widgets.core.registry import Plugin, Registry

MODULE = """
word = "a word"
number = 5
"""

SILENT = """
class Silent(Exception):
    def __str__(self):
        raise RuntimeError

raise Silent
"""


def adopt(name, package, value):
    if not isinstance(value, str):
        raise TypeError(f"expected a text; received {value!r}.")
    return f"{name} of {package}: {value}"


def write_entry_points(folder, name, lines):
    (folder / f"{name}-1.0.dist-info/entry_points.txt").write_text(f"[vae_widgets.words]\n{lines}")


@pytest.fixture
def registry():
    return Registry("word", {"ours": "our word"}, adopt, reserved=["manual"])


@pytest.fixture
def add(tmp_path, monkeypatch):
    """Install a package with entry points for words, and forget its module after the test."""
    monkeypatch.syspath_prepend(tmp_path)
    names = []

    def add(name, module=MODULE, **points):
        write_package(tmp_path, name, module, {"words": points})
        importlib.invalidate_caches()
        names.append(name)

    yield add
    for name in names:
        sys.modules.pop(name, None)


def test_a_name_of_another_package_comes_after_ours(registry, add):
    add("other_words", theirs="other_words:word")
    assert list(registry) == ["ours", "theirs"]
    assert len(registry) == 2
    assert registry["theirs"] == "theirs of other_words 1.0: a word"
    assert registry.look_up("name", "theirs") == registry["theirs"]
    assert registry.package_of("theirs") == "other_words"
    assert registry.package_of("ours") is None
    assert registry.package_of("nothing") is None
    assert registry.plugins() == [Plugin("other_words", "1.0", "word", "theirs", "ready")]


def test_nothing_is_imported_before_it_is_needed(registry, add):
    add("first_words", first="first_words:word")
    add("second_words", second="second_words:word")
    assert registry["ours"] == "our word"
    assert registry.find("name", "first") == "first of first_words 1.0: a word"
    assert "first_words" in sys.modules
    assert "second_words" not in sys.modules


@pytest.mark.parametrize(
    ("module", "value", "why"),
    [
        ("raise ImportError('no libwords')", "word", "ImportError: no libwords."),
        ("raise SystemExit('no libwords')", "word", "SystemExit: no libwords."),
        ("class Panic(BaseException): pass\nraise Panic('lost')", "word", "Panic: lost."),
        ("raise GeneratorExit", "word", "GeneratorExit."),
        (SILENT, "word", "Silent, whose text cannot be read."),
        ("1 / 0", "word", "ZeroDivisionError: division by zero."),
        ("word = ", "word", "SyntaxError: invalid syntax"),
        (MODULE, "no_word", "AttributeError: module 'bad_words' has no attribute 'no_word'."),
        (MODULE, "number", "TypeError: expected a text; received 5."),
    ],
)
def test_what_fails_is_reported_once_and_breaks_nothing_else(registry, add, module, value, why):
    add("bad_words", module, bad=f"bad_words:{value}", worse=f"bad_words:{value}")
    add("good_words", good="good_words:word")
    with pytest.warns(UserWarning, match="cannot be used") as reported:
        assert list(registry) == ["ours", "good"]
    assert len(reported) == 2
    told = str(reported[0].message)
    assert told.startswith(f"The word 'bad' of the package bad_words 1.0 cannot be used: {why}")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert list(registry) == ["ours", "good"]
        states = {plugin.name: plugin.state for plugin in registry.plugins()}
        with pytest.raises(ValueError, match=r"name is 'bad', the word 'bad' of .* bad_words 1\.0"):
            registry.look_up("name", "bad")
        with pytest.raises(KeyError):
            registry["bad"]
    assert states["good"] == "ready"
    assert states["bad"].startswith(f"failed: {why}")


@pytest.mark.parametrize("name", ["ours", "manual"])
def test_a_name_of_ours_is_not_replaced(registry, add, name):
    add("bold_words", **{name: "bold_words:word"})
    with pytest.warns(
        UserWarning, match=rf"'{name}' of the package bold_words 1\.0 cannot.* vae_w"
    ):
        assert list(registry) == ["ours"]
    assert registry["ours"] == "our word"
    (plugin,) = registry.plugins()
    assert plugin.state.startswith("failed: vae_widgets has a word of this name itself.")
    assert "bold_words" not in sys.modules


def test_a_name_of_two_packages_is_used_for_neither(registry, add):
    add("these_words", word="these_words:word", more="these_words:word")
    add("those_words", word="those_words:word")
    both = r"'word' of the packages these_words 1\.0 and those_words 1\.0 cannot be used: several"
    with pytest.warns(UserWarning, match=both) as reported:
        assert list(registry) == ["ours", "more"]
    assert len(reported) == 1
    assert {
        plugin.package for plugin in registry.plugins() if "failed: several" in plugin.state
    } == {
        "these_words",
        "those_words",
    }


@pytest.mark.parametrize("value", ["self_words:word", "self_words.part:word"])
@pytest.mark.parametrize("begun_by", ["the registry", "the user"])
def test_a_plugin_may_ask_for_the_list_while_it_is_imported(
    registry, add, tmp_path, monkeypatch, value, begun_by
):
    seen = []

    def ask():
        seen.append((list(registry), {plugin.name for plugin in registry.plugins()}))

    monkeypatch.setitem(sys.modules, "ask", types.SimpleNamespace(ask=ask))
    add("good_words", good="good_words:word")
    add("self_words", "import ask\nask.ask()\nword = 'a word'", own=value, again=value)
    package = tmp_path / "self_words"
    package.mkdir()
    (tmp_path / "self_words.py").rename(package / "__init__.py")
    (package / "part.py").write_text("import ask\nask.ask()\nword = 'another word'")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        if begun_by == "the user":
            importlib.import_module("self_words")
        assert list(registry) == ["ours", "good", "again", "own"]
        assert {plugin.state for plugin in registry.plugins()} == {"ready"}
    sys.modules.pop("self_words.part", None)
    assert seen[0] == (["ours", "good"], {"again", "good", "own"})
    assert len(seen) <= 2  # once for each module


@pytest.mark.parametrize(
    "line", ["bad =", "bad = two words", "bad = bold_words:", "bad = :word", "= bold_words:word"]
)
def test_a_malformed_entry_point_is_named_once_with_what_is_expected(registry, add, tmp_path, line):
    add("bold_words")
    write_entry_points(tmp_path, "bold_words", line)
    with pytest.warns(UserWarning, match="cannot be used") as reported:
        assert [*registry, *registry] == ["ours", "ours"]
    (told,) = [str(warning.message) for warning in reported]
    assert "of the package bold_words 1.0 cannot be used: ValueError: expected an entry po" in told
    assert "NAME = MODULE:OBJECT" in told
    assert f"received {line!r}" in told


def test_a_file_of_entry_points_that_cannot_be_read_spoils_no_others(registry, add, tmp_path):
    add("good_words", good="good_words:word")
    add("bold_words")
    write_entry_points(tmp_path, "bold_words", "bold: bold_words:word")
    with pytest.warns(UserWarning, match="entry points of the package bold-words") as reported:
        assert [*registry, *(plugin.name for plugin in registry.plugins())] == [
            "ours",
            "good",
            "good",
        ]
    (told,) = [str(warning.message) for warning in reported]
    assert "line 2 of entry_points.txt is 'bold: bold_words:word'" in told
    assert "expected NAME = MODULE:OBJECT" in told


def test_a_package_that_adds_a_name_twice_is_named_once(registry, add, tmp_path):
    add("bold_words")
    write_entry_points(tmp_path, "bold_words", "w = bold_words:word\nw = bold_words:word")
    told = r"'w' of the package bold_words 1\.0 cannot be used: the package adds this name more"
    with pytest.warns(UserWarning, match=told):
        assert list(registry) == ["ours"]


def test_the_list_sees_what_is_installed_or_uninstalled_meanwhile(registry, add, tmp_path):
    assert registry.plugins() == []
    add("late_words", late="late_words:word")
    assert "late" not in registry
    assert [plugin.name for plugin in registry.plugins()] == ["late"]
    assert "late" in registry
    (tmp_path / "late_words-1.0.dist-info/entry_points.txt").write_text("")
    assert registry.plugins() == []
    assert "late" not in registry


def test_a_misspelt_name_gets_the_nearest(registry, add):
    add("other_words", theirs="other_words:word")
    with pytest.raises(ValueError, match=r"name is 'theris'; did you mean 'theirs'\?"):
        registry.look_up("name", "theris")
    assert registry.find("name", "theris") is None
    for wrong in (None, 3, ["words"]):
        with pytest.raises(ValueError, match=r"xpected one of: ours, theirs\."):
            registry.look_up("name", wrong)
