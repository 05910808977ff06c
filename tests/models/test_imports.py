"""Keras and TensorFlow come with the models, and with nothing before them."""

import subprocess
import sys


def loaded_after(code):
    code += "; import sys; print(*sorted({'keras', 'tensorflow'} & set(sys.modules)))"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    return result.stdout.split()


def test_the_package_loads_neither():
    assert loaded_after("import vae_widgets") == []


def test_the_models_load_both():
    assert loaded_after("from vae_widgets import VAE") == ["keras", "tensorflow"]


def test_another_backend_is_a_clear_error():
    code = "import keras; keras.backend.backend = lambda: 'jax'; from vae_widgets import VAE"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.returncode != 0
    assert "Keras runs on 'jax'. Set the environment variable KERAS_BACKEND" in result.stderr
