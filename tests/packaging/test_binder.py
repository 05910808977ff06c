"""A Binder launch gets what it needs; without Docker, by taking the same steps."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import time
import tomllib
import urllib.error
import urllib.request
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from tests.support import install

REPOSITORY = Path(__file__).parents[2]
TOUR = "notebooks/00_tour.ipynb"
INDEX = "notebooks/00_index.ipynb"


@pytest.fixture(scope="module")
def environment():
    """The conda part of environment.yml, name to version, and the list of its pip part."""
    listed = yaml.safe_load((REPOSITORY / "binder/environment.yml").read_text())["dependencies"]
    conda = dict(entry.partition("=")[::2] for entry in listed if isinstance(entry, str))
    (pip,) = (entry["pip"] for entry in listed if isinstance(entry, dict))
    return conda, [Requirement(line) for line in pip]


@pytest.fixture(scope="module")
def project():
    return tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]


def test_python_is_pinned_inside_the_declared_range(environment, project):
    conda, _ = environment
    assert re.fullmatch(r"3\.\d+\.\d+", conda["python"])
    assert conda["python"] in SpecifierSet(project["requires-python"])
    assert conda["nodejs"]


def test_everything_from_pip_is_pinned(environment):
    _, pip = environment
    assert [str(line) for line in pip if not re.fullmatch(r"==[\d.]+", str(line.specifier))] == []


def test_every_dependency_is_there_at_a_version_in_range(environment, project):
    """Without this, postBuild's --no-deps would install a package that does not import."""
    _, pip = environment
    pins = {canonicalize_name(line.name): str(line.specifier).removeprefix("==") for line in pip}
    pins["tensorflow"] = pins.pop("tensorflow-cpu")
    for line in map(Requirement, project["dependencies"]):
        assert pins[canonicalize_name(line.name)] in line.specifier, line.name


def test_repo2docker_uses_both_files(output_of, clean_checkout):
    repo2docker = [sys.executable, "-m", "repo2docker", "--no-build", "--debug", "."]
    dockerfile = output_of(*repo2docker, cwd=clean_checkout)
    assert 'env update -p ${NB_PYTHON_PREFIX} --file "binder/environment.yml"' in dockerfile
    assert "RUN ./binder/postBuild" in dockerfile
    assert "binder/start" in dockerfile


def test_a_server_has_one_thread_for_each_library(output_of):
    show = "import json, os; print(json.dumps(dict(os.environ)))"
    started = output_of(REPOSITORY / "binder/start", sys.executable, "-c", show)
    variables = json.loads(started)
    for library in ("OMP", "OPENBLAS", "TF_NUM_INTRAOP", "TF_NUM_INTEROP"):
        name = f"{library}_THREADS" if library.startswith("TF") else f"{library}_NUM_THREADS"
        assert variables[name] == "1"


def test_the_index_has_every_notebook_and_its_links_lead_somewhere():
    index = REPOSITORY / INDEX
    cells = json.loads(index.read_text())["cells"]
    texts = "".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    linked = re.findall(r"\]\(([^)]+\.ipynb)\)", texts)
    there = {path.relative_to(index.parent).as_posix() for path in index.parent.rglob("*.ipynb")}
    assert sorted(linked) == sorted(there - {index.name})


@pytest.fixture(scope="module")
def launched(output_of, environment, clean_checkout, node_modules, tmp_path_factory):
    """The repository and the bin folder of an environment, made as Binder makes them."""
    root = tmp_path_factory.mktemp("binder")
    repository, prefix = root / "repository", root / "notebook"
    shutil.copytree(clean_checkout, repository)
    # npm then looks whether these are the right packages, but need not fetch them once more.
    there = repository / "vae_widgets/frontend/node_modules"
    shutil.copytree(node_modules, there, symlinks=True, copy_function=os.link)
    for folder in ("home", "runtime"):
        (root / folder).mkdir()
    try:
        venv = [sys.executable, "-m", "uv", "venv", "--seed", f"--python={sys.executable}", prefix]
        output_of(*venv, env=install.environment())
        command = [*install.uv_pip_install(), f"--python={prefix}", *map(str, environment[1])]
        output_of(*command, env=install.environment())
        _share_compiled_modules(prefix)
        with pytest.MonkeyPatch.context() as patch:
            for name in ("PYTHONPATH", "VIRTUAL_ENV", "JUPYTER_PATH", "JUPYTER_CONFIG_DIR"):
                patch.delenv(name, raising=False)
            patch.setenv("HOME", str(root / "home"))
            patch.setenv("PATH", str(prefix / "bin"), prepend=os.pathsep)
            patch.setenv("JUPYTER_RUNTIME_DIR", str(root / "runtime"))
            output_of("./binder/postBuild", cwd=repository)
            yield repository, prefix / "bin"
    finally:
        shutil.rmtree(root)  # two gigabytes, of which pytest would keep three copies


