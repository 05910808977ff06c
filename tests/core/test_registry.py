import importlib
import sys
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
