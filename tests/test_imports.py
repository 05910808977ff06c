"""Imports form no cycle and follow the map of CONTRIBUTING.md, in Python and in TypeScript.

Imports inside functions and for types alone count, too.
"""

import ast
import functools
import graphlib
import pathlib
import posixpath
import re
import sys

import vae_widgets

PACKAGE = pathlib.Path(vae_widgets.__file__).parent
FRONTEND = PACKAGE / "frontend" / "src"

# Folder or module -> what it may import beside itself. "core" is the folder alone, "core.*" it and
# its subfolders. A module has the rule of its name, or else of its folder.
CORE = {"core", "core.checks"}
ARROWS = {
    **dict.fromkeys(("core", "core.checks", "core.labels", "core.latent", "core.training"), CORE),
    "core.thresholds": {*CORE, "core.labels"},
    "core.scores": {*CORE, "core.thresholds"},
    "core.review": {*CORE, "core.thresholds", "core.scores"},
    "codec": {"core.*"},
    "molecules": CORE,
    "rendering": {"core.*", "molecules"},
    "bundle.errors": set(),
    "bundle.onnx": {"bundle.errors", *CORE},
    "bundle": {"bundle.*", "codec", "core.*", "rendering"},
    "datasets": {"codec", "core.*", "molecules", "rendering"},
    "datasets.own_data": {"core.*", "datasets", "datasets.rows", "rendering"},
    "datasets.rows": {"core.*"},
    "adapters": {"bundle.onnx", "codec", "core.*", "rendering"},
    "plugins": {"bundle.*", "core.*", "datasets", "rendering"},
    "pretrained": {"bundle.*", "core.*"},
    "course": {"bundle.*", "core.*"},
    "cli": {
        *("__init__", "bundle.*", "core.*", "datasets.*", "models.detector", "plugins"),
        *("cli.*", "widgets.explorer"),
    },
    "cli.errors": {"core"},
    "models.devices": set(),
    "models.losses": {"core.*", "models.devices"},
    "models.networks": {"core.*", "models.losses"},
    "models.networks.architectures": {"core.*", "models.losses"},
    "models.data": {"core.*", "models.losses"},
    "models.serialization": {
        *("bundle.*", "codec", "core.*", "rendering", "models.data", "models.losses"),
        *("models.networks.*", "__init__"),  # the version
    },
    "models.inference": {
        *("bundle.*", "core.*"),
        *("models.data", "models.losses", "models.networks.*", "models.serialization"),
    },
    "models.training": {
        *("bundle.*", "core.*", "models.data", "models.losses", "models.networks.*"),
        *("models.serialization", "models.inference", "models.devices"),
    },
    "models": {"bundle.*", "codec", "core.*", "models.*", "rendering"},
    "models.detector": {"bundle.*", "codec", "core.*", "models.*", "rendering"},
    "models.sweeps": {"core.*", "models.serialization", "models.training"},
    "widgets": set(),
    "frontend": {"widgets.*"},  # hot reload for contributors, which is not in the wheel
    "widgets.base": {"codec", "core.*", "rendering"},
    "widgets.traits": {"codec", "core.*", "rendering"},
    "widgets.exported_page": {"codec", "core.*", "rendering", "widgets.base"},
    "widgets.still_pictures": {"core.*", "rendering", "widgets.exported_page"},
}
SHARED = {"widgets.base", "widgets.traits", "widgets.still_pictures"}
WIDGETS = {
    "tile_strip": set(),
    "curve_plot": set(),
    "latent_scatter": set(),
    "links": {"latent_scatter"},
    "interpolation_slider": {"links", "latent_scatter"},
    "anomaly_histogram": {"tile_strip", "curve_plot", "links", "latent_scatter"},
    "review_queue": {"anomaly_histogram"},
    "training_monitor": {"tile_strip", "curve_plot"},
    "presentation": set(),
    "explorer": {
        *("tile_strip", "latent_scatter", "links", "interpolation_slider", "anomaly_histogram"),
        "review_queue",
    },
}
# A page that trains by itself: data sets, and how pages are written.
ARROWS["playground"] = {"core.*", "datasets", "widgets.base", "widgets.exported_page"}
for widget, others in WIDGETS.items():
    ARROWS[f"widgets.{widget}"] = {
        *("codec", "core.*", "rendering", *SHARED),
        *(f"widgets.{other}" for other in others),
    }
