"""Every step in the lists of CONTRIBUTING.md, "How to add ...", was taken; see there."""

import ast
import copy
import importlib
import inspect
import pkgutil
import re
import subprocess
import tomllib
from pathlib import Path

import numpy as np
import pytest

import vae_widgets as vw
from tests.rendering.test_named import EXAMPLES
from tests.widgets import invariants
from vae_widgets import datasets, rendering
from vae_widgets.core import thresholds
from vae_widgets.core.thresholds import METHODS, Threshold
from vae_widgets.rendering.named import PAINTED, TWINS
from vae_widgets.rendering.registry import RENDERERS
from vae_widgets.rendering.value_range import RangedRenderer

REPOSITORY = Path(__file__).parents[1]
PACKAGE = REPOSITORY / "vae_widgets"
README = (REPOSITORY / "README.md").read_text()
CHANGELOG = (REPOSITORY / "CHANGELOG.md").read_text()
CONTRIBUTING = (REPOSITORY / "CONTRIBUTING.md").read_text()
DOCUMENTS = "\n".join(file.read_text() for file in (REPOSITORY / "docs").rglob("*.md"))

WIDGETS = [n for n, home in vw._HOME.items() if home.startswith("widgets.") and n[0].isupper()]
ADDITIONS = [
    *METHODS,
    *(kind.__name__ for kind in RENDERERS.values()),
    *vw.list_datasets(),
    *WIDGETS,
]


def defined_in(package):
    """Yield what the modules of a package define themselves and do not keep private."""
    for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        module = importlib.import_module(found.name)
        for name, value in vars(module).items():
            if getattr(value, "__module__", "") == found.name and not name.startswith("_"):
                yield value


def module_of(value):
    return value.__module__.rsplit(".", 1)[-1]


def snake(name):
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def test_type_checkers_see_the_public_names():
    tree = ast.parse((PACKAGE / "__init__.py").read_text())
    block = next(node for node in tree.body if isinstance(node, ast.If))
    typed = {alias.name: node.module for node in block.body for alias in node.names}
    assert typed == {name: f"vae_widgets.{home}" for name, home in vw._HOME.items()}


def test_the_change_log_names_every_addition():
    assert [name for name in ADDITIONS if f"`{name}`" not in CHANGELOG] == []


# Threshold methods


def test_every_function_that_chooses_a_threshold_is_a_method():
    by_hand = {vw.choose_threshold, thresholds.apply_method}
    choose = {
        function
        for function in defined_in(thresholds)
        if inspect.isfunction(function) and function.__annotations__.get("return") is Threshold
    }
    assert choose - by_hand == {method.choose for method in METHODS.values()}, "add it to METHODS"


@pytest.mark.parametrize("name", METHODS)
def test_a_threshold_method_is_exported_documented_and_tested(name):
    function, parameters = METHODS[name].choose, METHODS[name].parameters
    assert function.__name__ in thresholds.__all__
    table = inspect.getdoc(vw.choose_threshold)
    assert f'"{name}"' in table
    assert [parameter for parameter in parameters if f"``{parameter}``" not in table] == []
    entries = re.findall(r"^([\w, ]+)$", inspect.getdoc(function), re.MULTILINE)
    assert {*parameters} <= {each for entry in entries for each in entry.split(", ")}
    tests = REPOSITORY / f"tests/core/thresholds/test_{module_of(function)}.py"
    assert function.__name__ in tests.read_text()
    assert f"| {name} |" in DOCUMENTS, "`make coverage` writes it into docs/explanation/coverage.md"


def test_the_readme_counts_the_threshold_methods():
    assert f"one of {len(METHODS)} methods" in README


# Renderers


def test_every_renderer_can_be_named_in_a_file():
    renderers = {
        kind
        for kind in defined_in(rendering)
        if inspect.isclass(kind) and "__call__" in vars(kind) and kind is not rendering.Renderer
    }
    assert renderers == set(RENDERERS.values()), "add it to RENDERERS"


