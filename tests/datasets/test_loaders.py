import pytest

import vae_widgets as vw
from tests.support.plugins import installed, write_package

MODULE = """
import sys
import numpy as np
import vae_widgets as vw

def plain(seed=0):
    return vw.Dataset("plain", np.zeros((3, 4)), np.zeros((2, 4)))

def slow(timeout):
    return vw.Dataset(f"{timeout:g} seconds", np.zeros((3, 4)), np.zeros((2, 4)))

def arrays():
    return np.zeros((3, 4)), np.zeros((2, 4))

def unlike():
    return vw.Dataset("unlike", np.zeros((3, 4)), np.zeros((2, 5)))

def leave():
    sys.exit("no luck")

def recurse():
    return recurse()

def needy(path):
    raise AssertionError

text = "a data set"
"""
NAMES = ("plain", "slow", "arrays", "unlike", "leave", "recurse", "needy", "text")


@pytest.fixture(scope="module")
def reported(tmp_path_factory):
    points = {name: f"other_data:{name}" for name in NAMES}
    folder = tmp_path_factory.mktemp("packages")
    write_package(folder, "other_data", MODULE, {"datasets": points})
    with installed(folder) as reported:
        yield [str(warning) for warning in reported]


def test_a_function_without_arguments_or_with_the_timeout_is_a_data_set(reported):
    assert vw.list_datasets()[-6:] == ["arrays", "leave", "plain", "recurse", "slow", "unlike"]
    assert vw.load_dataset("plain").name == "plain"
    assert vw.load_dataset("slow", timeout=7).name == "7 seconds"
    with pytest.raises(ValueError, match="timeout must lie in"):
        vw.load_dataset("slow", timeout=-1)


def test_what_is_none_is_reported(reported):
    needy, text = reported
    assert "'needy' of the package other_data 1.0 cannot be used: TypeError: only timeout" in needy
    assert "expected a function that returns a Dataset; received 'a data set'" in text


def test_what_it_returns_is_checked(reported):
    with pytest.raises(
        TypeError, match=r"'arrays' of the package other_data 1\.0 is of type tuple"
    ):
        vw.load_dataset("arrays")
    for name, error, why in (
        ("unlike", ValueError, "x_test has"),
        ("leave", RuntimeError, r"'leave' of the package other_data 1\.0 failed: SystemExit: no l"),
        ("recurse", RuntimeError, r"'recurse' of the package .* failed: RecursionError: maximum"),
    ):
        with pytest.raises(error, match=why) as raised:
            vw.load_dataset(name)
        (note,) = raised.value.__notes__
        assert note == f"It was raised by the data set {name!r} of the package other_data 1.0."
