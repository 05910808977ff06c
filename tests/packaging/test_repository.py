"""What is committed: small, portable, and in the place where one would look for it."""

import json
import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]

TOP_LEVEL = {
    ".ci",
    ".gitattributes",
    ".github",
    ".gitignore",
    ".pre-commit-config.yaml",
    "CHANGELOG.md",
    "CITATION.cff",
    "CONTRIBUTING.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "SECURITY.md",
    "binder",
    "docs",
    "notebooks",
    "pyproject.toml",
    "tests",
    "vae_widgets",
}
# Addresses of package indexes: which one to use is the user's own configuration.
PACKAGE_INDEX = re.compile(
    r"\bregistry\.\w+\.\w|\bpypi\.\w|pythonhoste[d]|deb\.\w+\.org|--(extra-)?index-url|--find[-]links"
)
MACHINE_PATH = re.compile(r"(?<![\w.$}])/(root|home|work|Users)/\w")


@pytest.fixture(scope="module")
def texts(repository_files):
    """The content of every text file."""
    texts = {}
    for file in repository_files:
        content = (REPOSITORY / file).read_bytes()
        if b"\0" not in content:
            texts[file] = content.decode()
    assert Path("pyproject.toml") in texts
    return texts


def test_top_level_holds_only_what_belongs_there(repository_files):
    assert {file.parts[0] for file in repository_files} <= TOP_LEVEL


def test_files_are_small(repository_files):
    sizes = {file: (REPOSITORY / file).stat().st_size for file in repository_files}
    assert {file: size for file, size in sizes.items() if size > 500_000} == {}


@pytest.mark.parametrize("pattern", [PACKAGE_INDEX, MACHINE_PATH], ids=["index", "machine path"])
def test_no_file_depends_on_one_machine(texts, pattern):
    found = {str(file): match.group() for file in texts if (match := pattern.search(texts[file]))}
    assert found == {}


def test_nothing_built_is_committed(repository_files):
    built = {"static", "node_modules", "dist", "__pycache__", ".ipynb_checkpoints"}
    assert [file for file in repository_files if built & set(file.parts)] == []


def test_package_locks_hold_no_addresses(texts):
    locks = [file for file in texts if file.name == "package-lock.json"]
    assert locks
    for lock in locks:
        assert "resolved" not in texts[lock]


def test_notebooks_are_committed_without_bulky_outputs(texts):
    notebooks = [file for file in texts if file.suffix == ".ipynb"]
    assert notebooks
    for notebook in notebooks:
        cells = json.loads(texts[notebook])["cells"]
        outputs = json.dumps([cell.get("outputs", []) for cell in cells])
        assert len(outputs) < 100_000, notebook


def test_bundles_are_built_for_the_browsers_that_the_readme_names(texts):
    built_for = dict(
        re.findall(
            r'"(chrome|edge|firefox|safari)([\d.]+)"', texts[Path("vae_widgets/frontend/build.mjs")]
        )
    )
    named = re.search(
        r"Chrome or Edge from ([\d.]+), Firefox from ([\d.]+), or Safari from ([\d.]+) ",
        texts[Path("README.md")],
    )
    chrome, firefox, safari = named.groups()
    assert built_for == {"chrome": chrome, "edge": chrome, "firefox": firefox, "safari": safari}


def test_each_promise_of_security_names_tests_that_exist(texts):
    promises = [line for line in texts[Path("SECURITY.md")].splitlines() if "::" in line]
    assert len(promises) > 15
    for line in promises:
        file = None
        for path, name in re.findall(r"`([\w/]*(?:\.py)?)::(\w+)`", line):
            file = Path("tests") / path if path else file
            assert re.search(rf"^def {name}\(", texts[file], re.MULTILINE), f"{file}::{name}"