@pytest.mark.parametrize("kind", RENDERERS.values())
def test_a_renderer_is_public_documented_and_tested(kind):
    name = kind.__name__
    assert name in rendering.__all__
    assert name in vw.__all__
    assert getattr(vw, name) is kind
    assert f"`{name}`" in README
    assert name in (REPOSITORY / f"tests/rendering/test_{module_of(kind)}.py").read_text()
    assert kind in {type(renderer) for renderer, _ in EXAMPLES}, "add it to tests of test_named.py"
    if {"vmin", "vmax"} <= set(inspect.signature(kind).parameters):
        assert issubclass(kind, RangedRenderer)


@pytest.mark.parametrize(("renderer", "samples"), EXAMPLES)
def test_a_renderer_keeps_the_promises_of_all_renderers(renderer, samples):
    tiles = rendering.render(renderer, samples)
    assert len(tiles) == len(samples)
    one = rendering.with_range_of(renderer, samples)
    np.testing.assert_array_equal(rendering.render(one, samples)[:1], one(samples[:1]))
    residual = rendering.render_compared(one, samples, samples[::-1])
    assert residual.shape == (3 * len(samples), *tiles.shape[1:])


@pytest.mark.parametrize(
    ("renderer", "samples"), [each for each in EXAMPLES if isinstance(each[0], RangedRenderer)]
)
def test_a_range_of_which_one_end_is_set_is_not_empty(renderer, samples):
    beyond = 10.0 + 10 * np.abs(samples).max()
    for vmin, vmax in ((beyond, None), (None, -beyond)):
        one = copy.copy(renderer)
        one.vmin, one.vmax = vmin, vmax
        fixed = one.for_data(samples)
        assert fixed.vmin < fixed.vmax
        assert vmin in (None, fixed.vmin)
        assert vmax in (None, fixed.vmax)


def test_the_renderers_of_the_page_are_known_to_python():
    folder = PACKAGE / "frontend/src/rendering"
    source = (folder / "twins.ts").read_text()
    table = re.search(r"const TWINS = \{(.*?)\}", source, re.DOTALL)[1]
    names = sorted(re.findall(r"(\w+):", table))
    assert names == sorted(TWINS), "list it in vae_widgets/rendering/named.py"
    painted = [name for name in names if "paint(" in (folder / f"{name}.ts").read_text()]
    assert painted == sorted(PAINTED), "list it in vae_widgets/rendering/named.py"


@pytest.mark.parametrize("name", TWINS)
def test_a_renderer_of_the_page_is_documented_and_compared_with_that_of_python(name):
    kind = RENDERERS[name].__name__
    compared = (REPOSITORY / "tests/frontend/rendering/test_twins.py").read_text()
    assert f"vw.{kind}(" in compared
    pages = ("docs/how_to/exported_page.md", "docs/explanation/in_page_model.md")
    assert [page for page in pages if f"`{kind}`" not in (REPOSITORY / page).read_text()] == []


def test_the_viewer_of_files_has_a_word_for_the_samples_of_each_renderer():
    source = (PACKAGE / "frontend/src/vae_file/summary.ts").read_text()
    table = source.split("const what = {\n")[1].split("\n  }[renderer.name]")[0]
    assert set(re.findall(r"^ +(\w+): `", table, re.MULTILINE)) == set(RENDERERS)
    source = (PACKAGE / "frontend/src/vae_file/renderers.ts").read_text()
    assert re.findall(r'"(\w+)"', source.split("NAMES = [")[1].split("]")[0]) == sorted(RENDERERS)


# Data sets


def test_every_function_that_loads_a_data_set_is_offered():
    loaders = {
        function.__name__.removeprefix("load_")
        for function in defined_in(datasets)
        if inspect.isfunction(function) and function.__annotations__.get("return") is vw.Dataset
    }
    loaders -= {"grey_images", "dataset_of_pieces", "read_first"}
    assert loaders == set(vw.list_datasets()), "add it to LOADERS"


@pytest.mark.parametrize("name", vw.list_datasets())
def test_a_data_set_is_documented_and_tested(name):
    assert f'``"{name}"``' in inspect.getdoc(vw.load_dataset)
    assert f'"{name}"' in README
    assert f'load_dataset("{name}"' in (REPOSITORY / f"tests/datasets/test_{name}.py").read_text()