# The public names: for type checkers, and at run time on first use.
ARROWS["__init__"] = {f"{part}.*" for part in ("bundle", "core", "datasets", "models", "rendering")}
ARROWS["__init__"] |= {"adapters", "codec", "playground", "plugins", "pretrained", "widgets.*"}

# Other packages, by part: those of import time, and those that are imported on first use.
OUTSIDE = {
    "__init__": (set(), set()),
    "core": ({"numpy"}, {"dask", "scipy", "sklearn"}),
    "codec": ({"numpy"}, set()),
    "molecules": ({"numpy"}, {"scipy"}),
    "rendering": ({"numpy", "PIL"}, {"mido"}),
    "bundle": ({"numpy", "onnxruntime", "PIL"}, set()),
    "datasets": ({"numpy", "platformdirs"}, {"PIL", "mlxtend", "pyarrow", "sklearn"}),
    "adapters": ({"numpy"}, {"onnx", "torch"}),
    "playground": ({"numpy"}, set()),
    "course": ({"numpy"}, {"IPython", "jupyter_core", "pandas"}),
    "plugins": (set(), set()),
    "pretrained": (set(), set()),
    "models": (
        {"h5py", "keras", "numpy", "onnx", "scipy", "sklearn", "tensorflow"},
        {"joblib", "pandas", "tf2onnx"},
    ),
    "widgets": (
        {"anywidget", "bqplot", "IPython", "ipywidgets", "numpy", "PIL", "traitlets"},
        {"matplotlib"},
    ),
    "cli": ({"numpy"}, {"jupyter_core", "pandas", "pyarrow", "rich"}),
    "frontend": ({"ipywidgets"}, {"ipywidgets"}),
}

# Of frontend/src: what each folder may import beside itself.
FRONTEND_SHARED = {"format", "kernel", "canvas", "controls", "storage", "codec"}
FRONTEND_ARROWS = {
    "format": set(),
    "kernel": set(),
    "codec": {"kernel", "canvas", "model", "rendering"},
    "rendering": {"kernel"},
    "model/onnx": set(),
    "model/matrix": set(),
    "model/operators": {"model/onnx", "model/matrix"},
    "model": {"model/onnx", "model/matrix", "model/operators"},
    "canvas": {"format", "kernel"},
    "controls": {"format", "kernel", "canvas"},
    "boxes": {"controls"},
    "hosted_view": {"boxes", "controls", "kernel"},
    "storage": {"format", "kernel", "canvas", "controls"},
    **dict.fromkeys(("tile_strip", "curve_plot"), FRONTEND_SHARED),
    "interpolation_slider": FRONTEND_SHARED | {"rendering"},
    "anomaly_histogram": FRONTEND_SHARED,
    **dict.fromkeys(("review_queue", "explorer", "presentation"), FRONTEND_SHARED),
    "training_monitor": FRONTEND_SHARED | {"curve_plot"},
}
SCATTER = {
    "state": FRONTEND_SHARED,
    "plot": FRONTEND_SHARED | {"latent_scatter/state"},
    "gestures": FRONTEND_SHARED | {"latent_scatter/state", "latent_scatter/plot"},
    "path": FRONTEND_SHARED | {"latent_scatter/state", "latent_scatter/plot"},
    "decode": FRONTEND_SHARED | {"latent_scatter/state", "latent_scatter/plot"},
    "panels": FRONTEND_SHARED | {f"latent_scatter/{f}" for f in ("state", "plot", "decode")},
}
# What Python does behind the widgets, for a page without it.
FRONTEND_ARROWS["page_kernel"] = {
    *(FRONTEND_SHARED | {"model", "rendering"}),
    *("review_queue", "anomaly_histogram", "curve_plot", "latent_scatter/state"),
}
FRONTEND_ARROWS["own_sample"] = FRONTEND_SHARED | {"page_kernel"}
FRONTEND_ARROWS["exported_page"] = FRONTEND_SHARED | {"boxes", "model", "own_sample", "page_kernel"}
# The page that trains puts together parts of the widgets.
FRONTEND_ARROWS["playground/network"] = {"model/matrix"}
FRONTEND_ARROWS["playground/worker"] = {"model/matrix", "playground/network"}
FRONTEND_ARROWS["playground/data"] = {
    *("format", "kernel", "rendering", "own_sample", "page_kernel"),
    "playground/network",
}
FRONTEND_ARROWS["playground/view"] = {
    *(FRONTEND_SHARED | {"model/matrix", "rendering", "playground/network"}),
    *("anomaly_histogram", "curve_plot", "interpolation_slider", "page_kernel"),
    *(f"latent_scatter/{folder}" for folder in ("decode", "gestures", "path", "plot")),
}
FRONTEND_ARROWS["playground"] = {
    *(FRONTEND_SHARED | {"exported_page"}),
    *(f"playground/{folder}" for folder in ("data", "network", "view", "worker")),
}
# The viewer of files in JupyterLab.
FRONTEND_ARROWS["vae_file"] = {
    *FRONTEND_SHARED,
    *("model", "model/matrix", "rendering", "latent_scatter/state"),
    *("own_sample", "page_kernel"),
    *("latent_scatter", "interpolation_slider", "training_monitor"),
}
FRONTEND_ARROWS |= {f"latent_scatter/{folder}": others for folder, others in SCATTER.items()}
FRONTEND_ARROWS["latent_scatter"] = FRONTEND_SHARED | {f"latent_scatter/{f}" for f in SCATTER}


