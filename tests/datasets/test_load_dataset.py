import subprocess
import sys

import pytest

import vae_widgets as vw


def test_lists_the_names_that_it_loads():
    assert vw.list_datasets() == [
        "digits",
        "mnist",
        "fashion_mnist",
        "faces",
        "breast_cancer",
        "music",
        "molecules",
        "xray",
        "ecg",
    ]


@pytest.mark.parametrize(
    ("name", "near"), [("minst", "mnist"), ("fashion-mnist", "fashion_mnist"), ("digit", "digits")]
)
def test_a_misspelt_name_gets_the_nearest(name, near):
    with pytest.raises(ValueError, match=f"name is {name!r}; did you mean {near!r}?"):
        vw.load_dataset(name)


def test_a_misspelt_keyword_gets_the_nearest():
    with pytest.raises(TypeError, match="unknown keyword 'time_out'; did you mean 'timeout'"):
        vw.load_dataset("digits", time_out=1)


@pytest.mark.parametrize("timeout", [-1, float("nan"), "soon"])
def test_refuses_a_timeout_that_is_no_time(timeout):
    with pytest.raises((TypeError, ValueError), match="timeout must"):
        vw.load_dataset("digits", timeout=timeout)


@pytest.mark.parametrize("text", ["soon", "-1", "nan", ""])
def test_refuses_a_timeout_from_the_environment_that_is_no_time(monkeypatch, text):
    monkeypatch.setenv("VAE_WIDGETS_DOWNLOAD_TIMEOUT", text)
    with pytest.raises(ValueError, match=f"VAE_WIDGETS_DOWNLOAD_TIMEOUT is {text!r}; expected"):
        vw.load_dataset("mnist")


def test_importing_loads_neither_keras_nor_scikit_learn_nor_rdkit():
    code = (
        "import sys, vae_widgets.datasets;"
        "heavy = {'keras', 'tensorflow', 'sklearn', 'mlxtend', 'rdkit', 'selfies'};"
        "print(heavy & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
