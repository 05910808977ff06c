"""The house: imports run down only (widgets -> rendering -> core), and keras lives in models."""

import ast
import pathlib

import pytest

import vae_widgets

PACKAGE = pathlib.Path(vae_widgets.__file__).parent

# Folder or module -> the parts of vae_widgets that it may import.
ALLOWED = {
    "core": {"core"},
    "codec": {"core"},
    "rendering": {"rendering", "core"},
    "bundle": {"bundle", "core", "codec", "rendering"},
    "models": {"models", "bundle", "core", "codec", "rendering"},
    "datasets": {"datasets", "core", "codec", "rendering"},
    "widgets": {"widgets", "rendering", "core", "codec"},
    "frontend": {"frontend", "widgets"},  # hot reload for contributors, not in the wheel
    # Public names for type checkers; at run time they are resolved on first use.
    "__init__": {"bundle", "codec", "core", "datasets", "models", "rendering", "widgets"},
}
HEAVY = {"keras", "tensorflow", "torch", "jax"}


def part_of(path):
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: import by the full name"
            yield node.module
            if node.module == "vae_widgets":
                yield from (f"vae_widgets.{alias.name}" for alias in node.names)


SOURCES = [p for p in PACKAGE.rglob("*.py") if "node_modules" not in p.parts]


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_follow_the_plan(path):
    part = part_of(path)
    for name in imports(path):
        top, *rest = name.split(".")
        if top == "vae_widgets" and rest:
            assert rest[0] in ALLOWED[part], f"{part} must not import {name}"
        if part == "core" and top == "numpy":
            continue
        assert top not in HEAVY or part == "models", f"{part} must not import {name}"
        assert top != "onnxruntime" or part == "bundle", f"{part} must not import {name}"