# Widgets


def test_what_a_button_of_a_scatter_switches_is_shown():
    scatter = PACKAGE / "frontend/src/latent_scatter/widget.ts"
    bindings = scatter.read_text().split("#bindings(): ")[1].split("\n  }\n")[0]
    # `picked` is shown with its picture.
    switched = vw.LatentScatter.class_traits(page_writes=True).keys() - {"picked"}
    assert len(switched) > 12
    assert [
        name for name in switched if not re.search(rf"^ +{name}: ", bindings, re.MULTILINE)
    ] == []


@pytest.mark.parametrize("drawer", ["dimensions", "points", "save"])
def test_what_a_drawer_of_a_scatter_can_do_has_a_button_or_a_field(drawer):
    file = PACKAGE / f"frontend/src/latent_scatter/panels/{drawer}_drawer.ts"
    source = file.read_text()
    actions = source.split("Actions {\n")[1].split("\n}\n")[0]
    names = re.findall(r"^  (\w+)\(", actions, re.MULTILINE)
    assert len(names) > 2
    assert [name for name in names if not re.search(rf"\bactions\.{name}\b", source)] == []


def test_the_keys_of_buttons_of_a_scatter_are_named_wherever_keys_are():
    scatter = PACKAGE / "frontend/src/latent_scatter"
    toolbar = (scatter / "panels/toolbar.ts").read_text()
    buttons = re.findall(r'title:\s*"([^"]+)",\s*keys: \[(.+?)\]', toolbar)
    assert len(buttons) == toolbar.count("keys: [") > 1
    own = {title: re.findall(r'"(\w+)"', keys) for title, keys in buttons}
    others = re.findall(
        r"^  (\w): ", toolbar.split("\nconst KEYS")[1].split("\n};")[0], re.MULTILINE
    )
    rows = (REPOSITORY / "docs/reference/keys.md").read_text().split("## Undo")[0].splitlines()
    (row,) = [row for row in rows if row.startswith("| LatentScatter ")]
    spoken = (scatter / "widget.ts").read_text().split("\nconst DESCRIPTION")[1].split(";\n")[0]

    def names(text, key):
        return re.search(rf"\b{key.capitalize()}\b", text)

    for title, keys in own.items():
        brackets = title.rpartition("(")[2].replace("Esc", "Escape")
        assert [key for key in keys if not names(brackets, key)] == [], "in the tooltip"
        assert [key for key in keys if f"`{key.capitalize()}`" not in row] == [], "docs: keys.md"
        assert any(names(spoken, key) for key in keys), f"DESCRIPTION says no key of: {title}"
    assert [key for key in others if not (names(row, key) and names(spoken, key))] == []
    drawers = "".join(file.read_text() for file in (scatter / "panels").glob("*_drawer.ts"))
    in_tooltips = {key.lower() for key in re.findall(r"\(([A-Z])(?:\)| opens)", drawers)}
    assert in_tooltips == {*others}, "KEYS of the toolbar has the keys of its drawers"


def test_what_the_page_of_a_scatter_sets_is_documented_and_copied_as_python():
    kind, source = vw.LatentScatter, "frontend/src/latent_scatter/state/python_code.ts"
    traits = [name for name in kind.class_traits(page_writes=True) if not name.startswith("_")]
    entries = " ".join(re.findall(r"^([\w, ]+) : ", inspect.getdoc(kind), re.MULTILINE))
    code = (PACKAGE / source).read_text()
    assert [name for name in traits if not re.search(rf"\b{name}\b", entries)] == []
    copied = [name for name in traits if name != "hovered"]  # which lasts for a moment
    assert [name for name in copied if f"`{name} = " not in code] == []


@pytest.mark.parametrize("name", WIDGETS)
def test_a_widget_stands_where_one_looks_for_it(name):
    folder = snake(name)
    module = f"vae_widgets.widgets.{folder}"
    assert getattr(vw, name).__module__ == f"{module}.widget"
    assert importlib.import_module(module).__all__ == [name]
    tests = [f"tests/{of}/{folder}/test_widget.py" for of in ("widgets", "browser")]
    sources = [f"vae_widgets/widgets/{folder}/still_picture.py"]
    if name != "Explorer":  # it is made of other widgets, and draws nothing itself
        sources.append(f"vae_widgets/frontend/src/{folder}")
    assert [path for path in tests + sources if not (REPOSITORY / path).exists()] == []