def test_the_imports_of_the_tour_work_on_tensorflow_for_cpus(output_of, launched):
    repository, binaries = launched
    cells = json.loads((repository / TOUR).read_text())["cells"]
    imports = [
        ast.unparse(node)
        for cell in cells
        if cell["cell_type"] == "code"
        for node in ast.walk(_parse_cell("".join(cell["source"])))
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert "import vae_widgets as vw" in imports
    report = """
import importlib.metadata, json
import tensorflow
print(json.dumps({
    "names": [repr(vw.VAE), repr(vw.LatentScatter), repr(vw.load_dataset("digits"))],
    "provider": importlib.metadata.packages_distributions()["tensorflow"],
    "cuda": tensorflow.test.is_built_with_cuda(),
}))"""
    code = "\n".join(imports) + report
    printed = output_of(binaries / "python", "-c", code, cwd=repository / "notebooks")
    found = json.loads(printed.splitlines()[-1])
    assert "1,437 train" in found["names"][-1]
    assert found["provider"] == ["tensorflow_cpu"]
    assert not found["cuda"]


def test_jupyterlab_answers_at_the_address_of_the_tour(launched):
    repository, binaries = launched
    command = [binaries / "jupyter-lab", "--no-browser", "--port=0", "--allow-root"]
    server = subprocess.Popen(
        [*command, "--ServerApp.ip=127.0.0.1", "--IdentityProvider.token=secret"],
        cwd=repository,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        # What a link with ?labpath=notebooks/00_tour.ipynb is redirected to, and so the index.
        page = _get(server, f"lab/tree/{TOUR}")
        config = json.loads(re.search("jupyter-config-data.*?>(.*?)</script>", page, re.S)[1])
        assert "@jupyterlab/apputils-extension:announcements" in config["disabledExtensions"]
        assert json.loads(_get(server, f"api/contents/{INDEX}"))["type"] == "notebook"
        tour = json.loads(_get(server, f"api/contents/{TOUR}"))
        assert tour["type"] == "notebook"
        kernels = json.loads(_get(server, "api/kernelspecs"))
        assert tour["content"]["metadata"]["kernelspec"]["name"] in kernels["kernelspecs"]
    finally:
        server.terminate()
        server.wait(timeout=30)


def test_jupyterlab_has_the_extension_without_node(launched):
    _, binaries = launched
    assert shutil.which("node", path=binaries) is None
    listed = subprocess.run(
        [binaries / "jupyter-labextension", "list"],
        env={**os.environ, "PATH": str(binaries)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
    ).stdout
    plain = re.sub(r"\x1b\[\d+m", "", listed)
    assert re.search(r"^ *vae-widgets v[\d.]+ enabled +OK \(python, vae_widgets\)$", plain, re.M), (
        plain
    )


def _share_compiled_modules(prefix: Path) -> None:
    """Copy what Python has compiled of the same files here: of TensorFlow's it takes 7 s."""
    ours = Path(sysconfig.get_path("purelib"))
    (theirs,) = prefix.glob("lib/python*/site-packages")
    for name in _hashed_modules(ours) & _hashed_modules(theirs):
        module = Path(name.partition(",")[0])
        cache = module.parent / "__pycache__" / f"{module.stem}.{sys.implementation.cache_tag}.pyc"
        if (ours / cache).is_file():
            (theirs / cache).parent.mkdir(exist_ok=True)
            (theirs / module).unlink()  # uv may have linked it to the files of others
            for file in (module, cache):  # with the time of the module, by which Python knows it
                shutil.copy2(ours / file, theirs / file)


def _hashed_modules(site_packages: Path) -> set[str]:
    """Return the lines "path,hash,size" of all modules that were installed."""
    records = site_packages.glob("*.dist-info/RECORD")
    lines = (line for record in records for line in record.read_text().splitlines())
    return {line for line in lines if ".py,sha256=" in line and not line.startswith("..")}


def _parse_cell(source: str) -> ast.AST:
    """Parse a cell as IPython does: without its magics, and with `await` anywhere."""
    python = "\n".join(line for line in source.splitlines() if not line.startswith(("%", "!")))
    flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    return compile(python, TOUR, "exec", flags)


def _get(server: subprocess.Popen, path: str, timeout: float = 60) -> str:
    """Ask the server as soon as it has written down where it listens."""
    deadline = time.monotonic() + timeout
    note = Path(os.environ["JUPYTER_RUNTIME_DIR"], f"jpserver-{server.pid}.json")
    while time.monotonic() < deadline and server.poll() is None:
        try:
            url = json.loads(note.read_text())["url"]
            request = urllib.request.Request(url + path, headers={"Authorization": "token secret"})
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.read().decode()
        except (FileNotFoundError, json.JSONDecodeError):
            pass
        except urllib.error.URLError as error:  # the note comes before the server listens
            if not isinstance(error.reason, ConnectionRefusedError):
                raise
        time.sleep(0.05)
    raise AssertionError(f"JupyterLab did not start (exit status {server.poll()})")
