"""The installed package starts quickly and small, because it leaves TensorFlow alone."""

import os
import sys

import pytest

from tests.support import install

# What the kernel counted for this program alone. The usual ru_maxrss also counts the process that
# started it, up to the moment this program took over: here, pytest.
PRINT_PEAK = """
with open("/proc/self/status") as status:
    print(next(line.split()[1] for line in status if line.startswith("VmHWM")))
"""
PARTS = ("children_user", "children_system")
PRINT_HEAVY = "import sys; print({'tensorflow', 'keras'} & set(sys.modules))"


@pytest.fixture(scope="module")
def run(output_of, wheel, tmp_path_factory):
    """Run code in a fresh process in which the wheel is installed, away from the repository."""
    site, elsewhere = tmp_path_factory.mktemp("site"), tmp_path_factory.mktemp("elsewhere")
    command = [*install.uv_pip_install(), "--no-deps", "--compile-bytecode", f"--target={site}"]
    output_of(*command, wheel, env=install.environment())
    variables = {**os.environ, "PYTHONPATH": str(site)}

    def run(code: str) -> str:
        return output_of(sys.executable, "-c", code, cwd=elsewhere, env=variables)

    assert run("import vae_widgets; print(vae_widgets.__file__)").startswith(str(site))
    return run


def test_import_loads_neither_tensorflow_nor_keras(run):
    check = "import vae_widgets, sys; print('tensorflow' in sys.modules or 'keras' in sys.modules)"
    assert run(check) == "False"


def test_import_takes_under_half_a_second(run):
    def seconds():
        start = os.times()
        run("import vae_widgets")  # the start of Python included
        end = os.times()
        return sum(getattr(end, part) - getattr(start, part) for part in PARTS)

    # Processor time, and the least of a few: what it costs, not what else the machine was doing.
    assert min(seconds() for _ in range(3)) < 0.5


def test_import_takes_under_120_megabytes(run):
    assert int(run("import vae_widgets" + PRINT_PEAK)) * 1024 < 120e6


def test_no_widget_loads_tensorflow_or_keras(run):
    import_all = """
import importlib, pkgutil, vae_widgets.widgets
for module in pkgutil.walk_packages(vae_widgets.widgets.__path__, "vae_widgets.widgets."):
    importlib.import_module(module.name)
    print(module.name)
"""
    *modules, heavy = run(import_all + PRINT_HEAVY).splitlines()
    assert "vae_widgets.widgets.latent_scatter.widget" in modules
    assert heavy == "set()"


def test_every_public_name_resolves(run):
    code = "import vae_widgets as vw; print([n for n in vw.__all__ if not hasattr(vw, n)])"
    assert run(code) == "[]"