@pytest.mark.parametrize("name", WIDGETS)
def test_a_widget_is_documented(name):
    assert f"\n### {name}\n" in README
    images = re.findall(
        r"\.github/images/[\w-]+\.png", README.split(f"\n### {name}\n")[1].split("\n### ")[0]
    )
    assert len(images) >= 2, "a picture in light and one in dark"
    assert [image for image in images if not (REPOSITORY / image).is_file()] == []


def test_the_tests_of_all_widgets_make_each_widget():
    made = {make.__annotations__["return"].__name__ for make in invariants.MAKERS.values()}
    assert made >= set(WIDGETS), "add it to MAKERS"


def test_every_bundle_is_built_and_used():
    code = "\n".join(file.read_text() for file in (PACKAGE / "widgets").rglob("*.py"))
    used = set(re.findall(r'(?:bundle|static_text)\("(\w+)\.js"\)', code))
    table = (PACKAGE / "frontend/build.mjs").read_text()
    built = dict(re.findall(r'^  (\w+): "([\w/]+\.ts)",$', table, re.MULTILINE))
    assert built.keys() == used
    assert [
        path for path in built.values() if not (PACKAGE / "frontend/src" / path).is_file()
    ] == []


# The page itself


def tracked_folders(top):
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", top],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    files = [Path(file) for file in listed if (REPOSITORY / file).is_file()]
    return {folder.as_posix() for file in files for folder in file.parents} - {"."}


def test_the_map_has_every_folder_and_no_other():
    map_ = CONTRIBUTING.split("\n## The map\n")[1].split("\n## ")[0]
    named, stack = set(), []
    for line in "\n".join(re.findall(r"```\n(.*?)```", map_, re.DOTALL)).splitlines():
        indent, name = re.match(r"( *)([\w./]+)/(?: |$)", line).groups()
        stack[len(indent) // 2 :] = [name]
        named.add("/".join(stack))
    assert named == tracked_folders("vae_widgets")


def test_files_that_are_named_exist():
    named = r"`((?:vae_widgets|tests|docs|notebooks|\.github)/[\w./-]+)`"
    paths = [path for path in re.findall(named, CONTRIBUTING) if not re.search("[A-Z]{3}", path)]
    assert len(paths) > 30
    built = "vae_widgets/static"
    assert [path for path in paths if not (REPOSITORY / path).exists() and path != built] == []


def test_names_in_a_step_are_in_the_files_of_the_step():
    lists = CONTRIBUTING.split("\n## How to add\n")[1].split("\n## ")[0]
    steps = re.findall(r"^\d\. .*(?:\n   .*)*", lists, re.MULTILINE)
    assert len(steps) > 25
    for step in steps:
        spans = re.findall(r"`([^`]+)`", step)
        paths = [REPOSITORY / span for span in spans if "/" in span or "." in span]
        # For NAME.py, which is to be written, its neighbours.
        folders = [path.parent if path.stem.isupper() else path for path in paths]
        files = [file for path in folders for file in [path, *path.glob("*.*")] if file.is_file()]
        text = "\n".join(file.read_text() for file in files)
        names = [span for span in spans if re.fullmatch(r"[#_]*[A-Za-z]\w+", span)]
        unknown = [name for name in names if name not in text and name != "NAME"]
        assert unknown == [], step


def test_targets_that_are_named_exist():
    targets = set(re.findall(r"^(\w+):", (REPOSITORY / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`make (\w+)", CONTRIBUTING)) <= targets


def test_each_dependency_has_a_reason():
    pyproject = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    needed = {re.match(r"[\w-]+", each)[0] for each in pyproject["project"]["dependencies"]}
    table = CONTRIBUTING.split("\n## Dependencies\n")[1].split("\n## ")[0]
    explained = set(re.findall(r"^\| ([a-z][\w-]+) \| \S", table, re.MULTILINE)) - {"package"}
    assert explained == needed
