"""What GitHub, PyPI and pre-commit read is valid, and in step with the package."""

import json
import re
import tomllib
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

import vae_widgets

REPOSITORY = Path(__file__).parents[2]
GITHUB = REPOSITORY / ".github"


@pytest.fixture(scope="module")
def pyproject():
    return tomllib.loads((REPOSITORY / "pyproject.toml").read_text())


def read_yaml(path):
    return yaml.safe_load((REPOSITORY / path).read_text())


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("citation-file-format", [REPOSITORY / "CITATION.cff"]),
        ("github-workflows", sorted(GITHUB.glob("workflows/*"))),
        ("github-issue-config", [GITHUB / "ISSUE_TEMPLATE/config.yml"]),
        ("github-issue-forms", sorted(GITHUB.glob("ISSUE_TEMPLATE/[!c]*"))),
    ],
)
def test_files_for_github_follow_their_schemas(schema, files):
    # Here, as it takes 2 s of processor time in each process that imports it.
    from check_jsonschema import main

    assert files
    checked = CliRunner().invoke(main, ["--builtin-schema", f"vendor.{schema}", *map(str, files)])
    assert checked.exit_code == 0, checked.output


def test_the_version_stands_in_one_place(sdist, wheel, pyproject):
    version = vae_widgets.__version__
    assert "version" not in pyproject["project"]
    for file in (sdist, wheel):
        assert file.name.startswith(f"vae_widgets-{version}")
    assert read_yaml("CITATION.cff")["version"] == version
    extension = REPOSITORY / "vae_widgets/frontend/labextension/package.json"
    assert json.loads(extension.read_text())["version"] == version


def test_the_extension_is_satisfied_with_the_lowest_jupyterlab(pyproject):
    folder = REPOSITORY / "vae_widgets/frontend/labextension"
    versions = json.loads((folder / "package.json").read_text())["dependencies"]
    (lowest,) = re.findall(r"jupyterlab>=(\d+\.\d+)", str(pyproject["project"]["dependencies"]))
    assert versions["@jupyterlab/application"] == f"^{lowest}.0"
    (built,) = (REPOSITORY / "vae_widgets/labextension/static").glob("remoteEntry.*.js")
    asked = dict(
        re.findall(
            r'shareKey:"(@jupyterlab/[^"]+)"[^}]*?requiredVersion:"([^"]+)"', built.read_text()
        )
    )
    assert asked == {name: versions[name] for name in asked}
    assert "@jupyterlab/docregistry" in asked


def test_the_change_log_has_this_version_below_what_is_not_released():
    headings = re.findall("^## (.+)", (REPOSITORY / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert headings[0] == "Unreleased"
    assert headings[1].split()[0] == vae_widgets.__version__


def test_ci_tests_every_supported_python(pyproject):
    supported = {
        name.removeprefix("Programming Language :: Python :: ")
        for name in pyproject["project"]["classifiers"]
        if "Python :: 3." in name
    }
    job = read_yaml(".github/workflows/ci.yml")["jobs"]["test"]
    assert set(job["strategy"]["matrix"]["python"]) == supported
    assert "make test" in [step.get("run") for step in job["steps"]]


def test_the_release_publishes_without_a_stored_token():
    release = read_yaml(".github/workflows/release.yml")
    assert release["permissions"] == {}
    publish = release["jobs"]["publish"]
    assert publish["permissions"] == {"id-token": "write"}
    assert publish["needs"] == "ci"
    assert "secrets." not in (GITHUB / "workflows/release.yml").read_text()


def test_a_build_for_release_knows_the_address_of_the_repository(pyproject):
    """Nobody has to keep it here: a workflow knows where it runs."""
    placeholder = "OWNER/REPOSITORY"
    assert all(placeholder in url for url in pyproject["project"]["urls"].values())
    fill_in = [
        step.get("run", "")
        for step in read_yaml(".github/workflows/ci.yml")["jobs"]["wheel"]["steps"]
    ]
    (command,) = [line for line in fill_in if placeholder in line]
    for name in ("pyproject.toml", "README.md"):  # what an index shows
        assert placeholder in (REPOSITORY / name).read_text()
        assert name in command


def test_pre_commit_has_the_versions_of_pyproject(pyproject):
    requirements = pyproject["project"]["optional-dependencies"]["test"]
    hooks = read_yaml(".pre-commit-config.yaml")["repos"][0]["hooks"]
    for hook in hooks:
        assert set(hook["additional_dependencies"]) <= set(requirements), hook["id"]
