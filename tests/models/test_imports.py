"""Keras and TensorFlow come with the models, and with nothing before them."""

import importlib
import subprocess
import sys

import keras
import pytest

from vae_widgets import VAE  # also imports `vae_widgets.models`, which is taken out below


def loaded_after(code):
    code += "; import sys; print(*sorted({'keras', 'tensorflow'} & set(sys.modules)))"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    return result.stdout.split()


def test_the_package_loads_neither():
    assert loaded_after("import vae_widgets") == []


def test_the_models_load_both():
    """In this process, where it costs no time."""
    assert issubclass(VAE, keras.Model)
    assert keras.backend.backend() == "tensorflow"
    assert {"keras", "tensorflow"} <= set(sys.modules)  # as `loaded_after` looks for them


def test_another_backend_is_a_clear_error(monkeypatch):
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    monkeypatch.delitem(sys.modules, "vae_widgets.models")
    with pytest.raises(ImportError, match=r"Keras runs on 'jax'.*KERAS_BACKEND=tensorflow"):
        importlib.import_module("vae_widgets.models")
