"""The wheel and the sdist hold what they need, and nothing of the machine they were built on."""

import json
import re
import tarfile
import zipfile
from pathlib import Path, PurePosixPath

import pytest


@pytest.fixture(scope="module")
def wheel_files(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def sdist_names(sdist):
    with tarfile.open(sdist) as archive:
        return {PurePosixPath(*PurePosixPath(name).parts[1:]) for name in archive.getnames()}


def test_wheel_has_the_bundle_of_every_widget(wheel_files, clean_checkout):
    used = {
        name
        for path in (clean_checkout / "vae_widgets/widgets").rglob("*.py")
        for name in re.findall(r'bundle\("(\w+\.(?:js|css))"\)', path.read_text())
    }
    assert len(used) > 10
    for name in used:
        assert len(wheel_files[f"vae_widgets/static/{name}"]) > 100
    sources = (clean_checkout / "vae_widgets/frontend/src").rglob("*.ts")
    entries = [path for path in sources if re.search("^export default ", path.read_text(), re.M)]
    assert len(entries) == sum(name.endswith(".js") for name in used)


def test_bundles_are_whole(wheel_files):
    """No CDN, and nothing left to import but the runtime of models, which the kernel sends."""
    import_from_file = re.compile(r"\bimport\s*[\"'{*(]|@import|(?<!['\"])\bfrom\s*[\"']")
    import_of_text = re.compile(r"=URL\.createObjectURL\(new Blob\(\[\w+\][^;]+;\w+=import\(\w+\)")
    for name, content in wheel_files.items():
        if name.startswith("vae_widgets/static/"):
            text, imported = import_of_text.subn("", content.decode())
            assert imported == (name == "vae_widgets/static/shared.js"), name
            assert not import_from_file.search(text), name
            assert not re.search(r"https?://(?!www\.w3\.org/)", text), name


def test_wheel_has_the_extension_of_jupyterlab(wheel_files, repository_files, clean_checkout):
    folder = ".data/data/share/jupyter/labextensions/vae-widgets/"
    files = {
        name.split(folder)[1]: content.decode()
        for name, content in wheel_files.items()
        if folder in name
    }
    assert json.loads(files["package.json"])["jupyterlab"]["_build"]["load"] in files
    assert json.loads(files["install.json"])["packageName"] == "vae_widgets"
    assert json.loads(files["schemas/vae-widgets/settings.json"])["properties"]
    scripts = "".join(text for name, text in files.items() if name.endswith(".js"))
    notebooks = [file for file in repository_files if file.match("labextension/notebooks/*.ipynb")]
    shown = [Path("notebooks/00_tour.ipynb"), Path("notebooks/01_your_own_data.ipynb")]
    for notebook in [*shown, *notebooks]:
        heading = json.loads((clean_checkout / notebook).read_text())["cells"][0]["source"][0]
        assert heading.strip() in scripts


def test_wheel_has_the_program_its_tour_and_the_lessons(wheel_files, clean_checkout):
    (scripts,) = (text for name, text in wheel_files.items() if name.endswith("entry_points.txt"))
    assert "vae-widgets = vae_widgets.cli:main" in scripts.decode()
    share = ".data/data/share/jupyter/vae_widgets/"
    notebooks = {name.split(share)[1]: text for name, text in wheel_files.items() if share in name}
    course = sorted((clean_checkout / "notebooks/course").iterdir())
    sources = {"tour.ipynb": clean_checkout / "notebooks/00_tour.ipynb"}
    sources |= {f"course/{path.name}": path for path in course}
    assert notebooks == {name: path.read_bytes() for name, path in sources.items()}


def test_wheel_has_every_python_module(wheel_files, clean_checkout):
    modules = {
        path.relative_to(clean_checkout).as_posix()
        for path in (clean_checkout / "vae_widgets").rglob("*.py")
        if "frontend" not in path.parts
    }
    assert modules == {name for name in wheel_files if name.endswith(".py")}


def test_wheel_has_only_the_package_and_its_licence(wheel_files):
    tops = {name.split("/")[0] for name in wheel_files}
    data, info = sorted(tops - {"vae_widgets"})
    assert re.fullmatch(r"vae_widgets-[\d.]+\.dist-info", info)
    assert data == info.replace("dist-info", "data")
    assert wheel_files[f"{info}/licenses/LICENSE"].startswith(b"BSD 3-Clause")
    for name in wheel_files:
        assert "node_modules" not in name
        assert "frontend/" not in name
        assert not name.endswith((".ts", ".map"))


def test_wheel_does_not_tell_where_it_was_built(wheel_files, tmp_path_factory):
    here = [str(tmp_path_factory.getbasetemp()), f"{Path.home()}/"]
    for name, content in wheel_files.items():
        for path in here:
            assert path.encode() not in content, f"{name} holds {path}"


def test_wheel_is_small(wheel):
    """Without the pretrained models, whose size tests/pretrained bounds, and the lessons."""
    with zipfile.ZipFile(wheel) as archive:
        models = [file for file in archive.infolist() if file.filename.endswith(".vae")]
        lessons = [file for file in archive.infolist() if "/vae_widgets/course/" in file.filename]
    assert models
    assert sum(file.compress_size for file in lessons) < 50_000
    packed = sum(file.compress_size for file in (*models, *lessons))
    assert wheel.stat().st_size - packed < 1_100_000  # bytes


def test_sdist_has_the_sources_of_the_front_end(sdist_names, repository_files):
    frontend = {PurePosixPath(file) for file in repository_files if "frontend" in file.parts}
    assert PurePosixPath("vae_widgets/frontend/package.json") in frontend
    assert PurePosixPath("vae_widgets/frontend/labextension/src/index.ts") in frontend
    missing = frontend - sdist_names
    assert not missing
    assert not [name for name in sdist_names if "node_modules" in name.parts]
