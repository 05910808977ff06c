"""A few hundred spoiled bundles in every run; `fuzz.py` loads as many as you like."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bundle.fuzz import make_bundle, outcome
from vae_widgets.bundle import read_archive


@pytest.fixture(scope="module", params=[None, 3])
def small(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("small") / "small.vae"
    make_bundle(path, n_labels=request.param)
    return path


def test_spoiled_bundles(small, tmp_path_factory):
    whole, original = small.read_bytes(), read_archive(small)
    folder = tmp_path_factory.mktemp("spoiled")
    outcomes = set()

    @settings(max_examples=150)
    @given(st.integers(0, 2**32 - 1))
    def spoil(seed):
        outcomes.add(outcome(folder / "x.vae", seed, whole, original))

    spoil()
    assert {"refused", "works"} <= outcomes  # else nothing was tested
