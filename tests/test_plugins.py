"""The packages of tests/support are installed for real, and used as docs/how_to/plugins.md says."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import vae_widgets as vw
from tests.support.messages import ask
from tests.support.plugins import EXAMPLE, installed

PAGE = (Path(__file__).parents[1] / "docs/how_to/plugins.md").read_text()
NAMES = {"dataset": "wine", "renderer": "stripes", "codec": "pca", "threshold": "widest_gap"}
SCORES = np.concatenate([np.linspace(0, 1, 97), [3.0, 3.5, 9.0]])


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def run(code, folder, where):
    """Run code in a process in which the packages are installed; return what it wrote."""
    path = os.pathsep.join([str(folder), str(Path(__file__).parents[1])])
    variables = {**os.environ, "PYTHONPATH": path, "PYTHONWARNINGS": "default"}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, cwd=where, env=variables)
    assert done.returncode == 0, done.stderr
    return done.stdout, done.stderr


@pytest.fixture(scope="module")
def plugins(plugin_folder):
    """The packages, installed in this process too."""
    with installed(plugin_folder):
        yield


def test_the_page_shows_the_example_as_it_is():
    assert blocks("toml") == [(EXAMPLE / "pyproject.toml").read_text()]
    assert blocks("python")[0] == (EXAMPLE / "vae_widgets_example.py").read_text()


def test_the_page_runs_and_the_one_that_raises_is_named_once(plugin_folder, tmp_path):
    use = blocks("python")[1] + 'print(histogram.method, vw.list_datasets(), vw.load("wine.pca"))'
    printed, reported = run(use, plugin_folder, tmp_path)
    *listed, last = printed.splitlines()
    *ready, method = [
        f"{kind} {name} vae-widgets-example 1.0 ready" for kind, name in NAMES.items()
    ]
    why = "ImportError: the library that this plugin needs is not installed."
    assert listed == [*ready, f"threshold broken vae-widgets-broken 0.3 failed: {why}", method]
    assert last.startswith("widest_gap ['digits', 'mnist', ")
    assert ", 'wine'] <vae_widgets_example.Pca object" in last
    told = [line for line in reported.splitlines() if "vae-widgets-broken" in line]
    assert len(told) == 1
    assert "threshold method 'broken' of the package vae-widgets-broken 0.3 cannot be us" in told[0]
    assert why in told[0]


def test_a_plugin_is_imported_only_when_it_is_used(plugin_folder, tmp_path):
    code = """
import sys
import vae_widgets as vw
vw.load_dataset("digits")
vw.choose_threshold([1.0, 2.0, 3.0], method="iqr")
vw.AnomalyHistogram, vw.Explorer, vw.load
print("vae_widgets_example" in sys.modules)
vw.load_dataset("wine")
print("vae_widgets_example" in sys.modules, "vae_widgets_broken" in sys.modules)
"""
    printed, reported = run(code, plugin_folder, tmp_path)
    assert printed.splitlines() == ["False", "True False"]
    assert "cannot be used" not in reported


def test_the_list_names_the_packages(plugins):
    assert {
        plugin.kind: plugin.name for plugin in vw.list_plugins() if plugin.state == "ready"
    } == (NAMES)


def test_a_data_set_loads_by_its_name(plugins):
    assert vw.list_datasets()[-1] == "wine"
    wine = vw.load_dataset("wine")
    assert (len(wine.x_train), len(wine.x_test), wine.sample_shape) == (142, 36, (13,))
    assert type(wine.renderer).__name__ == "StripesRenderer"
    with pytest.raises(ValueError, match=r"did you mean 'wine'\?"):
        vw.load_dataset("vine")


def test_a_renderer_draws_in_widgets_and_comes_back_from_a_bundle(plugins, tmp_path, recwarn):
    wine = vw.load_dataset("wine")
    vae = vw.VAE.build(wine.sample_shape, likelihood="gaussian", hidden_units=(4,))
    assert vw.LatentScatter(vae, wine.x_test, renderer="stripes")._renderer.reach == 3.0
    renderer = type(wine.renderer)(reach=1.5, stripe=2)
    vae.save(tmp_path / "wine.vae", renderer=renderer, samples=wine.x_test[:3])
    codec = vw.load(tmp_path / "wine.vae")
    assert (codec.renderer.reach, codec.renderer.stripe) == (1.5, 2)
    np.testing.assert_array_equal(codec.tiles, renderer(wine.x_test[:3]))
    assert codec.manifest["renderer"]["package"] == "vae-widgets-example"
    assert [str(w.message) for w in recwarn if "renderer" in str(w.message)] == []


def test_a_codec_opens_its_files(plugins, tmp_path):
    from sklearn.decomposition import PCA

    wine = vw.load_dataset("wine")
    import vae_widgets_example

    vae_widgets_example.Pca.fit(wine.x_train).save(tmp_path / "wine.pca")
    codec = vw.load(tmp_path / "wine.pca")
    theirs = PCA(2, svd_solver="full").fit(wine.x_train)
    expected = theirs.inverse_transform(theirs.transform(wine.x_test))
    np.testing.assert_allclose(codec.decode(codec.encode(wine.x_test)), expected, atol=1e-5)
    slider = vw.InterpolationSlider(codec, wine.x_test[0], wine.x_test[1], renderer="stripes")
    assert slider.frames.shape == (64, 13)


def test_a_threshold_method_is_one_of_the_histogram(plugins, tmp_path):
    assert float(vw.choose_threshold(SCORES, method="widest_gap")) == 6.25  # of 3.5 and 9
    assert float(vw.choose_threshold(SCORES[:-1], method="widest_gap")) == 2.0  # of 1 and 3
    histogram = vw.AnomalyHistogram(SCORES)
    (offered,) = (m for m in histogram._view.canvas.methods if m["name"] == "widest_gap")
    assert (offered["title"], offered["labels"]) == ("Widest gap", False)
    assert offered["parameters"] == [{"name": "share", "step": 0.01, "optional": False}]
    assert ask(histogram._view.canvas, "method", method="widest_gap") == {"error": ""}
    assert (histogram.method, histogram.threshold) == ("widest_gap", 6.25)
    answer = ask(histogram._view.canvas, "method", method="widest_gap", parameters={"share": 2})
    assert answer["error"] == "share must lie between 0 and 1; received 2."
    assert histogram.chosen.parameters == {"share": 0.1}
    policy = histogram.policy()
    policy.save(tmp_path / "policy.json")
    assert vw.ThresholdPolicy.load(tmp_path / "policy.json").method == "widest_gap"
    assert "by widest gap" in histogram._summary()
    assert histogram.bootstrap(20).measured["threshold"] == 6.25
    vw.AnomalyHistogram(SCORES, method="widest_gap").save_html(tmp_path / "page.html")


def test_a_method_that_failed_says_why(plugins):
    for choose in (
        lambda: vw.choose_threshold(SCORES, method="broken"),
        lambda: vw.AnomalyHistogram(SCORES, method="broken"),
    ):
        with pytest.raises(ValueError, match=r"vae-widgets-broken 0\.3, which cannot be used: Imp"):
            choose()
    assert "broken" not in {m["name"] for m in vw.AnomalyHistogram(SCORES)._view.canvas.methods}