def name_of(path):
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")


SOURCES = {name_of(p): p for p in PACKAGE.rglob("*.py") if "node_modules" not in p.parts}


def imported(node, later=False):
    """Yield the full name of what a syntax tree imports, and whether at import time."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from ((alias.name, not later) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            assert child.level == 0, f"line {child.lineno}: import by the full name"
            yield from ((f"{child.module}.{alias.name}", not later) for alias in child.names)
        waits = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        types = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test)
        yield from imported(child, later or waits or types)


def module_of(full_name):
    """Return the module of the package that is meant by ``vae_widgets.module.name``."""
    parts = full_name.split(".")[1:]
    while parts and ".".join(parts) not in SOURCES:
        parts.pop()
    return ".".join(parts) or "__init__"


@functools.cache
def imports_of(name):
    """Return what a module imports. Not at import time: each process of xdist collects this."""
    return list(imported(ast.parse(SOURCES[name].read_text())))


def own_imports(name):
    found = {module_of(full) for full, _ in imports_of(name) if full.split(".")[0] == "vae_widgets"}
    return found - {name}


def rule_of(name):
    is_package = SOURCES[name].name == "__init__.py"
    return name if name in ARROWS or is_package else name.rpartition(".")[0]


def fits(name, allowed):
    whole = allowed.removesuffix(".*")
    return rule_of(name) == whole or (allowed != whole and name.startswith(f"{whole}."))


def test_imports_follow_the_map():
    wrong = {
        f"{name} must not import {other}"
        for name in SOURCES
        for other in own_imports(name)
        if not other.startswith(f"{name}.")  # a package may import its own modules
        and rule_of(other) != rule_of(name)
        and not any(fits(other, allowed) for allowed in ARROWS[rule_of(name)])
    }
    assert not wrong


def test_other_packages_are_those_of_the_map():
    wrong = set()
    for name in SOURCES:
        at_once, later = OUTSIDE[name.split(".")[0]]
        for full, now in imports_of(name):
            top = full.split(".")[0]
            known = {"vae_widgets", *sys.stdlib_module_names, *at_once, *(() if now else later)}
            if top not in known:
                wrong.add(f"{name} must not import {full}")
    assert not wrong


def test_no_python_module_imports_itself_through_others():
    # The public names of vae_widgets are imported on first use, after everything else.
    graph = {name: own_imports(name) - {"__init__"} for name in SOURCES}
    graphlib.TopologicalSorter(graph).prepare()  # raises CycleError, which names the modules


MODULES = sorted(path.relative_to(FRONTEND).as_posix() for path in FRONTEND.rglob("*.ts"))


def module_imports(module):
    text = (FRONTEND / module).read_text()
    for target in re.findall(r'(?:\bfrom|^import|\bimport\()\s*"(\.[^"]+)"', text, re.M):
        yield posixpath.normpath(posixpath.join(posixpath.dirname(module), target))


def test_front_end_imports_follow_the_map():
    wrong = set()
    for module in MODULES:
        folder = posixpath.dirname(module)
        for other in module_imports(module):
            assert (FRONTEND / other).is_file(), f"{module} imports {other}"
            if posixpath.dirname(other) not in {folder, *FRONTEND_ARROWS[folder]}:
                wrong.add(f"{module} must not import {other}")
    assert not wrong


def test_no_front_end_module_imports_itself_through_others():
    graph = {module: {*module_imports(module)} for module in MODULES}
    assert sum(map(len, graph.values())) > 2 * len(MODULES)
    graphlib.TopologicalSorter(graph).prepare()
